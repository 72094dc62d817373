"""Many envelopes at once are, byte for byte, what each would be by itself."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from shared.contracts.award import Award, Revocation
from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import (
    AwardGranted,
    AwardRevoked,
    Event,
    MicrocredentialPublished,
    OrganisationRecorded,
)
from shared.contracts.vocabulary import RevocationReason
from shared.runtime.outbox import Envelopes
from tests.support.issuing import ISSUING_NOW, QUANTUM, UTWENTE, a_microcredential, a_provider

SOURCE = "urn:nld:oin:00000099000000000000:systeem:issuer"


def granted(number: int) -> AwardGranted:
    content = a_microcredential().content
    assert content.study_load is not None
    assert content.level is not None
    award = Award(
        award_id=UUID(int=number),
        organisation=UTWENTE,
        microcredential_id=QUANTUM,
        microcredential_version=1,
        learner="A" * 43,
        study_load=content.study_load,
        level=content.level,
        awarded_on=ISSUING_NOW.date(),
        valid_from=ISSUING_NOW,
        credential_id=uuid4(),
        credential_digest=hashlib.sha256(b"").hexdigest(),
        recorded_at=ISSUING_NOW,
    )
    return AwardGranted(record_version=1, award_id=award.award_id, award=award)


EVENTS: tuple[Event, ...] = (
    granted(1),
    granted(2),
    OrganisationRecorded(record_version=7, organisation=a_provider()),
    AwardRevoked(
        record_version=2,
        award_id=UUID(int=1),
        revocation=Revocation(reason=RevocationReason.FRAUD, revoked_at=ISSUING_NOW),
    ),
    MicrocredentialPublished(record_version=1, microcredential=a_microcredential()),
    granted(3),
)


@pytest.mark.parametrize("dataref", [None, 'https://issuer.example.nl/"x"'])
@pytest.mark.parametrize("moment", [ISSUING_NOW, datetime(2026, 1, 2, tzinfo=UTC)])
def test_each_is_written_as_by_itself(moment: datetime, dataref: str | None) -> None:
    envelopes = Envelopes(SOURCE, moment=moment, dataref=dataref)

    for event in EVENTS:
        event_id, written = envelopes.around(event)

        alone = CloudEvent.around(event, source=SOURCE, now=moment, dataref=dataref)
        assert written == alone.model_copy(update={"id": event_id}).to_bytes()


def test_each_has_an_id_of_its_own() -> None:
    envelopes = Envelopes(SOURCE, moment=ISSUING_NOW, dataref=None)

    assert len({envelopes.around(event)[0] for event in EVENTS}) == len(EVENTS)


def test_a_source_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="source"):
        Envelopes("issuer", moment=ISSUING_NOW, dataref=None).around(granted(1))
