"""What stands around an event: a CloudEvents envelope (NL GOV profile for CloudEvents 1.1).

Apart from the events, because whoever sends or reads one needs the envelope, and who speaks of one
does not.
"""

from datetime import datetime
from typing import Generic, Literal, Self, TypeVar
from uuid import UUID, uuid4

from pydantic import Field

from shared.contracts.events import EVENT_OF_TYPE, SCHEMA_BASE, Event
from shared.contracts.identifiers import Sequence
from shared.contracts.model import Contract

E = TypeVar("E", bound=Event)


class Envelope(Contract):
    """What stands around an event, in structured mode; `time` is when the fact was logged."""

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str = Field(pattern=r"^urn:nld:oin:[0-9A-Z]{20}:systeem:[a-z]+$")
    type: str
    subject: str = Field(min_length=1, max_length=512)
    time: datetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    dataref: str | None = None
    sequence: Sequence | None = None


class CloudEvent(Envelope):
    """The envelope, in structured mode; `time` is when the fact was logged, not when it was so."""

    data: dict[str, object]

    @classmethod
    def around(
        cls, event: Event, *, source: str, now: datetime, dataref: str | None = None
    ) -> Self:
        """Put an event in its envelope, with an id of its own."""
        return cls(
            id=uuid4(),
            source=source,
            type=event.type_(),
            subject=event.subject,
            time=now,
            dataschema=f"{SCHEMA_BASE}{event.name}.schema.json",
            dataref=dataref,
            data=event.model_dump(mode="json", exclude_none=True),
        )

    def to_bytes(self) -> bytes:
        """Return the message for the bus: JSON, UTF-8, absent members left out."""
        return self.model_dump_json(exclude_none=True).encode()

    def event(self) -> Event | None:
        """Return the event inside, or None when its type is not one of ours."""
        known = EVENT_OF_TYPE.get(self.type)
        return known.model_validate(self.data) if known else None


class Enveloped(Envelope, Generic[E]):
    """An envelope with an event in it, for who knows which: read at once it takes half the time."""

    data: E
