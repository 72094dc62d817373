"""Forgetting one person in every batch that keeps something of them, whatever became of its rows.

1. A slice says by marks whom it may be about; what an award of that person came from is, too.
2. Such a slice is held, opened, and closed again without those rows, in the erasure's transaction.
3. A row that is gone stays a row: it says that it was erased, and is never awarded or corrected.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.batches.columns import ColumnMapping
from services.issuer.batches.faults import CellFault
from services.issuer.batches.rows import WHOLE_ROW, Mark, RawRow
from services.issuer.batches.wordings import Code
from services.issuer.operations.batches.remarks import Remark, write_remarks
from services.issuer.operations.batches.wishes import Seals, write_wishes
from services.issuer.operations.desk import Desk
from services.issuer.repository import batches_erasures
from services.issuer.repository.batches_erasures import EmptiedSlice, HeldSlice, KeptBatch
from shared.runtime.database import straight_within

ERASED = Code.ROW_ERASED.value


async def forget_person(
    session: AsyncSession, desk: Desk, identifier: str, *, organisation: str, now: datetime
) -> None:
    """Destroy what an organisation's batches keep of somebody; before their awards are erased."""
    straight = await straight_within(session)
    award_ids = await batches_erasures.list_awards(
        straight, organisation=organisation, pseudonym=desk.pseudonym_of(identifier)
    )
    openers = {
        kept.batch_id: _Opener(desk, kept, identifier)
        for kept in await batches_erasures.list_kept(straight, organisation)
    }
    marks = {batch_id: opener.mark for batch_id, opener in openers.items()}
    found = await batches_erasures.find_slices(straight, marks, award_ids)
    for (batch_id, number), lines in sorted(found.items()):
        held = await batches_erasures.hold_slice(straight, batch_id, number)
        if held is None or batch_id not in openers:
            continue
        emptied = await to_thread.run_sync(openers[batch_id].empty, held, number, lines)
        if emptied is not None:
            await batches_erasures.empty_rows(
                straight, batch_id, number, emptied, code=ERASED, now=now
            )
    await batches_erasures.untie_awards(straight, award_ids, code=ERASED, now=now)


class _Opener:
    """Opens the slices of one batch, and closes them without the rows of one person."""

    def __init__(self, desk: Desk, kept: KeptBatch, identifier: str) -> None:
        self._seals = Seals(desk, kept.batch_id, kept.wrapped_key)
        self._sealed_layout = kept.sealed_layout
        self.mark = self._seals.people().of_person(identifier)

    def empty(self, held: HeldSlice, number: int, lines: AbstractSet[int]) -> EmptiedSlice | None:
        """Close a slice without these lines and those of the person; None when there are none."""
        seals, mapping = self._seals, self._mapping()
        people = seals.people(mapping)
        rows = seals.open_cells(held.sealed_cells, number)
        gone = {row.number for row in rows if self.mark in people.of_row(row)} | lines
        if not gone:
            return None
        kept = [row if row.number not in gone else _erased(row) for row in rows]
        wishes = None
        if held.sealed_wishes is not None:
            asked = seals.open_wishes(held.sealed_wishes, number)
            left = [(line, wanted) for line, wanted in asked.items() if line not in gone]
            wishes = seals.close(write_wishes(left), f"wishes|{number}")
        return EmptiedSlice(
            sealed_cells=seals.close_cells(kept, number),
            sealed_wishes=wishes,
            persons=people.of_rows(kept),
            sealed_faults={
                line: seals.close(write_remarks([_remark(line, mapping)]), f"faults|{line}")
                for line in sorted(gone)
            },
        )

    def _mapping(self) -> ColumnMapping:
        # A file that is still coming in has no layout yet; its addresses are found all the same.
        if self._sealed_layout is None:
            return ColumnMapping(columns=())
        return self._seals.open_layout(self._sealed_layout).mapping


def _erased(row: RawRow) -> RawRow:
    return row._replace(cells=(), marks={WHOLE_ROW: Mark.ERASED})


def _remark(line: int, mapping: ColumnMapping) -> Remark:
    fault = CellFault(row=line, cell=mapping.cell(0, line), code=Code.ROW_ERASED)
    return Remark.of_cell(fault)
