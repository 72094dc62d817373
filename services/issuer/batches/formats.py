"""Which format a file has: by its first bytes, and by what its sender says where those are mute.

Apart from the readers, because the sender's word is a hint and the bytes are a fact.
"""

from enum import StrEnum
from typing import Final

from services.issuer.batches.refusals import FileRefusedError, Refusal

_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_ODS_TYPE: Final = b"application/vnd.oasis.opendocument.spreadsheet"
_OTHER_FILES: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b", b"GIF8", b"<?xml", b"<")


class Format(StrEnum):
    """A format that rows are read from."""

    JSON = "json"
    NDJSON = "ndjson"
    CSV = "csv"
    XLSX = "xlsx"
    ODS = "ods"

    @property
    def needs_seeking(self) -> bool:
        """Say whether the file must be whole before its first row can be read."""
        return self in {Format.XLSX, Format.ODS}

    @property
    def is_table(self) -> bool:
        """Say whether its cells have names such as C14."""
        return self not in {Format.JSON, Format.NDJSON}


TYPES: Final = {
    "application/json": Format.JSON,
    "application/x-ndjson": Format.NDJSON,
    "application/ndjson": Format.NDJSON,
    "application/jsonl": Format.NDJSON,
    "text/csv": Format.CSV,
    "text/tab-separated-values": Format.CSV,
    "application/csv": Format.CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Format.XLSX,
    "application/vnd.oasis.opendocument.spreadsheet": Format.ODS,
}


def detect_format(content_type: str | None, first_bytes: bytes) -> Format:
    """Return the format of a file of which the first bytes are here (a kilobyte is enough)."""
    said = TYPES.get((content_type or "").partition(";")[0].strip().lower())
    if first_bytes.startswith(_ZIP):
        return Format.ODS if _ODS_TYPE in first_bytes[:200] else _packed(said)
    if first_bytes.startswith(_OLD_OFFICE):
        raise FileRefusedError(Refusal.OLD_OR_LOCKED)
    written = first_bytes.removeprefix(_MARKS[0]).lstrip(b" \t\r\n")
    if not written:
        raise FileRefusedError(Refusal.EMPTY)
    if written.startswith(_OTHER_FILES):
        raise FileRefusedError(Refusal.FORMAT)
    if written[:1] in {b"[", b"{"} and said is not Format.CSV:
        return _of_json(said, written)
    if said in {Format.XLSX, Format.ODS}:
        raise FileRefusedError(Refusal.FORMAT)
    if b"\0" in first_bytes and not first_bytes.startswith(_MARKS[1:]):
        raise FileRefusedError(Refusal.FORMAT)
    return said or Format.CSV


def _packed(said: Format | None) -> Format:
    return said if said is Format.ODS else Format.XLSX


def _of_json(said: Format | None, written: bytes) -> Format:
    """Tell one document from one object a line, for who did not say."""
    if said in {Format.JSON, Format.NDJSON}:
        return said
    line, broken, _ = written.partition(b"\n")
    closed = line.startswith(b"{") and line.rstrip().endswith(b"}")
    return Format.NDJSON if closed and broken else Format.JSON
