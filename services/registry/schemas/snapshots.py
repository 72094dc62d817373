"""What a snapshot says of itself over HTTP."""

from datetime import datetime

from pydantic import Field

from services.registry.domain.facts import sequence_text
from services.registry.domain.snapshots import Form, PackedFile, Snapshot
from shared.runtime.api_model import ApiAnswer

GZIP = "application/gzip"
NDJSON = "application/x-ndjson"
MEDIA_TYPES = {Form.GZIP: GZIP, Form.ZSTD: "application/zstd"}


class PackedFileAnswer(ApiAnswer):
    """The file in one form, with a digest of its own; what is in it is the same in each."""

    media_type: str = Field(examples=[MEDIA_TYPES[Form.ZSTD]])
    size: int = Field(description="In octets.", examples=[612345])
    digest: str = Field(
        description="SHA-256 of the file in this form, in hexadecimal.",
        examples=["60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"],
    )
    file: str = Field(
        description="Where it is in this form.",
        examples=["https://register.waarmerk.example/v1/snapshots/4711/file?form=zstd"],
    )

    @classmethod
    def of(cls, form: Form, packed: PackedFile, *, file: str) -> "PackedFileAnswer":
        """Return what is known of the file in a form."""
        return cls(
            media_type=MEDIA_TYPES[form],
            size=packed.size,
            digest=packed.digest.hex(),
            file=f"{file}?form={form}",
        )


class SnapshotAnswer(ApiAnswer):
    """A snapshot: every registration there was at one sequence number, in a file."""

    sequence: str = Field(
        description="It is the register after this event; follow the feed from here.",
        examples=["0000000000004711"],
    )
    taken_at: datetime = Field(examples=["2026-11-20T09:30:01Z"])
    registrations: int = Field(description="How many lines there are.", examples=[4702])
    size: int = Field(description="Of the file in gzip, in octets.", examples=[812345])
    digest: str = Field(
        description="SHA-256 of the file in gzip, in hexadecimal.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    )
    media_type: str = Field(description="Of the file at `file`.", examples=[GZIP])
    content_type: str = Field(
        description="Of what is in it: a registration on each line, as everybody may read it.",
        examples=[NDJSON],
    )
    file: str = Field(
        description="Where the file is, in gzip.",
        examples=["https://register.waarmerk.example/v1/snapshots/4711/file"],
    )
    events: str = Field(
        description="Where the feed goes on after it.",
        examples=["https://register.waarmerk.example/v1/events?afterSequence=4711"],
    )

    files: tuple[PackedFileAnswer, ...] = Field(
        description="The file in every form it is there in: take the first that you can open."
    )

    @classmethod
    def of(cls, snapshot: Snapshot, *, public_url: str) -> "SnapshotAnswer":
        """Return what this snapshot says of itself at this address."""
        gzip, file = snapshot.file(Form.GZIP), f"{public_url}/v1/snapshots/{snapshot.sequence}/file"
        smallest_first = sorted(snapshot.files.items(), key=lambda held: held[1].size)
        return cls(
            sequence=sequence_text(snapshot.sequence - 1),
            taken_at=snapshot.taken_at,
            registrations=snapshot.registrations,
            size=gzip.size,
            digest=gzip.digest.hex(),
            media_type=GZIP,
            content_type=NDJSON,
            file=file,
            files=tuple(
                PackedFileAnswer.of(form, packed, file=file) for form, packed in smallest_first
            ),
            events=f"{public_url}/v1/events?afterSequence={snapshot.sequence}",
        )
