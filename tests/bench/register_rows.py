"""The rows of a large register, 65,536 facts at a time, as its own code would have written them.

Apart from who puts them in the database, because this is what ten million of them cost. The words
of a fact are written once for each kind and award by the register's rules (`_templates`); only ids,
moments and what follows from them differ, and every thousandth is read back and written anew by the
register itself. Of 25 facts one revokes, suspends or ends what another began; of a thousand
registrations about one was erased.
"""

import hmac
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Final
from uuid import UUID

from services.registry.domain.facts import Fact, kind_of, record_erasure
from services.registry.domain.registrations import AwardChange, decide_change, decide_registration
from services.registry.tables import RegistrationRow
from shared.contracts.events import RegistrationErased
from shared.contracts.microcredential import Level, StudyLoad
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import LevelBasis, QualificationLevel, StudyLoadUnit
from shared.proofs.log_entries import EntryKind, opens
from shared.proofs.merkle import leaf_hash
from shared.proofs.pseudonyms import pseudonym
from shared.strict_json import canonical
from tests.support.awards import an_award, expired, revoked, suspended

CHUNK: Final = 65_536
ORGANISATIONS: Final = tuple(f"0000009900000{number:03}0000" for number in range(100, 140))
KINDS_OF_AWARD: Final = 5
AWARDS_OF_LEARNER: Final = 3
LEARNER_KEY: Final = b"a key for a benchmark, no secret"
_ID, _CREDENTIAL = UUID(int=0xA1), UUID(int=0xA2)
_DIGEST, _LEARNER = "d1" * 32, "L" * 43
_AT, _FIRST_AT = (
    datetime(1999, 1, 2, 3, 4, 5, tzinfo=UTC),
    datetime(1999, 2, 3, 4, 5, 6, tzinfo=UTC),
)
_ON: Final = date(1999, 3, 4)
_CHANGED_AFTER, _ERASED_AFTER = 12, 250
_EVERY_CHANGE, _EVERY_ERASURE, _EVERY_CHECK = 25, 1000, 1000
_RANDOM_BYTES: Final = 112


@dataclass(frozen=True, slots=True)
class Plan:
    """How many facts there are in all, and over which time they came."""

    entries: int
    first_at: datetime
    days: int = 1000

    def at(self, number: int) -> datetime:
        """Return when the fact of this number, from 0, was recorded: to the second."""
        return self.first_at + timedelta(seconds=self.days * 86_400 * number // self.entries)

    def chunks(self) -> Iterator[range]:
        """Cut all numbers into chunks."""
        for start in range(0, self.entries, CHUNK):
            yield range(start, min(start + CHUNK, self.entries))


@dataclass(slots=True)
class Rows:
    """What COPY takes of a chunk, in its text form, by table; and its leaves, one after another."""

    facts: list[str] = field(default_factory=list)
    registrations: list[str] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Template:
    """A fact and the row it leads to, with places for what differs."""

    kind: EntryKind
    version: int
    content: str
    row: str


@dataclass(frozen=True, slots=True)
class _Chance:
    """What differs from one registration to the next."""

    registration_id: UUID
    credential_id: UUID
    digest: str
    learner: str
    first_at: datetime

    def words(self, at: datetime) -> Mapping[str, str]:
        return {
            "id": str(self.registration_id),
            "credential": str(self.credential_id),
            "digest": self.digest,
            "learner": self.learner,
            "at": _moment(at),
            "first": _moment(self.first_at),
            "on": self.first_at.date().isoformat(),
        }


def learner_of(number: int) -> str:
    """Return the address of the learner whom the award of this number, from 0, was given to."""
    return f"s{number // AWARDS_OF_LEARNER:08}@student.example.nl"


def make_rows(plan: Plan, numbers: range) -> Rows:
    """Make the facts of a chunk, and the registrations that they leave."""
    rows, awarded = Rows(), dict[int, _Chance]()
    random = memoryview(os.urandom(len(numbers) * _RANDOM_BYTES))
    for place, number in enumerate(numbers):
        chance = random[place * _RANDOM_BYTES : (place + 1) * _RANDOM_BYTES].tobytes()
        at, is_told = plan.at(number), place % _EVERY_CHECK == 1
        if place % _EVERY_ERASURE == 2 * _ERASED_AFTER:
            _erase(rows, number, chance, awarded[place - _ERASED_AFTER], at)
            continue
        is_change = place % _EVERY_CHANGE == 2 * _CHANGED_AFTER
        origin = number - _CHANGED_AFTER if is_change else number
        template = _templates(origin)[1 + origin // 2 % 3 if is_change else 0]
        if not is_change:
            awarded[place] = _chance(number, chance, at)
        one = awarded[place - _CHANGED_AFTER if is_change else place]
        words, salt = one.words(at), chance[:32]
        content = template.content % words
        is_erased = _comes(place, _EVERY_ERASURE, _ERASED_AFTER, len(numbers))
        fact = Fact(
            event_id=UUID(bytes=chance[32:48], version=4),
            kind=template.kind,
            organisation=_organisation(origin),
            registration_id=one.registration_id,
            record_version=template.version,
            recorded_at=at,
            commitment=hmac.digest(salt, content.encode(), "sha256"),
            salt=None if is_erased else salt,
            content=None if is_erased else content,
        )
        _add(rows, number, fact)
        if not (is_erased or _comes(place, _EVERY_CHANGE, _CHANGED_AFTER, len(numbers))):
            rows.registrations.append(template.row % words)
        if is_told and not is_erased:
            _check(fact, rows.entries[-1])
    return rows


def _comes(place: int, every: int, after: int, count: int) -> bool:
    """Say whether something is still to happen, in this chunk, to what begins here."""
    return place % every == after and place + after < count


def _add(rows: Rows, number: int, fact: Fact) -> None:
    salt = r"\N" if fact.salt is None else f"\\\\x{fact.salt.hex()}"
    content = r"\N" if fact.content is None else fact.content
    moment = fact.recorded_at.isoformat()
    rows.facts.append(
        f"{number + 1}\t{fact.event_id}\t{fact.kind}\t{fact.organisation}"
        f"\t{fact.registration_id}\t{fact.record_version}\t{moment}"
        f"\t\\\\x{fact.commitment.hex()}\t{salt}\t{content}\n"
    )
    entry = fact.entry().to_bytes()
    rows.entries.append(f"{number}\t{number + 1}\t\\\\x{entry.hex()}\t{moment}\n")
    rows.leaves.append(leaf_hash(entry))


def _erase(rows: Rows, number: int, chance: bytes, one: _Chance, at: datetime) -> None:
    """Tell that a registration was erased, by the register's own code."""
    told = RegistrationErased(
        record_version=2,
        registration_id=one.registration_id,
        organisation=_organisation(number - _ERASED_AFTER),
        erased_at=at,
    )
    event_id = UUID(bytes=chance[32:48], version=4)
    _add(rows, number, replace(record_erasure(told, now=at), event_id=event_id))
    rows.erased.append(f"{one.registration_id}\t{told.organisation}\t2\t{at.isoformat()}\n")


def _check(fact: Fact, entry: str) -> None:
    """Refuse what the register itself would have written otherwise."""
    held = Registration.model_validate_json(fact.content or "")
    if canonical(held.model_dump(mode="json", exclude_none=True)).decode() != fact.content:
        raise ValueError("the register writes this registration otherwise")
    if held.registration_id != fact.registration_id:
        raise ValueError("a fact is about another registration")
    if fact.entry().to_bytes().hex() not in entry:
        raise ValueError("the register writes this entry otherwise")
    if not opens(fact.entry(), salt=fact.salt or b"", opening=fact.content.encode()):
        raise ValueError("what a fact says does not open its entry")


def _chance(number: int, chance: bytes, at: datetime) -> _Chance:
    return _Chance(
        registration_id=UUID(bytes=chance[48:64], version=4),
        credential_id=UUID(bytes=chance[64:80], version=4),
        digest=chance[80:112].hex(),
        learner=pseudonym(LEARNER_KEY, learner_of(number)),
        first_at=at,
    )


def _organisation(number: int) -> str:
    return ORGANISATIONS[number * 7 // 3 % len(ORGANISATIONS)]


def _templates(number: int) -> tuple[_Template, ...]:
    return _templates_of(_organisation(number), number % KINDS_OF_AWARD)


@cache
def _templates_of(organisation: str, kind: int) -> tuple[_Template, ...]:
    """Let the register write an award, and the three things that may become of it."""
    award = an_award(
        _ID,
        organisation=organisation,
        microcredential_id=UUID(int=0xC0FFEE00 + kind),
        study_load=StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal(kind * 4 + 1)),
        level=Level(value=list(QualificationLevel)[kind], basis=LevelBasis.SELF_DECLARED),
        learner=_LEARNER,
        awarded_on=_ON,
        valid_from=_FIRST_AT,
        credential_id=_CREDENTIAL,
        credential_digest=_DIGEST,
    )
    begun = decide_registration(award, award_id=_ID, now=_FIRST_AT)
    told: tuple[AwardChange, ...] = (revoked(_ID), suspended(_ID), expired(_ID))
    found = [_template(EntryKind.ISSUED, begun.registration, RegistrationRow.values_of(begun))]
    for one in told:
        changed = decide_change(begun, one, now=_AT)
        if changed is None:
            raise ValueError("the register would not hear of this")
        values = RegistrationRow.values_of(changed)
        found.append(_template(kind_of(one), changed.registration, values))
    return tuple(found)


def _template(kind: EntryKind, held: Registration, values: Mapping[str, object]) -> _Template:
    content = canonical(held.model_dump(mode="json", exclude_none=True)).decode()
    row = "\t".join(_spelled(values[one.name]) for one in RegistrationRow.table().columns)
    return _Template(kind, held.record_version, _with_places(content), _with_places(f"{row}\n"))


def _with_places(text: str) -> str:
    places = {
        "id": str(_ID),
        "credential": str(_CREDENTIAL),
        "digest": _DIGEST,
        "learner": _LEARNER,
        "at": _moment(_AT),
        "first": _moment(_FIRST_AT),
        "on": _ON.isoformat(),
    }
    text = text.replace("%", "%%")
    for name, place in places.items():
        text = text.replace(place, f"%({name})s")
    return text


def _spelled(value: object) -> str:
    match value:
        case None:
            return r"\N"
        case datetime():
            return _moment(value)
        case date():
            return value.isoformat()
        case dict():
            return json.dumps(value).replace("\\", "\\\\")
        case _:
            return str(value)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
