"""Drafting a slice: from wishes to what will be signed of each, and kept once it is.

Apart from running, because this takes a processor and no database: it runs in the workshop, and
what is drafted stays in the hand that signs it. A row that turns out not to be allowed any more
fails alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from services.issuer.credential import CredentialTemplate, LintError, digest_of
from services.issuer.credential.template import Shape
from services.issuer.domain import WantedAward, check_award, choose_version
from services.issuer.operations.batches.wishes import Seals
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import (
    award_of,
    identity_context,
    identity_of,
    name_credential,
)
from services.issuer.operations.sandbox import refuse_magic
from services.issuer.repository.batches_intents import BatchIntent, KnownLearner, NewLearner
from services.issuer.repository.catalogue import read_microcredential, read_organisation
from services.issuer.status import Place
from shared.contracts.microcredential import Microcredential
from shared.errors import WaarmerkError
from shared.proofs.sealing import DataKey, seal

LINT = "credential-lint"


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceOrder:
    """A slice of which some lines are to be awarded, each under the id that was chosen for it."""

    batch_id: UUID
    number: int
    organisation: str
    wrapped_key: bytes = field(repr=False)
    sealed_wishes: bytes = field(repr=False)
    lines: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOrder:
    """All that the credentials of a slice are made of."""

    record: str
    offered: tuple[str, ...]
    mandators: Mapping[str, str]
    learners: Mapping[str, KnownLearner] = field(repr=False)
    places: Sequence[Place]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """The intents of a slice, and which lines failed, and why."""

    intents: Sequence[BatchIntent] = ()
    failures: Sequence[tuple[int, str]] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """One award as it will be decided, told and signed; stays in the hand that drafted it."""

    intent: BatchIntent
    pseudonym: str
    wrapped_key: bytes
    decision: str
    payload: bytes


@dataclass(slots=True, repr=False)
class SliceAtHand:
    """A slice in the hand that awards it: what its rows ask, and what was drafted of it."""

    desk: Desk
    order: SliceOrder
    wishes: Mapping[int, WantedAward]
    pseudonyms: Sequence[str]
    new_keys: dict[bytes, DataKey] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)


def take_in_hand(desk: Desk, order: SliceOrder) -> SliceAtHand:
    """Open what the lines that are to be awarded ask for, in the order of the file."""
    seals = Seals(desk, order.batch_id, order.wrapped_key)
    opened = seals.open_wishes(order.sealed_wishes, order.number)
    wishes = {line: opened[line] for line in order.lines}
    pseudonyms = [desk.pseudonym_of(one.learner.identifier) for one in wishes.values()]
    return SliceAtHand(desk, order, wishes, pseudonyms)


def prepare_learners(piece: SliceAtHand) -> list[NewLearner]:
    """Return every learner of a slice once, with a key of their own in case they are new."""
    wishes = piece.wishes.values()
    learners = dict(zip(piece.pseudonyms, (one.learner for one in wishes), strict=True))
    prepared = []
    for pseudonym, learner in learners.items():
        key, wrapped = piece.desk.new_learner_key(
            organisation=piece.order.organisation, learner=pseudonym
        )
        piece.new_keys[wrapped] = key
        identity = seal(identity_of(learner), key=key, context=identity_context(pseudonym))
        prepared.append(
            NewLearner(
                learner_id=str(uuid4()),
                pseudonym=pseudonym,
                wrapped_key=wrapped,
                sealed_identity=identity,
            )
        )
    return prepared


def draft_slice(piece: SliceAtHand, order: DraftOrder) -> Drafted:
    """Draft the credentials of a slice, and keep them at hand to be signed."""
    drafter = _Drafter(piece, order)
    intents, failures = [], []
    for (line, wanted), learner, place in zip(
        piece.wishes.items(), piece.pseudonyms, order.places, strict=True
    ):
        try:
            draft = drafter.draft(line, wanted, learner, place)
        except WaarmerkError as error:
            failures.append((line, error.code))
        except LintError:
            failures.append((line, LINT))
        else:
            piece.drafts[line] = draft
            intents.append(draft.intent)
    return Drafted(intents=intents, failures=failures)


class _Drafter:
    """Drafts credentials, those of one kind from one template."""

    def __init__(self, piece: SliceAtHand, order: DraftOrder) -> None:
        self._desk = piece.desk
        self._slice = piece.order
        self._order = order
        self._organisation = read_organisation(order.record)
        self._mandators = {
            oin: read_organisation(record) for oin, record in order.mandators.items()
        }
        self._offered: dict[UUID, list[Microcredential]] = {}
        for record in order.offered:
            one = read_microcredential(record)
            self._offered.setdefault(one.microcredential_id, []).append(one)
        self._chosen: dict[tuple[UUID, int | None], Microcredential] = {}
        self._moulds: dict[tuple[UUID, int], _Mould] = {}
        self._templates: dict[tuple[UUID, int, Shape], CredentialTemplate] = {}

    def draft(self, line: int, wanted: WantedAward, pseudonym: str, place: Place) -> Draft:
        """Draft one credential, or raise the rule that forbids it."""
        order, credential_id = self._order, uuid4()
        refuse_magic(self._desk, wanted)
        check_award(wanted, organisation=self._organisation, now=order.now)
        chosen = self._choose(wanted)
        payload = self._fill(wanted, chosen, credential_id, place)
        known = order.learners[pseudonym]
        intent = BatchIntent(
            line=line,
            award_id=self._slice.lines[line],
            enrolment_reference=wanted.enrolment_reference,
            microcredential_id=str(wanted.microcredential_id),
            learner_id=known.learner_id,
            valid_until=wanted.valid_until and wanted.valid_until.replace(microsecond=0),
            credential_id=str(credential_id),
            list_id=place.list_id,
            status_index=place.index,
            digest=digest_of(payload),
        )
        return Draft(
            intent=intent,
            pseudonym=pseudonym,
            wrapped_key=known.wrapped_key,
            decision=self._decide(wanted, chosen, intent, pseudonym),
            payload=payload,
        )

    def _decide(
        self, wanted: WantedAward, chosen: Microcredential, intent: BatchIntent, pseudonym: str
    ) -> str:
        """Write the decision: the first of a kind as its contract does, the rest in its mould."""
        differs = (
            ("awardId", intent.award_id),
            ("learner", pseudonym),
            ("awardedOn", wanted.awarded_on.isoformat()),
            ("credentialId", intent.credential_id),
            ("credentialDigest", intent.digest),
        )
        kind = (chosen.microcredential_id, chosen.version)
        mould = None if wanted.valid_until else self._moulds.get(kind)
        if mould is not None:
            return mould.cast(value for _, value in differs)
        award = award_of(
            wanted,
            chosen,
            award_id=UUID(intent.award_id),
            credential_id=UUID(intent.credential_id),
            learner=pseudonym,
            digest=intent.digest,
            now=self._order.now,
        )
        written = award.model_dump_json(exclude_none=True)
        if wanted.valid_until is None:
            self._moulds[kind] = _Mould(written, differs)
        return written

    def _choose(self, wanted: WantedAward) -> Microcredential:
        asked = (wanted.microcredential_id, wanted.microcredential_version)
        if asked not in self._chosen:
            self._chosen[asked] = choose_version(
                self._offered.get(wanted.microcredential_id, ()),
                organisation=self._slice.organisation,
                version=wanted.microcredential_version,
            )
        return self._chosen[asked]

    def _fill(
        self, wanted: WantedAward, chosen: Microcredential, credential_id: UUID, place: Place
    ) -> bytes:
        now, shape = self._order.now, Shape.of(wanted)
        naming = name_credential(credential_id, chosen, signer=self._desk.signer)
        kind = (chosen.microcredential_id, chosen.version, shape)
        if kind not in self._templates:
            self._templates[kind] = CredentialTemplate.of(
                wanted,
                naming=naming,
                organisation=self._organisation,
                microcredential=chosen,
                place=place,
                now=now,
                mandator=self._mandators.get(chosen.on_behalf_of or ""),
            )
        return self._templates[kind].fill(wanted, naming=naming, place=place, now=now)


class _Mould:
    """A text in JSON of which some members differ; what it casts of the first is the first."""

    def __init__(self, written: str, differs: Sequence[tuple[str, str]]) -> None:
        self._pieces: list[str] = []
        rest = written
        for name, value in differs:
            head, found, rest = rest.partition(f'"{name}":"{value}"')
            if not found:
                raise LintError
            self._pieces.append(f'{head}"{name}":"')
            rest = f'"{rest}'
        self._end = rest
        if self.cast(value for _, value in differs) != written:
            raise LintError

    def cast(self, values: Iterable[str]) -> str:
        """Fill in other values: identifiers, digests and dates, which need no escaping."""
        pieces = [piece + value for piece, value in zip(self._pieces, values, strict=True)]
        return "".join((*pieces, self._end))
