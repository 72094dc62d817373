"""A ZIP archive of proofs, read entry by entry, each small enough to hold (APPNOTE 4.3, 4.4).

Apart from what is in it. The length of the list of entries is looked at before the list is; nothing
is ever written to a disk, so a name is only something to show:
1. at most so many entries, and no more than so many bytes when all are unpacked;
2. stored or deflated, without a password, and as long as the list says, checksum included;
3. names that are plain, relative and there once; no links;
4. no archive inside.
"""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.verifier.containers.contents import NotReadError
from services.verifier.containers.limits import Limits
from services.verifier.domain.handed import Container
from services.verifier.domain.refusals import RefusalCode

_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_LONGEST_TAIL: Final = _END_SIZE + 65535
_LOCATOR: Final = b"PK\x06\x07"
_LOCATOR_SIZE: Final = 20
_ENTRY_SIZE: Final = 1024
_ENCRYPTED: Final = 0x41  # Bits 0 and 6: a password, and a strong one.
_PACKINGS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_LEAVINGS: Final = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_WORKBOOK: Final = "xl/workbook.xml"
_OTHER_OFFICE: Final = ("word/document.xml", "ppt/presentation.xml", "mimetype")
_LONGEST_NAME: Final = 255
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    LookupError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in an archive: its bytes, or why they are not read."""

    name: str
    content: bytes = b""
    refusal: RefusalCode | None = None


class Archive:
    """An archive of which the list of entries is sound and not too long; or raises NotReadError."""

    def __init__(self, body: bytes, limits: Limits) -> None:
        self._limits = limits
        _check_listing(body, limits)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except _BROKEN:
            raise NotReadError(RefusalCode.ARCHIVE_DAMAGED) from None
        entries = self._zip.infolist()
        if sum(entry.file_size for entry in entries) > limits.unpacked_bytes:
            raise NotReadError(RefusalCode.ARCHIVE_UNPACKS_TOO_LARGE)  # 1
        self._names = frozenset(self._zip.namelist())

    @property
    def container(self) -> Container:
        """Say what the archive is: a workbook, another office document, or files put together."""
        if _WORKBOOK in self._names:
            return Container.XLSX
        return Container.OTHER if self._names.intersection(_OTHER_OFFICE) else Container.ZIP

    def __iter__(self) -> Iterator[Entry]:
        """Unpack the files one by one, in their order; folders and leavings are passed over."""
        seen: set[str] = set()
        for entry in self._zip.infolist():
            if entry.filename.endswith("/") or entry.filename.startswith(_LEAVINGS):
                continue
            if entry.filename.rpartition("/")[2] in _LEAVINGS:
                continue
            refusal = _flaw(entry, self._limits)
            if entry.filename in seen:
                refusal = RefusalCode.ARCHIVE_NAME  # 3
            seen.add(entry.filename)
            yield (
                self._unpacked(entry)
                if refusal is None
                else Entry(shown(entry.filename), refusal=refusal)
            )

    def _unpacked(self, entry: zipfile.ZipInfo) -> Entry:
        name = shown(entry.filename)
        try:
            return Entry(name, self._zip.read(entry))  # 2
        except _BROKEN:
            return Entry(name, refusal=RefusalCode.ARCHIVE_DAMAGED)


def shown(name: str) -> str:
    """Return a name as it can be shown: printable, and not longer than names are."""
    plain = "".join(one if one.isprintable() else "\ufffd" for one in name[:_LONGEST_NAME])
    return plain or "\ufffd"


def _flaw(entry: zipfile.ZipInfo, limits: Limits) -> RefusalCode | None:
    if entry.flag_bits & _ENCRYPTED:
        return RefusalCode.ARCHIVE_LOCKED  # 2
    if entry.compress_type not in _PACKINGS:
        return RefusalCode.ARCHIVE_DAMAGED  # 2
    if entry.file_size > limits.entry_bytes:
        return RefusalCode.TOO_LARGE  # 1
    if stat.S_ISLNK(entry.external_attr >> 16) or not _is_plain(entry.orig_filename):
        return RefusalCode.ARCHIVE_NAME  # 3
    return None


def _is_plain(name: str) -> bool:
    steps = name.split("/")
    is_relative = not name.startswith("/") and ":" not in steps[0]
    return (
        is_relative
        and name != ""
        and ".." not in steps
        and "\\" not in name
        and name.isprintable()
        and len(name) <= _LONGEST_NAME
    )


def _check_listing(body: bytes, limits: Limits) -> None:
    """Refuse an archive of which the list of entries alone is too long (APPNOTE 4.3.16)."""
    tail = body[-_LONGEST_TAIL - _LOCATOR_SIZE :]
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise NotReadError(RefusalCode.ARCHIVE_DAMAGED)
    if _LOCATOR in tail[max(0, at - _LOCATOR_SIZE) : at]:
        # ZIP64 is for archives that are far larger than is read here.
        raise NotReadError(RefusalCode.ARCHIVE_DAMAGED)
    entries, length = struct.unpack("<HI", tail[at + 10 : at + 16])
    if entries > limits.entries:
        raise NotReadError(RefusalCode.ARCHIVE_ENTRIES_MANY)
    if length > max(limits.entries * _ENTRY_SIZE, 1):
        raise NotReadError(RefusalCode.ARCHIVE_DAMAGED)
