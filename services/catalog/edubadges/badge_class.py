"""A badge class, whatever shape it came in: values with the place each was found at."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar, Final, Generic, TypeVar

from shared.errors import Fault, RuleError
from shared.strict_json import JsonObject, JsonValue

Value = TypeVar("Value")
_HARMLESS: Final = re.compile(r"[A-Za-z0-9_@:.-]{1,64}")
LONGEST_TEXT: Final = 20_000
"""edubadges itself takes 16,384 characters."""


class EdubadgesRefusedError(RuleError):
    """This is not a badge class of edubadges or an achievement of educredentials."""

    code: ClassVar[str] = "edubadges-refused"
    dutch: ClassVar[str] = (
        "Dit is geen badge class van edubadges en geen achievement van educredentials."
    )


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """A value and where it stood."""

    value: Value
    pointer: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """A reference to something in a framework of others."""

    pointer: str
    name: str | None
    url: str | None
    framework: str | None
    code: str | None
    kind: str | None


@dataclass(slots=True, kw_only=True)
class BadgeClass:
    """All that a badge class can say, in one vocabulary; None is not said."""

    name: Found[str] | None = None
    description: Found[str] | None = None
    criteria: Found[str] | None = None
    criteria_address: Found[str] | None = None
    language: Found[str] | None = None
    outcomes: Found[str] | None = None
    participation: Sequence[Found[str]] = ()
    assessment_types: Sequence[Found[str]] = ()
    supervised: Found[bool] | None = None
    identity_checked: Found[bool] | None = None
    supervision: Found[str] | None = None
    quality_name: Found[str] | None = None
    quality_address: Found[str] | None = None
    quality_description: Found[str] | None = None
    ects: Found[Decimal] | None = None
    sbu: Found[Decimal] | None = None
    hours: Found[Decimal] | None = None
    eqf: Found[Decimal] | None = None
    eqf_verified: Found[bool] | None = None
    programme_codes: Sequence[Found[Decimal]] = ()
    stackable: Found[bool] | None = None
    tags: Sequence[Found[JsonValue]] = ()
    alignments: Sequence[Alignment] = ()
    kind: Found[str] | None = None
    own_code: Found[str] | None = None
    archived: Found[bool] | None = None
    numbers_as_text: list[str] = field(default_factory=list)


def _fault(pointer: str, code: str, detail: str, dutch: str) -> Fault:
    return Fault(pointer, f"edubadges-{code}", detail, dutch)


@dataclass(slots=True)
class Source:
    """One JSON object being read: what was asked of it, and what has the wrong type."""

    members: JsonObject
    pointer: str
    faults: list[Fault]
    texts_as_numbers: list[str]
    asked: set[str] = field(default_factory=set)

    def inside(self, name: str) -> "Source | None":
        """Return an object inside this one."""
        value = self._take(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong(name, "an object", "een object")
            return None
        return Source(value, self.at(name), self.faults, self.texts_as_numbers)

    def each(self, name: str) -> "Iterator[Source]":
        """Give every object of a list."""
        for at, value in enumerate(self.values(name)):
            where = f"{self.at(name)}/{at}"
            if isinstance(value, dict):
                yield Source(value, where, self.faults, self.texts_as_numbers)
            else:
                self.faults.append(
                    _fault(where, "type", "This must be an object.", "Dit moet een object zijn.")
                )

    def values(self, name: str) -> list[JsonValue]:
        """Return a list; nothing is an empty one."""
        value = self._take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(name, "a list", "een lijst")
            return []
        return value

    def text(self, *names: str) -> Found[str] | None:
        """Return the first of these members that says something."""
        for name in names:
            value = self._take(name)
            if value is None:
                continue
            if not isinstance(value, str):
                self._wrong(name, "a text", "een tekst")
            elif len(value) > LONGEST_TEXT:
                self.faults.append(
                    _fault(
                        self.at(name),
                        "length",
                        "The text is longer than 20,000 characters.",
                        "De tekst is langer dan 20.000 tekens.",
                    )
                )
            elif value.strip():
                return Found(value, self.at(name))
        return None

    def flag(self, *names: str) -> Found[bool] | None:
        """Return the first of these members that is yes or no."""
        for name in names:
            value = self._take(name)
            if isinstance(value, bool):
                return Found(value, self.at(name))
            if value is not None:
                self._wrong(name, "true or false", "true of false")
        return None

    def number(self, *names: str) -> Found[Decimal] | None:
        """Return the first of these members that is a number, exactly as it was written."""
        for name in names:
            value = self._take(name)
            if value is None:
                continue
            found = exact(value)
            if found is None:
                self._wrong(name, "a number", "een getal")
                continue
            if isinstance(value, str):
                self.texts_as_numbers.append(self.at(name))
            return Found(found, self.at(name))
        return None

    def left(self) -> Iterator[tuple[str, str]]:
        """Give every member that was not asked for, with its pointer."""
        for name in self.members:
            if name not in self.asked:
                yield name, self.at(name)

    def at(self, name: str) -> str:
        """Return the pointer of a member (RFC 6901); it ends before a name we would not repeat."""
        return f"{self.pointer}/{name}" if _HARMLESS.fullmatch(name) else self.pointer

    def _take(self, name: str) -> JsonValue:
        self.asked.add(name)
        return self.members.get(name)

    def _wrong(self, name: str, en: str, nl: str) -> None:
        self.faults.append(
            _fault(self.at(name), "type", f"This must be {en}.", f"Dit moet {nl} zijn.")
        )


_MOST_DIGITS: Final = 20


def exact(value: JsonValue) -> Decimal | None:
    """Return a number exactly as it was written; also one that was written as a text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = str(value).strip().replace(",", ".")
    if len(text) > _MOST_DIGITS or not text.replace(".", "", 1).lstrip("-").isdecimal():
        return None if isinstance(value, str) else Decimal(text)
    return Decimal(text)
