"""Results as an institution's own system tells of them, in the words of OEAPI v6."""

from datetime import UTC, date, datetime
from uuid import UUID

from shared.contracts.events import OfferingRecorded
from shared.contracts.offering import Offering, OfferingState, Period
from tests.support.issuing import (
    CANARY_EMAIL,
    CANARY_FAMILY_NAME,
    CANARY_GIVEN_NAME,
    QUANTUM,
    UTWENTE,
)

AUTUMN = UUID("0a7d2c9e-3b1f-4c55-8e0a-6f2b9d1c4e01")
AUTUMN_CODE = "QC-101-2026-1"
ASSOCIATION = UUID("3d0f2a86-5d2c-4c0a-9a57-7e3c6a1b9f10")


def an_offering(**changes: object) -> OfferingRecorded:
    """Return that the autumn run of quantum computing is offered; what is given is different."""
    offering = Offering(
        offering_id=AUTUMN,
        record_version=1,
        microcredential_id=QUANTUM,
        provider=UTWENTE,
        primary_code=AUTUMN_CODE,
        state=OfferingState.ACTIVE,
        runs=Period(first_day=date(2026, 9, 1), last_day=date(2026, 11, 15)),
        recorded_at=datetime(2026, 8, 1, tzinfo=UTC),
    )
    offering = offering.model_copy(update=changes)
    return OfferingRecorded(record_version=offering.record_version, offering=offering)


def a_person(**changes: object) -> dict[str, object]:
    """Return the canary as OEAPI writes a person, with much that is none of our business."""
    return {
        "personId": "7f2c1d90-0f0e-4a7e-8a55-0c9d3b6e2a11",
        "primaryCode": {"codeType": "student_number", "code": "s1234567"},
        "givenName": CANARY_GIVEN_NAME,
        "surname": CANARY_FAMILY_NAME,
        "activeEnrolment": True,
        "dateOfBirth": "1999-04-05",
        "email": CANARY_EMAIL,
    } | changes


def a_result(**changes: object) -> dict[str, object]:
    """Return a final pass; what is given is different."""
    return {
        "state": "completed",
        "pass": "passed",
        "score": "8",
        "final": True,
        "resultDateTime": "2026-11-20T08:30:00+01:00",
        "studyLoad": {"studyLoadUnit": "ects", "value": 5},
    } | changes


def an_association(**changes: object) -> dict[str, object]:
    """Return an association that is to become an award; what is given is different."""
    return {
        "associationId": str(ASSOCIATION),
        "role": "student",
        "state": "finished",
        "remoteState": "associated",
        "courseOfferingId": str(AUTUMN),
        "person": a_person(),
        "result": a_result(),
    } | changes
