"""What a sheet of a workbook refers to: the sheets themselves, the formats, the shared texts.

Apart from the sheet (ECMA-376 Part 1, 18.2, 18.4, 18.8). The shared texts may be as large as the
sheet, so they wait in a temporary file, of which only the ends are in memory: 8 bytes a text.
"""

import os
import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from posixpath import normpath
from tempfile import TemporaryFile
from typing import Final

from services.issuer.batches.archive import Archive
from services.issuer.batches.markup import local, parse
from services.issuer.batches.pieces import DAMAGED
from services.issuer.batches.refusals import FileRefusedError, Refusal

_BUILT_IN_DAYS: Final = frozenset({*range(14, 18), 22, *range(27, 37), *range(50, 59)})
_LITERAL: Final = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_ZEROS: Final = re.compile(r"0{2,20}")
_ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_TEXTS: Final = 20_000_000
_WORKBOOK: Final = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class SheetPart:
    """One sheet of the workbook: its name, where it is, and whether it is shown."""

    name: str
    path: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Style:
    """What a cell format does to a number."""

    is_day: bool = False
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets, in their order, and from when days are counted."""

    sheets: tuple[SheetPart, ...]
    is_1904: bool


def read_workbook(archive: Archive) -> Workbook:
    """Read which sheets there are."""
    paths: dict[str, str] = {}
    found: list[tuple[str, str, bool]] = []
    is_1904 = False

    def relation(name: str, told: dict[str, str]) -> None:
        if local(name) == "Relationship" and "Id" in told:
            target = told.get("Target", "")
            whole = target[1:] if target.startswith("/") else f"xl/{target}"
            paths[told["Id"]] = normpath(whole)

    def sheet(name: str, told: dict[str, str]) -> None:
        nonlocal is_1904
        if local(name) == "sheet":
            key = next((told[one] for one in told if local(one) == "id" and "}" in one), "")
            found.append((told.get("name", ""), key, told.get("state", "visible") != "visible"))
        elif local(name) == "workbookPr":
            is_1904 = told.get("date1904") in {"1", "true"}

    _each_start(archive, "xl/_rels/workbook.xml.rels", relation)
    _each_start(archive, _WORKBOOK, sheet)
    sheets = [SheetPart(name, paths[key], hidden) for name, key, hidden in found if key in paths]
    return Workbook(tuple(one for one in sheets if one.path in archive.names), is_1904)


def read_styles(archive: Archive) -> list[Style]:
    """Read what each cell format does to a number."""
    codes: dict[str, str] = {}
    styles: list[Style] = []
    is_inside = False

    def start(name: str, told: dict[str, str]) -> None:
        nonlocal is_inside
        kind = local(name)
        if kind == "numFmt":
            codes[told.get("numFmtId", "")] = told.get("formatCode", "")
        elif kind in {"cellXfs", "cellStyleXfs"}:
            is_inside = kind == "cellXfs"
        elif kind == "xf" and is_inside:
            styles.append(_style(told.get("numFmtId", "0"), codes))

    if "xl/styles.xml" in archive.names:
        _each_start(archive, "xl/styles.xml", start)
    return styles


def _style(number: str, codes: dict[str, str]) -> Style:
    code = codes.get(number)
    if code is None:
        return Style(is_day=number.isdecimal() and int(number) in _BUILT_IN_DAYS)
    plain = _LITERAL.sub("", code).lower()
    first = plain.partition(";")[0]
    if _ZEROS.fullmatch(first):
        return Style(digits=len(first))
    is_day = "d" in first or "y" in first or "j" in first
    return Style(is_day=is_day and "0" not in first and "#" not in first)


def _each_start(archive: Archive, path: str, start: Callable[[str, dict[str, str]], None]) -> None:
    if path not in archive.names:
        raise FileRefusedError(Refusal.DAMAGED)

    def ignore(_: str) -> None:
        return

    with archive.open(path) as stream:
        for _ in parse(stream, start=start, end=ignore, text=ignore):
            pass


class SharedTexts:
    """The texts that cells refer to by number."""

    def __init__(self, archive: Archive, *, longest: int) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed with the sheet
        self._ends = array("Q", [0])
        self._longest = longest
        self.text = lru_cache(maxsize=4096)(self._text)
        path = next((one for one in archive.names if one.lower() == "xl/sharedstrings.xml"), None)
        if path is not None:
            self._fill(archive, path)
        self._file.flush()

    def close(self) -> None:
        """Let go of the temporary file."""
        self._file.close()

    def _text(self, index: int) -> str:
        if not 0 <= index < len(self._ends) - 1:
            raise FileRefusedError(Refusal.DAMAGED)
        start, end = self._ends[index], self._ends[index + 1]
        return os.pread(self._file.fileno(), end - start, start).decode()

    def _fill(self, archive: Archive, path: str) -> None:
        reading = _TextReading(self._add, self._longest)
        with archive.open(path) as stream:
            for _ in parse(stream, start=reading.start, end=reading.end, text=reading.text):
                pass

    def _add(self, text: str) -> None:
        if len(self._ends) > _MOST_TEXTS:
            raise FileRefusedError(Refusal.UNPACKS_TOO_LARGE)
        written = unescaped(text).encode("utf-8", "replace")
        self._file.write(written)
        self._ends.append(self._ends[-1] + len(written))


class _TextReading:
    """The shared texts as their elements come by; how a text is pronounced is no part of it."""

    def __init__(self, add: Callable[[str], None], longest: int) -> None:
        self._add = add
        self._longest = longest
        self._parts: list[str] = []
        self._held = self._inside = self._skipped = 0

    def start(self, name: str, _: dict[str, str]) -> None:
        """Begin an element."""
        kind = local(name)
        if kind == "si":
            self._parts.clear()
            self._held = 0
        elif kind == "t":
            self._inside += 1
        elif kind == "rPh":
            self._skipped += 1

    def end(self, name: str) -> None:
        """End an element."""
        kind = local(name)
        if kind == "t":
            self._inside -= 1
        elif kind == "rPh":
            self._skipped -= 1
        elif kind == "si":
            self._add("".join(self._parts))

    def text(self, said: str) -> None:
        """Keep what is written, as far as a cell may be long."""
        if self._inside and not self._skipped and self._held <= self._longest:
            self._parts.append(said)
            self._held += len(said)


def unescaped(text: str) -> str:
    """Undo the escapes of characters that XML cannot hold (ECMA-376 Part 1, 22.4.2.4)."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    is_text = number and not 0xD800 <= number <= 0xDFFF  # noqa: PLR2004 - half of a pair
    return chr(number) if is_text else DAMAGED
