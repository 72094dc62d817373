"""Whom others may trust, and what the catalogue states of them; without a database or a key."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.catalog.domain import AMSTERDAM, dutch_day
from services.catalog.settings import OtherTrustKey, Settings
from services.catalog.signing import TrustAnchor
from services.catalog.trust import federation
from services.catalog.trust.listing import Subject, Trusted, subjects
from shared.contracts.events import IssuerKey
from tests.support.entity_statements import read_statement
from tests.support.trust import AnIssuer, a_private_jwk, a_public_jwk
from tests.unit.catalog.builders import UT, an_organisation

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ANCHOR = federation.Anchor("https://catalog.example.nl", "Test", ())
ISSUER = AnIssuer(UT)
KEY: IssuerKey = ISSUER.published().key


def a_subject(until: date | None = None, *, changed_at: datetime | None = None) -> Subject:
    period = {"recogniser": "OCW", "validFrom": "2021-10-01", "validUntil": until}
    trusted = Trusted(an_organisation(recognitions=[period]), 1, (KEY,), changed_at)
    return Subject(trusted, ISSUER.did, (KEY,))


MOMENTS = st.integers(0, 6 * 365 * 24 * 3600).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(MOMENTS, st.integers(0, 800), st.integers(1, 400))
def test_a_statement_holds_now_and_never_longer_than_what_it_says(
    now: datetime, seconds_ago: int, days_left: int
) -> None:
    today = dutch_day(now)
    ends_on = today + timedelta(days=days_left)
    changed_at = now - timedelta(seconds=seconds_ago)
    subject = a_subject(ends_on, changed_at=changed_at)

    told: Any = federation.subordinate_statement(ANCHOR, subject, today=today, now=now)

    ends = datetime(ends_on.year, ends_on.month, ends_on.day, tzinfo=AMSTERDAM)
    assert told["iat"] <= now.timestamp() < told["exp"]
    assert now.timestamp() - told["iat"] < federation.SPAN_SECONDS
    assert told["iat"] + 1 > changed_at.timestamp()
    assert told["exp"] <= ends.timestamp()
    assert told["exp"] <= told["iat"] + 24 * 3600


@given(MOMENTS)
def test_an_open_recognition_is_stated_for_a_day(now: datetime) -> None:
    told: Any = federation.subordinate_statement(ANCHOR, a_subject(), today=dutch_day(now), now=now)

    assert told["exp"] - told["iat"] == 24 * 3600


def test_a_clock_that_runs_behind_never_states_from_the_future() -> None:
    subject = a_subject(changed_at=NOW + timedelta(seconds=5))

    told: Any = federation.subordinate_statement(ANCHOR, subject, today=dutch_day(NOW), now=NOW)

    assert told["iat"] == int(NOW.timestamp())


def test_only_who_is_recognised_today_and_has_a_good_key_may_be_trusted() -> None:
    other = AnIssuer(UT, url="https://old.example.nl")
    good, bad = other.published().key, ISSUER.compromised(NOW).key
    trusted = Trusted(an_organisation(), 1, (bad, good))

    found = list(subjects([trusted], date(2026, 11, 22)))

    assert [(one.did, one.keys) for one in found] == [(other.did, (good,))]
    assert list(subjects([trusted], date(2021, 9, 30))) == []


def settings(**given: Any) -> Settings:
    return Settings(
        database_url="postgresql://nobody@127.0.0.1:1/nothing",
        public_url="https://catalog.example.nl",
        **given,
    )


def public_half(private: str) -> dict[str, str]:
    return {name: value for name, value in json.loads(private).items() if name != "d"}


def test_without_a_key_there_is_no_anchor() -> None:
    assert TrustAnchor.of(settings()) is None


def test_a_key_holds_until_its_moment_and_is_history_from_then_on() -> None:
    other = OtherTrustKey(jwk=a_public_jwk(), until=NOW)
    anchor = TrustAnchor.of(settings(trust_key=a_private_jwk(), trust_other_keys=(other,)))
    assert anchor is not None
    before = NOW - timedelta(microseconds=1)

    assert [len(anchor.at(moment).keys) for moment in (before, NOW)] == [2, 1]
    assert [len(anchor.old_keys(moment)) for moment in (before, NOW)] == [0, 1]


def test_a_key_that_is_named_twice_is_told_once() -> None:
    private = a_private_jwk()
    anchor = TrustAnchor.of(
        settings(trust_key=private, trust_other_keys=(OtherTrustKey(jwk=public_half(private)),))
    )

    assert anchor is not None
    assert len(anchor.at(NOW).keys) == 1


def test_what_the_anchor_tells_of_itself_holds_no_private_half() -> None:
    anchor = TrustAnchor.of(settings(trust_key=a_private_jwk()))

    assert anchor is not None
    assert "d" not in anchor.at(NOW).keys[0]


@pytest.mark.parametrize(
    "given_",
    [
        {"trust_key": "{}"},
        {"trust_key": json.dumps(a_public_jwk())},
        {"trust_other_keys": [{"jwk": json.loads(a_private_jwk())}]},
        {"trust_other_keys": [{"jwk": {"kty": "oct", "k": "AAAA"}}]},
        {"trust_other_keys": [{"jwk": a_public_jwk(), "revoked_at": "2026-11-22T00:00:00Z"}]},
        {"trust_other_keys": [{"jwk": a_public_jwk(), "until": "2026-11-22T00:00:00"}]},
        {"trust_other_keys": [{"jwk": a_public_jwk(), "since": "2026-11-22T00:00:00Z"}]},
        {"operator_name": ""},
    ],
    ids=["empty", "public", "private beside", "symmetric", "no end", "no zone", "unknown", "name"],
)
def test_settings_that_cannot_be_meant_are_refused_without_showing_a_key(
    given_: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError) as refused:
        settings(**given_)

    shown = str(refused.value)
    for one in given_.get("trust_other_keys", []):
        assert not any(value in shown for value in one["jwk"].values() if len(value) > 10)


def test_a_new_key_is_believed_by_who_keeps_the_configuration_of_before() -> None:
    old, new = a_private_jwk(), a_private_jwk()
    before = TrustAnchor.of(
        settings(trust_key=old, trust_other_keys=(OtherTrustKey(jwk=public_half(new)),))
    )
    kept = OtherTrustKey(jwk=public_half(old), until=NOW + timedelta(days=2))
    after = TrustAnchor.of(settings(trust_key=new, trust_other_keys=(kept,)))
    assert before is not None
    assert after is not None

    told = federation.subordinate_statement(
        after.at(NOW), a_subject(), today=dutch_day(NOW), now=NOW
    )
    signed = after.sign(told, type_=federation.STATEMENT_TYPE)

    known = {"keys": list(before.at(NOW).keys)}
    assert read_statement(signed, about=ISSUER.did, keys=known, now=NOW) == told
    assert {key["kid"] for key in after.at(NOW).keys} == {key["kid"] for key in known["keys"]}
