"""What the service itself reads of strangers: JSON, tokens, texts, pictures that were baked.

Apart from what runs in a process of its own, because an exception here would be an answer 500, and
a hang here would be everybody's.
"""

import json
import zlib
from contextlib import suppress
from typing import Final

from fastapi.exceptions import RequestValidationError

from services.verifier.checks.token import FOREIGN
from services.verifier.containers import png
from services.verifier.containers.contents import NotReadError
from services.verifier.containers.documents import form_of, unwrapped, written
from services.verifier.containers.limits import LIMITS
from services.verifier.containers.links import parts_of_link
from services.verifier.containers.sniffing import read_text, sniff
from services.verifier.containers.tables import read_table
from services.verifier.containers.texts import proofs_in_prose, recognise
from services.verifier.domain.handed import Form
from services.verifier.intake import JSON, read_body
from shared.contracts.short_codes import is_short_code, likely_meant, normal_form
from shared.errors import RuleError
from shared.proofs import ProofRefusedError, base64url, jws, vc_jwt
from shared.proofs.baking import NotBakeableError, bake_png
from shared.runtime.problems import InvalidRequestError
from shared.strict_json import JsonRefusedError, canonical, load
from tests.fuzz.seeds import (
    HOST,
    TOKEN,
    bodies,
    documents,
    pictures,
    texts,
    tokens,
)
from tests.fuzz.target import Target

_HOSTS: Final = frozenset({HOST})
_TYPES: Final = frozenset({*vc_jwt.TYPES, "vp+jwt", "dc+sd-jwt", "kb+jwt"})
_HEAD: Final = 8


def read_json(given: bytes) -> None:
    """Read what the standard library reads, and the same once written, or refuse it by name."""
    try:
        value = load(given)
    except JsonRefusedError:
        return
    assert value == json.loads(given.decode())
    assert load(canonical(value)) == value


def read_documents(given: bytes) -> None:
    """Tell a document apart, or refuse it; what comes out of a wrapper can be read again."""
    try:
        value = load(given, max_depth=LIMITS.json_depth)
    except JsonRefusedError:
        return
    for one in unwrapped(value):
        if isinstance(one, dict):
            assert form_of(one) in Form
            assert load(written(one)) == one


def read_token(given: bytes) -> None:
    """Refuse a token, unless it has one spelling: its parts, written again, are that token."""
    header, _, payload = given.partition(b"\n")
    spelled = b".".join(base64url.encode(part) for part in (header, payload, b"s" * 64))
    for token in (given, spelled):
        _read_token(token)


def _read_token(token: bytes) -> None:
    with suppress(ProofRefusedError):
        vc_jwt.read(token.decode("latin-1"), algorithms=FOREIGN)
    try:
        read = jws.parse(token, types=_TYPES, algorithms=FOREIGN, is_key_named=False)
    except ProofRefusedError:
        return
    header, _, payload = read.signing_input.partition(b".")
    assert token == b".".join((header, payload, base64url.encode(read.signature)))
    assert payload == base64url.encode(read.payload)
    assert load(base64url.decode(header)) == read.header
    with suppress(ProofRefusedError):
        assert jws.read_claims(read) == load(read.payload)


def read_texts(given: bytes) -> None:
    """Take a text for one thing, which it still is when it stands by itself."""
    sniff(given)
    text = read_text(given)
    with suppress(NotReadError):
        read_table(text, LIMITS)
    for one in proofs_in_prose(text):
        assert one in text
    for hosts in (frozenset[str](), _HOSTS):
        recognised = recognise(text, hosts)
        if recognised is not None:
            assert recognise(recognised[1], hosts) == recognised
            if recognised[0] is Form.SHARE_LINK:
                assert "/" not in "".join(parts_of_link(recognised[1]))


def read_codes(given: bytes) -> None:
    """Write a code in one form, which is read as itself; what was meant is always right."""
    text = given.decode("utf-8", "replace")
    code = normal_form(text)
    if code is not None:
        assert normal_form(code) == code
        assert is_short_code(code) == is_short_code(text)
    assert all(is_short_code(one) for one in likely_meant(text))


def read_png(given: bytes) -> None:
    """Read a picture or refuse it, checksums right or wrong; what is baked in, comes out."""
    for picture in (given, with_checksums(given)):
        with suppress(NotReadError):
            png.unbake(picture, LIMITS)
        try:
            baked = bake_png(picture, TOKEN)
        except NotBakeableError:
            continue
        with suppress(NotReadError):
            found = png.unbake(baked, LIMITS)
            assert found is not None
            assert found.content == TOKEN.encode()


def with_checksums(picture: bytes) -> bytes:
    """Make the checksum of every chunk right: a fuzzer would never guess one."""
    mended, at = bytearray(picture), _HEAD
    while len(head := picture[at : at + _HEAD]) == _HEAD:
        end = at + _HEAD + int.from_bytes(head[:4])
        if end + 4 > len(mended):
            break
        mended[end : end + 4] = zlib.crc32(mended[at + 4 : end]).to_bytes(4)
        at = end + 4
    return bytes(mended)


def read_bodies(given: bytes) -> None:
    """Take something out of the body of a request, or refuse the request."""
    with suppress(RequestValidationError, InvalidRequestError, RuleError):
        assert read_body(given, media_type=JSON).content


PARSING: Final = (
    Target(name="json", holds=read_json, seeds=documents, longest=8192),
    Target(name="documents", holds=read_documents, seeds=documents, longest=8192),
    Target(name="tokens", holds=read_token, seeds=tokens, longest=8192),
    Target(name="texts", holds=read_texts, seeds=texts, longest=16_384),
    Target(name="codes", holds=read_codes, seeds=texts, longest=64),
    Target(name="png", holds=read_png, seeds=pictures, longest=8192),
    Target(name="bodies", holds=read_bodies, seeds=bodies, longest=8192),
)
