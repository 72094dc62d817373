"""HTTP bodies about batches: how a file is read, where it stands, what is said of its rows.

Separate from single awards, because these answers quote what the caller's own file says.
"""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.issuer.domain.batches import BatchState, RowOutcome, RowState
from services.issuer.schemas.awards import Note
from shared.contracts.vocabulary import RevocationReason
from shared.runtime.api_model import ApiAnswer, ApiModel

_BATCH = "https://issuer.waarmerk.example/v1/award-batches/5b6f8f0e-1d2c-4b3a-9c8d-7e6f5a4b3c2d"
_ID = "5b6f8f0e-1d2c-4b3a-9c8d-7e6f5a4b3c2d"
_DIGEST = "3f79bb7b435b05321651daefd374cdc681dc06faa65e374e38337b88ca046dea"
Digest = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Field(description="the batch's `digest`, as you read it", examples=[_DIGEST]),
]
MailDomain = Annotated[
    str,
    StringConstraints(max_length=253, to_lower=True, pattern=r"^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$"),
]
Count = Annotated[int, Field(ge=0)]


class BatchRunRequest(ApiModel):
    """Run a checked batch."""

    corrections: bool = Field(
        default=False, description="also correct what was awarded before and differs"
    )


class BatchDecisionRequest(ApiModel):
    """Agree to a batch, or refuse it, as it was checked."""

    digest: Digest
    note: Note | None = None


class BatchRecallRequest(ApiModel):
    """Take back what nobody was handed yet: of some rows, or of the whole batch."""

    rows: Annotated[list[Annotated[int, Field(ge=1, le=2**31 - 1)]], Field(min_length=1)] | None = (
        Field(default=None, max_length=10_000, description="all rows, when left out")
    )
    reason: RevocationReason = RevocationReason.ADMINISTRATIVE_ERROR


class StudentDomain(ApiModel):
    """A mail domain of your staff, and the one your students have instead."""

    domain: MailDomain = Field(examples=["universiteit.example"])
    student_domain: MailDomain = Field(examples=["student.universiteit.example"])


class IssuingRulesBody(ApiModel):
    """When your organisation wants a second person, and which addresses are not its students'."""

    approval_from: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        description="a batch that awards or corrects so many rows waits for one; null: none does",
        examples=[100],
    )
    student_domains: Annotated[list[StudentDomain], Field(max_length=100)] | None = Field(
        default=None,
        description="in a file, an address in `domain` is a fault, and the same name in "
        "`studentDomain` is proposed; as they are, when left out",
    )


class IssuingRulesAnswer(ApiAnswer):
    """When your organisation wants a second person, and which addresses are not its students'."""

    approval_from: int | None = Field(examples=[100])
    student_domains: list[StudentDomain] = Field(default_factory=list)


class BatchColumn(ApiAnswer):
    """One column of the file, and what it is taken to hold."""

    column: str = Field(examples=["C"])
    header: str = Field(examples=["Studentnummer"])
    field: str | None = Field(default=None, examples=["studentNumber"])
    guess: str = Field(description="why", examples=["exact"])


class BatchText(ApiAnswer):
    """One sentence in both languages."""

    nl: str = Field(examples=["E5: 02-13-2026 is geen datum."])
    en: str = Field(examples=["E5: 02-13-2026 is no date."])


class BatchNotice(ApiAnswer):
    """Something about how the file was read."""

    code: str = Field(examples=["file.encoding"])
    message: BatchText


class BatchFault(ApiAnswer):
    """One thing to be said of one cell."""

    cell: str = Field(examples=["E5"])
    column: str = Field(examples=["Datum"])
    code: str = Field(examples=["award.date.form"])
    found: str = Field(examples=["02-13-2026"])
    message: BatchText


class BatchRowAnswer(ApiAnswer):
    """One row: what checking made of it, how far it has come, and what is said of it."""

    row: int
    outcome: RowOutcome
    state: RowState
    code: str | None = Field(default=None, examples=["award.date.form"])
    award_id: UUID | None = None
    faults: list[BatchFault] = Field(default_factory=list)


class BatchOutcomes(ApiAnswer):
    """How many rows checking made what of."""

    ready: Count = 0
    already_awarded: Count = 0
    correction: Count = 0
    duplicate_in_file: Count = 0
    error: Count = 0


class BatchProgress(ApiAnswer):
    """How many rows came at least so far."""

    rows: Count
    checked: Count
    to_do: Count
    signed: Count
    registered: Count
    delivered: Count
    corrected: Count
    failed: Count
    recalled: Count
    erased: Count


class BatchDecisionAnswer(ApiAnswer):
    """What a second person decided."""

    approved: bool
    decided_at: datetime
    note: str | None = Field(
        default=None,
        description="what they wrote with it, until the file is wiped",
        examples=["Rij 9 en 31 staan al in een ander dossier."],
    )


class BatchLinks(ApiAnswer):
    """Where more of a batch is found; `page` needs no token, so give it only to who may see it."""

    self: str = Field(examples=[_BATCH])
    rows: str = Field(examples=[f"{_BATCH}/rows"])
    failures: str = Field(examples=[f"{_BATCH}/failures"])
    results: str = Field(examples=[f"{_BATCH}/results"])
    credentials: str = Field(examples=[f"{_BATCH}/credentials"])
    events: str = Field(examples=[f"{_BATCH}/events"])
    page: str = Field(examples=[f"https://issuer.waarmerk.example/batches/{_ID}/k3p…"])


class BatchSummary(ApiAnswer):
    """A batch in a list."""

    batch_id: UUID
    state: BatchState
    format: str = Field(examples=["csv"])
    rows: int
    received_at: datetime
    ended_at: datetime | None = None
    links: BatchLinks


class BatchAnswer(BatchSummary):
    """A batch: how it is read, what checking made of it, and how far it has come."""

    digest: str | None = Field(
        default=None, description="of all that was checked; what is approved", examples=[_DIGEST]
    )
    corrections: bool = Field(
        default=False,
        description="whether its run corrects what differs; a second person agrees to that too",
    )
    columns: list[BatchColumn] = Field(default_factory=list)
    notices: list[BatchNotice] = Field(default_factory=list)
    outcomes: BatchOutcomes
    ready_again: Count = Field(
        default=0,
        description="how many rows are ready although their people have this microcredential "
        "already, under another reference (`award.exists.other-reference`)",
    )
    progress: BatchProgress
    decision: BatchDecisionAnswer | None = None
    first_faults: list[BatchRowAnswer] = Field(default_factory=list)
