"""A token says who is calling only if every check on it holds."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from httpx import AsyncClient
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from pydantic import AnyHttpUrl

from shared.runtime import token_keys
from shared.runtime.access import (
    SCOPES,
    Caller,
    TokenRefusedError,
    TokenVerifier,
    caller_with,
    mint_token,
)
from shared.runtime.settings import TokenIssuer
from shared.runtime.token_keys import KeySetRefusedError, read_key_set
from tests.support.toy import AUDIENCE, ISSUER, OIN, SIGNING_KEY, a_token, bearer

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OTHER_KEY = ECKey.generate_key("P-256", {"kid": "sandbox-1"}, private=True)
RSA_KEY = RSAKey.generate_key(2048, {"kid": "rsa-1"}, private=True)
PUBLIC = [dict(SIGNING_KEY.as_dict(private=False)), dict(RSA_KEY.as_dict(private=False))]


def a_verifier(issuer: TokenIssuer | None = None) -> TokenVerifier:
    known = issuer or TokenIssuer(issuer=ISSUER, jwks={"keys": PUBLIC})
    return TokenVerifier([known], audience=AUDIENCE)


def claims(**changes: object) -> dict[str, object]:
    moment = int(NOW.timestamp())
    given: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": moment,
        "exp": moment + 600,
        "jti": "1",
        "sub": "client",
        "client_id": "client",
        "organisation": OIN,
        "scope": "awards:read awards:write",
    }
    return {name: value for name, value in (given | changes).items() if value is not None}


def signed(
    header: dict[str, object] | None = None, key: ECKey | RSAKey = SIGNING_KEY, **changes: object
) -> str:
    full = {"alg": "ES256", "typ": "at+jwt", "kid": "sandbox-1"} | (header or {})
    return jwt.encode(full, claims(**changes), key, algorithms=[str(full["alg"])])


async def test_a_good_token_names_its_caller() -> None:
    caller = await a_verifier().verify(signed(), now=NOW)

    assert caller == Caller(
        OIN, "client", frozenset({"awards:read", "awards:write"}), subject="client"
    )


async def test_a_caller_is_a_person_or_the_client_they_work_through() -> None:
    person = await a_verifier().verify(signed(sub="anna"), now=NOW)
    client = await a_verifier().verify(signed(), now=NOW)

    assert (person.client, person.subject) == ("client", "anna")
    assert (client.client, client.subject) == ("client", "client")


async def test_an_rsa_key_may_sign_as_the_profile_asks() -> None:
    for algorithm in ("RS256", "PS256"):
        token = signed({"alg": algorithm, "kid": "rsa-1"}, RSA_KEY)
        assert (await a_verifier().verify(token, now=NOW)).organisation == OIN


def unsigned() -> str:
    _, body, _ = signed().split(".")
    return f"eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{body}."


def swapped() -> str:
    head, _, signature = signed().split(".")
    return f"{head}.{signed(organisation='00000099000000002000').split('.')[1]}.{signature}"


def with_own_key() -> str:
    public = OTHER_KEY.as_dict(private=False)
    return signed({"jwk": public, "kid": "unknown"}, OTHER_KEY)


BAD: dict[str, Callable[[], str]] = {
    "empty": str,
    "words": lambda: "let me in",
    "two parts": lambda: signed().rpartition(".")[0],
    "five parts": lambda: "a.b.c.d.e",
    "no base64": lambda: "!!.!!.!!",
    "too long": lambda: signed(jti="x" * 9000),
    "no signature": unsigned,
    "another's claims": swapped,
    "another's key": lambda: signed(key=OTHER_KEY),
    "a key of its own": with_own_key,
    "an unknown key": lambda: signed({"kid": "unknown"}),
    "a key of another algorithm": lambda: signed({"kid": "rsa-1"}),
    "an id token": lambda: signed({"typ": "JWT"}),
    "no type": lambda: signed({"typ": ""}),
    "an extension": lambda: signed({"crit": ["kid"]}),
    "an unknown issuer": lambda: signed(iss="https://elsewhere.test"),
    "no issuer": lambda: signed(iss=None),
    "a list of issuers": lambda: signed(iss=[ISSUER]),
    "another audience": lambda: signed(aud="urn:elsewhere"),
    "no audience": lambda: signed(aud=None),
    "expired": lambda: signed(exp=int(NOW.timestamp()) - 61),
    "no expiry": lambda: signed(exp=None),
    "an expiry in words": lambda: signed(exp="tomorrow"),
    "an expiry that is true": lambda: signed(exp=True),
    "an endless expiry": lambda: signed(exp=10**15),
    "issued later": lambda: signed(iat=int(NOW.timestamp()) + 120),
    "valid later": lambda: signed(nbf=int(NOW.timestamp()) + 120),
    "valid for an hour": lambda: signed(exp=int(NOW.timestamp()) + 3600),
    "no subject": lambda: signed(sub=None),
    "no client": lambda: signed(client_id=None),
    "no id": lambda: signed(jti=None),
    "no scope": lambda: signed(scope=None),
    "no organisation": lambda: signed(organisation=None),
    "a name for an organisation": lambda: signed(organisation="Universiteit Twente"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_token_that_fails_a_check_names_nobody(name: str) -> None:
    with pytest.raises(TokenRefusedError):
        await a_verifier().verify(BAD[name](), now=NOW)


async def test_an_issuer_signs_only_with_the_algorithms_we_agreed_on() -> None:
    agreed = TokenIssuer(issuer=ISSUER, jwks={"keys": PUBLIC}, algorithms=("PS256",))

    with pytest.raises(TokenRefusedError):
        await a_verifier(agreed).verify(signed(), now=NOW)


async def test_a_key_signs_only_with_the_algorithm_it_is_for() -> None:
    named = {**RSA_KEY.as_dict(private=False), "alg": "PS256"}
    verifier = a_verifier(TokenIssuer(issuer=ISSUER, jwks={"keys": [dict(named)]}))

    caller = await verifier.verify(signed({"alg": "PS256", "kid": "rsa-1"}, RSA_KEY), now=NOW)
    assert caller.organisation == OIN
    with pytest.raises(TokenRefusedError):
        await verifier.verify(signed({"alg": "RS256", "kid": "rsa-1"}, RSA_KEY), now=NOW)


def test_a_key_that_is_too_small_is_no_key() -> None:
    small = {"kty": "RSA", "kid": "small", "e": "AQAB", "n": base64(b"\xc1" * 128)}

    with pytest.raises(KeySetRefusedError):
        read_key_set({"keys": [small]})


async def test_an_hmac_with_our_public_key_is_refused() -> None:
    header = base64(b'{"alg":"HS256","typ":"at+jwt","kid":"sandbox-1"}')
    content = f"{header}.{signed().split('.')[1]}"
    secret = SIGNING_KEY.as_pem(private=False)
    signature = base64(hmac.digest(secret, content.encode(), "sha256"))

    with pytest.raises(TokenRefusedError):
        await a_verifier().verify(f"{content}.{signature}", now=NOW)


def base64(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


async def test_a_remembered_token_still_expires() -> None:
    verifier, token = a_verifier(), signed()
    assert (await verifier.verify(token, now=NOW)).organisation == OIN

    with pytest.raises(TokenRefusedError):
        await verifier.verify(token, now=NOW + timedelta(minutes=12))


async def test_a_minute_of_difference_between_clocks_is_allowed() -> None:
    verifier = a_verifier()

    assert (await verifier.verify(signed(), now=NOW - timedelta(seconds=59))).organisation == OIN
    assert (
        await verifier.verify(signed(), now=NOW + timedelta(seconds=600 + 59))
    ).organisation == OIN


async def test_keys_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(f'{{"keys": [{SIGNING_KEY.as_dict(private=False)}]}}'.replace("'", '"'))

    assert (
        await a_verifier(TokenIssuer(issuer=ISSUER, jwks_file=file)).verify(signed(), now=NOW)
    ).organisation == OIN


async def test_fetched_keys_stay_when_their_issuer_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [f'{{"keys": [{SIGNING_KEY.as_dict(private=False)}]}}'.replace("'", '"').encode()]

    async def fetch(_url: str) -> bytes:
        if not answers:
            raise httpx.ConnectError("gone")
        return answers.pop()

    monkeypatch.setattr(token_keys, "fetch", fetch)
    monkeypatch.setattr(token_keys, "FRESH_SECONDS", 0.0)
    monkeypatch.setattr(token_keys, "RETRY_SECONDS", 0.0)
    verifier = a_verifier(
        TokenIssuer(issuer=ISSUER, jwks_url=AnyHttpUrl("https://tokens.waarmerk.test/jwks.json"))
    )

    for at in range(3):
        assert (await verifier.verify(signed(jti=str(at)), now=NOW)).organisation == OIN


async def test_no_token_is_a_401_that_says_how(toy: AsyncClient) -> None:
    answer = await toy.post("/v1/entries", json={})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_bad_token_is_a_401_with_its_reason(toy: AsyncClient) -> None:
    expired = a_token(now=datetime.now(UTC) - timedelta(hours=1))

    answer = await toy.post("/v1/entries", json={}, headers=bearer(expired))

    assert answer.status_code == 401
    assert answer.json()["code"] == "token-refused"
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


async def test_a_token_without_the_scope_is_a_403(toy: AsyncClient) -> None:
    token = a_token(scopes=("awards:read",))

    answer = await toy.post("/v1/entries", json={}, headers=bearer(token))

    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")


async def test_two_authorizations_are_none(toy: AsyncClient) -> None:
    pair = [("Authorization", f"Bearer {a_token()}")] * 2

    assert (await toy.post("/v1/entries", json={}, headers=pair)).status_code == 401


async def test_a_token_in_the_query_is_none(toy: AsyncClient) -> None:
    answer = await toy.post(f"/v1/entries?access_token={a_token()}", json={})

    assert answer.status_code == 401


def test_a_route_can_only_ask_for_a_scope_that_exists() -> None:
    with pytest.raises(ValueError, match="not a scope"):
        caller_with("awards:everything")
    with pytest.raises(ValueError, match="everything is not a scope"):
        caller_with("awards:read", "awards:everything")
    assert all(caller_with(scope) for scope in SCOPES)


@pytest.mark.parametrize(("subject", "named"), [(None, "c"), ("anna", "anna")])
def test_a_minted_token_lives_ten_minutes(subject: str | None, named: str) -> None:
    token = mint_token(
        dict(SIGNING_KEY.as_dict(private=True)),
        issuer=ISSUER,
        audience=AUDIENCE,
        organisation=OIN,
        scopes=["awards:read"],
        client="c",
        subject=subject,
    )
    minted = jwt.decode(token, SIGNING_KEY, algorithms=["ES256"])

    assert (minted.claims["sub"], minted.claims["client_id"]) == (named, "c")
    assert minted.claims["exp"] - minted.claims["iat"] == 600
    assert minted.header == {"alg": "ES256", "typ": "at+jwt", "kid": "sandbox-1"}
