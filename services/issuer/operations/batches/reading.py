"""Reading a slice: from sealed cells to what its rows ask for, or what is wrong with them.

Apart from checking, because this takes a processor and no database: it runs in the workshop.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from services.issuer.batches.columns import Field
from services.issuer.batches.judging import RowReader
from services.issuer.batches.rows import WantedRow
from services.issuer.batches.wordings import Code
from services.issuer.domain import (
    MicrocredentialIncompleteError,
    WantedAward,
    check_award,
    choose_version,
)
from services.issuer.operations.batches.remarks import (
    Remark,
    remark_at,
    remarks_of_error,
    write_remarks,
)
from services.issuer.operations.batches.wishes import Layout, Seals, write_wishes
from services.issuer.operations.desk import Desk
from services.issuer.repository.catalogue import read_microcredential, read_organisation
from shared.contracts.microcredential import Microcredential
from shared.errors import WaarmerkError

_KEY_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOrder:
    """A slice to be read, with all that its rows are judged by."""

    batch_id: UUID
    number: int
    wrapped_key: bytes = field(repr=False)
    sealed_layout: bytes = field(repr=False)
    sealed_cells: bytes = field(repr=False)
    organisation: str
    offered: tuple[str, ...]
    student_domains: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """One row as it was read: a wish that may be granted, or the code of its first fault."""

    line: int
    code: str | None = None
    sealed_faults: bytes | None = field(default=None, repr=False)
    award_key: bytes | None = None
    person_key: bytes | None = None
    person: str | None = None
    enrolment_reference: str = ""
    microcredential_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSlice:
    """All rows of a slice, and what they ask for under seal."""

    rows: tuple[ReadRow, ...]
    sealed_wishes: bytes = field(repr=False)
    digest: bytes


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, remarks: Sequence[Remark]) -> None:
        super().__init__()
        self.remarks = remarks


class _Reader:
    """Reads the rows of one slice."""

    def __init__(self, desk: Desk, order: ReadOrder) -> None:
        self.seals = Seals(desk, order.batch_id, order.wrapped_key)
        self._desk = desk
        self._now = order.now
        self._layout: Layout = self.seals.open_layout(order.sealed_layout)
        self._organisation = read_organisation(order.organisation)
        self._offered = _by_id([read_microcredential(record) for record in order.offered])
        self._named = _by_name(self._offered)
        rules = self._layout.rules(desk, now=order.now, student_domains=order.student_domains)
        self._reader = RowReader(self._layout.mapping, rules)

    def read(self, sealed_cells: bytes, number: int) -> tuple[list[ReadRow], bytes]:
        """Read every row; return them, and what the good ones ask for."""
        rows, wishes = [], []
        for raw in self.seals.open_cells(sealed_cells, number):
            try:
                read = self._reader.read(raw)
                if not isinstance(read, WantedRow):
                    raise _Refused([Remark.of_cell(fault) for fault in read])  # noqa: TRY301 - one way out
                wanted = self._judge(read)
            except _Refused as refused:
                rows.append(self._refused(raw.number, refused.remarks))
            else:
                rows.append(self._accepted(raw.number, wanted))
                wishes.append((raw.number, wanted))
        return rows, write_wishes(wishes)

    def _judge(self, row: WantedRow) -> WantedAward:
        """Return what a row asks for, when the rules of awarding let it."""
        mapping, line = self._layout.mapping, row.number
        microcredential_id = row.microcredential_id or self._named.get(
            (row.microcredential_name or "").strip().casefold()
        )
        if microcredential_id is None or microcredential_id not in self._offered:
            found = row.microcredential_name or str(row.microcredential_id or "")
            code = Code.MICROCREDENTIAL_UNKNOWN if found else Code.MICROCREDENTIAL_MISSING
            remark = remark_at(code, Field.MICROCREDENTIAL, mapping, line=line, found=found)
            raise _Refused([remark])
        wanted = WantedAward(
            microcredential_id=microcredential_id,
            microcredential_version=row.microcredential_version,
            enrolment_reference=row.enrolment_reference,
            awarded_on=row.awarded_on,
            learner=row.learner,
            grade=row.grade,
            valid_until=row.valid_until,
        )
        try:
            chosen = choose_version(
                self._offered[microcredential_id],
                organisation=self._organisation.oin,
                version=row.microcredential_version,
            )
            if chosen.content.study_load is None or chosen.content.level is None:
                raise MicrocredentialIncompleteError
        except WaarmerkError as error:
            pointer = "/microcredentialId"
            remarks = remarks_of_error(error, mapping, line=line, pointer=pointer)
            raise _Refused(remarks) from None
        try:
            check_award(wanted, organisation=self._organisation, now=self._now)
        except WaarmerkError as error:
            raise _Refused(remarks_of_error(error, mapping, line=line)) from None
        return wanted

    def _refused(self, line: int, remarks: Sequence[Remark]) -> ReadRow:
        return ReadRow(
            line=line,
            code=remarks[0].code,
            sealed_faults=self.seals.close(write_remarks(remarks), f"faults|{line}"),
        )

    def _accepted(self, line: int, wanted: WantedAward) -> ReadRow:
        about = f"{wanted.microcredential_id}|"
        person = self._desk.pseudonym_of(wanted.learner.identifier)
        return ReadRow(
            line=line,
            award_key=self._key(f"award|{about}{wanted.enrolment_reference}"),
            person_key=self._key(f"person|{about}{person}"),
            person=person,
            enrolment_reference=wanted.enrolment_reference,
            microcredential_id=wanted.microcredential_id,
        )

    def _key(self, text: str) -> bytes:
        return self._desk.blind(text.encode())[:_KEY_BYTES]


def read_slice(desk: Desk, order: ReadOrder) -> ReadSlice:
    """Read the rows of a slice, each exactly once."""
    reader = _Reader(desk, order)
    rows, wishes = reader.read(order.sealed_cells, order.number)
    return ReadSlice(
        rows=tuple(rows),
        sealed_wishes=reader.seals.close(wishes, f"wishes|{order.number}"),
        digest=sha256(desk.blind(wishes)).digest(),
    )


def _by_id(offered: Sequence[Microcredential]) -> dict[UUID, list[Microcredential]]:
    by_id: dict[UUID, list[Microcredential]] = {}
    for one in offered:
        by_id.setdefault(one.microcredential_id, []).append(one)
    return by_id


def _by_name(offered: Mapping[UUID, Sequence[Microcredential]]) -> dict[str, UUID]:
    """Return the names that mean one microcredential only."""
    named: dict[str, set[UUID]] = {}
    for microcredential_id, versions in offered.items():
        for version in versions:
            for text in (version.content.title.nl, version.content.title.en):
                if text:
                    named.setdefault(text.strip().casefold(), set()).add(microcredential_id)
    return {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}
