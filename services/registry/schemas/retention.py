"""Bodies about terms: what is processed by which right and for how long, and how an erasure is."""

from datetime import datetime
from typing import Self

from pydantic import Field

from services.registry.domain.profiles import (
    Basis,
    Controller,
    ErasureTerm,
    LegalProfile,
    Outcome,
    Processing,
)
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiAnswer


class BothLanguages(ApiAnswer):
    """A text for people."""

    nl: str = Field(examples=["Raadplegen voor toelating"])
    en: str = Field(examples=["Consulting for admission"])

    @classmethod
    def of(cls, text: LocalText) -> Self:
        """Show a text."""
        return cls(nl=text.nl or "", en=text.en or "")


class ProcessingAnswer(ApiAnswer):
    """One processing of personal data, under the profile this register has."""

    activity: str = Field(examples=["admission"])
    profile: LegalProfile
    name: BothLanguages
    controller: Controller
    legal_bases: tuple[Basis, ...]
    term: BothLanguages

    @classmethod
    def of(cls, one: Processing, profile: LegalProfile) -> Self:
        """Show a processing."""
        return cls(
            activity=one.activity,
            profile=profile,
            name=BothLanguages.of(one.name),
            controller=one.controller,
            legal_bases=one.bases,
            term=BothLanguages.of(one.term),
        )


class ProcessingsAnswer(ApiAnswer):
    """Everything that is processed here."""

    items: tuple[ProcessingAnswer, ...]


class ErasureTermAnswer(ApiAnswer):
    """How far an erasure is: what became of it, by when it had to be, and when nothing is left."""

    outcome: Outcome
    requested_at: datetime = Field(description="when the institution was asked and acted")
    due_at: datetime = Field(description="one month later (GDPR article 12, 3)")
    settled_at: datetime = Field(description="when the register erased, or restricted")
    keep_until: datetime | None = Field(
        default=None, description="of what is restricted: when it is destroyed"
    )
    copies_gone_at: datetime | None = Field(
        default=None, description="when nothing could bring it back any more but a backup"
    )
    backups_gone_at: datetime | None = Field(
        default=None, description="when the last backup with it is gone too"
    )

    @classmethod
    def of(cls, term: ErasureTerm) -> Self:
        """Show a clock; of what is restricted nothing is gone before its own term has passed."""
        gone = term.outcome is Outcome.ERASED
        return cls(
            outcome=term.outcome,
            requested_at=term.requested_at,
            due_at=term.due_at,
            settled_at=term.settled_at,
            keep_until=term.keep_until,
            copies_gone_at=term.copies_gone_at if gone else None,
            backups_gone_at=term.backups_gone_at if gone else None,
        )
