"""The whole way from bytes to a verdict, in a world that knows one honest credential.

Apart from the readers, because here something must not only be refused well, but never be believed.
A fuzzer cannot sign: so what it makes is signed for it, as an issuer or holder would who says
whatever they like, and the checks behind the signature are reached too.
"""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from pydantic_core import to_json

from services.verifier.containers.contents import Contents, Wanted
from services.verifier.containers.limits import Limits
from services.verifier.containers.opening import open_container
from services.verifier.domain.handed import Container, Form
from services.verifier.domain.refusals import RefusalCode
from services.verifier.domain.verdict import Look
from services.verifier.intake import Decoders, Intake
from services.verifier.operations import Desk, Verified
from services.verifier.schemas.verification import VerificationAnswer
from services.verifier.schemas.written import write_answer
from shared.contracts.credential import AchievementCredential
from shared.errors import RuleError
from shared.proofs.data_integrity import hashes_of, proof_options, prove
from shared.strict_json import JsonObject, JsonRefusedError, JsonValue, load_object
from tests.fuzz.decoding import SMALL
from tests.fuzz.seeds import (
    DOCUMENT,
    HOST,
    PAYLOAD,
    PROVEN,
    TOKEN,
    disclosed,
    everything,
    payloads,
    shown,
    unproven,
)
from tests.fuzz.target import Target
from tests.unit.proofs.sd_jwts import HOLDER, digest
from tests.unit.verifier.cases.entry import ED25519, MADE, METHOD, Neighbours, registered_as
from tests.unit.verifier.forge import b64, header, sign

RUNNER: Final = asyncio.Runner()
_SECRETS: Final = (b"Sam de Vries", b"kwantum")
_OWN_HOSTS: Final = frozenset({HOST})
_MOST_DISCLOSURES: Final = 16


class _Here(Decoders):
    """Readers of files in this process, so that what they come by is seen."""

    async def read(self, container: Container, body: bytes, limits: Limits = SMALL) -> Contents:
        """Open it here and now."""
        contents = open_container(Wanted(container=container, limits=limits), body)
        codes = {refusal.code for refusal in contents.refusals}
        assert RefusalCode.BROKE_THE_READER not in codes
        return contents


class _Honest(Neighbours):
    """A world whose register holds the one honest credential, whatever is handed in."""

    def desk(self, content: bytes, intake: Intake) -> Desk:
        """Return a desk whose register does not know what is handed in."""
        return super().desk(content[:0], intake)


# All but its status, which is another check's.
SHOWN: Final = AchievementCredential.model_validate_json(
    to_json({name: said for name, said in PROVEN.items() if name != "credentialStatus"})
).to_wire()
WORLD: Final = _Honest(registered=registered_as(PROVEN))
INTAKE: Final = Intake(decoders=_Here(), limits=SMALL, own_hosts=_OWN_HOSTS)


def judge_anything(given: bytes) -> None:
    """Answer whatever is handed in; only the honest credential is ever green or shown."""
    for one in _verify(given):
        credential = one.verification.judgement.credential
        if not _is_green(one) and credential is None:
            continue
        assert one.handed is not None
        match one.handed.form:
            case Form.VC_JWT:
                assert one.handed.text == TOKEN
            case Form.EMBEDDED:
                assert meaning(_bare(one.handed.text)) == meaning(_bare(DOCUMENT))
            case Form.SD_JWT_VC:
                assert not _is_green(one)
            case _:
                assert credential is not None
                assert credential.to_wire() == SHOWN


def judge_payload(given: bytes) -> None:
    """Answer whatever an issuer signs as a token; what is registered alone is green."""
    for one in _verify(sign(given, head=header()).encode()):
        assert not _is_green(one) or given == PAYLOAD


def judge_document(given: bytes) -> None:
    """Answer whatever an issuer proves in a document; green is only what means the same."""
    first, _, second = given.partition(b"\n")
    try:
        document = load_object(first)
        options = load_object(second) if second else {}
    except JsonRefusedError:
        return
    unproven: JsonObject = {name: it for name, it in document.items() if name != "proof"}
    usual: JsonObject = {**proof_options(verification_method=METHOD, created=MADE), **options}
    made: JsonObject = {name: it for name, it in usual.items() if it is not None}
    try:
        signature = ED25519.sign(hashes_of(unproven, made))
    except RuleError:
        signature = bytes(64)
    for one in _verify(json.dumps(prove(unproven, made, signature)).encode()):
        if _is_green(one):
            assert meaning(unproven) == meaning(_bare(DOCUMENT))


def judge_disclosed(given: bytes) -> None:
    """Answer whatever an issuer lets a holder keep back; none of it is green here."""
    first, *lines = given.split(b"\n")[: _MOST_DISCLOSURES + 1]
    disclosures: list[str] = []
    for number in range(len(lines), 0, -1):
        # From the last, so that a disclosure can hold the digests of those behind it.
        disclosures.insert(0, b64(_with_digests(lines[number - 1], disclosures, number)))
    said = _with_digests(first, disclosures, 0)
    for typ in ("dc+sd-jwt", "vc+sd-jwt"):
        signed = sign(said, head=header(typ=typ))
        token = "~".join((signed, *disclosures, ""))
        for one in _verify(token.encode()):
            assert not _is_green(one)


def judge_presentation(given: bytes) -> None:
    """Answer whatever a holder signs; inside it the honest credential alone is green."""
    said = given.replace(b"#TOKEN", TOKEN.encode())
    did = f"did:jwk:{b64(json.dumps(HOLDER.public.jwk).encode())}"
    token = sign(said, head=header(typ="vp+jwt", kid=f"{did}#0"), key=HOLDER)
    judge_anything(token.encode())
    judge_anything(said)
    with suppress(JsonRefusedError, RuleError):
        presentation = load_object(said)
        options: JsonObject = {
            **proof_options(verification_method=f"{did}#0", created=MADE),
            "cryptosuite": "ecdsa-rdfc-2019",
            "proofPurpose": "authentication",
        }
        signature = HOLDER.sign(hashes_of(presentation, options))
        judge_anything(json.dumps(prove(presentation, options, signature)).encode())


def meaning(value: JsonValue) -> object:
    """Return what RDF makes of JSON: one thing is a set of one, and a set has no order.

    Written without the code under test, and never told apart less than RDF does.
    """
    if isinstance(value, dict):
        return tuple(sorted((name, meaning(inner)) for name, inner in value.items()))
    items = value if isinstance(value, list) else [value]
    if not isinstance(value, list):
        return (repr(float(value)) if isinstance(value, int | float) else f"'{value}",)
    return tuple(sorted({_alone(item) for item in items}, key=repr))


def _alone(item: JsonValue) -> object:
    inner = meaning(item)
    return inner[0] if isinstance(inner, tuple) and len(inner) == 1 else inner


def _verify(given: bytes) -> Sequence[Verified]:
    verified = RUNNER.run(WORLD.verify(given, INTAKE))
    assert verified
    for one in verified:
        told = write_answer(one.verification)
        assert json.loads(told) == json.loads(to_json(VerificationAnswer.of(one.verification)))
        if one.verification.judgement.credential is None:
            assert not any(secret in told for secret in _SECRETS)
    return verified


def _is_green(one: Verified) -> bool:
    return one.verification.judgement.verdict.look is Look.GREEN


def _bare(text: str) -> JsonObject:
    return {name: it for name, it in load_object(text).items() if name != "proof"}


def _with_digests(line: bytes, disclosures: Sequence[str], number: int) -> bytes:
    for offset, disclosure in enumerate(disclosures, start=number + 1):
        line = line.replace(b"#%d" % offset, digest(disclosure).encode())
    return line


JUDGING: Final = (
    Target(name="anything", holds=judge_anything, seeds=everything, longest=16_384),
    Target(name="payloads", holds=judge_payload, seeds=payloads, longest=16_384),
    Target(name="proven", holds=judge_document, seeds=unproven, longest=8192),
    Target(name="disclosed", holds=judge_disclosed, seeds=disclosed, longest=8192),
    Target(name="presented", holds=judge_presentation, seeds=shown, longest=8192),
)
