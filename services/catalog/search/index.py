"""The index: for each thing that can be true of a microcredential, of which ones it is true.

A set of microcredentials is one whole number with a bit for each ordinal, so that "and", "or" and
"how many" are single instructions of Python. An index never changes; a changed one is a new one.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.catalog.search.facts import Facts, Key, Mark, Number, marks_on
from services.catalog.search.question import Facet
from shared.contracts.vocabulary import LocalText

Kind = Facet | Number
ByKind = Mapping[Kind, Mapping[Key, int]]
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
    marks: Mapping[int, frozenset[Mark]]
    ids: Mapping[int, str]
    by_id: Sequence[tuple[str, int]]
    by_publication: Sequence[tuple[int, str, int]]
    skills: Mapping[str, LocalText]

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


def build(day: date, entries: Iterable[Entry]) -> Index:
    """Make the index of all listings on a day."""
    ordinals: dict[Mark, list[int]] = defaultdict(list)
    marks: dict[int, frozenset[Mark]] = {}
    ids: dict[int, str] = {}
    publications: list[tuple[int, str, int]] = []
    skills: dict[str, LocalText] = {}
    same: dict[Mark, Mark] = {}
    for entry in entries:
        if entry.facts is None:
            continue
        found = marks_on(entry.facts, day)
        # One object for each mark, however many listings have it.
        marks[entry.ordinal] = frozenset(same.setdefault(mark, mark) for mark in found)
        for mark in found:
            ordinals[mark].append(entry.ordinal)
        ids[entry.ordinal] = entry.microcredential_id
        publications.append((entry.published, entry.microcredential_id, entry.ordinal))
        skills.update(entry.facts.skills)
    sets: dict[Kind, dict[Key, int]] = defaultdict(dict)
    for (kind, key), having in ordinals.items():
        sets[kind][key] = bits_of(having)
    return Index(
        day=day,
        listed=bits_of(list(marks)),
        sets=sets,
        marks=marks,
        ids=ids,
        by_id=sorted((one, ordinal) for ordinal, one in ids.items()),
        by_publication=sorted(publications),
        skills=skills,
    )


class _Draft:
    """A copy of an index, while it is being changed."""

    def __init__(self, index: Index) -> None:
        self._day = index.day
        self._listed = index.listed
        self._sets: dict[Kind, dict[Key, int]] = {
            kind: dict(having) for kind, having in index.sets.items()
        }
        self._marks = dict(index.marks)
        self._ids = dict(index.ids)
        self._by_id = list(index.by_id)
        self._by_publication = list(index.by_publication)
        self._skills = dict(index.skills)

    def put(self, entry: Entry) -> None:
        """Take away what was true of a listing and put what is true now."""
        facts = entry.facts
        found = frozenset() if facts is None else marks_on(facts, self._day)
        before = self._marks.pop(entry.ordinal, frozenset())
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
        if facts is not None and found:
            self._marks[entry.ordinal] = found
            self._skills.update(facts.skills)

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


class Members:
    """A set that is asked about many ordinals, one after another."""

    def __init__(self, bits: int) -> None:
        self._octets = bits.to_bytes((bits.bit_length() + 7) // 8, "little")

    def __contains__(self, ordinal: int) -> bool:
        at = ordinal >> 3
        return at < len(self._octets) and bool(self._octets[at] >> (ordinal & 7) & 1)

    def __iter__(self) -> Iterator[int]:
        for at, octet in enumerate(self._octets):
            for bit in range(8):
                if octet >> bit & 1:
                    yield at * 8 + bit
