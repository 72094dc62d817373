"""What is handed in for one row: a name to recognise it by, and bytes, or why there are none.

Apart from intake, which finds out what the bytes are: a bundle is just a sequence of these.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from services.verifier.domain.text import Text
from services.verifier.domain.verdict import State

MOST_ENTRIES: Final = 500
MOST_ENTRY_BYTES: Final = 20 * 1024 * 1024
LONGEST_NAME: Final = 200
_TOO_LARGE: Final = Text(
    nl="Dit bestand is groter dan de 20 MB die we lezen.",
    en="This file is larger than the 20 MB we read.",
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no verdict: a word for programs, a sentence for people, and how it counts."""

    code: str
    sentence: Text
    state: State = State.NOT_A_CREDENTIAL


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a request as it came in: one credential, or a bundle of them."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)
    is_one: bool = False
    """Its sender says it is one credential: not to be taken apart."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one row is about."""

    name: str = field(repr=False)
    content: bytes = field(default=b"", repr=False)
    refusal: Refusal | None = None


class Unpack(Protocol):
    """Takes a part apart, lazily and in order; gives a part that is no bundle as it is.

    What is wrong with one entry is that entry's refusal; what is wrong with the whole is raised.
    """

    def __call__(self, part: Part) -> AsyncIterator[Entry]:
        """Give the entries of a part."""


def tidy(entry: Entry) -> Entry:
    """Return an entry whose name can be shown, and whose content is not larger than we judge.

    Characters that cannot be seen go: some turn around how the rest of a name reads.
    """
    seen = "".join(one if one.isprintable() else " " * one.isspace() for one in entry.name)
    name = " ".join(seen.split())[:LONGEST_NAME]
    if len(entry.content) > MOST_ENTRY_BYTES:
        return Entry(name, refusal=entry.refusal or Refusal("too-large", _TOO_LARGE))
    return Entry(name, entry.content, entry.refusal)


def pack(entry: Entry) -> bytes:
    """Write an entry down in one piece, to be sealed."""
    name = entry.name.encode()
    return len(name).to_bytes(2, "big") + name + entry.content


def unpack(packed: bytes) -> Entry:
    """Read what `pack` wrote."""
    end = 2 + int.from_bytes(packed[:2], "big")
    return Entry(packed[2:end].decode(), packed[end:])


def size_of(parts: Sequence[Part]) -> int:
    """Return how many bytes these are."""
    return sum(len(part.content) for part in parts)
