"""edubadges' direct-award call at its own address: its body, its answers, its refusals, once."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.issuer.operations import granting
from shared.contracts.microcredential import OtherCode
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.idempotency import KEPT, forget_old
from tests.integration.issuer.conftest import Issuer, archived, published
from tests.support.issuing import (
    CANARY_EMAIL,
    CANARY_FAMILY_NAME,
    CANARY_GIVEN_NAME,
    NHL,
    QUANTUM,
    UTWENTE,
    a_description,
    a_microcredential,
)

pytestmark = pytest.mark.anyio
BADGE_CLASS = "Q7w2ZkTqSg2zUe3h1rJ0Pw"
CREATE = "/directaward/create"
CANARY: Mapping[str, object] = {"recipient_email": CANARY_EMAIL, "eppn": "S1234567@utwente.nl"}
MUS: Mapping[str, object] = {
    "recipient_email": "Mus@student.example.nl",
    "eppn": "s7654321@utwente.nl",
    "grade_achieved": "8,5",
}


def a_bundle(*learners: Mapping[str, object], **changes: object) -> dict[str, object]:
    return {
        "badgeclass": BADGE_CLASS,
        "direct_awards": [dict(one) for one in learners or (CANARY, MUS)],
        "identifier_type": "eppn",
        "batch_mode": True,
        "lti_import": False,
        "status": "Active",
        "notify_recipients": True,
        "sis_user_id": "sis-1",
    } | changes


async def say_badge_class(issuer: Issuer, organisation: str = UTWENTE) -> httpx.Response:
    return await issuer.client.put(
        f"/v1/badge-classes/{BADGE_CLASS}",
        json={"microcredentialId": str(QUANTUM)},
        headers=issuer.headers(organisation),
    )


async def create(issuer: Issuer, body: object, **headers: str) -> httpx.Response:
    return await issuer.client.post(CREATE, json=body, headers=issuer.headers() | headers)


def fresh_headers(issuer: Issuer) -> dict[str, str]:
    """Return an authorisation that holds at the clock's moment."""
    issuer.tokens.clear()
    return issuer.headers()


async def awards(issuer: Issuer) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await issuer.read("/v1/awards")).json()["items"]
    return items


async def test_a_bundle_is_awarded_and_answered_as_edubadges_does(issuer: Issuer) -> None:
    assert (await say_badge_class(issuer)).status_code == 201

    answer = await create(issuer, a_bundle())

    assert answer.status_code == 201
    assert answer.json().keys() == {"entity_id", "badgeclass"}
    assert answer.json()["badgeclass"] == BADGE_CLASS
    assert [one["awardedOn"] for one in await awards(issuer)] == ["2026-11-22"] * 2
    known = await issuer.ask("SELECT pseudonym FROM learner")
    assert (issuer.desk.pseudonym_of(CANARY_EMAIL),) in known


async def test_a_bundle_that_is_repeated_awards_once(issuer: Issuer) -> None:
    await say_badge_class(issuer)

    first, second = await create(issuer, a_bundle()), await create(issuer, a_bundle())

    assert first.json() == second.json()
    assert len(await awards(issuer)) == 2


async def test_a_bundle_that_is_repeated_when_requests_are_forgotten_awards_once(
    issuer: Issuer,
) -> None:
    await say_badge_class(issuer)
    first = await create(issuer, a_bundle())
    issuer.clock.now += KEPT + timedelta(days=1)
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        assert await forget_old(session, issuer.clock.now)

    second = await issuer.client.post(CREATE, json=a_bundle(), headers=fresh_headers(issuer))

    assert first.json() == second.json()
    assert await issuer.ask("SELECT count(*) FROM award") == [(2,)]


async def test_ten_equal_bundles_at_once_award_once(issuer: Issuer) -> None:
    await say_badge_class(issuer)

    answers = await asyncio.gather(*(create(issuer, a_bundle()) for _ in range(10)))

    assert {one.status_code for one in answers} <= {201, 409}
    assert all("error" in one.json() for one in answers if one.status_code == 409)
    assert len(await awards(issuer)) == 2


async def test_who_fails_is_listed_and_the_others_are_awarded(issuer: Issuer) -> None:
    await say_badge_class(issuer)
    failing = {"recipient_email": "X@example.nl", "eppn": "s1@utwente.nl", "grade_achieved": "4"}

    answer = await create(issuer, a_bundle(CANARY, failing, {**MUS, "eppn": "nobody"}))

    assert answer.status_code == 201
    assert answer.json()["un_successful_direct_award"] == [
        {
            "error": "A grade below 5.5 is no pass, so there is nothing to award.",
            "eppn": "s1@utwente.nl",
            "email": "x@example.nl",
        },
        {
            "error": "With identifier_type eppn, an eppn such as s1234567@example.nl is needed.",
            "eppn": "nobody",
            "email": "mus@student.example.nl",
        },
    ]
    assert len(await awards(issuer)) == 1


async def test_the_same_learner_in_another_bundle_is_awarded_once(issuer: Issuer) -> None:
    await say_badge_class(issuer)
    await create(issuer, a_bundle(CANARY))

    answer = await create(
        issuer, a_bundle({**CANARY, "recipient_email": CANARY_EMAIL.upper()}, MUS)
    )

    [failed] = answer.json()["un_successful_direct_award"]
    assert failed["error"] == "This enrolment was awarded this microcredential already."
    assert len(await awards(issuer)) == 2


async def test_a_bundle_of_which_nobody_is_awarded_is_refused(issuer: Issuer) -> None:
    await say_badge_class(issuer)

    answer = await create(issuer, a_bundle({**CANARY, "grade_achieved": "4"}))

    assert answer.status_code == 400
    assert answer.json().keys() == {"error"}
    assert CANARY_EMAIL not in answer.text
    assert await awards(issuer) == []


async def test_by_email_the_names_are_needed(issuer: Issuer) -> None:
    await say_badge_class(issuer)
    named = {
        "recipient_email": CANARY_EMAIL,
        "first_name": CANARY_GIVEN_NAME,
        "surname": CANARY_FAMILY_NAME,
    }
    nameless = {"recipient_email": "mus@student.example.nl", "surname": ""}

    answer = await create(issuer, a_bundle(named, nameless, identifier_type="email"))

    assert answer.json()["un_successful_direct_award"] == [
        {
            "error": "Without an eppn, first_name and surname are needed.",
            "eppn": None,
            "email": "mus@student.example.nl",
        }
    ]


async def test_a_bundle_goes_on_where_it_broke_off(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await say_badge_class(issuer)
    real = granting.grant_award
    asked: list[str] = []

    async def die_at_the_second(*args: Any, **more: Any) -> object:
        asked.append(more["asking"].key)
        if len(asked) == 2:
            raise OSError
        return await real(*args, **more)

    with monkeypatch.context() as dying:
        dying.setattr(granting, "grant_award", die_at_the_second)
        broken = await create(issuer, a_bundle())
    assert broken.status_code == 503
    assert len(await awards(issuer)) == 1

    answer = await create(issuer, a_bundle())

    assert answer.status_code == 201
    assert answer.json().keys() == {"entity_id", "badgeclass"}
    assert len(await awards(issuer)) == 2


async def test_a_badge_class_that_was_imported_is_known(issuer: Issuer) -> None:
    code = OtherCode(code_type="x-edubadges", code=f"https://edubadges.example/{BADGE_CLASS}")
    known = a_microcredential(
        microcredential_id=uuid4(), content=a_description(other_codes=(code,))
    )
    await issuer.hear(published(known))

    answer = await create(issuer, a_bundle())
    told = (await issuer.read(f"/v1/badge-classes/{BADGE_CLASS}")).json()

    assert answer.status_code == 201
    assert told == {
        "entityId": BADGE_CLASS,
        "microcredentialId": str(known.microcredential_id),
    }


async def test_a_badge_class_nobody_told_of_is_refused_by_its_member(issuer: Issuer) -> None:
    await say_badge_class(issuer, NHL)

    answer = await create(issuer, a_bundle())

    assert answer.status_code == 400
    assert answer.json().keys() == {"badgeclass"}
    assert (await issuer.read(f"/v1/badge-classes/{BADGE_CLASS}")).status_code == 404


async def test_only_a_microcredential_of_ones_own_can_be_a_badge_class(issuer: Issuer) -> None:
    answer = await say_badge_class(issuer, NHL)

    assert (answer.status_code, answer.json()["code"]) == (409, "microcredential-not-known-yet")


async def test_an_archived_microcredential_is_awarded_to_nobody(issuer: Issuer) -> None:
    await say_badge_class(issuer)
    await issuer.hear(archived(a_microcredential()))

    answer = await create(issuer, a_bundle(), **{"Accept-Language": "nl"})

    assert answer.status_code == 400
    assert "gearchiveerd" in answer.json()["error"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"badgeclass": None}, {"badgeclass"}),
        ({"direct_awards": []}, {"direct_awards"}),
        ({"identifier_type": "bsn"}, {"identifier_type"}),
        ({"scheduled_at": "2027-01-01T12:00:00Z"}, {"scheduled_at"}),
    ],
)
async def test_a_bundle_of_another_form_is_refused_by_member(
    issuer: Issuer, changes: dict[str, object], told: set[str]
) -> None:
    answer = await create(issuer, a_bundle(**changes))

    assert answer.status_code == 400
    assert answer.json().keys() == told
    assert all(isinstance(each, list) for each in answer.json().values())


async def test_a_learner_of_another_form_is_refused_at_their_place(issuer: Issuer) -> None:
    answer = await create(issuer, a_bundle(CANARY, {"recipient_email": "nobody"}))

    assert answer.status_code == 400
    first, second = answer.json()["direct_awards"]
    assert (first, second.keys()) == ({}, {"recipient_email"})


async def test_without_a_token_it_is_refused_as_there(issuer: Issuer) -> None:
    nobody = await issuer.client.post(CREATE, json=a_bundle())
    reader = await issuer.client.post(
        CREATE, json=a_bundle(), headers=issuer.headers(scope="awards:read")
    )

    assert [nobody.status_code, reader.status_code] == [401, 403]
    assert nobody.headers["www-authenticate"]
    assert nobody.json().keys() == reader.json().keys() == {"detail"}


async def test_what_has_no_place_here_is_told(issuer: Issuer) -> None:
    await say_badge_class(issuer)
    told = {**CANARY, "narrative": "Well done.", "evidence_url": "https://www.example.nl/e"}

    answer = await create(issuer, a_bundle(told))

    assert answer.headers["not-kept"] == "narrative, evidence_url"


async def test_nothing_of_a_learner_is_kept_but_under_seal(issuer: Issuer) -> None:
    await say_badge_class(issuer)
    await create(issuer, a_bundle())

    tables = await issuer.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    rows = "".join([str(await issuer.ask(f"SELECT * FROM {table}")) for (table,) in tables])

    assert CANARY_EMAIL not in rows
    assert "s1234567" not in rows.lower()
