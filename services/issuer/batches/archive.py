"""A spreadsheet is a ZIP archive from a stranger: opened only when it is small enough to unpack.

Apart from what is in it. Before the list of entries is read, its own length is: an archive of
nothing but entries would fill the memory too (APPNOTE 4.3.14, 4.3.16).
"""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, BinaryIO, Final
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException

from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import Limits

_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_LONGEST_TAIL: Final = _END_SIZE + 65535
_LOCATOR: Final = b"PK\x06\x07"
_LOCATOR_SIZE: Final = 20
_ENTRY_SIZE: Final = 4096
_SMALL: Final = 1024**2
_ENCRYPTED: Final = 1
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ExpatError,
    DefusedXmlException,
    struct.error,
    EOFError,
    KeyError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    UnicodeError,
    ValueError,
)


@dataclass(slots=True, kw_only=True)
class Sheets:
    """Which sheet is read, and which are not; of ODS complete only after the last row."""

    name: str = ""
    others: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)


@contextmanager
def damage_refused() -> Iterator[None]:
    """Turn whatever a broken archive or text makes of its reader into one refusal."""
    try:
        yield
    except FileRefusedError:
        raise
    except _BROKEN as error:
        raise FileRefusedError(Refusal.DAMAGED) from error


class Archive:
    """An archive of which every entry may be read: their number, size and packing are bounded."""

    def __init__(self, source: BinaryIO, limits: Limits) -> None:
        with damage_refused():
            _check_listing(source, limits)
            self._zip = zipfile.ZipFile(source)
            entries = self._zip.infolist()
            if len(entries) > limits.archive_entries:
                raise FileRefusedError(Refusal.UNPACKS_TOO_LARGE)
            if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
                raise FileRefusedError(Refusal.UNPACKS_TOO_LARGE)
            for entry in entries:
                _check_entry(entry, limits)
            self.names = frozenset(self._zip.namelist())

    def open(self, name: str) -> IO[bytes]:
        """Open one entry; it gives no more bytes than the listing says."""
        return self._zip.open(name)

    def read(self, name: str, limit: int = 16 * _SMALL) -> bytes:
        """Return a small entry whole."""
        if self._zip.getinfo(name).file_size > limit:
            raise FileRefusedError(Refusal.UNPACKS_TOO_LARGE)
        return self._zip.read(name)


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    if entry.flag_bits & _ENCRYPTED:
        raise FileRefusedError(Refusal.OLD_OR_LOCKED)
    packed = max(entry.compress_size, 1)
    if entry.file_size > _SMALL and entry.file_size > limits.archive_ratio * packed:
        raise FileRefusedError(Refusal.UNPACKS_TOO_LARGE)


def _check_listing(source: BinaryIO, limits: Limits) -> None:
    """Refuse an archive of which the list of entries alone is too long."""
    size = source.seek(0, 2)
    if size > limits.file_bytes:
        raise FileRefusedError(Refusal.TOO_LARGE, f"{limits.file_bytes // _SMALL} MB")
    source.seek(max(0, size - _LONGEST_TAIL - _LOCATOR_SIZE))
    tail = source.read()
    at = len(tail) - _END_SIZE
    if tail[at : at + 4] != _END:
        at = tail.rfind(_END)
    if at < 0:
        raise FileRefusedError(Refusal.DAMAGED)
    entries, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    locator = tail[max(0, at - _LOCATOR_SIZE) : at]
    if locator.startswith(_LOCATOR):
        source.seek(struct.unpack("<Q", locator[8:16])[0])
        record = source.read(56)
        entries, length = struct.unpack("<QQ", record[32:48])
    if entries > limits.archive_entries or length > limits.archive_entries * _ENTRY_SIZE:
        raise FileRefusedError(Refusal.UNPACKS_TOO_LARGE)
    source.seek(0)
