"""What is fetched of strangers, or handed in beside a credential: keys, lists and log proofs.

Apart from credentials themselves, because who answers here was chosen by whoever wrote one: an
address decides where we go, and its answer is believed or refused before anybody is judged by it.
"""

import base64
import json
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from services.verifier.checks.status import check_status, open_list, signer_of
from services.verifier.domain.findings import Code
from services.verifier.foreign.documents import (
    find_in_document,
    find_in_key_set,
    read_bare_key,
    read_document,
)
from services.verifier.foreign.findings import ForeignRefusedError
from services.verifier.foreign.methods import find_places, read_own_key
from shared.proofs import ProofRefusedError, status_lists, token_status_lists
from shared.proofs.log_proofs import check_log_proof, read_log_proof
from shared.strict_json import JsonRefusedError, load
from tests.fuzz.seeds_fetched import (
    id_lines,
    key_documents,
    list_lines,
    log_proofs,
    packed_lists,
)
from tests.fuzz.target import Target
from tests.support.cosigners import LOG, WITNESS
from tests.unit.verifier.forge import DID, KID, LIST_URL, NOW, header, sign
from tests.unit.verifier.world import World

_WORLD: Final = World()
_HOST: Final = "https://issuer.example.com"


def read_ids(given: bytes) -> None:
    """Say where an issuer's key may be, over https and at a name that all readers read alike."""
    issuer, _, key_id = given.decode("utf-8", "replace").partition("\n")
    with suppress(ForeignRefusedError):
        read_own_key(issuer, key_id)
    with suppress(ForeignRefusedError):
        for place in find_places(issuer, key_id):
            parts = urlsplit(place.address)
            host = parts.hostname or ""
            assert (parts.scheme, parts.username, parts.password) == ("https", None, None)
            assert place.address.isascii()
            assert "." in host.strip(".")
            assert host.rpartition(".")[2][:1].isalpha()
            assert parts.netloc in {host, f"{host}:{parts.port}"}


def read_keys(given: bytes) -> None:
    """Find a key of the issuer or refuse it by name; one that is found refuses a signature."""
    try:
        document = read_document(given)
    except ForeignRefusedError:
        return
    with suppress(ForeignRefusedError):
        key = find_in_document(document, issuer=DID, key_id=KID, now=NOW)
        assert not key.holds(b"s" * 64, b"said")
    with suppress(ForeignRefusedError):
        key = find_in_key_set(document, issuer=_HOST, key_id=KID, address=f"{_HOST}/keys")
        assert not key.holds(b"s" * 64, b"said")
    with suppress(ForeignRefusedError):
        key = read_bare_key(document, issuer=_HOST, address=f"{_HOST}/key")
        assert not key.holds(b"s" * 64, b"said")


def read_lists(given: bytes) -> None:
    """Open whatever list an issuer signs; a place that is not revoked was read from a sound one."""
    payload, _, entry = given.partition(b"\n")
    signed = sign(payload, head=header(typ="vc+jwt"))
    signer_of(signed)
    opened = open_list(signed, url=LIST_URL, issuer=_WORLD.issuer)
    try:
        asked = load(entry) if entry else None
    except JsonRefusedError:
        return
    found = check_status(asked, opened, issuer=DID, now=NOW)
    if found.code is Code.NOT_REVOKED:
        assert opened.unusable is None
        assert 8 * len(opened.bits) >= status_lists.MIN_ENTRIES


def read_packed(given: bytes) -> None:
    """Unpack a list that is not larger than agreed, or refuse it; packed anew it is the same."""
    spelled = base64.urlsafe_b64encode(given).rstrip(b"=").decode()
    with suppress(ProofRefusedError):
        bits = status_lists.decode(f"u{spelled}")
        assert len(bits) <= status_lists.MAX_LIST_BYTES
        assert status_lists.decode(status_lists.encode(bits)) == bits
    with suppress(ProofRefusedError):
        listed = token_status_lists.decode({"bits": 2, "lst": spelled})
        assert len(listed.packed) <= status_lists.MAX_LIST_BYTES
        assert len(listed.places(1)) <= len(listed)
    with suppress(ProofRefusedError, JsonRefusedError):
        token_status_lists.decode(load(given))


def read_log_proofs(given: bytes) -> None:
    """Read a proof of the log in its one spelling, or refuse it; what it shows was signed."""
    try:
        proof = read_log_proof(given)
    except ProofRefusedError:
        return
    assert proof.to_bytes() == given
    with suppress(ProofRefusedError):
        shown = check_log_proof(proof, log_keys=[LOG.key], witnesses=[WITNESS.key], quorum=1)
        assert json.loads(shown.content)
        assert shown.index < shown.size


FETCHING: Final = (
    Target(name="ids", holds=read_ids, seeds=id_lines, longest=2100),
    Target(name="keys", holds=read_keys, seeds=key_documents),
    Target(name="lists", holds=read_lists, seeds=list_lines),
    Target(name="packed", holds=read_packed, seeds=packed_lists),
    Target(name="log-proofs", holds=read_log_proofs, seeds=log_proofs, longest=8192),
)
