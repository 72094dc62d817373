"""Seals over HTTP: those of the PDF something stood in, and a European credential with its own.

Apart from the verdict, because a seal is another's word: each is told with what that word is worth.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import Field

from services.verifier.checks.judgement import Verification
from services.verifier.domain.european import EuropeanCredential
from services.verifier.domain.explanations.sealing import seal_sentences
from services.verifier.domain.meaning import advice_for
from services.verifier.domain.seals import JudgedSeal, SealState, Since
from services.verifier.domain.text import Text
from services.verifier.schemas.shown import Words
from shared.proofs.certificate_paths import CertificateHolder, Standing
from shared.runtime.api_model import ApiAnswer

NOT_THE_PAPER: Final = Text(
    nl="Ga af op wat hier staat. Wat u in de PDF zelf leest, hebben we niet gecontroleerd.",
    en="Rely on what is said here. What you read in the PDF itself, we have not checked.",
)


class SealerAnswer(ApiAnswer):
    """Whom a certificate names, in its own words."""

    name: str = Field(examples=["Voorbeeld Hogeschool"])
    organisation_id: str | None = Field(default=None, examples=["NTRNL-12345678"])
    country: str | None = Field(default=None, examples=["NL"])

    @classmethod
    def of(cls, holder: CertificateHolder) -> Self:
        """Tell what stands in a certificate."""
        return cls(
            name=holder.best_name,
            organisation_id=holder.organisation_id or None,
            country=holder.country or None,
        )


class SealAnswer(ApiAnswer):
    """A seal of the PDF in which the credential stood; it never makes the verdict better."""

    state: SealState
    since: Since = Field(description="what happened to the file after it was sealed")
    sound: bool = Field(description="the PDF is exactly what was sealed")
    sealer: SealerAnswer | None = None
    standing: Standing | None = Field(
        default=None, description="what the name in the certificate is worth"
    )
    sealed_at: datetime | None = Field(default=None, description="in the words of the seal itself")
    sentence: Words

    @classmethod
    def of(cls, judged: JudgedSeal) -> Self:
        """Tell of a seal."""
        seal = judged.seal
        return cls(
            state=seal.state,
            since=seal.since,
            sound=seal.is_sound,
            sealer=SealerAnswer.of(judged.signer) if judged.signer else None,
            standing=judged.standing,
            sealed_at=seal.sealed_at if judged.signer else None,
            sentence=_told(seal_sentences(judged)),
        )


class ShownEuropean(ApiAnswer):
    """What a European credential (Europass, ELM) says, once its seal holds."""

    id: str
    title: Words
    achievements: tuple[Words, ...]
    earned_by: Words | None = None
    issuer_name: Words | None = Field(
        default=None, description="in the words of the credential itself"
    )
    issuer_id: str | None = Field(default=None, examples=["NTRNL-12345678"])
    sealer: SealerAnswer = Field(description="in the words of the certificate of its seal")
    sealed_by_issuer: bool = Field(
        description="credential and certificate name the same organisation"
    )
    standing: Standing = Field(description="what the name in the certificate is worth")
    sealed_at: datetime = Field(description="in the words of the seal itself")
    issued_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @classmethod
    def of(cls, said: EuropeanCredential | None) -> Self | None:
        """Show one, if there is one whose seal holds."""
        if said is None:
            return None
        return cls(
            id=said.credential_id,
            title=_told(said.title),
            achievements=tuple(map(_told, said.achievements)),
            earned_by=_told(said.holder_name) if said.holder_name else None,
            issuer_name=_told(said.issuer_name) if said.issuer_name else None,
            issuer_id=said.issuer_id or None,
            sealer=SealerAnswer.of(said.sealer),
            sealed_by_issuer=said.is_sealed_by_issuer,
            standing=said.standing,
            sealed_at=said.sealed_at,
            issued_at=said.issued_at,
            valid_from=said.valid_from,
            valid_until=said.valid_until,
        )


SealsOfPaper = Annotated[
    tuple[SealAnswer, ...] | None,
    Field(description="the seals of the PDF it stood in; null when it stood in none"),
]


def tell_seals(seals: Sequence[JudgedSeal] | None) -> tuple[SealAnswer, ...] | None:
    """Tell the seals of a PDF; None of anything else."""
    return None if seals is None else tuple(map(SealAnswer.of, seals))


def paper_advice(seals: Sequence[JudgedSeal] | None, *, is_shown: bool) -> Sequence[Text]:
    """Return what to mind of a paper that nobody we trust vouches for."""
    if seals is None or not is_shown:
        return ()
    is_vouched = any(one.is_vouched and one.seal.is_sound for one in seals)
    is_in_doubt = not all(one.seal.is_sound for one in seals)
    return () if is_vouched or is_in_doubt else (NOT_THE_PAPER,)


def advice_of(verification: Verification) -> Sequence[Text]:
    """Return what to mind: of the paper first, where somebody reads one."""
    judgement, seals = verification.judgement, verification.seals
    advice = advice_for(judgement.verdict, is_test=verification.is_test)
    if seals is None:
        return advice
    is_shown = judgement.credential is not None or judgement.european is not None
    return (*paper_advice(seals, is_shown=is_shown), *advice)


def _told(text: Text) -> Words:
    # Not by way of what is remembered for all: these are names, of people too.
    return Words(nl=text.nl, en=text.en)
