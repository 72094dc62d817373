"""European credentials as Europass seals them (ELM, JAdES), and every way to get the seal wrong.

Nothing here uses the code under test: a header may be as wrong as it likes.
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tests.support.handing import part
from tests.support.seals import SCHOOL, SEALED_AT, PrivateKey, Sealer, the_school

_HASHES: Final = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
_SIZES: Final = {"ES256": 32, "ES384": 48, "ES512": 66}


def a_european(**changes: Any) -> dict[str, Any]:
    """Say what a European credential says (ELM 3): small, and of nobody who exists."""
    return {
        "@context": [
            "https://www.w3.org/2018/credentials/v1",
            "http://data.europa.eu/snb/model/context/edc-ap",
        ],
        "id": "urn:credential:3e6872eb0d6e723d",
        "type": ["VerifiableCredential", "EuropeanDigitalCredential"],
        "issuer": {
            "id": "urn:epass:org:1",
            "type": "Organisation",
            "legalName": {"nl": SCHOOL},
            "eIDASIdentifier": {"type": "LegalIdentifier", "notation": "NTRNL-12345678"},
        },
        "issued": "2026-11-18T09:00:00Z",
        "issuanceDate": "2026-11-18T09:00:00Z",
        "validFrom": "2026-11-18T09:00:00Z",
        "displayParameter": {
            "type": "DisplayParameter",
            "title": {"nl": "Data in de zorg", "en": "Data in healthcare"},
        },
        "credentialSubject": {
            "id": "urn:epass:person:1",
            "type": "Person",
            "givenName": {"nl": "Noor"},
            "familyName": {"nl": "de Vries"},
            "fullName": {"nl": "Noor de Vries"},
            "hasClaim": {
                "type": "LearningAchievement",
                "title": {"nl": "Data in de zorg"},
                "awardedBy": {"awardingBody": {"legalName": {"nl": SCHOOL}}},
            },
        },
        **changes,
    }


def a_seal_header(sealer: Sealer, algorithm: str = "ES256", **changes: Any) -> dict[str, Any]:
    """Say how a document is sealed, as Europass does; a member that is None is left out."""
    der = sealer.certificate.public_bytes(serialization.Encoding.DER)
    header = {
        "alg": algorithm,
        "cty": "octet-stream",
        "typ": "jose+json",
        "x5t#S256": part(sha256(der).digest()),
        "x5c": [
            b64encode(one.public_bytes(serialization.Encoding.DER)).decode() for one in sealer.chain
        ],
        "b64": False,
        "sigT": f"{SEALED_AT:%Y-%m-%dT%H:%M:%SZ}",
        "crit": ["b64", "sigT"],
        **changes,
    }
    return {name: value for name, value in header.items() if value is not None}


def seal_text(
    payload: str,
    sealer: Sealer,
    header: Mapping[str, Any],
    *,
    key: PrivateKey | None = None,
    is_flattened: bool = False,
) -> str:
    """Seal a text under a header that may be as wrong as it likes (RFC 7515 7.2, RFC 7797 5.2)."""
    protected = part(json.dumps(header, separators=(",", ":"), ensure_ascii=False))
    shown = payload if header.get("b64") is False else part(payload)
    signature = part(
        _sign(f"{protected}.{shown}".encode(), key or sealer.key, str(header.get("alg")))
    )
    one = {"protected": protected, "signature": signature}
    whole = {"payload": shown, **one} if is_flattened else {"payload": shown, "signatures": [one]}
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False)


def seal_document(
    document: Mapping[str, Any] | None = None,
    sealer: Sealer | None = None,
    *,
    algorithm: str = "ES256",
    key: PrivateKey | None = None,
    thumbprint: object = ...,
    **changes: Any,
) -> str:
    """Seal a European credential, with these members of the header otherwise."""
    if thumbprint is not ...:
        changes["x5t#S256"] = thumbprint
    by = sealer or the_school()
    said = a_european() if document is None else document
    payload = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    return seal_text(payload, by, a_seal_header(by, algorithm, **changes), key=key)


def seal_compact(sealer: Sealer | None = None, **changes: Any) -> str:
    """Seal a European credential in the compact serialization, as some wallets are sent it."""
    by = sealer or the_school()
    header = a_seal_header(by, **{"b64": None, "crit": ["sigT"], **changes})
    whole = json.loads(seal_text(json.dumps(a_european()), by, header, is_flattened=True))
    return f"{whole['protected']}.{whole['payload']}.{whole['signature']}"


def _sign(message: bytes, key: PrivateKey, algorithm: str) -> bytes:
    digest = _HASHES.get(algorithm[2:], hashes.SHA256())
    if isinstance(key, rsa.RSAPrivateKey):
        scheme = (
            padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH)
            if algorithm.startswith("PS")
            else padding.PKCS1v15()
        )
        return key.sign(message, scheme, digest)
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest)))
    size = _SIZES.get(algorithm, 32)
    return r.to_bytes(size) + s.to_bytes(size)
