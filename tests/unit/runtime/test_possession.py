"""A bound token is worth nothing to who does not hold what it is bound to."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from starlette.requests import Request

from shared.errors import UnauthenticatedError
from shared.runtime.dpop import DpopRefusedError
from shared.runtime.possession import (
    UNBOUND,
    Confirmation,
    NotItsHolderError,
    Possession,
    read_confirmation,
)
from tests.support.token_clients import DpopKey, a_certificate, certificate_thumbprint, shown
from tests.support.toy import NOWHERE, ToySettings

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
PUBLIC_URL = "https://api.example.nl/toy"
PROXY, STRANGER = "10.0.0.1", "192.0.2.7"
HEADER = "client-cert"
TOKEN = "header.claims.signature"
KEY = DpopKey()


OWN, OTHER = a_certificate("sis.example.nl"), a_certificate("elsewhere.example.nl")


def escaped(certificate: x509.Certificate) -> str:
    return quote(certificate.public_bytes(Encoding.PEM).decode())


def a_possession(**settings: Any) -> Possession:
    given = {"client_certificate_header": HEADER, "trusted_proxies": ["10.0.0.0/24"]} | settings
    return Possession(
        ToySettings.model_validate({"database_url": NOWHERE, "public_url": PUBLIC_URL} | given)
    )


POSSESSION = a_possession()


def a_request(*headers: tuple[str, str], peer: str = PROXY, kept: str | None = None) -> Request:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/toy/v1/entries",
        "root_path": "/toy",
        "query_string": b"",
        "client": (peer, 4711),
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    return Request(scope | ({} if kept is None else {"waarmerk.peer": kept}))


def proof(**changes: Any) -> tuple[str, str]:
    given = {"nonce": POSSESSION.dpop.nonce(NOW), "token": TOKEN} | changes
    return "dpop", KEY.proof("POST", f"{PUBLIC_URL}/v1/entries", NOW, **given)


BY_KEY, BY_CERTIFICATE = (
    Confirmation(KEY.thumbprint),
    Confirmation(None, certificate_thumbprint(OWN)),
)
BY_BOTH = Confirmation(KEY.thumbprint, certificate_thumbprint(OWN))
OWN_SHOWN, OTHER_SHOWN = (HEADER, shown(OWN)), (HEADER, shown(OTHER))


def require(request: Request, bound: Confirmation, kind: str, by: Possession = POSSESSION) -> None:
    by.require(request, bound, kind=kind, token=TOKEN, now=NOW)


def test_who_holds_it_may_use_it() -> None:
    require(a_request(), UNBOUND, "bearer")
    require(a_request(proof()), BY_KEY, "dpop")
    require(a_request(OWN_SHOWN), BY_CERTIFICATE, "bearer")
    require(a_request(proof(), OWN_SHOWN), BY_BOTH, "dpop")


def a_foreign_proof() -> tuple[str, str]:
    nonce = POSSESSION.dpop.nonce(NOW)
    url = f"{PUBLIC_URL}/v1/entries"
    return "dpop", DpopKey().proof("POST", url, NOW, nonce=nonce, token=TOKEN)


REFUSED: dict[str, tuple[list[tuple[str, str]], Confirmation, str]] = {
    "a bound token as plain bearer": ([], BY_KEY, "bearer"),
    "a bound token as plain bearer, with a proof": ([proof()], BY_KEY, "bearer"),
    "a bound token without a proof": ([], BY_KEY, "dpop"),
    "a bound token with two proofs": ([proof(), proof()], BY_KEY, "dpop"),
    "a bound token with another's proof": ([a_foreign_proof()], BY_KEY, "dpop"),
    "an unbound token as a bound one": ([proof()], UNBOUND, "dpop"),
    "no certificate": ([], BY_CERTIFICATE, "bearer"),
    "another's certificate": ([OTHER_SHOWN], BY_CERTIFICATE, "bearer"),
    "two certificates": ([OWN_SHOWN, OWN_SHOWN], BY_CERTIFICATE, "bearer"),
    "words for a certificate": ([(HEADER, "believe me")], BY_CERTIFICATE, "bearer"),
    "broken base64": ([(HEADER, ":AAA:")], BY_CERTIFICATE, "bearer"),
    "an endless certificate": ([(HEADER, ":" + "A" * 20_000 + ":")], BY_CERTIFICATE, "bearer"),
    "a certificate in another header": ([("x-cert", shown(OWN))], BY_CERTIFICATE, "bearer"),
    "the certificate only": ([OWN_SHOWN], BY_BOTH, "dpop"),
    "the key only": ([proof()], BY_BOTH, "dpop"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_who_does_not_hold_it_may_not(name: str) -> None:
    headers, bound, kind = REFUSED[name]

    with pytest.raises(UnauthenticatedError):
        require(a_request(*headers), bound, kind)


def test_each_confusion_is_called_by_its_name() -> None:
    with pytest.raises(NotItsHolderError, match="is not bound to a key"):
        require(a_request(proof()), UNBOUND, "dpop")
    with pytest.raises(NotItsHolderError, match="was sent without proof"):
        require(a_request(), BY_KEY, "bearer")
    with pytest.raises(DpopRefusedError, match="is of another key"):
        require(a_request(a_foreign_proof()), BY_KEY, "dpop")


def test_a_certificate_is_written_in_two_ways() -> None:
    for written in (shown(OWN), escaped(OWN)):
        require(a_request((HEADER, written)), BY_CERTIFICATE, "bearer")


@pytest.mark.parametrize(
    ("peer", "kept"), [(STRANGER, None), (PROXY, STRANGER), ("", None), ("unix", None)]
)
def test_a_certificate_counts_from_a_trusted_proxy_only(peer: str, kept: str | None) -> None:
    with pytest.raises(NotItsHolderError):
        require(a_request(OWN_SHOWN, peer=peer, kept=kept), BY_CERTIFICATE, "bearer")


def test_who_the_proxy_speaks_for_does_not_matter() -> None:
    require(a_request(OWN_SHOWN, peer=STRANGER, kept=PROXY), BY_CERTIFICATE, "bearer")


@pytest.mark.parametrize(
    "settings", [{"client_certificate_header": None}, {"trusted_proxies": []}], ids=str
)
def test_certificates_are_off_until_somebody_turns_them_on(settings: dict[str, Any]) -> None:
    with pytest.raises(NotItsHolderError):
        require(a_request(OWN_SHOWN), BY_CERTIFICATE, "bearer", a_possession(**settings))


@pytest.mark.parametrize(
    "cnf",
    [
        {},
        [],
        "jkt",
        {"kid": "1"},
        {"jkt": 7},
        {"jkt": None},
        {"x5t#S256": None, "jkt": []},
        {"jkt": "a", "jwk": {}},
    ],
    ids=str,
)
def test_what_we_cannot_check_is_refused(cnf: Any) -> None:
    with pytest.raises(NotItsHolderError):
        read_confirmation(cnf)


BINDINGS = ("none", "by key", "by certificate", "by both")


@pytest.mark.parametrize("bound", [UNBOUND, BY_KEY, BY_CERTIFICATE, BY_BOTH], ids=BINDINGS)
def test_a_confirmation_is_read_as_it_was_written(bound: Confirmation) -> None:
    claim: Any = bound.claim

    assert read_confirmation(claim) == bound
