"""Seals of strangers: JSON that brings its own certificate, and the certificate itself.

Apart from other credentials, because here ASN.1 is read in the service, by two libraries that each
raise what they like; and because whoever seals chooses the key, nothing here may ever be green.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from asn1crypto import cms, tsp
from cryptography.hazmat.primitives.serialization import Encoding

from services.verifier.checks.european import judge_european
from services.verifier.domain.verdict import Look
from shared.proofs import ProofRefusedError, jades
from shared.proofs.certificate_paths import Anchors, holder_of, read_chain, standing_of
from shared.proofs.jades_refusals import JadesRefusedError
from shared.proofs.time_stamps import is_stamp_of
from shared.strict_json import JsonRefusedError, load_object
from tests.fuzz.target import Target
from tests.support.handing import part
from tests.support.sealed_documents import (
    a_european,
    a_seal_header,
    seal_compact,
    seal_document,
    seal_text,
)
from tests.support.seals import SCHOOL, SEALED_AT, the_authority, the_school
from tests.unit.verifier.forge import NOW

ANCHORS: Final = Anchors.of([the_authority().certificate])
_P256: Final = bytes.fromhex("2a8648ce3d030107")
_SIGNED: Final = ("ES256", "ES384", "RS256", "PS256")


def read_sealed(given: bytes) -> None:
    """Judge whatever looks sealed, or refuse it by name; it is never green."""
    text = given.decode("utf-8", "replace")
    with suppress(JadesRefusedError):
        jades.read(text)
    _judge(text)


def read_sealed_anew(given: bytes) -> None:
    """Judge whatever somebody seals, under whatever header on the first line; never green."""
    first, _, payload = given.partition(b"\n")
    try:
        header = {**a_seal_header(the_school()), **load_object(first)}
    except JsonRefusedError:
        return
    kept = {name: it for name, it in header.items() if it is not None}
    _judge(seal_text(payload.decode("utf-8", "replace"), the_school(), kept))


def read_certificate(given: bytes) -> None:
    """Say whose a certificate is and what it is worth, or refuse it by name."""
    with suppress(ProofRefusedError):
        chain = read_chain([given])
        holder_of(chain[0])
        standing_of(chain, ANCHORS, at=SEALED_AT, now=NOW)
    for algorithm in _SIGNED:
        header = a_seal_header(the_school(), algorithm)
        own = {**header, "x5c": [b64encode(given).decode()], "x5t#S256": None}
        kept = {name: it for name, it in own.items() if it is not None}
        protected = part(json.dumps(kept))
        one = {"protected": protected, "signature": part(b"s" * 64)}
        _judge(json.dumps({"payload": json.dumps(a_european()), "signatures": [one]}))


def read_stamp(given: bytes) -> None:
    """Say whether a time stamp is of something; one that cannot be read is not."""
    assert not is_stamp_of(b64encode(given).decode(), b"another")
    is_stamp_of(given.decode("latin-1"), b"another")


def _judge(text: str) -> None:
    judgement = judge_european(text, ANCHORS, now=NOW)
    assert judgement.verdict.look is not Look.GREEN


def _sealed() -> Iterator[bytes]:
    yield from (seal_document().encode(), seal_compact().encode())


def _unsealed() -> Iterator[bytes]:
    said = json.dumps(a_european()).encode()
    for header in ({}, {"b64": None, "crit": ["sigT"]}, {"sigT": None, "iat": 1_763_000_000}):
        yield json.dumps(header).encode() + b"\n" + said


def _certificates() -> Iterator[bytes]:
    der = the_school().certificate.public_bytes(Encoding.DER)
    yield from (der, the_authority().certificate.public_bytes(Encoding.DER))
    # Each of these once made the library raise what nobody caught.
    name = SCHOOL.encode()
    yield der.replace(_P256, _P256[:-1] + b"\x0f")
    yield der.replace(b"\x0c%c%b" % (len(name), name), b"\x03%c\0%b" % (len(name), name[1:]))
    yield der.replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07")


def _stamps() -> Iterator[bytes]:
    for name in ("sha256", "md5"):
        imprint = {"hash_algorithm": {"algorithm": name}, "hashed_message": b""}
        stamp = tsp.TSTInfo(
            {
                "version": 1,
                "policy": "1.2.3",
                "message_imprint": imprint,
                "serial_number": 1,
                "gen_time": SEALED_AT,
            }
        )
        content = {"content_type": "tst_info", "content": cms.ParsableOctetString(stamp.dump())}
        signed = {
            "version": "v3",
            "digest_algorithms": [],
            "encap_content_info": content,
            "signer_infos": [],
        }
        yield cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()


SEALING: Final = (
    Target(name="seals", holds=read_sealed, seeds=_sealed, longest=8192),
    Target(name="sealed-anew", holds=read_sealed_anew, seeds=_unsealed),
    Target(name="certificates", holds=read_certificate, seeds=_certificates),
    Target(name="stamps", holds=read_stamp, seeds=_stamps, longest=512),
)
