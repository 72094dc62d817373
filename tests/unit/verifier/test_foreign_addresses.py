"""Where a stranger's key is looked for follows from who it is, and from one spelling only."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.verifier.foreign.findings import ForeignCode, ForeignRefusedError
from services.verifier.foreign.methods import (
    Place,
    PlaceKind,
    did_web_address,
    find_places,
    read_address,
    read_own_key,
)
from shared.runtime.fetching import check_address


def refusal(issuer: str, kid: str) -> ForeignCode:
    """Say why nothing is looked up."""
    with pytest.raises(ForeignRefusedError) as refused:
        find_places(issuer, kid)
    return refused.value.code


@pytest.mark.parametrize(
    ("did", "address"),
    [
        ("did:web:w3c-ccg.github.io", "https://w3c-ccg.github.io/.well-known/did.json"),
        (
            "did:web:w3c-ccg.github.io:user:alice",
            "https://w3c-ccg.github.io/user/alice/did.json",
        ),
        (
            "did:web:example.com%3A3000:user:alice",
            "https://example.com:3000/user/alice/did.json",
        ),
        ("did:web:example.com%3A8443", "https://example.com:8443/.well-known/did.json"),
        ("did:web:example.com:Up.per_1-2", "https://example.com/Up.per_1-2/did.json"),
    ],
)
def test_a_did_web_leads_to_its_document(did: str, address: str) -> None:
    assert did_web_address(did) == address
    assert find_places(did, f"{did}#key-1") == (Place(address, PlaceKind.DOCUMENT),)
    assert find_places(did, "#key-1") == (Place(address, PlaceKind.DOCUMENT),)
    check_address(address)


LOOK_ALIKES: Final = {
    "capitals": "did:web:Issuer.example.nl",
    "capitals in the method": "did:WEB:issuer.example.nl",
    "dot at the end": "did:web:issuer.example.nl.",
    "slash at the end": "did:web:issuer.example.nl/",
    "slash in percents": "did:web:issuer.example.nl%2Fissuers",
    "dot in percents": "did:web:issuer.example.nl:%2E%2E:other",
    "letter in percents": "did:web:%69ssuer.example.nl",
    "port in small percents": "did:web:issuer.example.nl%3a8443",
    "port of https": "did:web:issuer.example.nl%3A443",
    "port of mail": "did:web:issuer.example.nl%3A25",
    "port of nobody": "did:web:issuer.example.nl%3A1023",
    "port too high": "did:web:issuer.example.nl%3A65536",
    "port zero": "did:web:issuer.example.nl%3A0",
    "port with a zero": "did:web:issuer.example.nl%3A08443",
    "port without percents": "did:web:issuer.example.nl:8443:..:x",
    "no port": "did:web:issuer.example.nl%3A",
    "user name": "did:web:issuer.example.nl@evil.example",
    "user name in percents": "did:web:issuer.example.nl%40evil.example",
    "address": "did:web:127.0.0.1",
    "address of 6": "did:web:[::1]",
    "address of 6 in percents": "did:web:%5B%3A%3A1%5D",
    "address in hexadecimals": "did:web:0x7f.0.0.1",
    "address in one number": "did:web:2130706433",
    "short address": "did:web:127.1",
    "one label": "did:web:localhost",
    "empty label": "did:web:issuer..example.nl",
    "hyphen first": "did:web:-issuer.example.nl",
    "underscore": "did:web:issuer_.example.nl",
    "label too long": f"did:web:{'a' * 64}.example.nl",
    "host too long": f"did:web:{'a.' * 130}nl",
    "up the path": "did:web:issuer.example.nl:..:other",
    "the same path": "did:web:issuer.example.nl:.",
    "empty path": "did:web:issuer.example.nl:",
    "empty segment": "did:web:issuer.example.nl::other",
    "query": "did:web:issuer.example.nl?x=1",
    "fragment": "did:web:issuer.example.nl#a",
    "space": "did:web:issuer.example.nl ",
    "new line": "did:web:issuer.example.nl\n",
    "null": "did:web:issuer.example.nl\0",
    "Cyrillic": "did:web:\u0456ssuer.example.nl",
    "decomposed": "did:web:e\u0301cole.example.nl",
    "composed": "did:web:\u00e9cole.example.nl",
    "full width": "did:web:issuer\uff0eexample.nl",
    "right to left": "did:web:issuer.example.nl\u202e",
    "too long": f"did:web:issuer.example.nl:{'a' * 3000}",
}


@pytest.mark.parametrize("did", LOOK_ALIKES.values(), ids=LOOK_ALIKES.keys())
def test_a_did_web_that_looks_like_another_is_not_looked_up(did: str) -> None:
    found = refusal(did, f"{did}#key-1")

    assert found in {ForeignCode.ID_REFUSED, ForeignCode.METHOD_UNKNOWN}


def test_a_name_in_punycode_is_not_looked_up() -> None:
    for issuer in ("did:web:xn--80ak6aa92e.com", "https://www.xn--80ak6aa92e.com/issuer"):
        assert refusal(issuer, f"{issuer}#key") is ForeignCode.NAME_INTERNATIONAL


@pytest.mark.parametrize(
    "kid",
    [
        "did:web:other.example.nl#key-1",
        "did:web:issuer.example.nl.evil.example#key-1",
        "did:web:issuer.example.nl:more#key-1",
        "did:web:issuer.example.nl",
        "did:web:Issuer.example.nl#key-1",
        "https://issuer.example.nl/keys/1",
        "https://10.0.0.1/keys/1",
    ],
)
def test_nobody_is_asked_for_a_key_of_another(kid: str) -> None:
    assert refusal("did:web:issuer.example.nl", kid) is ForeignCode.KEY_OF_ANOTHER


def test_a_key_without_a_name_or_with_an_odd_one_is_not_looked_up() -> None:
    did = "did:web:issuer.example.nl"

    assert refusal(did, f"{did}#") is ForeignCode.ID_REFUSED
    assert refusal(did, f"{did}#a b") is ForeignCode.ID_REFUSED
    assert refusal(did, f"{did}#a#b") is ForeignCode.ID_REFUSED
    assert refusal(did, "thumbprint") is ForeignCode.KEY_UNKNOWN


@pytest.mark.parametrize("did", ["did:ion:EiA", "did:webvh:x:example.nl", "urn:uuid:1", "", "did:"])
def test_other_methods_are_unknown_and_accuse_nobody(did: str) -> None:
    assert refusal(did, f"{did}#key") is ForeignCode.METHOD_UNKNOWN


KEY_SET: Final = Place("https://issuer.example.nl/.well-known/jwks.json", PlaceKind.KEY_SET)


@pytest.mark.parametrize(
    ("issuer", "kid", "places"),
    [
        ("https://issuer.example.nl/i/1", "thumbprint", (KEY_SET,)),
        ("https://issuer.example.nl/i/1", "did:web:other.example.nl#1", (KEY_SET,)),
        (
            "https://issuer.example.nl/i/1",
            "https://issuer.example.nl/i/1#key",
            (Place("https://issuer.example.nl/i/1", PlaceKind.DOCUMENT), KEY_SET),
        ),
        (
            "https://issuer.example.nl/i/1",
            "https://issuer.example.nl/keys/7",
            (KEY_SET, Place("https://issuer.example.nl/keys/7", PlaceKind.KEY)),
        ),
        ("https://issuer.example.nl/i?v=3", "https://issuer.example.nl/i?v=3#k", (KEY_SET,)),
        ("https://issuer.example.nl/i/1", "https://keys.example.nl/7", (KEY_SET,)),
        ("https://issuer.example.nl/i/1", "https://issuer.example.nl:8443/7", (KEY_SET,)),
        ("https://issuer.example.nl/i/1", "https://issuer.example.nl/7?for=me", (KEY_SET,)),
        ("https://issuer.example.nl/i/1", "https://issuer.example.nl/other#1", (KEY_SET,)),
    ],
)
def test_only_places_of_the_issuer_itself_are_asked(
    issuer: str, kid: str, places: tuple[Place, ...]
) -> None:
    assert find_places(issuer, kid) == places


@pytest.mark.parametrize(
    "url",
    [
        "http://issuer.example.nl/i",
        "https://issuer.example.nl@evil.example/i",
        "https://user:secret@issuer.example.nl/i",
        "https://Issuer.example.nl/i",
        "https://issuer.example.nl./i",
        "https://issuer.example.nl:443/i",
        "https://issuer.example.nl:22/i",
        "https://10.0.0.1/i",
        "https://[::1]/i",
        "https://issuer.example.nl/i/../j",
        "https://issuer.example.nl/i/%2e%2e/j",
        "https://issuer.example.nl/i%2Fj",
        "https://issuer.example.nl/i%00j",
        "https://issuer.example.nl//evil.example/i",
        "https://issuer.example.nl\\@evil.example/i",
        "https://issuer.example.nl/i\r\nX: y",
        "https://localhost/i",
        "https://",
    ],
)
def test_an_address_with_a_second_meaning_is_refused(url: str) -> None:
    with pytest.raises(ForeignRefusedError) as refused:
        read_address(url)

    assert refused.value.code is ForeignCode.ID_REFUSED
    assert refusal(url, "thumbprint") is ForeignCode.ID_REFUSED
    assert refusal("https://issuer.example.nl/i", url) is ForeignCode.ID_REFUSED


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_named_nothing_breaks(name: str, kid: str) -> None:
    for issuer in (
        name,
        f"did:web:{name}",
        f"https://{name}",
        f"did:key:{name}",
        f"did:jwk:{name}",
    ):
        try:
            places = () if read_own_key(issuer, kid) else find_places(issuer, kid)
        except ForeignRefusedError:
            continue
        for place in places:
            assert check_address(place.address).scheme == "https"
