"""Signing a slice, and saying that its awards were granted: in the workshop, where the keys are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from pydantic_core import to_json

from services.issuer.domain import SealedKey
from services.issuer.operations.batches.drafting import Unsigned
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import payload_context
from services.issuer.repository.batches_intents import KeptIntent
from services.issuer.repository.batches_runs import SignedAward
from services.issuer.signing import SigningRefusedError
from shared.contracts.award import Award
from shared.contracts.events import SCHEMA_BASE, AwardGranted, CloudEvent
from shared.proofs.sealing import SealError, open_sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOrder:
    """What is to be signed of a slice, with which key; and who tells of it, and when."""

    key: SealedKey
    organisation: str
    unsigned: Sequence[Unsigned] = field(repr=False)
    source: str
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedSlice:
    """What was signed, with which key, and the awards that can never be."""

    kid: str = ""
    signed: Sequence[SignedAward] = ()
    refused: Sequence[str] = ()


def sign_slice(desk: Desk, order: SignOrder) -> SignedSlice:
    """Sign everything of a slice that may be signed."""
    signed, refused = [], []
    tell = _Teller(order.source, order.now)
    for one in order.unsigned:
        try:
            made = desk.signer.sign_credential(
                order.key, organisation=order.organisation, payload=one.payload, digest=one.digest
            )
        except SigningRefusedError:
            refused.append(one.award_id)
        else:
            signed.append(
                SignedAward(
                    award_id=one.award_id,
                    credential_id=one.credential_id,
                    digest=one.digest,
                    jwt=made.jwt,
                    enveloped=made.enveloped,
                    event=tell.granted(one),
                )
            )
    return SignedSlice(kid=order.key.kid, signed=signed, refused=refused)


def reopen_slice(
    desk: Desk, kept: Sequence[KeptIntent], organisation: str
) -> tuple[list[Unsigned], list[str]]:
    """Open the intents that somebody left behind: what is to be signed, and what never can be."""
    unsigned, lost = [], []
    for one in kept:
        try:
            key = desk.learner_key(
                one.wrapped_key, organisation=organisation, learner=one.pseudonym
            )
            context = payload_context(UUID(one.credential_id))
            payload = open_sealed(one.sealed_payload, key=key, context=context)
        except SealError:
            lost.append(one.award_id)
            continue
        award = Award.model_validate_json(one.decision)
        unsigned.append(
            Unsigned(
                award_id=one.award_id,
                credential_id=one.credential_id,
                digest=award.credential_digest,
                decision=one.decision,
                payload=payload,
            )
        )
    return unsigned, lost


class _Teller:
    """Writes the event of each award; the first as everybody does, the rest in its mould.

    An event has the award itself, which is text already: reading and checking it a second time for
    each learner would cost more than to sign it. What the mould makes of the first award is
    compared with the event that the contract makes, so a contract that moved on is noticed.
    """

    def __init__(self, source: str, now: datetime) -> None:
        self._source = source
        self._now = now
        self._time = ""

    def granted(self, one: Unsigned) -> bytes:
        """Return the event that this award was granted."""
        if self._time:
            return self._cast(one, uuid4())
        award = Award.model_validate_json(one.decision)
        event = AwardGranted(record_version=1, award_id=award.award_id, award=award)
        envelope = CloudEvent.around(event, source=self._source, now=self._now)
        written = envelope.to_bytes()
        self._time = envelope.model_dump(mode="json")["time"]
        if self._cast(one, envelope.id) != written:
            raise RuntimeError("the mould of award-granted is not the contract's")
        return written

    def _cast(self, one: Unsigned, event_id: UUID) -> bytes:
        head = {
            "specversion": "1.0",
            "id": event_id,
            "source": self._source,
            "type": AwardGranted.type_(),
            "subject": one.award_id,
            "time": self._time,
            "datacontenttype": "application/json",
            "dataschema": f"{SCHEMA_BASE}{AwardGranted.name}.schema.json",
        }
        about = f',"data":{{"recordVersion":1,"awardId":"{one.award_id}","award":{one.decision}}}}}'
        return to_json(head)[:-1] + about.encode()
