"""Handing out a credential in the form that is asked for: as a token, as JSON-LD, or as a picture.

Separate from the records, because what is handed out is delivered from then on, and because an
embedded proof is made when somebody first asks for it: it costs 15 ms, and few will.
"""

import asyncio
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic_core import from_json, to_json

from services.issuer.credential import digest_of
from services.issuer.domain.credentials import EmbeddedProof, OpenedCredential
from services.issuer.domain.keys import ED25519, SealedKey
from services.issuer.domain.signatures import Forms, LoggedSignature, Purpose
from services.issuer.operations.batches import following
from services.issuer.operations.desk import Desk
from services.issuer.operations.drafts import NothingToSignWithError
from services.issuer.operations.pictures import PictureFormat, bake_token
from services.issuer.operations.records import open_credential, read_award
from services.issuer.repository import embedded_proofs, issuers, signatures
from services.issuer.signing import token
from shared.contracts.credential import without_jwt_claims
from shared.proofs.data_integrity import hashes_of, proof_options, prove
from shared.proofs.vc_jwt import Form
from shared.runtime.database import act_for
from shared.strict_json import JsonObject


class EmbeddedForm(StrEnum):
    """The form whose proof is inside: VC 2.0 as JSON-LD, with a proof by eddsa-rdfc-2022."""

    DATA_INTEGRITY = "application/vc"


WantedForm = Form | EmbeddedForm | PictureFormat


async def hand_out(
    desk: Desk,
    award_id: UUID,
    *,
    organisation: str,
    wanted: WantedForm,
    version: int | None = None,
    is_delivery: bool = True,
    now: datetime,
) -> bytes:
    """Return a signed credential in one form: the present one, or an earlier version.

    Who only checks it (`is_delivery` false) leaves no trace, and sees what was recalled as well.
    """
    async with desk.database.transaction() as session:
        opened = await open_credential(
            session, desk, award_id, organisation=organisation, version=version
        )
        if is_delivery:
            await following.hand_out(session, award_id, organisation=organisation, now=now)
        if isinstance(wanted, PictureFormat):
            award = (await read_award(session, award_id, organisation=organisation)).award
            return await bake_token(
                session,
                _token(opened, Form.OPEN_BADGES),
                microcredential_id=award.microcredential_id,
                version=_version_in(opened.payload),
                wanted=wanted,
            )
    if isinstance(wanted, Form):
        return _token(opened, wanted).encode("ascii")
    return await _embed(desk, opened, organisation=organisation, now=now)


async def _embed(
    desk: Desk, opened: OpenedCredential, *, organisation: str, now: datetime
) -> bytes:
    """Put the proof inside: the one that was made before, or one that is made now and kept."""
    document = without_jwt_claims(from_json(opened.payload))
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        proof = await embedded_proofs.find_proof(session, opened.credential_id)
        key = await issuers.find_key(session, organisation, algorithm=ED25519)
    if proof is None:
        if key is None or not desk.signer.can_use(key):
            raise NothingToSignWithError
        made = await asyncio.to_thread(_prove, desk, opened, document, key, now)
        proof = await _keep(desk, opened, made, organisation=organisation, now=now)
    proven = prove(document, _options(proof.kid, proof.created_at), proof.signature)
    written: bytes = to_json(proven)
    return written


def _prove(
    desk: Desk, opened: OpenedCredential, document: JsonObject, key: SealedKey, now: datetime
) -> EmbeddedProof:
    signature = desk.signer.sign_hashes(
        key,
        organisation=key.organisation,
        payload=opened.payload,
        digest=digest_of(opened.payload),
        hashes=hashes_of(document, _options(key.kid, now)),
    )
    return EmbeddedProof(kid=key.kid, created_at=now, signature=signature)


async def _keep(
    desk: Desk,
    opened: OpenedCredential,
    made: EmbeddedProof,
    *,
    organisation: str,
    now: datetime,
) -> EmbeddedProof:
    """Keep and log a proof; who was first to make one has made it for all."""
    async with desk.database.transaction() as session:
        await act_for(session, organisation)
        added = await embedded_proofs.add_proof(
            session, opened.credential_id, made, organisation=organisation, now=now
        )
        if added:
            logged = LoggedSignature(
                kid=made.kid,
                digest=digest_of(opened.payload),
                purpose=Purpose.CREDENTIAL,
                forms=Forms.DATA_INTEGRITY,
                reference=str(opened.credential_id),
            )
            with signatures.refuse_lost_key():
                await signatures.log_signatures(
                    session, [logged], organisation=organisation, now=now
                )
        kept = await embedded_proofs.find_proof(session, opened.credential_id)
    return kept or made


def _options(kid: str, created: datetime) -> JsonObject:
    return proof_options(verification_method=kid, created=created)


def _token(opened: OpenedCredential, form: Form) -> str:
    return token(opened.payload, form=form, signatures=opened.signatures)


def _version_in(payload: bytes) -> int:
    """Return of which version of the microcredential this credential is."""
    return int(from_json(payload)["credentialSubject"]["achievement"]["version"])
