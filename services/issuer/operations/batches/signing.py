"""Signing a slice, and saying that its awards were granted: in the workshop, where the keys are."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from pydantic_core import to_json

from services.issuer.domain import SealedKey
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import payload_context
from services.issuer.repository.batches_grants import SignedAward
from services.issuer.repository.batches_intents import BatchIntent
from services.issuer.signing import SigningRefusedError
from shared.contracts.award import Award
from shared.contracts.events import SCHEMA_BASE, AwardGranted, CloudEvent
from shared.proofs.sealing import seal


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOrder:
    """What is to be signed of a slice, with which key; and who tells of it, and when."""

    key: SealedKey
    organisation: str
    intents: Sequence[BatchIntent] = field(repr=False)
    source: str
    now: datetime


def sign_slice(desk: Desk, order: SignOrder) -> list[SignedAward | None]:
    """Sign the intents of a slice in their order; None for what may not be signed."""
    tell = _Teller(order.source, order.now)
    return [_sign(desk, order, one, tell) for one in order.intents]


def _sign(desk: Desk, order: SignOrder, one: BatchIntent, tell: "_Teller") -> SignedAward | None:
    try:
        made = desk.signer.sign_credential(
            order.key, organisation=order.organisation, payload=one.payload, digest=one.digest
        )
    except SigningRefusedError:
        return None
    key = desk.learner_key(one.wrapped_key, organisation=order.organisation, learner=one.pseudonym)
    context = payload_context(UUID(one.credential_id))
    return SignedAward(
        sealed_payload=seal(one.payload, key=key, context=context),
        jwt=made.jwt,
        enveloped=made.enveloped,
        event=tell.granted(one),
    )


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

    def granted(self, one: BatchIntent) -> bytes:
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

    def _cast(self, one: BatchIntent, event_id: UUID) -> bytes:
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
