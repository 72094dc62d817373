"""Revoking over HTTP, and the status list that shows it."""

import asyncio
import json
from datetime import timedelta
from uuid import UUID, uuid4

import anyio
import pytest

from services.issuer import status
from services.issuer.domain.changes import Change, WantedChange
from services.issuer.operations import changes
from services.issuer.operations import status_lists as operations
from services.issuer.operations.granting import Asking
from shared.contracts.vocabulary import RevocationReason
from shared.proofs import jws, status_lists
from tests.integration.issuer.conftest import PUBLIC_URL, Issuer, recorded
from tests.support.issuing import CANARY_FAMILY_NAME, NHL, UTWENTE, a_provider, an_award_request

pytestmark = pytest.mark.anyio
LIST = f"/status-lists/{UTWENTE}/1"


async def an_awarded(issuer: Issuer) -> str:
    award_id: str = (await issuer.award()).json()["awardId"]
    return award_id


async def publish(issuer: Issuer) -> int:
    return await operations.publish_status_lists(issuer.desk, now=issuer.clock.now)


async def raised(issuer: Issuer) -> set[tuple[int, int]]:
    found = set()
    for (number,) in await issuer.ask(
        f"SELECT number FROM status_list WHERE organisation = '{UTWENTE}'"
    ):
        answer = await issuer.client.get(f"/status-lists/{UTWENTE}/{number}")
        bits = status_lists.read_bits(json.loads(jws.parse(answer.text, types=["vc+jwt"]).payload))
        assert isinstance(number, int)
        found |= {(number, index) for index in status_lists.raised_in(bits)}
    return found


async def test_a_revocation_is_announced_as_the_second_fact_about_an_award(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)

    answer = await issuer.revoke(award_id, {"reason": "awarded-to-wrong-person"})

    assert answer.status_code == 201
    assert answer.json()["status"] == "revoked"
    assert answer.json()["revocation"]["reason"] == "awarded-to-wrong-person"
    assert (await issuer.read(f"/v1/awards/{award_id}")).json() == answer.json()
    event = (await issuer.announced("awards"))[-1]
    assert event["type"] == "nl.microcredentials.award-revoked.v1"
    assert event["data"] == {
        "recordVersion": 2,
        "awardId": award_id,
        "revocation": {
            "reason": "awarded-to-wrong-person",
            "revokedAt": answer.json()["recordedAt"],
        },
    }


async def test_a_second_revocation_is_a_conflict_and_a_repeated_one_is_not(issuer: Issuer) -> None:
    award_id, key = await an_awarded(issuer), uuid4().hex

    first = await issuer.revoke(award_id, key=key)
    repeated = await issuer.revoke(award_id, key=key)
    second = await issuer.revoke(award_id)

    assert repeated.content == first.content
    assert (second.status_code, second.json()["code"]) == (409, "already-revoked")
    assert len(await issuer.announced("awards")) == 2


async def test_five_revocations_at_once_revoke_once(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)

    answers = await asyncio.gather(*(issuer.revoke(award_id) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert await issuer.ask("SELECT state, record_version FROM award") == [("revoked", 2)]


async def test_a_key_used_for_one_award_says_nothing_of_another(issuer: Issuer) -> None:
    one, other, key = await an_awarded(issuer), await an_awarded(issuer), uuid4().hex

    await issuer.revoke(one, key=key)
    answer = await issuer.revoke(other, key=key)

    assert answer.json()["awardId"] == other


async def test_a_reason_outside_the_list_is_refused_without_repeating_it(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)

    answer = await issuer.revoke(award_id, {"reason": "kanarie"})

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/reason"]
    assert "kanarie" not in answer.text


async def test_the_note_is_kept_under_seal(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)

    await issuer.revoke(award_id, {"reason": "fraud", "note": f"{CANARY_FAMILY_NAME} cheated"})

    [(note,)] = await issuer.ask("SELECT sealed_note FROM award_change")
    assert isinstance(note, bytes)
    assert CANARY_FAMILY_NAME.encode() not in note


async def test_the_status_list_shows_exactly_the_revoked(issuer: Issuer) -> None:
    kept, revoked = await an_awarded(issuer), await an_awarded(issuer)
    assert await raised(issuer) == set()

    await issuer.revoke(revoked)
    published = await publish(issuer)

    [place] = await issuer.ask(
        "SELECT number, status_index FROM credential JOIN status_list USING (list_id)"
        f" WHERE award_id = '{revoked}'"
    )
    assert published == 1
    assert await raised(issuer) == {place}
    assert await publish(issuer) == 0
    assert kept != revoked


async def test_each_edition_is_announced_with_its_own_version(issuer: Issuer) -> None:
    await issuer.revoke(await an_awarded(issuer))
    await publish(issuer)

    [(url,)] = await issuer.ask("SELECT url FROM status_list JOIN credential USING (list_id)")
    editions = [
        event for event in await issuer.announced("status-lists") if event["subject"] == url
    ]

    assert [event["data"]["recordVersion"] for event in editions] == [1, 2]
    newest = await issuer.client.get(str(url).removeprefix(PUBLIC_URL))
    assert editions[-1]["data"]["signed"] == newest.text


async def test_a_list_is_signed_anew_after_twelve_hours_though_nothing_changed(
    issuer: Issuer,
) -> None:
    issuer.clock.now += timedelta(hours=11, minutes=59)
    assert await publish(issuer) == 0

    issuer.clock.now += timedelta(minutes=1)

    assert await publish(issuer) == 4, "two lists of each of the two providers"
    assert await publish(issuer) == 0


async def test_a_list_is_large_signed_by_its_issuer_and_may_be_kept(issuer: Issuer) -> None:
    answer = await issuer.client.get(LIST)
    again = await issuer.client.get(LIST, headers={"If-None-Match": answer.headers["etag"]})

    token = jws.parse(answer.text, types=["vc+jwt"])
    claims = json.loads(token.payload)
    bits = status_lists.decode(claims["credentialSubject"]["encodedList"])
    assert 8 * len(bits) >= 131_072
    assert claims["issuer"] == token.key_id.partition("#")[0]
    assert claims["id"] == f"{PUBLIC_URL}{LIST}"
    assert answer.headers["cache-control"] == "public, max-age=240, stale-if-error=86400"
    assert answer.headers["content-type"] == "application/vc+jwt"
    assert (again.status_code, again.content) == (304, b"")


async def test_a_list_that_is_not_there_is_not_found(issuer: Issuer) -> None:
    for path in (f"/status-lists/{UTWENTE}/3", "/status-lists/00000099000000770000/1"):
        assert (await issuer.client.get(path)).status_code == 404


async def test_a_new_list_is_opened_when_one_is_half_full(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "FULL_ENOUGH", 2)

    for _ in range(5):
        assert (await issuer.award(an_award_request())).status_code == 201

    places = await issuer.ask(
        "SELECT status_list.number, count(*), bool_and(is_open) FROM credential"
        " JOIN status_list USING (list_id) GROUP BY 1 ORDER BY 1"
    )
    open_now = f"SELECT count(*) FROM status_list WHERE organisation = '{UTWENTE}' AND is_open"
    assert all(count in {1, 2} for _number, count, _open in places)
    assert len(places) >= 3
    assert await issuer.ask(open_now) == [(2,)]
    assert (await issuer.client.get(f"/status-lists/{UTWENTE}/3")).status_code == 200
    revoked = (await issuer.read("/v1/awards")).json()["items"][0]["awardId"]
    await issuer.revoke(revoked)
    await publish(issuer)
    assert len(await raised(issuer)) == 1


async def test_many_at_a_full_list_open_one_new_list(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(status, "FULL_ENOUGH", 20)
    await issuer.ask(
        "SELECT setval(CAST('status_position_' || list_id AS regclass), 19) FROM status_list"
    )

    answers = await asyncio.gather(*(issuer.award() for _ in range(6)))

    assert {answer.status_code for answer in answers} == {201}
    lists = await issuer.ask(
        f"SELECT number, is_open FROM status_list WHERE organisation = '{UTWENTE}' ORDER BY number"
    )
    # Whoever happened to pick no award yet stays open.
    assert [number for number, _open in lists] in ([1, 2, 3], [1, 2, 3, 4])
    assert sum(bool(is_open) for _number, is_open in lists) == 2


async def revoke_for_sure(issuer: Issuer, award_id: str) -> None:
    """Revoke, and send it again when the answer says so: a busy server opens no connection."""
    key = uuid4().hex
    answer = await issuer.revoke(award_id, key=key)
    for _ in range(4):
        if answer.status_code != 503:
            break
        answer = await issuer.revoke(award_id, key=key)
    assert answer.status_code == 201


async def test_revocations_while_a_list_is_signed_are_in_it_or_in_the_next(issuer: Issuer) -> None:
    awarded = [await an_awarded(issuer) for _ in range(12)]

    await asyncio.gather(
        *(revoke_for_sure(issuer, award_id) for award_id in awarded),
        *(publish(issuer) for _ in range(4)),
    )
    await publish(issuer)

    assert len(await raised(issuer)) == 12


def a_wanted_revocation(award_id: str) -> tuple[WantedChange, Asking]:
    wanted = WantedChange(
        award_id=UUID(award_id), change=Change.REVOKED, reason=RevocationReason.FRAUD
    )
    return wanted, Asking(organisation=UTWENTE, key=uuid4().hex, fingerprint=b"")


async def test_a_revocation_waits_for_the_one_before_it(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)
    wanted, asking = a_wanted_revocation(award_id)

    async with issuer.database.transaction() as session:
        await changes.change_award(
            session, issuer.desk, wanted, asking=asking, now=issuer.clock.now
        )
        second = asyncio.create_task(issuer.revoke(award_id))
        with anyio.fail_after(10):
            await issuer.until_somebody_waits()

    assert (await second).json()["code"] == "already-revoked"
    assert await issuer.ask("SELECT record_version FROM award") == [(2,)]


async def test_a_list_being_signed_waits_for_a_revocation_under_way(issuer: Issuer) -> None:
    award_id = await an_awarded(issuer)
    wanted, asking = a_wanted_revocation(award_id)
    issuer.clock.now += timedelta(hours=13)

    async with issuer.database.transaction() as session:
        await changes.change_award(
            session, issuer.desk, wanted, asking=asking, now=issuer.clock.now
        )
        signing = asyncio.create_task(publish(issuer))
        with anyio.fail_after(10):
            await issuer.until_somebody_waits()
    await signing
    await publish(issuer)

    assert len(await raised(issuer)) == 1


async def test_hearing_of_a_provider_again_opens_no_more_lists(issuer: Issuer) -> None:
    await issuer.hear(recorded(a_provider(NHL)))
    lists = await issuer.announced("status-lists")

    assert len(lists) == 4
