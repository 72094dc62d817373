"""What a batch keeps under seal: its layout, the cells of a slice, the wishes read from them.

Apart from checking and running, because what one writes the other reads, maybe days later.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json

from services.issuer.batches.columns import ColumnMapping
from services.issuer.batches.people import PeopleMarks
from services.issuer.batches.rows import Mark, RawRow
from services.issuer.batches.rules import Rules
from services.issuer.domain import Learner, WantedAward, today
from services.issuer.operations.desk import Desk
from shared.proofs.sealing import open_sealed, seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the rows of a file are read: its columns, and what holds for every row."""

    mapping: ColumnMapping
    microcredential_id: UUID | None = None
    microcredential_version: int | None = None
    awarded_on: date | None = None
    notices: tuple[dict[str, str], ...] = ()

    def rules(
        self, desk: Desk, *, now: datetime, student_domains: Mapping[str, str] | None = None
    ) -> Rules:
        """Return what the rows are judged by."""
        return Rules(
            today=today(now),
            key=desk.blind(b"row"),
            microcredential_id=self.microcredential_id,
            microcredential_version=self.microcredential_version,
            awarded_on=self.awarded_on,
            student_domains=student_domains or {},
        )


@dataclass(frozen=True, slots=True)
class Seals:
    """Opens and closes what one batch keeps of people."""

    desk: Desk
    batch_id: UUID
    wrapped_key: bytes

    def close(self, plain: bytes, what: str) -> bytes:
        """Seal something of this batch, to what it is."""
        return seal(plain, key=self._key, context=self._context(what))

    def open(self, sealed: bytes, what: str) -> bytes:
        """Open something of this batch."""
        return open_sealed(sealed, key=self._key, context=self._context(what))

    def close_cells(self, rows: Iterable[RawRow], number: int) -> bytes:
        """Seal the cells of a slice."""
        plain = [[row.number, row.cells, [*row.marks.items()]] for row in rows]
        return self.close(to_json(plain), f"cells|{number}")

    def open_cells(self, sealed: bytes, number: int) -> list[RawRow]:
        """Open the cells of a slice."""
        return [
            RawRow(line, tuple(cells), {column: Mark(mark) for column, mark in marks})
            for line, cells, marks in from_json(self.open(sealed, f"cells|{number}"))
        ]

    def close_layout(self, layout: Layout) -> bytes:
        """Seal how the file is read: a header may turn out to be somebody's name."""
        plain = {
            "mapping": layout.mapping.as_json(),
            "microcredentialId": layout.microcredential_id,
            "microcredentialVersion": layout.microcredential_version,
            "awardedOn": layout.awarded_on,
            "notices": layout.notices,
        }
        return self.close(to_json(plain), "layout")

    def open_layout(self, sealed: bytes) -> Layout:
        """Open how the file is read."""
        kept = from_json(self.open(sealed, "layout"))
        microcredential, day = kept["microcredentialId"], kept["awardedOn"]
        return Layout(
            mapping=ColumnMapping.from_json(kept["mapping"]),
            microcredential_id=microcredential and UUID(microcredential),
            microcredential_version=kept["microcredentialVersion"],
            awarded_on=day and date.fromisoformat(day),
            notices=tuple(kept["notices"]),
        )

    def open_wishes(self, sealed: bytes, number: int) -> dict[int, WantedAward]:
        """Open what the rows of a slice ask for, by line."""
        return read_wishes(self.open(sealed, f"wishes|{number}"))

    def people(self, mapping: ColumnMapping | None = None) -> PeopleMarks:
        """Return what marks the people in this batch, and in no other."""
        return PeopleMarks(self.desk.blind(b"batch-people|" + self.batch_id.bytes), mapping)

    @property
    def _key(self) -> Any:  # noqa: ANN401 - the data key's own type is the sealing's business
        return self.desk.batch_key(self.wrapped_key, batch_id=self.batch_id)

    def _context(self, what: str) -> bytes:
        return f"batch|{self.batch_id}|{what}".encode()


def write_wishes(wishes: Sequence[tuple[int, WantedAward]]) -> bytes:
    """Write what rows ask for, shortly and always alike: the digest of a batch is made of this."""
    return to_json([_written(line, wanted) for line, wanted in wishes])


def read_wishes(written: bytes) -> dict[int, WantedAward]:
    """Read what `write_wishes` wrote."""
    return dict(_read(one) for one in from_json(written))


def _written(line: int, wanted: WantedAward) -> list[object]:
    learner = wanted.learner
    return [
        line,
        wanted.microcredential_id,
        wanted.microcredential_version,
        wanted.enrolment_reference,
        wanted.awarded_on,
        learner.edu_id,
        learner.email,
        learner.given_name,
        learner.family_name,
        wanted.grade,
        wanted.valid_until,
    ]


def _read(written: list[Any]) -> tuple[int, WantedAward]:
    line, microcredential, version, reference, day, *person, grade, until = written
    edu_id, email, given_name, family_name = person
    wanted = WantedAward(
        microcredential_id=UUID(microcredential),
        microcredential_version=version,
        enrolment_reference=reference,
        awarded_on=date.fromisoformat(day),
        learner=Learner(edu_id=edu_id, email=email, given_name=given_name, family_name=family_name),
        grade=grade,
        valid_until=until and datetime.fromisoformat(until),
    )
    return line, wanted
