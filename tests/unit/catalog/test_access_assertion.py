"""A client is believed only if every check on its assertion holds."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.catalog.access.assertion import LEEWAY, OnceOnly, judge_assertion, read_assertion
from services.catalog.access.clients import Binding, Client, ClientKey
from services.catalog.access.key_sets import read_keys
from services.catalog.access.refusals import ClientRejectedError
from tests.support.token_clients import a_claim_set, an_ec_key, an_rsa_key, public, signed

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
ISSUER = "https://catalog.example.nl"
ENDPOINT = f"{ISSUER}/v1/oauth/token"
CLIENT_ID = UUID("5a1c7f0e-94c1-4d0f-8f44-6a0d2b1c9e77")
EC_KEY, OTHER_KEY, RSA_KEY = an_ec_key(), an_ec_key(), an_rsa_key()
PS_KEY = an_rsa_key("mc_test_ps", alg="PS256")
KEYS, _ = read_keys([ClientKey(public(key)) for key in (EC_KEY, RSA_KEY, PS_KEY)])
CLIENT = Client(
    client_id=CLIENT_ID,
    organisation="00000099000000210000",
    name="SIS",
    scopes=frozenset({"awards:write"}),
    keys=KEYS,
    jwks_url=None,
    binding=Binding.NONE,
    blocked_by=None,
    revision=1,
    registered_at=NOW,
    changed_at=NOW,
    changed_by="test",
)


def claims(**changes: Any) -> dict[str, Any]:
    return a_claim_set(str(CLIENT_ID), changes.pop("aud", ISSUER), NOW, **changes)


def believe(
    text: str,
    *,
    client: Client | None = CLIENT,
    keys: tuple[ClientKey, ...] = KEYS,
    audiences: frozenset[str] = frozenset({ISSUER}),
    client_id: str | None = None,
) -> OnceOnly:
    assertion = read_assertion(text, client_id=client_id)
    return judge_assertion(assertion, client, keys, audiences=audiences, now=NOW)


@pytest.mark.parametrize("key", [EC_KEY, RSA_KEY], ids=["ES256", "RS256"])
@pytest.mark.parametrize("kind", ["client-authentication+jwt", "JWT", None])
def test_a_client_is_believed_by_its_own_signature(key: Any, kind: str | None) -> None:
    made = claims()

    once = believe(signed(key, made, typ=kind))

    assert once.jti == made["jti"]
    assert once.until == NOW + timedelta(seconds=60) + LEEWAY


def test_a_key_for_ps256_signs_with_ps256() -> None:
    assert believe(signed(PS_KEY, claims(), algorithm="PS256")).jti
    with pytest.raises(ClientRejectedError):
        believe(signed(PS_KEY, claims(), algorithm="RS256"))


def test_an_rsa_key_that_does_not_say_is_for_rs256_only() -> None:
    with pytest.raises(ClientRejectedError):
        believe(signed(RSA_KEY, claims(), algorithm="PS256"))


def test_the_only_key_needs_no_name() -> None:
    nameless = signed(EC_KEY, claims(), kid=None)

    assert believe(nameless, keys=KEYS[:1]).jti
    with pytest.raises(ClientRejectedError):
        believe(nameless)


def test_the_client_id_may_come_along() -> None:
    assert believe(signed(EC_KEY, claims()), client_id=str(CLIENT_ID)).jti


def unsigned() -> str:
    head = urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{head}.{signed(EC_KEY, claims()).split('.')[1]}."


def swapped() -> str:
    head, _, signature = signed(EC_KEY, claims()).split(".")
    return f"{head}.{signed(EC_KEY, claims(jti='x' * 40)).split('.')[1]}.{signature}"


def said_twice() -> str:
    body = json.dumps(claims())[:-1] + ', "aud": "https://elsewhere.example"}'
    head, _, signature = signed(EC_KEY, claims()).split(".")
    return f"{head}.{urlsafe_b64encode(body.encode()).rstrip(b'=').decode()}.{signature}"


def with_own_key() -> str:
    return signed(OTHER_KEY, claims(), jwk=public(OTHER_KEY))


def after(seconds: float) -> int:
    return int((NOW + timedelta(seconds=seconds)).timestamp())


BAD: dict[str, Callable[[], str]] = {
    "1 empty": str,
    "1 words": lambda: "believe me",
    "1 too long": lambda: signed(EC_KEY, claims(more="x" * 17000)),
    "1 a member twice": said_twice,
    "1 padded": lambda: signed(EC_KEY, claims()) + "=",
    "2 an access token": lambda: signed(EC_KEY, claims(), typ="at+jwt"),
    "2 an entity statement": lambda: signed(EC_KEY, claims(), typ="entity-statement+jwt"),
    "2 a number for a type": lambda: signed(EC_KEY, claims(), typ=7),
    "2 an extension": lambda: signed(EC_KEY, claims(), crit=["exp"]),
    "3 no issuer": lambda: signed(EC_KEY, claims(iss=None)),
    "3 no subject": lambda: signed(EC_KEY, claims(sub=None)),
    "3 another subject": lambda: signed(EC_KEY, claims(sub="someone")),
    "3 a list of issuers": lambda: signed(EC_KEY, claims(iss=[str(CLIENT_ID)])),
    "3 a list for both": lambda: signed(EC_KEY, claims(iss=[1], sub=[1])),
    "3 no id of ours": lambda: signed(EC_KEY, claims(iss="sis", sub="sis")),
    "4 an unknown key": lambda: signed(EC_KEY, claims(), kid="unknown"),
    "5 another algorithm": lambda: signed(RSA_KEY, claims(), kid=EC_KEY.kid),
    "5 no algorithm": unsigned,
    "6 another's signature": lambda: signed(OTHER_KEY, claims()),
    "6 a key of its own": with_own_key,
    "6 other claims": swapped,
    "8 no audience": lambda: signed(EC_KEY, claims(aud=None)),
    "8 another audience": lambda: signed(EC_KEY, claims(aud="https://elsewhere.example")),
    "8 our token endpoint": lambda: signed(EC_KEY, claims(aud=ENDPOINT)),
    "8 a list with us": lambda: signed(EC_KEY, claims(aud=[ISSUER])),
    "8 a list with us and another": lambda: signed(EC_KEY, claims(aud=[ISSUER, ENDPOINT])),
    "8 us with a slash": lambda: signed(EC_KEY, claims(aud=f"{ISSUER}/")),
    "9 no moment of making": lambda: signed(EC_KEY, claims(iat=None)),
    "9 no end": lambda: signed(EC_KEY, claims(exp=None)),
    "9 an end in words": lambda: signed(EC_KEY, claims(exp="soon")),
    "9 an end that is true": lambda: signed(EC_KEY, claims(exp=True)),
    "9 an endless end": lambda: signed(EC_KEY, claims(exp=10**15)),
    "9 made later": lambda: signed(EC_KEY, claims(iat=after(31), exp=after(90))),
    "9 valid later": lambda: signed(EC_KEY, claims(nbf=after(31))),
    "9 a start that is true": lambda: signed(EC_KEY, claims(nbf=True)),
    "9 expired": lambda: signed(EC_KEY, claims(iat=after(-90), exp=after(-30))),
    "9 valid for too long": lambda: signed(EC_KEY, claims(exp=after(601))),
    "10 no id": lambda: signed(EC_KEY, claims(jti=None)),
    "10 a short id": lambda: signed(EC_KEY, claims(jti="x" * 21)),
    "10 a long id": lambda: signed(EC_KEY, claims(jti="x" * 257)),
    "10 a number for an id": lambda: signed(EC_KEY, claims(jti=10**30)),
    "10 an id with a NUL": lambda: signed(EC_KEY, claims(jti="x" * 30 + "\x00")),
}


@pytest.mark.parametrize("name", BAD)
def test_an_assertion_that_fails_a_check_is_nobodys(name: str) -> None:
    with pytest.raises(ClientRejectedError):
        believe(BAD[name]())


@pytest.mark.parametrize(
    "good",
    [
        {"jti": "x" * 22},
        {"exp": after(600)},
        {"iat": after(29), "exp": after(60)},
        {"iat": after(-80), "exp": after(-29)},
        {"nbf": after(29)},
    ],
    ids=str,
)
def test_what_is_just_within_the_limits_is_taken(good: dict[str, Any]) -> None:
    assert believe(signed(EC_KEY, claims(**good))).jti


def test_another_client_id_than_it_signs_for_is_refused() -> None:
    with pytest.raises(ClientRejectedError):
        believe(signed(EC_KEY, claims()), client_id="5a1c7f0e-94c1-4d0f-8f44-000000000000")


def test_nobody_learns_whether_it_was_the_client_or_its_key_that_is_unknown() -> None:
    text = signed(OTHER_KEY, claims())
    refused = []
    for client, keys in ((None, ()), (CLIENT, ()), (CLIENT, KEYS)):
        with pytest.raises(ClientRejectedError) as error:
            believe(text, client=client, keys=keys)
        refused.append(error.value.detail)

    assert len(set(refused)) == 1


def test_a_blocked_client_hears_it_only_by_its_own_signature() -> None:
    blocked = replace(CLIENT, blocked_by=CLIENT.organisation)

    with pytest.raises(ClientRejectedError, match="blocked"):
        believe(signed(EC_KEY, claims()), client=blocked)
    with pytest.raises(ClientRejectedError) as error:
        believe(signed(OTHER_KEY, claims()), client=blocked)
    assert "blocked" not in error.value.detail


def test_an_ended_key_signs_nothing_any_more() -> None:
    ended = (replace(KEYS[0], ends_at=NOW),)
    ending = (replace(KEYS[0], ends_at=NOW + timedelta(seconds=1)),)

    assert believe(signed(EC_KEY, claims()), keys=ending).jti
    with pytest.raises(ClientRejectedError):
        believe(signed(EC_KEY, claims()), keys=ended)


def test_the_compatible_audience_is_one_string_too() -> None:
    both = frozenset({ISSUER, ENDPOINT})

    for audience in (ISSUER, ENDPOINT):
        assert believe(signed(EC_KEY, claims(aud=audience)), audiences=both).jti
    for audiences in ([ENDPOINT], [ISSUER, ENDPOINT], [ENDPOINT, "https://elsewhere.example"]):
        with pytest.raises(ClientRejectedError):
            believe(signed(EC_KEY, claims(aud=audiences)), audiences=both)
