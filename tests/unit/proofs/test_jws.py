"""A signed token has one meaning, one form, and a key found elsewhere."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws as oracle
from joserfc.jwk import ECKey

from shared.proofs import ProofRefusedError, base64url, jws
from shared.proofs.keys import SigningKey, VerificationKey, parse_public_jwk
from shared.strict_json import JsonObject, JsonValue

KEY = SigningKey.generate()
KID = f"did:web:issuer.example.nl:issuers:00000099000000210000#{KEY.public.thumbprint}"
HEADER: JsonObject = {"kid": KID, "typ": "JWT"}
TYPES = frozenset({None, "JWT"})


def _parse(token: str | bytes) -> jws.Jws:
    return jws.parse(token, types=TYPES)


def _token(header: JsonValue | bytes, payload: bytes = b"{}") -> str:
    """Sign whatever header, as someone with other rules than ours would."""
    spelled = header if isinstance(header, bytes) else json.dumps(header).encode()
    unsigned = base64url.encode(spelled) + b"." + base64url.encode(payload)
    return (unsigned + b"." + base64url.encode(KEY.sign(unsigned))).decode()


@given(st.binary(max_size=300))
def test_what_is_signed_is_read_and_believed(payload: bytes) -> None:
    read = _parse(jws.sign(payload, key=KEY, header=HEADER))

    jws.verify(read, key=KEY.public)
    assert read.payload == payload
    assert (read.algorithm, read.key_id, read.type) == ("ES256", KID, "JWT")
    assert read.header == {"alg": "ES256", **HEADER}


def test_bytes_are_read_like_text_and_a_type_may_be_absent() -> None:
    read = _parse(jws.sign(b"{}", key=KEY, header={"kid": KID}).encode())

    assert read.type is None


def test_signing_the_same_intent_again_gives_the_same_token() -> None:
    intent = jws.signing_input(b"{}", header=HEADER)

    assert jws.complete(intent, key=KEY) == jws.sign(b"{}", key=KEY, header=HEADER)


@given(st.data())
def test_no_changed_byte_is_believed(data: st.DataObject) -> None:
    token = bytearray(jws.sign(b'{"a":1}', key=KEY, header=HEADER).encode())
    place = data.draw(st.integers(0, len(token) - 1))
    token[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != token[place]))

    with pytest.raises(ProofRefusedError):
        jws.verify(_parse(bytes(token)), key=KEY.public)


@given(st.one_of(st.text(max_size=60), st.binary(max_size=60), st.text("eyJ.A-_", max_size=60)))
def test_anything_at_all_is_either_read_or_refused(token: str | bytes) -> None:
    with pytest.raises(ProofRefusedError):
        _parse(token)


def test_an_independent_library_reads_what_we_sign() -> None:
    token = jws.sign(b'{"a":1}', key=KEY, header=HEADER)
    read = oracle.deserialize_compact(token, ECKey.import_key({**KEY.public.jwk}), ["ES256"])

    assert read.payload == b'{"a":1}'


def test_we_read_what_an_independent_library_signs() -> None:
    token = oracle.serialize_compact(
        {"alg": "ES256", **HEADER}, b'{"a":1}', ECKey.import_key(KEY.store())
    )

    jws.verify(_parse(token), key=KEY.public)


def test_the_w3c_minimal_credential_is_believed(
    vectors: Path, w3c_p256_jwk: dict[str, str]
) -> None:
    token = (vectors / "vc-jose-cose" / "credential-jose-minimal.txt").read_text().strip()
    read = jws.parse(token, types={"vc+jwt"})

    jws.verify(read, key=parse_public_jwk(w3c_p256_jwk))
    assert jws.read_claims(read)["type"] == [
        "VerifiableCredential",
        "ExampleAlumniCredential",
    ]


@pytest.mark.parametrize(
    ("vector", "types", "algorithms", "refusal"),
    [
        ("credential-jose-bad-media-type", {"vc+jwt"}, {"EdDSA"}, jws.TypeRefusedError),
        ("credential-jose-unknown-extensions", {"vc+jwt"}, {"ES256"}, jws.AlgorithmRefusedError),
        ("presentation-jose-multiple", {"vc+jwt"}, {"ES384"}, jws.TypeRefusedError),
        ("presentation-jose-bad-media-type", {"vp+jwt"}, {"EdDSA"}, jws.TypeRefusedError),
        ("credential-jose-bad-signature", {"vc+jwt"}, {"EdDSA"}, jws.SignatureRefusedError),
        ("credential-issuer-match-signed", {"vc+jwt"}, {"ES256"}, jws.AlgorithmRefusedError),
    ],
)
def test_w3c_vectors_outside_the_profile_are_refused_by_name(
    *,
    vectors: Path,
    vector: str,
    types: set[str],
    algorithms: set[str],
    refusal: type[ProofRefusedError],
) -> None:
    token = (vectors / "vc-jose-cose" / f"{vector}.txt").read_text().strip()

    with pytest.raises(refusal):
        jws.verify(jws.parse(token, types=types, algorithms=algorithms), key=KEY.public)


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        ({"alg": "ES256", "kid": 7}, jws.KeyIdRefusedError),
        ({"alg": "ES256", "kid": ""}, jws.KeyIdRefusedError),
        ({"alg": "ES256", "kid": "a b"}, jws.KeyIdRefusedError),
        ({"alg": "ES256", "kid": "x" * 1025}, jws.KeyIdRefusedError),
        ({"alg": "ES256"}, jws.KeyIdRefusedError),
        ({"kid": KID}, jws.AlgorithmRefusedError),
        ({"alg": ["ES256"], "kid": KID}, jws.AlgorithmRefusedError),
        ({"alg": "ES256", "kid": KID, "typ": 1}, jws.TypeRefusedError),
        ({"alg": "ES256", "kid": KID, "typ": None}, jws.TypeRefusedError),
        ({"alg": "ES256", "kid": KID, "typ": ["JWT"]}, jws.TypeRefusedError),
        ({"alg": "ES256", "kid": KID, "cty": {}}, jws.HeaderMemberRefusedError),
        ({"alg": "ES256", "kid": KID, "zip": "DEF"}, jws.HeaderMemberRefusedError),
        ({"alg": "ES256", "kid": KID, "cty": "v" * 4096}, jws.TooLargeError),
        ([], jws.HeaderRefusedError),
        (b"", jws.HeaderRefusedError),
        (b"{", jws.HeaderRefusedError),
        (b"\xff", jws.HeaderRefusedError),
    ],
)
def test_a_header_outside_the_profile_is_refused_by_name(
    header: JsonValue | bytes, refusal: type[jws.JwsRefusedError]
) -> None:
    with pytest.raises(refusal):
        _parse(_token(header))


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        ({}, jws.KeyIdRefusedError),
        ({"kid": KID, "alg": "none"}, jws.AlgorithmRefusedError),
        ({"kid": KID, "jwk": {}}, jws.KeyInHeaderError),
        ({"kid": KID, "crit": ["exp"]}, jws.CriticalRefusedError),
        ({"kid": KID, "cty": "v" * 4096}, jws.TooLargeError),
    ],
)
def test_we_never_sign_what_we_would_refuse(
    header: JsonObject, refusal: type[jws.JwsRefusedError]
) -> None:
    with pytest.raises(refusal):
        jws.sign(b"{}", key=KEY, header=header)


def test_a_payload_of_256_kilobytes_is_the_largest() -> None:
    largest = b"x" * jws.MAX_PAYLOAD_BYTES

    jws.verify(_parse(jws.sign(largest, key=KEY, header=HEADER)), key=KEY.public)
    with pytest.raises(jws.TooLargeError):
        jws.sign(largest + b"x", key=KEY, header=HEADER)
    with pytest.raises(jws.TooLargeError):
        _parse(_token({"alg": "ES256", **HEADER}, largest + b"x"))
    with pytest.raises(jws.TooLargeError):
        _parse("x" * 400_000)


def test_a_key_for_es256_believes_no_other_algorithm() -> None:
    unsigned = _token({"alg": "ES384", "kid": KID})

    with pytest.raises(jws.SignatureRefusedError):
        jws.verify(jws.parse(unsigned, types=TYPES, algorithms={"ES384"}), key=KEY.public)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b'{"issuer":"a","issuer":"b"}', "json-duplicate-key"),
        (b'{"nbf":NaN}', "json-not-finite"),
        (b'{"nbf":1e400}', "json-number-too-large"),
        (b"[" * 50_000, "json-too-deep"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "json-too-deep"),
        (b"\xff\xfe", "json-not-utf8"),
        (b"\xef\xbb\xbf{}", "json-byte-order-mark"),
        (b'{"name":"\\ud800"}', "json-lone-surrogate"),
        (b"[]", "json-not-an-object"),
        (b"", "json-empty"),
    ],
)
def test_a_payload_with_more_or_less_than_one_meaning_is_refused(payload: bytes, code: str) -> None:
    read = _parse(jws.sign(payload, key=KEY, header=HEADER))

    with pytest.raises(jws.PayloadRefusedError) as refusal:
        jws.read_claims(read)
    assert [fault.code for fault in refusal.value.faults] == [code]


def test_a_token_that_was_read_cannot_be_changed() -> None:
    read = _parse(jws.sign(b"{}", key=KEY, header=HEADER))

    with pytest.raises(TypeError):
        read.header["kid"] = "another"  # type: ignore[index] # read-only: that is the point


def test_a_key_is_a_key_however_it_came() -> None:
    read = _parse(jws.sign(b"{}", key=KEY, header=HEADER))
    from_jwk: VerificationKey = parse_public_jwk(KEY.public.jwk)

    jws.verify(read, key=from_jwk)
