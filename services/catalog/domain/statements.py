"""Statements: what others say of a published version, in their own name and on a date.

A peer review says what was looked at; an endorsement says that an organisation stands behind it.
What others offer is public once the provider accepts it; what they withdraw is public no more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from services.catalog.domain.days import dutch_day
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import LocalText
from shared.errors import ConflictError, Fault, NotFoundError, NotPermittedError, RuleError


class StatementUnknownError(NotFoundError):
    """There is no such statement, or it is not public."""

    code: ClassVar[str] = "statement-unknown"
    dutch: ClassVar[str] = "Deze verklaring is er niet, of zij is niet openbaar."


class SelfEndorsementError(NotPermittedError):
    """Nobody endorses its own microcredential."""

    code: ClassVar[str] = "self-endorsement"
    dutch: ClassVar[str] = "Niemand beveelt zijn eigen microcredential aan."


class AuthorNotRecognisedError(NotPermittedError):
    """Only an organisation that is recognised today can endorse."""

    code: ClassVar[str] = "author-not-recognised"
    dutch: ClassVar[str] = "Alleen een organisatie die vandaag erkend is, kan iets aanbevelen."


class AuthorUnknownError(NotPermittedError):
    """Your organisation is not recorded in this catalogue, so nobody could see who says this."""

    code: ClassVar[str] = "author-unknown"
    dutch: ClassVar[str] = (
        "Uw organisatie staat niet in deze catalogus; niemand zou zien wie dit zegt."
    )


class AlreadyStatedError(ConflictError):
    """You said this of this version already; withdraw that first."""

    code: ClassVar[str] = "already-stated"
    dutch: ClassVar[str] = "U hebt dit al over deze versie gezegd; trek dat eerst in."


class StatementSettledError(ConflictError):
    """This cannot be done to the statement any more; read it to see what became of it."""

    code: ClassVar[str] = "statement-settled"
    dutch: ClassVar[str] = (
        "Dit kan niet meer met deze verklaring; lees haar om te zien wat ervan geworden is."
    )


class NotTheProviderError(NotPermittedError):
    """Only the provider of the microcredential accepts or declines what others say of it."""

    code: ClassVar[str] = "not-the-provider"
    dutch: ClassVar[str] = (
        "Alleen de aanbieder van de microcredential aanvaardt of weigert wat anderen erover zeggen."
    )


class NotTheAuthorError(NotPermittedError):
    """Only who said it withdraws it."""

    code: ClassVar[str] = "not-the-author"
    dutch: ClassVar[str] = "Alleen wie het gezegd heeft, trekt het in."


class StatementRefusedError(RuleError):
    """The statement is not complete, or says what it cannot say."""

    code: ClassVar[str] = "statement-refused"
    dutch: ClassVar[str] = "De verklaring is niet volledig, of zegt wat zij niet kan zeggen."


class StatementKind(StrEnum):
    """What somebody says: that it was looked at, or that they stand behind it."""

    PEER_REVIEW = "peer-review"
    ENDORSEMENT = "endorsement"


class StatementState(StrEnum):
    """What became of a statement."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says of a version; `panel` is the name of a body outside any organisation."""

    kind: StatementKind
    version: int
    text: LocalText
    stated_on: date
    url: str | None = None
    panel: LocalText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement on record: what was said, by whom, and what became of it."""

    statement_id: UUID
    microcredential_id: UUID
    provider: str
    author: str
    said: Said
    state: StatementState
    filed_at: datetime
    settled_at: datetime | None = None

    def is_seen_by(self, reader: str | None) -> bool:
        """Say whether a reader may know of it: everybody once accepted, both parties always."""
        return self.state is StatementState.ACCEPTED or reader in {self.provider, self.author}

    def accepted(self, *, by: str, now: datetime) -> "Statement":
        """Return it as public."""
        if by != self.provider:
            raise NotTheProviderError
        return self._settled(StatementState.ACCEPTED, {StatementState.OFFERED}, now=now)

    def declined(self, *, by: str, now: datetime) -> "Statement":
        """Return it as not wanted, or no longer."""
        if by != self.provider:
            raise NotTheProviderError
        open_states = {StatementState.OFFERED, StatementState.ACCEPTED}
        return self._settled(StatementState.DECLINED, open_states, now=now)

    def withdrawn(self, *, by: str, now: datetime) -> "Statement":
        """Return it as taken back by who said it."""
        if by != self.author:
            raise NotTheAuthorError
        open_states = {StatementState.OFFERED, StatementState.ACCEPTED}
        return self._settled(StatementState.WITHDRAWN, open_states, now=now)

    def _settled(
        self, state: StatementState, before: set[StatementState], *, now: datetime
    ) -> "Statement":
        if self.state not in before:
            raise StatementSettledError
        return replace(self, state=state, settled_at=now)


def decide_statement(
    about: Microcredential,
    said: Said,
    *,
    statement_id: UUID,
    author: str,
    organisation: Organisation | None,
    now: datetime,
) -> Statement:
    """Return the statement to record, or refuse who may not say this, or what is not complete."""
    is_own = author == about.provider
    if said.kind is StatementKind.ENDORSEMENT:
        _check_endorser(about, author=author, organisation=organisation, day=dutch_day(now))
    elif organisation is None:
        raise AuthorUnknownError
    if faults := _faults(said, is_own=is_own, day=dutch_day(now)):
        raise StatementRefusedError(faults=faults)
    return Statement(
        statement_id=statement_id,
        microcredential_id=about.microcredential_id,
        provider=about.provider,
        author=author,
        said=said,
        state=StatementState.ACCEPTED if is_own else StatementState.OFFERED,
        filed_at=now,
        settled_at=now if is_own else None,
    )


def _check_endorser(
    about: Microcredential, *, author: str, organisation: Organisation | None, day: date
) -> None:
    if author in {about.provider, about.on_behalf_of}:
        raise SelfEndorsementError
    if organisation is None or organisation.recognition_on(day) is None:
        raise AuthorNotRecognisedError


def _faults(said: Said, *, is_own: bool, day: date) -> tuple[Fault, ...]:
    faults = []
    if is_own and said.panel is None:
        sentence = "Name the panel that reviewed it; a provider does not review its own work."
        dutch = "Noem het panel dat het beoordeelde; een aanbieder beoordeelt niet zijn eigen werk."
        faults.append(Fault("/panel", "panel-needed", sentence, dutch))
    if not is_own and said.panel is not None:
        sentence = "You say this as your own organisation; only the provider files for a panel."
        dutch = "U zegt dit als uw eigen organisatie; alleen de aanbieder meldt wat een panel zei."
        faults.append(Fault("/panel", "panel-unexpected", sentence, dutch))
    return (*faults, *check_day(said, day))


def check_day(said: Said, day: date) -> Iterator[Fault]:
    """Say whether it is dated after the day on which it is filed."""
    if said.stated_on > day:
        sentence = "A statement is not dated in the future."
        dutch = "Een verklaring heeft geen datum in de toekomst."
        yield Fault("/statedOn", "stated-in-the-future", sentence, dutch)
