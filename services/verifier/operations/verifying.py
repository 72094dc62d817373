"""Judging what people show us: from bytes to verdicts, whatever they came in."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import uuid4

from services.verifier.checks.embedded import read_document
from services.verifier.checks.holder import AskedHolder
from services.verifier.checks.judgement import Verification, judge_refused, judge_signed
from services.verifier.checks.origin import (
    is_signed,
)
from services.verifier.checks.presented import read_presentation, unwrap
from services.verifier.checks.reading import CONTAINER_READ, Reading
from services.verifier.checks.selective import read_sd_jwt
from services.verifier.checks.token import FOREIGN, read_token
from services.verifier.checks.unreadable import read_unreadable, read_unshared
from services.verifier.domain.findings import Check, Code, failed, ok, unknown
from services.verifier.domain.handed import (
    Container,
    Form,
    Handed,
    IntakeRefusal,
    SeveralFoundError,
)
from services.verifier.domain.knowledge import Evidence
from services.verifier.foreign.findings import (
    ForeignRefusedError,
)
from services.verifier.foreign.methods import read_own_key
from services.verifier.operations.desk import Desk
from services.verifier.operations.gathering import find_origin, gather
from services.verifier.operations.sealed import add_paper, verify_european
from services.verifier.shares.book import open_share
from shared.contracts.identifiers import is_test_oin
from shared.proofs.presentations import Presentation
from shared.proofs.public_keys import VerifyingKey

_TOKEN: Final = b"eyJ"
_TEXT: Final = Container.TEXT
_PRESENTATIONS: Final = frozenset({Form.PRESENTATION, Form.PRESENTATION_JWT})
_SHARED: Final = {Form.SHARE_LINK: Code.LINK_OPENED, Form.SHORT_CODE: Code.CODE_OPENED}


@dataclass(frozen=True, slots=True)
class Verified:
    """A verification, and what it is of; None where nothing could be read."""

    handed: Handed | None
    verification: Verification

    @property
    def found(self) -> str | None:
        """Return the credential itself, also when a link or a code led to it."""
        return self.verification.opened or (self.handed.text if self.handed else None)


async def verify_all(
    desk: Desk,
    content: bytes,
    *,
    asked: AskedHolder | None = None,
    log_proof: bytes | None = None,
    now: datetime,
) -> Sequence[Verified]:
    """Judge everything in what somebody hands in, whatever it is; there is always one at least."""
    if content.startswith(_TOKEN):
        token = content.decode(errors="replace").strip()
        reading = read_token(token, algorithms=FOREIGN)
        if reading.proof is not None:  # as nearly everybody does: nothing to search in
            verification = await _judge(desk, reading, asked=asked, log_proof=log_proof, now=now)
            return [Verified(Handed(form=Form.VC_JWT, text=token, container=_TEXT), verification)]
    taken = await desk.intake.take_in(content)
    verified = [
        Verified(handed, verification)
        for handed in taken.handed
        for verification in await verify_handed(
            desk, handed, asked=asked, log_proof=log_proof, now=now
        )
    ]
    refused = [Verified(None, await refuse(desk, one, now=now)) for one in taken.refusals]
    return [*verified, *refused]


async def verify_one(
    desk: Desk,
    content: bytes,
    *,
    asked: AskedHolder | None = None,
    log_proof: bytes | None = None,
    now: datetime,
) -> Verified:
    """Judge the one credential in what somebody hands in, or raise SeveralFoundError."""
    verified = await verify_all(desk, content, asked=asked, log_proof=log_proof, now=now)
    if len(verified) > 1:
        raise SeveralFoundError
    return verified[0]


async def verify_handed(
    desk: Desk,
    handed: Handed,
    *,
    asked: AskedHolder | None = None,
    log_proof: bytes | None = None,
    now: datetime,
) -> Sequence[Verification]:
    """Judge what was found in what somebody handed in: one credential, or all of a presentation."""
    made = await _verify_found(desk, handed, asked=asked, log_proof=log_proof, now=now)
    if handed.paper is None:
        return made
    return [await add_paper(desk, one, handed.paper, now=now) for one in made]


async def _verify_found(
    desk: Desk,
    handed: Handed,
    *,
    asked: AskedHolder | None,
    log_proof: bytes | None,
    now: datetime,
) -> Sequence[Verification]:
    if handed.form in _PRESENTATIONS:
        return await _verify_presented(desk, handed, asked=asked, log_proof=log_proof, now=now)
    if handed.form is Form.ELM:
        return [await verify_european(desk, handed, asked=asked, now=now)]
    if handed.form in _SHARED:
        return [await _verify_shared(desk, handed, asked=asked, log_proof=log_proof, now=now)]
    reading = await _read(handed, now=now)
    return [await _judge(desk, reading, asked=asked, log_proof=log_proof, now=now)]


async def refuse(desk: Desk, refusal: IntakeRefusal, *, now: datetime) -> Verification:
    """Say that something could not even be read, and why."""
    found = unknown if refusal.code.is_ours else failed
    finding = found(Check.CONTAINER, Code.CONTAINER_REFUSED, reason=refusal.code.value)
    made = await _judge(desk, Reading(findings=(finding,), claims={}), asked=None, now=now)
    if refusal.paper is None:
        return made
    return await add_paper(desk, made, refusal.paper, now=now)


async def _read(handed: Handed, *, now: datetime) -> Reading:
    # What an embedded proof means takes milliseconds to find out: in a thread, the others go on.
    match handed.form:
        case Form.VC_JWT:
            return read_token(handed.text, algorithms=FOREIGN)
        case Form.EMBEDDED:
            return await asyncio.to_thread(read_document, handed.text, now=now)
        case Form.SD_JWT_VC:
            return await asyncio.to_thread(read_sd_jwt, handed.text, now=now)
        case _:
            return read_unreadable(handed.form)


async def _verify_shared(
    desk: Desk,
    handed: Handed,
    *,
    asked: AskedHolder | None,
    log_proof: bytes | None,
    now: datetime,
) -> Verification:
    """Judge what is behind a link or a short code afresh, each time that somebody opens it."""
    opened = await open_share(desk.shares, handed, now=now)
    if isinstance(opened, Code):
        return await _judge(desk, read_unshared(handed.form, opened), asked=None, now=now)
    taken = await desk.intake.take_in(opened.encode())
    reading = await _read(taken.handed[0], now=now)
    found = ok(Check.CONTAINER, _SHARED[handed.form])
    findings = tuple(found if one == CONTAINER_READ else one for one in reading.findings)
    reading = replace(reading, findings=findings)
    made = await _judge(desk, reading, asked=asked, log_proof=log_proof, now=now)
    return replace(made, opened=opened)


async def _verify_presented(
    desk: Desk,
    handed: Handed,
    *,
    asked: AskedHolder | None,
    log_proof: bytes | None,
    now: datetime,
) -> Sequence[Verification]:
    presentation = await asyncio.to_thread(read_presentation, handed, now=now)
    if presentation is None or not presentation.credentials:
        reading = read_unreadable(handed.form)
        return [await _judge(desk, reading, asked=asked, now=now)]
    key = _key_of_holder(presentation)
    unwrapped = await asyncio.to_thread(unwrap, presentation, handed, key=key)
    verified = []
    for one in unwrapped.credentials:
        reading = await _read(one, now=now)
        if reading.binding is None or reading.binding.code is not Code.BINDING_BROKEN:
            reading = replace(reading, binding=unwrapped.binding)
        verified.append(await _judge(desk, reading, asked=asked, log_proof=log_proof, now=now))
    return verified


def _key_of_holder(presentation: Presentation) -> VerifyingKey | None:
    """Return the holder's key where their very name is one; nobody is asked for any other."""
    for key_id in presentation.key_ids if presentation.holder else ():
        try:
            return read_own_key(presentation.holder or "", key_id)
        except ForeignRefusedError:
            continue
    return None


async def _judge(
    desk: Desk,
    reading: Reading,
    *,
    asked: AskedHolder | None,
    log_proof: bytes | None = None,
    now: datetime,
) -> Verification:
    """Judge a reading; asks the register only about what its issuer really signed."""
    memory = desk.memory
    knowledge = await memory.refresh()
    issuer = await memory.find_issuer(reading.issuer) if reading.proof and reading.issuer else None
    evidence = Evidence()
    if reading.proof is None:
        judgement = judge_refused(reading.findings)
    else:
        signer, origin = await find_origin(
            desk, reading, issuer, knowledge, log_proof=log_proof, now=now
        )
        if signer is not None and is_signed(origin):
            evidence = await gather(desk, reading, signer, now=now)
            judgement = judge_signed(
                reading,
                tuple(origin),
                issuer=signer,
                evidence=evidence,
                knowledge=knowledge,
                now=now,
                patience=desk.patience,
                asked=asked,
            )
        else:
            judgement = judge_refused((*reading.findings, *origin))
    return Verification(
        verification_id=uuid4(),
        judgement=judgement,
        is_test=issuer is not None and is_test_oin(issuer.organisation_oin),
        issuer=issuer,
        registration=evidence.registration,
        microcredential=evidence.microcredential,
        knowledge=knowledge,
        checked_at=now,
    )
