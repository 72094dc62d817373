"""The index: for each thing that can be true of a microcredential, of which ones it is true.

A set of microcredentials is one whole number with a bit for each ordinal, so that "and", "or" and
"how many" are single instructions of Python. An index never changes; a changed one is a new one.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.catalog.search.facts import Facts
from services.catalog.search.labels import closed_values
from services.catalog.search.marks import Key, Kind, Mark, marks_on
from services.catalog.search.question import Facet
from shared.contracts.vocabulary import LocalText

ByKind = Mapping[Kind, Mapping[Key, int]]
Common = tuple[int, str, int]
NOTHING: Final = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A listing as the index is told of it; without facts it is listed no more."""

    ordinal: int
    microcredential_id: str
    published: int
    """When it was first published, in microseconds."""
    facts: Facts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What is published and not archived, and all that is true of it on a day."""

    day: date
    listed: int
    sets: ByKind
    marks: Mapping[int, Sequence[Mark]]
    ids: Mapping[int, str]
    by_id: Sequence[tuple[str, int]]
    by_publication: Sequence[tuple[int, str, int]]
    skills: Mapping[str, LocalText]
    commonest: Mapping[Facet, Sequence[Common]]
    """Of facets that may have any value: each with how many have it, the most in front."""

    def where(self, kind: Kind, key: Key) -> int:
        """Return of which microcredentials this is true."""
        return self.sets.get(kind, {}).get(key, NOTHING)

    def where_any(self, kind: Kind, holds: Callable[[Key], bool]) -> int:
        """Return of which microcredentials something of this kind is true that holds."""
        return union(bits for key, bits in self.sets.get(kind, {}).items() if holds(key))

    def changed(self, entries: Sequence[Entry]) -> "Index":
        """Return the index after these listings changed."""
        draft = _Draft(self)
        for entry in entries:
            draft.put(entry)
        return draft.index()


class Building:
    """An index of all listings on a day, in the making."""

    def __init__(self, day: date) -> None:
        self._day = day
        self._ordinals: dict[Mark, list[int]] = defaultdict(list)
        self._marks: dict[int, Sequence[Mark]] = {}
        self._ids: dict[int, str] = {}
        self._publications: list[tuple[int, str, int]] = []
        self._skills: dict[str, LocalText] = {}
        self._same: dict[Mark, Mark] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Add listings."""
        same = self._same
        for entry in entries:
            if entry.facts is None:
                continue
            # One object for each mark, however many listings have it.
            marks = tuple(
                [same.setdefault(mark, mark) for mark in marks_on(entry.facts, self._day)]
            )
            self._marks[entry.ordinal] = marks
            for mark in marks:
                self._ordinals[mark].append(entry.ordinal)
            self._ids[entry.ordinal] = entry.microcredential_id
            self._publications.append(_publication(entry))
            _learn_skills(self._skills, entry.facts)

    def index(self) -> Index:
        """Return the index of everything that was added."""
        sets: dict[Kind, dict[Key, int]] = defaultdict(dict)
        for (kind, key), having in self._ordinals.items():
            sets[kind][key] = bits_of(having)
        return Index(
            day=self._day,
            listed=bits_of(list(self._marks)),
            sets=dict(sets),
            marks=self._marks,
            ids=self._ids,
            by_id=sorted((one, ordinal) for ordinal, one in self._ids.items()),
            by_publication=sorted(self._publications),
            skills=self._skills,
            commonest=_commonest(sets),
        )


def build(day: date, entries: Iterable[Entry]) -> Index:
    """Make the index of all listings on a day."""
    building = Building(day)
    building.add(entries)
    return building.index()


def _learn_skills(known: dict[str, LocalText], facts: Facts) -> None:
    for uri, (nl, en) in facts.skills.items():
        if uri not in known:
            known[uri] = LocalText.model_construct(nl=nl, en=en)


def _commonest(sets: ByKind) -> dict[Facet, list[Common]]:
    """Sort the values of facets that have no closed set of them by how many have each."""
    return {
        facet: sorted(
            ((bits.bit_count(), str(key), bits) for key, bits in sets.get(facet, {}).items()),
            reverse=True,
        )
        for facet in Facet
        if closed_values(facet) is None
    }


class _Draft:
    """A copy of an index, while it is being changed."""

    def __init__(self, index: Index) -> None:
        self._day = index.day
        self._listed = index.listed
        self._sets: dict[Kind, dict[Key, int]] = {
            kind: dict(having) for kind, having in index.sets.items()
        }
        self._marks: dict[int, Sequence[Mark]] = dict(index.marks)
        self._ids = dict(index.ids)
        self._by_id = list(index.by_id)
        self._by_publication = list(index.by_publication)
        self._skills = dict(index.skills)

    def put(self, entry: Entry) -> None:
        """Take away what was true of a listing and put what is true now."""
        facts = entry.facts
        found = frozenset() if facts is None else marks_on(facts, self._day)
        before = frozenset(self._marks.pop(entry.ordinal, ()))
        bit = 1 << entry.ordinal
        for kind, key in before - found:
            rest = self._sets[kind][key] & ~bit
            if rest:
                self._sets[kind][key] = rest
            else:
                del self._sets[kind][key]
        for kind, key in found - before:
            having = self._sets.setdefault(kind, {})
            having[key] = having.get(key, NOTHING) | bit
        if before and not found:
            self._forget(entry)
        if found and not before:
            self._learn(entry)
        if facts is not None:
            self._marks[entry.ordinal] = tuple(found)
            _learn_skills(self._skills, facts)

    def _learn(self, entry: Entry) -> None:
        self._listed |= 1 << entry.ordinal
        self._ids[entry.ordinal] = entry.microcredential_id
        insort(self._by_id, (entry.microcredential_id, entry.ordinal))
        insort(self._by_publication, _publication(entry))

    def _forget(self, entry: Entry) -> None:
        self._listed &= ~(1 << entry.ordinal)
        del self._ids[entry.ordinal]
        del self._by_id[bisect_left(self._by_id, (entry.microcredential_id, entry.ordinal))]
        del self._by_publication[bisect_left(self._by_publication, _publication(entry))]

    def index(self) -> Index:
        """Return the index as it is now."""
        return Index(
            day=self._day,
            listed=self._listed,
            sets={kind: having for kind, having in self._sets.items() if having},
            marks=self._marks,
            ids=self._ids,
            by_id=self._by_id,
            by_publication=self._by_publication,
            skills=self._skills,
            commonest=_commonest(self._sets),
        )


def _publication(entry: Entry) -> tuple[int, str, int]:
    return entry.published, entry.microcredential_id, entry.ordinal


def union(sets: Iterable[int]) -> int:
    """Return what is in any of these sets."""
    found = NOTHING
    for bits in sets:
        found |= bits
    return found


def bits_of(ordinals: Sequence[int]) -> int:
    """Return the set of these ordinals."""
    octets = bytearray(max(ordinals, default=0) // 8 + 1)
    for ordinal in ordinals:
        octets[ordinal >> 3] |= 1 << (ordinal & 7)
    return int.from_bytes(octets, "little")


def ordinals_in(bits: int) -> list[int]:
    """Return the ordinals of a set."""
    return [ordinal for ordinal, digit in enumerate(reversed(f"{bits:b}")) if digit == "1"]


def octets_of(bits: int, *, most: int) -> bytes:
    """Return a set as octets, so that it can be asked about many ordinals, none above `most`."""
    return bits.to_bytes(max(bits.bit_length(), most + 1) // 8 + 1, "little")
