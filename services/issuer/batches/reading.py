"""The rows of a file, one by one, whatever its format; memory does not grow with the file.

`open_rows` takes the bytes in pieces as they arrive, or a file that can be sought (which XLSX and
ODS need). It stops with `FileRefusedError`, and with nothing else, on bytes that are no such file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from services.issuer.batches.formats import Format
from services.issuer.batches.rows import LIMITS, Limits, RawRow
from services.issuer.batches.sentences import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the sender chose; what is left out is found out from the file."""

    delimiter: str | None = None
    encoding: str | None = None
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something about how the file was read that its sender should know."""

    code: str
    sentence: Sentence


class OpenedRows(Iterator[RawRow]):
    """The rows after the header, the header itself, and how the file was read."""

    header: RawRow
    format: Format

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Say what should be known of the reading; complete only after the last row."""
        raise NotImplementedError

    def peek(self, count: int) -> tuple[RawRow, ...]:
        """Return the next rows without passing them."""
        raise NotImplementedError


def open_rows(
    source: BinaryIO | Iterable[bytes],
    format: Format,  # noqa: A002
    *,
    choices: Choices = Choices(),
    limits: Limits = LIMITS,
) -> OpenedRows:
    """Begin to read a file: its header is read at once, its rows when they are asked for."""
    raise NotImplementedError
