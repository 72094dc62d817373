"""What the checks need to know, looked up: in our own copies, or of a stranger at their address.

Apart from verifying, which says in which order; only here is anybody asked anything.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from services.verifier.checks.endorsements import Endorsement, find_endorsements
from services.verifier.checks.logged import HandedProof
from services.verifier.checks.origin import (
    check_foreign_origin,
    check_origin,
    key_id_of,
    know_nothing_yet,
)
from services.verifier.checks.reading import Reading
from services.verifier.checks.status import open_list, signer_of
from services.verifier.checks.token_status import (
    open_token_list,
    reference_of,
    signer_of_tokens,
)
from services.verifier.domain.findings import Check, Code, Finding, Source, failed, ok, unknown
from services.verifier.domain.handed import (
    Form,
)
from services.verifier.domain.knowledge import (
    Evidence,
    HeldTokenList,
    Knowledge,
    KnownIssuer,
    KnownKey,
    OpenList,
)
from services.verifier.foreign.findings import (
    ForeignCode,
    ForeignFinding,
    ForeignOutcome,
)
from services.verifier.foreign.resolving import ForeignKeys
from services.verifier.operations.desk import Desk
from services.verifier.repository.memory import Memory
from shared.contracts.identifiers import policy_subject


async def find_origin(
    desk: Desk,
    reading: Reading,
    issuer: KnownIssuer | None,
    knowledge: Knowledge,
    *,
    log_proof: bytes | None = None,
    now: datetime,
) -> tuple[KnownIssuer | None, Sequence[Finding]]:
    """Make checks 4 to 6, with the keys we know or, of a stranger, those we may look for.

    As long as we have not heard everything once, nobody is a stranger.
    """
    if issuer is None and knowledge.as_of is None:
        return None, know_nothing_yet()
    if issuer is not None or reading.proof is None or reading.issuer is None:
        if reading.form is Form.VC_JWT and log_proof is None:
            return issuer, check_origin(reading, issuer, now=now)
        beside = HandedProof(raw=log_proof, trust=desk.log_trust) if log_proof else None
        return issuer, await asyncio.to_thread(
            check_origin, reading, issuer, now=now, log_proof=beside
        )
    kid = key_id_of(reading, reading.issuer)
    found = await desk.foreign.find(reading.issuer, kid)
    if found.code is ForeignCode.NOT_ALLOWED:
        return None, check_origin(reading, None, now=now)
    keys = {kid: found.key} if found.key is not None else {}
    origin = await asyncio.to_thread(check_foreign_origin, reading, _foreign(found), keys)
    return KnownIssuer(did=reading.issuer, organisation_oin="", keys={}), origin


def _foreign(found: ForeignFinding) -> Finding:
    match found.outcome:
        case ForeignOutcome.FOUND:
            return ok(Check.KEY, Code.KEY_LOOKED_UP, Source.ISSUER_ADDRESS)
        case ForeignOutcome.REFUSED:
            reason = found.code.value
            return failed(Check.KEY, Code.KEY_REFUSED, Source.ISSUER_ADDRESS, reason=reason)
        case _:
            return unknown(
                Check.KEY,
                Code.KEY_OUT_OF_REACH,
                Source.ISSUER_ADDRESS,
                reason=found.code.value,
            )


async def gather(desk: Desk, reading: Reading, issuer: KnownIssuer, *, now: datetime) -> Evidence:
    """Look up everything the checks after the signature need to know."""
    memory = desk.memory
    endorsements = find_endorsements(reading.claims)
    endorsers = await _find_endorsers(memory, endorsements) if endorsements else {}
    if not issuer.is_listed:  # our own copies say nothing of strangers, whatever numbers they use
        url, reference = reading.status_list, reference_of(reading)
        return Evidence(
            status_list=await _find_foreign_list(desk.foreign, url) if url else None,
            token_list=(
                await _find_token_list(desk.foreign, reading, reference.url, now=now)
                if reference
                else None
            ),
            endorsers=endorsers,
            endorsers_lists=await _find_endorsers_lists(memory, endorsements, endorsers),
        )
    page, version = reading.achievement, reading.achievement_version
    url, credential_id = reading.status_list, reading.credential_id
    published = await memory.find_microcredential(page, version) if page and version else None
    pin = published.policy if published else None
    return Evidence(
        microcredential=published,
        policy=(
            await memory.find_policy(policy_subject(pin.policy_id, pin.version)) if pin else None
        ),
        status_list=await memory.find_list(url, issuer) if url else None,
        registration=await memory.find_registration(credential_id) if credential_id else None,
        endorsers=endorsers,
        endorsers_lists=(
            await _find_endorsers_lists(memory, endorsements, endorsers) if endorsers else {}
        ),
    )


async def _find_foreign_list(foreign: ForeignKeys, url: str) -> OpenList | None:
    """Return a stranger's list, with the key of whoever signed it looked up in the same way."""
    asked = await foreign.fetch_list(url)
    signed = asked.signed.decode(errors="replace").strip()
    named = await asyncio.to_thread(signer_of, signed) if signed else None
    if asked.outcome is not ForeignOutcome.FOUND or named is None:
        return None
    found = await foreign.find(named.issuer, named.key_id)
    if found.key is None:
        return None
    key = KnownKey(
        kid=named.key_id,
        organisation="",
        key=found.key,
        published_at=datetime.min.replace(tzinfo=UTC),
    )
    issuer = KnownIssuer(did=named.issuer, organisation_oin="", keys={named.key_id: key})
    return await asyncio.to_thread(open_list, signed, url=url, issuer=issuer)


async def _find_token_list(
    foreign: ForeignKeys, reading: Reading, url: str, *, now: datetime
) -> HeldTokenList | None:
    """Return a stranger's Token Status List; only the credential's own issuer may sign it."""
    asked = await foreign.fetch_list(url)
    if asked.outcome is not ForeignOutcome.FOUND or reading.issuer is None:
        return None
    signed = asked.signed.decode(errors="replace").strip()
    signer = await asyncio.to_thread(signer_of_tokens, signed)
    if signer is None:
        return HeldTokenList(unusable=Code.STATUS_LIST_MALFORMED)
    if signer.issuer not in (None, reading.issuer):
        return HeldTokenList(unusable=Code.STATUS_LIST_OF_ANOTHER)
    kid = signer.key_id or key_id_of(reading, reading.issuer)
    found = await foreign.find(reading.issuer, kid)
    if found.key is None:
        is_wrong = found.outcome is ForeignOutcome.REFUSED
        return HeldTokenList(unusable=Code.STATUS_LIST_UNSIGNED) if is_wrong else None
    return await asyncio.to_thread(
        open_token_list,
        signed,
        url=url,
        key=found.key,
        looked_up_at=asked.looked_up_at,
        now=now,
    )


async def _find_endorsers(
    memory: Memory, endorsements: Sequence[Endorsement]
) -> dict[str, KnownIssuer]:
    named = {one.issuer for one in endorsements if one.issuer}
    found = {did: await memory.find_issuer(did) for did in sorted(named)}
    return {did: issuer for did, issuer in found.items() if issuer is not None}


async def _find_endorsers_lists(
    memory: Memory, endorsements: Sequence[Endorsement], endorsers: Mapping[str, KnownIssuer]
) -> dict[tuple[str, str], OpenList]:
    """Return the lists of those who endorse, from our own copies: nobody else's are fetched."""
    lists: dict[tuple[str, str], OpenList] = {}
    for one in endorsements:
        issuer, url = endorsers.get(one.issuer or ""), one.status_list
        if issuer is not None and url is not None and (issuer.did, url) not in lists:
            listed = await memory.find_list(url, issuer)
            if listed is not None:
                lists[issuer.did, url] = listed
    return lists
