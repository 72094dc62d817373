"""Batches of verifications over HTTP: what is asked, how far it is, and a row for each entry.

Apart from the single verification, of whose answer a row is the short form.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Final, Self

from pydantic import Field, JsonValue

from services.verifier.batches.rows import Row, Stumble
from services.verifier.domain.findings import Check
from services.verifier.domain.text import Text
from services.verifier.domain.verdict import Look, State
from services.verifier.schemas.examples import CREDENTIAL
from services.verifier.schemas.shown import Words, words
from shared.runtime.api_model import ApiAnswer, ApiModel

AN_ADDRESS: Final = "q1J3Yb0yq4n2m5cX0o8m1wYxE2fX2l0T0s0b8kq3E5A"


class WantedVerificationBatch(ApiModel):
    """Credentials to verify, each as the text or the JSON object it was given in."""

    credentials: Annotated[
        list[JsonValue],
        Field(
            description="at most 500; a text, or a credential as an object",
            examples=[[CREDENTIAL]],
            json_schema_extra={"maxItems": 500, "items": {"type": ["string", "object"]}},
        ),
    ]


class VerificationBatchLinks(ApiAnswer):
    """Where the rest is; each of these addresses is as secret as the batch."""

    results: str = Field(
        description="the rows: JSON by pages, CSV or XLSX",
        examples=[
            f"https://verifier.waarmerk.example/v1/verification-batches/{AN_ADDRESS}/results"
        ],
    )
    page: str = Field(
        description="the same for people",
        examples=[f"https://verifier.waarmerk.example/batches/{AN_ADDRESS}"],
    )


class VerificationBatchAnswer(ApiAnswer):
    """How far a batch is."""

    batch_id: str = Field(
        description="finds and opens the batch: whoever has it sees the results",
        examples=[AN_ADDRESS],
    )
    done: bool = Field(description="every entry has its row")
    total: int = Field(description="entries", examples=[500])
    verified: int = Field(description="entries that have their row", examples=[120])
    states: dict[State, int] = Field(
        description="how many rows are in each state", examples=[{"valid": 118, "revoked": 2}]
    )
    received_at: datetime
    wiped_at: datetime = Field(description="when all of it is wiped, unless you do so earlier")
    links: VerificationBatchLinks


class FirstFailingCheck(ApiAnswer):
    """The first check that was not passed, or could not be made."""

    number: int = Field(ge=1, examples=[5])
    name: Check
    code: str = Field(examples=["signature-broken"])
    title: Words
    explanation: Words

    @classmethod
    def of(cls, stumble: Stumble) -> Self:
        """Show where a credential stumbled."""
        return cls(
            number=stumble.number,
            name=stumble.check,
            code=stumble.code,
            title=words(stumble.title),
            explanation=words(stumble.explanation),
        )


class VerificationRow(ApiAnswer):
    """What became of one entry; of a credential that is not believed nothing is told."""

    number: int = Field(description="its place in what you sent, from 1", ge=1, examples=[7])
    name: str = Field(
        description="the file, or its place in the table or list", examples=["Jansen/bewijs.png"]
    )
    state: State
    look: Look
    code: str = Field(examples=["registered"])
    title: Words
    test: bool = Field(description="issued by a test organisation: of no value")
    issuer: Words | None = Field(default=None, description="as the catalogue knows it")
    microcredential: str | None = Field(default=None, examples=["Inleiding kwantumcomputers"])
    study_load: Words | None = None
    awarded_on: date | None = None
    earned_by: str | None = Field(
        default=None, description="if there is a name in it", examples=["Sam de Vries"]
    )
    first_failing_check: FirstFailingCheck | None = None
    same_as: int | None = Field(
        default=None,
        description="the number of an earlier row with the same bytes or the same credential",
        examples=[3],
    )

    @classmethod
    def of(cls, row: Row, repeats: Mapping[int, int]) -> Self:
        """Show a row."""
        return cls(
            number=row.number,
            name=row.name,
            state=row.state,
            look=row.look,
            code=row.code,
            title=words(row.title),
            test=row.is_test,
            issuer=_words(row.issuer),
            microcredential=row.what,
            study_load=_words(row.size),
            awarded_on=row.awarded_on,
            earned_by=row.who,
            first_failing_check=FirstFailingCheck.of(row.stumble) if row.stumble else None,
            same_as=repeats.get(row.number),
        )


def _words(text: Text | None) -> Words | None:
    return words(text) if text else None
