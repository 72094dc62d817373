"""What a snapshot says of itself over HTTP."""

from datetime import datetime

from pydantic import Field

from services.registry.domain.facts import sequence_text
from services.registry.domain.snapshots import Snapshot
from shared.runtime.api_model import ApiAnswer

GZIP = "application/gzip"
NDJSON = "application/x-ndjson"


class SnapshotAnswer(ApiAnswer):
    """A snapshot: every registration there was at one sequence number, in a file."""

    sequence: str = Field(
        description="It is the register after this event; follow the feed from here.",
        examples=["0000000000004711"],
    )
    taken_at: datetime = Field(examples=["2026-11-20T09:30:01Z"])
    registrations: int = Field(description="How many lines there are.", examples=[4702])
    size: int = Field(description="Of the file, in octets.", examples=[812345])
    digest: str = Field(
        description="SHA-256 of the file, in hexadecimal.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    media_type: str = Field(description="Of the file.", examples=[GZIP])
    content_type: str = Field(
        description="Of what is in it: a registration on each line, as everybody may read it.",
        examples=[NDJSON],
    )
    file: str = Field(
        description="Where the file is.",
        examples=["https://register.waarmerk.example/v1/snapshots/4711/file"],
    )
    events: str = Field(
        description="Where the feed goes on after it.",
        examples=["https://register.waarmerk.example/v1/events?afterSequence=4711"],
    )

    @classmethod
    def of(cls, snapshot: Snapshot, *, public_url: str) -> "SnapshotAnswer":
        """Return what this snapshot says of itself at this address."""
        return cls(
            sequence=sequence_text(snapshot.sequence - 1),
            taken_at=snapshot.taken_at,
            registrations=snapshot.registrations,
            size=snapshot.size,
            digest=snapshot.digest.hex(),
            media_type=GZIP,
            content_type=NDJSON,
            file=f"{public_url}/v1/snapshots/{snapshot.sequence}/file",
            events=f"{public_url}/v1/events?afterSequence={snapshot.sequence}",
        )
