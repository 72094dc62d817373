"""Events survive their envelope, and carry no more than they may."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from pydantic import ValidationError

from shared.contracts.award import Award
from shared.contracts.envelopes import CloudEvent
from shared.contracts.events import EVENTS, AwardGranted, Event, RegistrationState
from shared.contracts.microcredential import Level, StudyLoad
from shared.contracts.vocabulary import LevelBasis, QualificationLevel, StudyLoadUnit
from tests.support.awards import (
    an_award,
    corrected,
    erased,
    expired,
    reinstated,
    revoked,
    suspended,
)

SOURCE = "urn:nld:oin:00000099000000000000:systeem:issuer"
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def an_award_granted() -> AwardGranted:
    award_id = uuid4()
    award = Award(
        award_id=award_id,
        organisation="00000099000000210000",
        microcredential_id=uuid4(),
        microcredential_version=1,
        learner="a" * 43,
        study_load=StudyLoad(unit=StudyLoadUnit.ECTS, value=Decimal("3.5")),
        level=Level(value=QualificationLevel.EQF_6, basis=LevelBasis.SELF_DECLARED),
        awarded_on=date(2026, 11, 20),
        valid_from=NOW,
        credential_id=uuid4(),
        credential_digest="0" * 64,
        recorded_at=NOW,
    )
    return AwardGranted(record_version=1, award_id=award_id, award=award)


def test_what_is_announced_is_what_is_heard() -> None:
    event = an_award_granted()

    message = CloudEvent.around(event, source=SOURCE, now=NOW).to_bytes()

    assert CloudEvent.model_validate_json(message).event() == event


def test_the_subject_is_the_award_and_the_type_has_one_version() -> None:
    event = an_award_granted()
    envelope = CloudEvent.around(event, source=SOURCE, now=NOW)

    assert envelope.subject == str(event.award_id)
    assert envelope.type == "nl.microcredentials.award-granted.v1"


def test_a_consumer_ignores_members_it_does_not_know() -> None:
    wire = json.loads(CloudEvent.around(an_award_granted(), source=SOURCE, now=NOW).to_bytes())
    wire["data"]["award"]["madeUpLater"] = {"deep": [1]}
    wire["extension"] = "unknown"

    assert CloudEvent.model_validate(wire).event() is not None


def test_an_unknown_type_is_no_event_of_ours() -> None:
    wire = json.loads(CloudEvent.around(an_award_granted(), source=SOURCE, now=NOW).to_bytes())
    wire["type"] = "nl.microcredentials.award-danced.v1"

    assert CloudEvent.model_validate(wire).event() is None


def test_half_a_credit_is_exact_on_the_wire() -> None:
    wire = json.loads(CloudEvent.around(an_award_granted(), source=SOURCE, now=NOW).to_bytes())

    assert wire["data"]["award"]["studyLoad"]["value"] == 3.5
    heard = CloudEvent.model_validate(wire).event()
    assert isinstance(heard, AwardGranted)
    assert heard.award.study_load.value == Decimal("3.5")


def test_a_learner_that_is_not_a_pseudonym_is_refused() -> None:
    wire = json.loads(CloudEvent.around(an_award_granted(), source=SOURCE, now=NOW).to_bytes())
    wire["data"]["award"]["learner"] = "zoe@example.nl"

    with pytest.raises(ValidationError) as refusal:
        CloudEvent.model_validate(wire).event()
    assert "zoe@" not in str(refusal.value)


def test_event_names_are_kebab_case_and_unique() -> None:
    names = [event.name for event in EVENTS]

    assert len(set(names)) == len(names)
    assert all(name == name.lower() and " " not in name for name in names)


@pytest.mark.parametrize("value", ["5", True, "vijf", 0, -3, 3.25, 10_001])
def test_credits_are_a_positive_number_with_one_decimal_at_most(value: object) -> None:
    with pytest.raises(ValidationError):
        StudyLoad.model_validate({"unit": "ects", "value": value})


OLD_STATE = """
{"specversion": "1.0", "id": "4f6f3a1e-5b1c-4a49-8a0b-7a8e2b1c9d00",
 "source": "urn:nld:oin:00000099000000000000:systeem:registry",
 "type": "nl.microcredentials.registration-state.v1",
 "subject": "01890a5d-ac96-774b-bcce-b302099a8057", "time": "2026-11-22T14:05:00Z",
 "datacontenttype": "application/json",
 "dataschema": "https://waarmerk.example/contracts/v1/registration-state.schema.json",
 "data": {"recordVersion": 2, "registration": {
   "registrationId": "01890a5d-ac96-774b-bcce-b302099a8057", "recordVersion": 2,
   "status": "revoked", "organisation": "00000099000000210000",
   "microcredentialId": "64f847e6-1200-5bce-8c52-64aed1654276", "microcredentialVersion": 1,
   "studyLoad": {"unit": "ects", "value": 5},
   "level": {"value": "eqf_7", "basis": "accredited-programme"},
   "awardedOn": "2026-11-13", "validFrom": "2026-11-20T09:30:00Z",
   "credentialId": "5a1f0d9e-3c6b-4a57-9a0e-7f3d2b8c4e61",
   "credentialDigest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
   "recordedAt": "2026-11-20T09:30:01Z", "changedAt": "2026-11-22T14:05:00Z",
   "revocation": {"reason": "administrative-error", "revokedAt": "2026-11-22T14:04:59Z"}}}}
"""


def test_what_was_announced_before_corrections_were_known_can_still_be_read() -> None:
    heard = CloudEvent.model_validate_json(OLD_STATE).event()

    assert isinstance(heard, RegistrationState)
    assert heard.registration.replaced is None
    assert heard.registration.suspension is None


AWARD = an_award()
CHANGES = (
    corrected(AWARD),
    suspended(AWARD.award_id),
    reinstated(AWARD.award_id),
    expired(AWARD.award_id),
    erased(AWARD.award_id),
    revoked(AWARD.award_id),
)


@pytest.mark.parametrize("event", CHANGES, ids=lambda event: event.name)
def test_what_becomes_of_an_award_is_heard_as_it_was_announced(event: Event) -> None:
    envelope = CloudEvent.around(event, source=SOURCE, now=NOW)

    assert envelope.subject == str(AWARD.award_id)
    assert envelope.type == f"nl.microcredentials.{event.name}.v1"
    assert CloudEvent.model_validate_json(envelope.to_bytes()).event() == event
    assert type(event).history


def test_an_erasure_says_of_an_award_that_it_was_erased_and_nothing_else() -> None:
    said = erased(AWARD.award_id).model_dump(mode="json")

    assert said.keys() == {"recordVersion", "awardId", "erasedAt"}
