"""Checking a batch, slice by slice and in order: what each row comes to, before anything is signed.

1. What the file says is read in the workshop; what cannot be read, or breaks a rule, is an error.
2. What an earlier row of the same file asks is a duplicate; a reference of somebody else an error.
3. What was awarded before is already awarded, or a correction when it differs; to somebody else an
   error. A revoked award is not given back by a file.
4. What is left is ready, and gets the id its award will have; that its person has the same already
   under another reference is said.
Each slice is one transaction, so a worker that dies has checked a slice or has not.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from services.issuer.batches.columns import ColumnMapping, Field
from services.issuer.batches.sentences import Sentence, quoted
from services.issuer.batches.wordings import Code
from services.issuer.domain import AwardState
from services.issuer.domain.batches import Batch, Progress, RowOutcome
from services.issuer.operations.batches.comparing import Compared, CompareOrder, compare_slice
from services.issuer.operations.batches.reading import ReadOrder, ReadRow, ReadSlice, read_slice
from services.issuer.operations.batches.remarks import remark_at, write_remarks
from services.issuer.operations.batches.wishes import Seals
from services.issuer.operations.batches.workshop import Workshop
from services.issuer.operations.desk import Desk
from services.issuer.repository import batches, batches_checks, batches_rows
from services.issuer.repository.batches_checks import CheckedRow, EarlierAward, UncheckedSlice
from shared.runtime.database import EVERY_ORGANISATION, Straight

SLICES_AT_A_TIME = 8
LONGEST_UNKNOWN = timedelta(minutes=15)
_GONE_HINT = Sentence(
    "Zij is ingetrokken of verlopen; een bestand geeft haar niet terug.",
    "It was revoked or has expired; a file does not give it back.",
)
_OUTCOMES = {
    Code.EXISTS_SAME: RowOutcome.ALREADY_AWARDED,
    Code.EXISTS_DIFFERS: RowOutcome.CORRECTION,
    Code.EXISTS_OTHER_PERSON: RowOutcome.ERROR,
}
_GONE = frozenset({AwardState.REVOKED, AwardState.EXPIRED})


@dataclass(frozen=True, slots=True)
class _About:
    """What the rows of a batch are judged by."""

    batch: Batch
    record: str
    offered: tuple[str, ...]
    student_domains: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class _Before:
    """What was there before this slice: earlier lines of the file, and earlier awards."""

    lines: dict[bytes, int]
    awards: Mapping[tuple[str, UUID], EarlierAward]
    compared: Mapping[int, Compared]
    references: Mapping[tuple[str, UUID], str]


async def check_batches(desk: Desk, workshop: Workshop, *, now: datetime) -> int:
    """Check something of every batch that waits for it; return how many slices were checked."""
    checked = after = 0
    while True:
        async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
            waiting = await batches_checks.find_checkable(straight, after=after)
        if waiting is None:
            return checked
        batch_id, organisation, after = waiting
        checked += await check_slices(desk, workshop, batch_id, organisation=organisation, now=now)


async def check_slices(
    desk: Desk, workshop: Workshop, batch_id: UUID, *, organisation: str, now: datetime
) -> int:
    """Check the next slices of a batch; return how many, none when somebody else is at it.

    They are read side by side, with no transaction open, and judged in their order. A batch of an
    organisation that the catalogue does not tell of lapses: nobody would see the end of its check.
    """
    async with desk.database.acting_for(organisation) as straight:
        batch = await batches_checks.lock_unchecked(straight, batch_id)
        if batch is None:
            return 0
        pieces = await batches_checks.list_unchecked(straight, batch_id, limit=SLICES_AT_A_TIME)
        if not pieces:
            await _end_check(straight, batch, now=now)
            return 0
        record = await batches_checks.find_organisation_record(straight, organisation)
        if record is None and now - batch.received_at > LONGEST_UNKNOWN:
            await batches.end_batch(straight, batch_id, now=now)
        offered = await batches_checks.list_offered_records(straight, organisation)
        rule = await batches.find_rule(straight, organisation)
    if record is None:
        return 0
    about = _About(batch, record, tuple(offered), rule.student_domains, now)
    readings = [asyncio.create_task(_read(workshop, about, piece)) for piece in pieces]
    try:
        for number, (piece, reading) in enumerate(zip(pieces, readings, strict=True)):
            if not await _check_slice(desk, workshop, about, piece, await reading):
                return number
    finally:
        for reading in readings:
            reading.cancel()
        await asyncio.gather(*readings, return_exceptions=True)
    return len(pieces)


async def _check_slice(
    desk: Desk, workshop: Workshop, about: _About, piece: UncheckedSlice, read: ReadSlice
) -> bool:
    """Keep what a slice comes to; False when it is not the next one, or not as it was read."""
    batch = about.batch
    seals = Seals(desk, batch.batch_id, batch.wrapped_key or b"")
    mapping = seals.open_layout(batch.sealed_layout or b"").mapping
    async with desk.database.acting_for(batch.organisation) as straight:
        if await batches_checks.lock_unchecked(straight, batch.batch_id) is None:
            return False
        if await batches_checks.lock_next(straight, batch.batch_id) != piece:
            return False
        before = await _look_back(straight, workshop, batch, piece, read)
        rows = list(_Judge(seals, mapping, before).judge(read.rows))
        await batches_checks.keep_checked(
            straight,
            batch,
            number=piece.number,
            rows=rows,
            sealed_wishes=read.sealed_wishes,
            digest=_digest(read, rows),
            now=about.now,
        )
    return True


async def start_if_clear(straight: Straight, batch: Batch, *, now: datetime) -> None:
    """Let a checked batch be signed, unless its organisation wants a second person first."""
    rule = await batches.find_rule(straight, batch.organisation)
    counted = Progress(outcomes=await batches_rows.count_outcomes(straight, batch.batch_id))
    to_do = counted.to_do(with_corrections=batch.with_corrections)
    if to_do == 0:
        await batches.clear_batch(straight, batch.batch_id, now=now)
        await batches.end_batch(straight, batch.batch_id, now=now)
    elif not rule.asks_second_person(rows=to_do):
        await batches.clear_batch(straight, batch.batch_id, now=now)


async def _end_check(straight: Straight, batch: Batch, *, now: datetime) -> None:
    await batches_checks.end_check(straight, batch.batch_id, now=now)
    if batch.run_asked_at is not None:
        await start_if_clear(straight, batch, now=now)


async def _read(workshop: Workshop, about: _About, piece: UncheckedSlice) -> ReadSlice:
    batch = about.batch
    return await workshop.do(
        read_slice,
        ReadOrder(
            batch_id=batch.batch_id,
            number=piece.number,
            wrapped_key=batch.wrapped_key or b"",
            sealed_layout=batch.sealed_layout or b"",
            sealed_cells=piece.sealed_cells,
            organisation=about.record,
            offered=about.offered,
            student_domains=about.student_domains,
            now=about.now,
        ),
    )


async def _look_back(
    straight: Straight, workshop: Workshop, batch: Batch, piece: UncheckedSlice, read: ReadSlice
) -> _Before:
    good = [row for row in read.rows if row.award_key is not None]
    lines = await batches_checks.find_lines(
        straight,
        batch.batch_id,
        award_keys=[row.award_key for row in good if row.award_key],
        person_keys=[row.person_key for row in good if row.person_key],
    )
    asked = [(row.enrolment_reference, row.microcredential_id) for row in good]
    awards = await batches_checks.find_earlier(
        straight,
        organisation=batch.organisation,
        enrolments=[(reference, about) for reference, about in asked if about],
    )
    standing = {
        row.line: awards[enrolment]
        for row, enrolment in zip(good, asked, strict=True)
        if enrolment in awards
    }
    compared: dict[int, Compared] = {}
    if standing:
        compared = await workshop.do(
            compare_slice,
            CompareOrder(
                batch_id=batch.batch_id,
                number=piece.number,
                organisation=batch.organisation,
                wrapped_key=batch.wrapped_key or b"",
                sealed_layout=batch.sealed_layout or b"",
                sealed_wishes=read.sealed_wishes,
                earlier=standing,
            ),
        )
    references = await batches_checks.find_references(
        straight,
        organisation=batch.organisation,
        people=[
            (row.person, row.microcredential_id)
            for row in good
            if row.person and row.microcredential_id and row.line not in standing
        ],
    )
    return _Before(lines, awards, compared, references)


class _Judge:
    """Says of each row what it comes to; the earliest row that asks for something keeps it."""

    def __init__(self, seals: Seals, mapping: ColumnMapping, before: _Before) -> None:
        self._seals = seals
        self._mapping = mapping
        self._before = before

    def judge(self, read: Sequence[ReadRow]) -> Iterator[CheckedRow]:
        """Judge the rows of a slice, in order."""
        lines = self._before.lines
        for row in read:
            if row.award_key is None or row.person_key is None:
                yield CheckedRow(
                    line=row.line,
                    outcome=RowOutcome.ERROR,
                    code=row.code,
                    sealed_faults=row.sealed_faults,
                )
            elif (line := lines.get(row.person_key)) is not None:
                yield self._passed_over(row, RowOutcome.DUPLICATE_IN_FILE, Code.DUPLICATE, line)
            elif (line := lines.get(row.award_key)) is not None:
                yield self._passed_over(row, RowOutcome.ERROR, Code.DUPLICATE_REFERENCE, line)
            else:
                lines[row.award_key] = lines[row.person_key] = row.line
                yield self._compared(row)

    def _compared(self, row: ReadRow) -> CheckedRow:
        earlier = None
        if row.microcredential_id is not None:
            enrolment = (row.enrolment_reference, row.microcredential_id)
            earlier = self._before.awards.get(enrolment)
        if earlier is None:
            return self._ready(row)
        compared = self._before.compared[row.line]
        sealed = compared.sealed_faults
        code, outcome = compared.code, _OUTCOMES[compared.code]
        if earlier.state in _GONE:
            outcome, code = RowOutcome.ERROR, Code.NOT_ALLOWED
            sealed = self._remarked(row, code, hint=_GONE_HINT)
        # An erasure of who has the award is not about the row of somebody else.
        is_theirs = code is not Code.EXISTS_OTHER_PERSON
        return CheckedRow(
            line=row.line,
            outcome=outcome,
            code=code.value,
            award_key=row.award_key,
            person_key=row.person_key,
            earlier_award_id=earlier.award_id if is_theirs else None,
            sealed_faults=sealed,
        )

    def _ready(self, row: ReadRow) -> CheckedRow:
        code, sealed = None, None
        if row.person is not None and row.microcredential_id is not None:
            reference = self._before.references.get((row.person, row.microcredential_id))
            if reference is not None:
                code = Code.EXISTS_OTHER_REFERENCE
                sealed = self._remarked(row, code, hint=quoted(reference))
        return CheckedRow(
            line=row.line,
            outcome=RowOutcome.READY,
            code=code,
            award_key=row.award_key,
            person_key=row.person_key,
            award_id=uuid4(),
            sealed_faults=sealed,
        )

    def _passed_over(self, row: ReadRow, outcome: RowOutcome, code: Code, line: int) -> CheckedRow:
        return CheckedRow(
            line=row.line,
            outcome=outcome,
            code=code.value,
            sealed_faults=self._remarked(row, code, hint=str(line)),
        )

    def _remarked(self, row: ReadRow, code: Code, *, hint: str | Sentence) -> bytes:
        is_person = code is Code.DUPLICATE
        remark = remark_at(
            code,
            Field.EDU_ID if is_person else Field.ENROLMENT_REFERENCE,
            self._mapping,
            line=row.line,
            found="" if is_person else row.enrolment_reference,
            hint=hint,
        )
        return self._seals.close(write_remarks([remark]), f"faults|{row.line}")


def _digest(read: ReadSlice, rows: Sequence[CheckedRow]) -> bytes:
    """Pin what was read and what it came to: who approves this, approves no other."""
    whole = sha256(read.digest)
    for row in rows:
        whole.update(f"{row.line}|{row.outcome}|{row.award_id}|{row.earlier_award_id};".encode())
    return whole.digest()
