"""Issuers as the world sees them: DID documents and key sets; and how they come to be."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain.keys import Rhythm
from services.issuer.operations import keys
from services.issuer.operations.desk import Desk
from services.issuer.operations.status_lists import keep_lists_open
from services.issuer.repository import catalogue, issuers
from services.issuer.signing import KeyStoreError, Signer
from shared.contracts.events import IssuerKey
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.errors import NotFoundError
from shared.proofs.did_documents import PublishedKey, did_document, jwk_set, shown_jwk
from shared.proofs.public_keys import parse_issuer_jwk
from shared.runtime.observability import get_logger
from shared.strict_json import JsonObject

log = get_logger(__name__)


class IssuerNotFoundError(NotFoundError):
    """Nobody issues under this name."""

    code = "issuer-not-found"
    dutch = "Onder deze naam geeft niemand iets uit."


async def keep_organisation(
    session: AsyncSession, desk: Desk, organisation: Organisation, *, now: datetime
) -> None:
    """Keep our copy of an organisation, and see that it can sign.

    A token that is away is no reason to forget the organisation: the worker's chore tries again.
    """
    await catalogue.keep_organisation(session, organisation)
    try:
        await establish_issuer(
            session,
            desk.signer,
            organisation.oin,
            rhythm=desk.rhythm,
            open_lists=desk.open_lists,
            now=now,
        )
    except KeyStoreError as reason:
        log.warning("no signing key yet", organisation=organisation.oin, reason=reason.reason)


async def keep_microcredential(session: AsyncSession, microcredential: Microcredential) -> None:
    """Keep our copy of a microcredential, published or archived."""
    await catalogue.keep_microcredential(session, microcredential)


async def establish_issuer(
    session: AsyncSession,
    signer: Signer,
    organisation: str,
    *,
    rhythm: Rhythm,
    open_lists: int,
    now: datetime,
) -> None:
    """See that an organisation has keys under its present DID, and open lists at its address."""
    await issuers.lock_organisation(session, organisation)
    await keys.establish_keys(session, signer, organisation, rhythm=rhythm, now=now)
    await keep_lists_open(session, signer, organisation, count=open_lists, now=now)


async def establish_issuers(desk: Desk, *, now: datetime) -> None:
    """See, when a worker starts, that every organisation can sign."""
    async with desk.database.transaction() as session:
        known = await catalogue.list_organisations(session)
    for organisation in known:
        async with desk.database.transaction() as session:
            await establish_issuer(
                session,
                desk.signer,
                organisation,
                rhythm=desk.rhythm,
                open_lists=desk.open_lists,
                now=now,
            )


async def read_did_document(session: AsyncSession, signer: Signer, organisation: str) -> JsonObject:
    """Return the DID document of an issuer, to anybody."""
    known = await keys.list_keys(session, organisation)
    issuer = signer.issuer_of(organisation)
    own = [_published(key.public) for key in known if key.public.issuer == issuer]
    if not own:
        raise IssuerNotFoundError
    return did_document(issuer, own)


async def read_key(session: AsyncSession, *, organisation: str, thumbprint: str) -> JsonObject:
    """Return one public key as a bare JWK, to anybody."""
    key = await keys.get_key(session, organisation=organisation, thumbprint=thumbprint)
    return shown_jwk(_published(key.public))


async def read_key_set(session: AsyncSession) -> JsonObject:
    """Return the keys of all issuers as one JWK Set, each with its issuer as `iss`."""
    members = [
        jwk
        for key in await keys.list_keys(session)
        for jwk in _members(jwk_set(key.public.issuer, [_published(key.public)]))
    ]
    return {"keys": list(members)}


def _published(key: IssuerKey) -> PublishedKey:
    return PublishedKey(
        key=parse_issuer_jwk(key.public_jwk),
        retired_at=key.retired_at,
        compromised_at=key.compromised_at,
    )


def _members(key_set: JsonObject) -> list[JsonObject]:
    keys = key_set["keys"]
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
