"""The credential on the wire is strict, and repeats itself truthfully."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.contracts.credential import (
    Achievement,
    AchievementCredential,
    AchievementSubject,
    Criteria,
    Profile,
    moment,
    stamp,
    with_jwt_claims,
)


def a_credential() -> AchievementCredential:
    return AchievementCredential(
        id="urn:uuid:5a1c0c3e-6c0e-4f55-8a58-4e9a3a0b6f10",
        issuer=Profile(id="did:web:issuer.example.nl:issuers:00000099000000210000"),
        valid_from="2026-01-15T09:30:00Z",
        valid_until="2031-01-15T09:30:00Z",
        credential_subject=AchievementSubject(
            id="urn:uuid:0f6f5a0e-7f7e-4d2b-9c1b-4b8f8ed0c9a1",
            achievement=Achievement(
                id="https://catalog.example.nl/microcredentials/1",
                name="Introduction to Quantum Computing",
                description="Qubits.",
                criteria=Criteria(narrative="Pass the exam."),
            ),
        ),
    )


def test_what_is_written_is_read_back_strictly() -> None:
    credential = a_credential()

    assert AchievementCredential.model_validate_json(json.dumps(credential.to_wire())) == credential


def test_nothing_absent_is_written() -> None:
    assert "null" not in json.dumps(a_credential().to_wire())


def test_each_jwt_claim_equals_the_member_it_repeats() -> None:
    credential = a_credential()
    claims = with_jwt_claims(credential.to_wire(), credential)

    assert claims["iss"] == credential.issuer.id
    assert claims["jti"] == credential.id
    assert claims["sub"] == credential.credential_subject.id
    assert claims["nbf"] == 1768469400
    assert claims["exp"] == 1926235800


@given(st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1)), st.integers(-12, 12))  # noqa: DTZ001 - zoned below
def test_a_moment_survives_its_stamp_to_the_second(when: datetime, hours: int) -> None:
    zoned = when.replace(tzinfo=timezone(timedelta(hours=hours)))

    assert moment(stamp(zoned)) == zoned.astimezone(UTC).replace(microsecond=0)


@pytest.mark.parametrize(
    "text",
    ["2026-01-15", "2026-01-15T09:30:00", "2026-02-30T09:30:00Z", "99999-01-01T00:00:00Z", "now"],
)
def test_a_moment_needs_a_real_date_a_time_and_a_zone(text: str) -> None:
    wire = a_credential().to_wire() | {"validFrom": text}

    with pytest.raises(ValidationError):
        AchievementCredential.model_validate_json(json.dumps(wire))


@pytest.mark.parametrize(
    "member",
    [
        {"type": ["VerifiableCredential"]},
        {"type": ["OpenBadgeCredential"]},
        {"type": "VerifiableCredential"},
        {"issuer": "did:web:issuer.example.nl"},
        {"id": "no uri"},
        {"credentialStatus": 7},
        {"@context": "https://www.w3.org/ns/credentials/v2"},
    ],
)
def test_another_shape_is_refused(member: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AchievementCredential.model_validate_json(json.dumps(a_credential().to_wire() | member))
