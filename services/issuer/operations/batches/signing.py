"""Signing a slice, and saying that its awards were granted: in the workshop, where the keys are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from pydantic_core import to_json

from services.issuer.domain import SealedKey
from services.issuer.operations.batches.drafting import Draft, SliceAtHand
from services.issuer.operations.payloads import seal_payload
from services.issuer.repository.batches_grants import SignedAward
from services.issuer.signing import SigningRefusedError
from shared.contracts.award import Award
from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import SCHEMA_BASE, AwardGranted


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOrder:
    """Which lines of a slice are to be signed, with which key; and who tells of it, and when."""

    key: SealedKey
    lines: Sequence[int]
    source: str
    now: datetime


def sign_slice(piece: SliceAtHand, order: SignOrder) -> list[SignedAward | None]:
    """Sign what was drafted of these lines, in their order; None for what may not be signed."""
    tell = _Teller(order.source, order.now)
    return [_sign(piece, order.key, piece.drafts[line], tell) for line in order.lines]


def _sign(piece: SliceAtHand, key: SealedKey, draft: Draft, tell: "_Teller") -> SignedAward | None:
    desk, intent, organisation = piece.desk, draft.intent, piece.order.organisation
    try:
        made = desk.signer.sign_credential(
            key, organisation=organisation, payload=draft.payload, digest=intent.digest
        )
    except SigningRefusedError:
        return None
    data_key = piece.new_keys.get(draft.wrapped_key) or desk.learner_key(
        draft.wrapped_key, organisation=organisation, learner=draft.pseudonym
    )
    return SignedAward(
        decision=draft.decision,
        sealed_payload=seal_payload(
            draft.payload, key=data_key, credential_id=UUID(intent.credential_id)
        ),
        jwt=made.jwt,
        enveloped=made.enveloped,
        event=tell.granted(draft),
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

    def granted(self, draft: Draft) -> bytes:
        """Return the event that this award was granted."""
        if self._time:
            return self._cast(draft, uuid4())
        award = Award.model_validate_json(draft.decision)
        event = AwardGranted(record_version=1, award_id=award.award_id, award=award)
        envelope = CloudEvent.around(event, source=self._source, now=self._now)
        written = envelope.to_bytes()
        self._time = envelope.model_dump(mode="json")["time"]
        if self._cast(draft, envelope.id) != written:
            raise RuntimeError("the mould of award-granted is not the contract's")
        return written

    def _cast(self, draft: Draft, event_id: UUID) -> bytes:
        award_id = draft.intent.award_id
        head = {
            "specversion": "1.0",
            "id": event_id,
            "source": self._source,
            "type": AwardGranted.type_(),
            "subject": award_id,
            "time": self._time,
            "datacontenttype": "application/json",
            "dataschema": f"{SCHEMA_BASE}{AwardGranted.name}.schema.json",
        }
        about = f',"data":{{"recordVersion":1,"awardId":"{award_id}","award":{draft.decision}}}}}'
        return to_json(head)[:-1] + about.encode()
