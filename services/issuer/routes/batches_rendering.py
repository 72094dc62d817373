"""Batches as the API shows them: from what the operations tell to its bodies.

Apart from the routes, because a batch is shown by many of them.
"""

from services.issuer.domain.batches import Batch, Progress, RowOutcome
from services.issuer.operations.batches.remarks import Remark
from services.issuer.operations.batches.telling import ToldBatch, ToldRow, link_secret
from services.issuer.operations.batches.wishes import Layout
from services.issuer.operations.desk import Desk
from services.issuer.schemas.batches import (
    BatchAnswer,
    BatchColumn,
    BatchDecisionAnswer,
    BatchFault,
    BatchLinks,
    BatchNotice,
    BatchOutcomes,
    BatchProgress,
    BatchRowAnswer,
    BatchSummary,
    BatchText,
)


def show_batch(desk: Desk, told: ToldBatch) -> BatchAnswer:
    """Show a batch whole."""
    batch = told.batch
    return BatchAnswer(
        batch_id=batch.batch_id,
        state=batch.state,
        format=batch.format,
        rows=batch.rows,
        received_at=batch.received_at,
        ended_at=batch.ended_at,
        links=_links(desk, batch),
        digest=batch.digest,
        corrections=batch.with_corrections,
        columns=_columns(told.layout),
        notices=_notices(told.layout),
        outcomes=_outcomes(told.progress),
        ready_again=told.ready_again,
        progress=show_progress(batch, told.progress),
        decision=_decision(told),
        first_faults=[show_row(row) for row in told.first_faults],
    )


def show_summary(desk: Desk, batch: Batch) -> BatchSummary:
    """Show a batch in a list."""
    return BatchSummary(
        batch_id=batch.batch_id,
        state=batch.state,
        format=batch.format,
        rows=batch.rows,
        received_at=batch.received_at,
        ended_at=batch.ended_at,
        links=_links(desk, batch),
    )


def show_progress(batch: Batch, progress: Progress) -> BatchProgress:
    """Show how many rows came how far."""
    return BatchProgress(
        rows=batch.rows,
        checked=sum(progress.outcomes.values()),
        to_do=progress.to_do(with_corrections=batch.with_corrections),
        signed=progress.signed,
        registered=progress.registered,
        delivered=progress.delivered,
        corrected=progress.corrected,
        failed=progress.failed,
        recalled=progress.recalled,
        erased=progress.erased,
    )


def show_row(told: ToldRow) -> BatchRowAnswer:
    """Show one row."""
    row = told.row
    return BatchRowAnswer(
        row=row.line,
        outcome=row.outcome,
        state=row.state,
        code=row.code,
        award_id=row.award_id,
        faults=[_fault(remark) for remark in told.remarks],
    )


def batch_url(desk: Desk, batch: Batch) -> str:
    """Return where a batch is found by its organisation."""
    return f"{desk.public_url}/v1/award-batches/{batch.batch_id}"


def _links(desk: Desk, batch: Batch) -> BatchLinks:
    url = batch_url(desk, batch)
    secret = link_secret(desk, batch.batch_id)
    return BatchLinks(
        self=url,
        rows=f"{url}/rows",
        failures=f"{url}/failures",
        results=f"{url}/results",
        credentials=f"{url}/credentials",
        events=f"{url}/events",
        page=f"{desk.public_url}/batches/{batch.batch_id}/{secret}",
    )


def _decision(told: ToldBatch) -> BatchDecisionAnswer | None:
    decided = told.batch.decision
    if decided is None:
        return None
    return BatchDecisionAnswer(
        approved=decided.is_approved, decided_at=decided.decided_at, note=told.note
    )


def _columns(layout: Layout | None) -> list[BatchColumn]:
    if layout is None:
        return []
    return [
        BatchColumn(
            column=one.letters,
            header=one.header,
            field=one.field and one.field.value,
            guess=one.guess.value,
        )
        for one in layout.mapping.columns
    ]


def _notices(layout: Layout | None) -> list[BatchNotice]:
    if layout is None:
        return []
    return [
        BatchNotice(code=one["code"], message=BatchText(nl=one["nl"], en=one["en"]))
        for one in layout.notices
    ]


def _outcomes(progress: Progress) -> BatchOutcomes:
    counted = progress.outcomes
    return BatchOutcomes(
        ready=counted.get(RowOutcome.READY, 0),
        already_awarded=counted.get(RowOutcome.ALREADY_AWARDED, 0),
        correction=counted.get(RowOutcome.CORRECTION, 0),
        duplicate_in_file=counted.get(RowOutcome.DUPLICATE_IN_FILE, 0),
        error=counted.get(RowOutcome.ERROR, 0),
    )


def _fault(remark: Remark) -> BatchFault:
    return BatchFault(
        cell=remark.cell,
        column=remark.column,
        code=remark.code,
        found=remark.found,
        message=BatchText(nl=remark.nl, en=remark.en),
    )
