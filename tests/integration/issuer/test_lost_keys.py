"""A key is lost: it is marked, another signs at once, and whatever it signed is signed anew."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from services.issuer.credential import digest_of
from services.issuer.domain import SealedKey, Signatures
from services.issuer.operations import corrections, keys, reissues, status_lists
from services.issuer.repository import intents
from services.issuer.signing import Signer, token
from services.verifier.checks.origin import check_origin
from services.verifier.checks.token import read_token
from services.verifier.domain.findings import Check, Code, Finding, Outcome
from services.verifier.domain.knowledge import KnownIssuer, KnownKey
from shared.contracts.events import IssuerKey
from shared.contracts.identifiers import did_web
from shared.proofs import vc_jwt
from shared.proofs.public_keys import parse_issuer_jwk
from shared.proofs.vc_jwt import Form
from tests.integration.issuer.conftest import PUBLIC_URL, Issuer
from tests.integration.issuer.keys_at_work import award, found, lose, present_key, signed
from tests.support.issuing import NHL, UTWENTE, a_provider

pytestmark = pytest.mark.anyio
DID = did_web(PUBLIC_URL, UTWENTE)


async def reissue(issuer: Issuer, kid: str) -> int:
    return await reissues.reissue(issuer.desk, kid, issuer.clock)


async def test_a_lost_key_is_marked_announced_and_replaced_at_once(issuer: Issuer) -> None:
    stolen = await present_key(issuer)
    answer = await issuer.client.post(
        f"/v1/keys/{stolen.thumbprint}/compromises",
        json={"reason": "stolen", "since": "2026-11-01T00:00:00Z"},
        headers=issuer.headers(scope="keys:write") | {"Idempotency-Key": "the-key-is-gone"},
    )

    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["key"]["state"] == "compromised"
    assert body["replacement"]["state"] == "current"
    document = (await issuer.client.get(f"/issuers/{UTWENTE}/did.json")).json()
    assert stolen.kid not in document["assertionMethod"]
    assert body["replacement"]["kid"] in document["assertionMethod"]
    [marked] = [one for one in document["verificationMethod"] if one["id"] == stolen.kid]
    assert "revoked" in marked
    last = (await issuer.announced("issuer-keys"))[-2:]
    assert [str(event["type"]).split(".")[2] for event in last] == [
        "issuer-key-compromised",
        "issuer-key-published",
    ]
    assert last[0]["data"]["key"]["compromisedSince"].startswith("2026-11-01")
    again = await issuer.client.post(
        f"/v1/keys/{stolen.thumbprint}/compromises",
        json={"reason": "stolen", "since": "2026-11-01T00:00:00Z"},
        headers=issuer.headers(scope="keys:write") | {"Idempotency-Key": "the-key-is-gone"},
    )
    assert again.json() == body
    assert (await present_key(issuer)).kid == body["replacement"]["kid"]


async def test_nobody_reports_the_key_of_another(issuer: Issuer) -> None:
    other = await present_key(issuer, NHL)
    answer = await issuer.client.post(
        f"/v1/keys/{other.thumbprint}/compromises",
        json={"reason": "stolen"},
        headers=issuer.headers(scope="keys:write") | {"Idempotency-Key": "not-mine"},
    )

    assert (answer.status_code, answer.json()["code"]) == (404, "key-not-found")
    assert (await present_key(issuer, NHL)).kid == other.kid


async def test_whatever_it_signed_is_signed_anew_with_the_same_content(issuer: Issuer) -> None:
    stolen = await present_key(issuer)
    award_ids = [await award(issuer) for _ in range(3)]
    before = {award_id: await signed(issuer, award_id) for award_id in award_ids}
    revoked = await award(issuer)
    await issuer.revoke(revoked)
    issuer.clock.now += timedelta(minutes=1)
    await lose(issuer, stolen.kid)

    assert await reissue(issuer, stolen.kid) == 3

    current = await present_key(issuer)
    for award_id in award_ids:
        kid, says = await signed(issuer, award_id)
        assert (before[award_id][0], kid) == (stolen.kid, current.kid)
        assert same(says) == same(before[award_id][1])
        assert says["id"] != before[award_id][1]["id"]
        assert says["credentialStatus"] != before[award_id][1]["credentialStatus"]
    assert (await signed(issuer, revoked))[0] == stolen.kid
    assert await issuer.ask(
        f"SELECT count(*) FROM credential WHERE kid = '{stolen.kid}' AND NOT is_revoked"
    ) == [(0,)]
    told = [
        event for event in await issuer.announced("awards") if "corrected" in str(event["type"])
    ]
    assert {event["subject"] for event in told} == set(award_ids)
    assert {event["data"]["correction"]["reason"] for event in told} == {"key-compromised"}


def same(says: dict[str, Any]) -> dict[str, Any]:
    """Leave out what belongs to one credential, and not to what was earned."""
    kept = json.loads(json.dumps(says))
    for member in ("id", "jti", "nbf", "sub", "validFrom", "credentialStatus"):
        kept.pop(member, None)
    subject = kept["credentialSubject"]
    subject.pop("id", None)
    subject.pop("identifier", None)
    return dict(kept)


async def test_the_status_lists_are_signed_with_the_new_key(issuer: Issuer) -> None:
    stolen = await present_key(issuer)
    await lose(issuer, stolen.kid)

    await status_lists.publish_status_lists(issuer.desk, now=issuer.clock.now)

    rows = await issuer.ask(f"SELECT signed FROM status_list WHERE organisation = '{UTWENTE}'")
    assert rows
    for (edition,) in rows:
        assert vc_jwt.read(str(edition))[0].header["kid"] == (await present_key(issuer)).kid


async def test_the_lists_a_lost_key_signed_do_not_wait_for_the_next_round(issuer: Issuer) -> None:
    await issuer.revoke(await award(issuer))
    issuer.clock.now += timedelta(minutes=1)
    desk, stolen = issuer.desk, await present_key(issuer)
    assert await status_lists.replace_lost_lists(desk, now=issuer.clock.now) == 0
    await lose(issuer, stolen.kid)

    replaced = await status_lists.replace_lost_lists(desk, now=issuer.clock.now)

    present = (await present_key(issuer)).kid
    rows = await issuer.ask(f"SELECT signed FROM status_list WHERE organisation = '{UTWENTE}'")
    assert [vc_jwt.read(str(one))[0].header["kid"] for (one,) in rows] == [present] * replaced
    issuer.clock.now += timedelta(seconds=1)
    assert await status_lists.replace_lost_lists(desk, now=issuer.clock.now) == 0


async def test_signing_anew_goes_on_where_it_was_killed_and_does_nothing_twice(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen = await present_key(issuer)
    award_ids = [await award(issuer) for _ in range(5)]
    await lose(issuer, stolen.kid)
    monkeypatch.setattr(reissues, "SLICE", 2)
    monkeypatch.setattr(reissues, "AT_ONCE", 1)
    die_after(monkeypatch, count=3)

    with pytest.raises(ConnectionResetError):
        await reissue(issuer, stolen.kid)
    monkeypatch.undo()
    half = await versions(issuer)
    await reissue(issuer, stolen.kid)
    await reissue(issuer, stolen.kid)

    assert sum(half.values()) < 10
    assert await versions(issuer) == dict.fromkeys(award_ids, 2)
    done = await reissues.read_reissue(issuer.desk, stolen.kid)
    assert done is not None
    assert done.finished_at is not None


async def test_what_was_under_way_when_we_died_is_finished_and_then_the_whole(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen = await present_key(issuer)
    award_id = await award(issuer)
    await lose(issuer, stolen.kid)

    def die(*_: object, **__: object) -> Signatures:
        raise ConnectionResetError

    with monkeypatch.context() as dying:
        dying.setattr(Signer, "sign_credential", die)
        with pytest.raises(ConnectionResetError):
            await reissue(issuer, stolen.kid)
    assert await reissue(issuer, stolen.kid) == 0
    unfinished = await reissues.read_reissue(issuer.desk, stolen.kid)
    assert unfinished is not None
    assert unfinished.finished_at is None

    issuer.clock.now += timedelta(minutes=1)
    await corrections.finish_corrections(
        issuer.desk, older_than=timedelta(seconds=30), now=issuer.clock.now
    )
    await reissues.reissue_all(issuer.desk, issuer.clock)

    assert await versions(issuer) == {award_id: 2}
    assert (await signed(issuer, award_id))[0] == (await present_key(issuer)).kid
    assert await reissues.count_left(issuer.desk, stolen.kid, organisation=UTWENTE) == 0


async def test_two_who_sign_anew_at_once_do_each_award_once(issuer: Issuer) -> None:
    stolen = await present_key(issuer)
    award_ids = [await award(issuer) for _ in range(6)]
    await lose(issuer, stolen.kid)

    counts = await asyncio.gather(*(reissue(issuer, stolen.kid) for _ in range(3)))

    assert sum(counts) == 6
    assert await versions(issuer) == dict.fromkeys(award_ids, 2)


async def test_an_award_under_way_while_its_key_is_lost_is_signed_with_the_next(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    stolen = await present_key(issuer)
    sign = Signer.sign_credential
    lost: list[asyncio.Task[keys.Replaced]] = []

    def sign_and_lose(self: Signer, key: SealedKey, **asked: Any) -> Signatures:
        made = sign(self, key, **asked)
        if not lost:
            lost.append(asyncio.ensure_future(lose(issuer, key.kid)))
        return made

    monkeypatch.setattr(Signer, "sign_credential", sign_and_lose)
    # The signature is made; before it is kept, the key is reported lost and that is committed.
    grant_intent = intents.grant_intent

    async def wait_and_grant(*given: Any, **named: Any) -> bool:
        await asyncio.gather(*lost)
        return await grant_intent(*given, **named)

    monkeypatch.setattr(intents, "grant_intent", wait_and_grant)
    award_id = await award(issuer)

    kid, _says = await signed(issuer, award_id)
    assert (kid, kid != stolen.kid) == ((await present_key(issuer)).kid, True)
    assert await issuer.ask(
        f"SELECT count(*) FROM signature WHERE kid = '{stolen.kid}' AND purpose = 'credential'"
    ) == [(0,)]


async def test_a_back_dated_credential_of_a_thief_is_refused_by_the_verifier(
    issuer: Issuer,
) -> None:
    stolen = await present_key(issuer)
    _kid, says = await signed(issuer, await award(issuer))
    long_ago = says | {"validFrom": "2026-09-02T08:00:00Z", "awardedDate": "2026-09-02T08:00:00Z"}
    forged = json.dumps(long_ago).encode()
    made = Signer.sign_credential(
        issuer.desk.signer,
        stolen,
        organisation=UTWENTE,
        payload=forged,
        digest=digest_of(forged),
    )
    shown = token(forged, form=Form.OPEN_BADGES, signatures=made)
    assert (await judge(issuer, shown))[Check.KEY].outcome is Outcome.OK

    await lose(issuer, stolen.kid)

    judged = await judge(issuer, shown)
    assert (judged[Check.KEY].outcome, judged[Check.KEY].code) == (
        Outcome.FAILED,
        Code.KEY_COMPROMISED,
    )
    assert judged[Check.SIGNATURE].outcome is Outcome.NOT_RUN
    assert await found(issuer, stolen.kid) == ()


async def judge(issuer: Issuer, shown: str) -> dict[Check, Finding]:
    """Judge a token as a verifier does that heard all we announced about our keys."""
    known: dict[str, KnownKey] = {}
    for event in await issuer.announced("issuer-keys"):
        key = IssuerKey.model_validate(event["data"]["key"])
        known[key.kid] = KnownKey(
            kid=key.kid,
            organisation=key.organisation,
            key=parse_issuer_jwk(key.public_jwk),
            published_at=key.published_at,
            retired_at=key.retired_at,
            compromised_at=key.compromised_at,
        )
    own = {kid: key for kid, key in known.items() if kid.startswith(DID)}
    who = KnownIssuer(did=DID, organisation_oin=UTWENTE, keys=own, organisation=a_provider())
    findings = check_origin(read_token(shown), who, now=issuer.clock.now)
    return {finding.check: finding for finding in findings}


async def versions(issuer: Issuer) -> dict[str, int]:
    rows = await issuer.ask("SELECT award_id, max(version) FROM credential GROUP BY award_id")
    return {str(award_id): int(str(version)) for award_id, version in rows}


def die_after(monkeypatch: pytest.MonkeyPatch, *, count: int) -> None:
    reissue_award, left = corrections.reissue_award, [count]

    async def dying(*given: Any, **named: Any) -> None:
        if not left[0]:
            raise ConnectionResetError
        left[0] -= 1
        await reissue_award(*given, **named)

    monkeypatch.setattr(reissues, "reissue_award", dying)
