"""Issuers as the world sees them: keys and DID documents; and how they come to be."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.operations.desk import Desk
from services.issuer.operations.status_lists import keep_lists_open
from services.issuer.repository import catalogue, issuers
from services.issuer.signing import Signer
from shared.contracts.events import IssuerKey, IssuerKeyPublished, IssuerKeyRetired
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.errors import NotFoundError
from shared.proofs.did_documents import PublishedKey, did_document, jwk_set
from shared.proofs.keys import parse_public_jwk
from shared.runtime.outbox import announce
from shared.strict_json import JsonObject


class IssuerNotFoundError(NotFoundError):
    """Nobody issues under this name."""

    code = "issuer-not-found"
    dutch = "Onder deze naam geeft niemand iets uit."


class KeyNotFoundError(NotFoundError):
    """This issuer has no such key."""

    code = "key-not-found"
    dutch = "Deze uitgever heeft deze sleutel niet."


async def keep_organisation(
    session: AsyncSession, desk: Desk, organisation: Organisation, *, now: datetime
) -> None:
    """Keep our copy of an organisation, and see that it can sign."""
    await catalogue.keep_organisation(session, organisation)
    await establish_issuer(
        session, desk.signer, organisation.oin, open_lists=desk.open_lists, now=now
    )


async def keep_microcredential(session: AsyncSession, microcredential: Microcredential) -> None:
    """Keep our copy of a microcredential, published or archived."""
    await catalogue.keep_microcredential(session, microcredential)


async def establish_issuer(
    session: AsyncSession, signer: Signer, organisation: str, *, open_lists: int, now: datetime
) -> None:
    """See that an organisation has a key under its present DID, and open lists at its address.

    When the service moved to another address its DIDs moved too: the old key is retired, and what
    it signed stays as good as the old address is.
    """
    await issuers.lock_organisation(session, organisation)
    issuer = signer.issuer_of(organisation)
    key = await issuers.find_key(session, organisation)
    if key is not None and not key.kid.startswith(f"{issuer}#"):
        retired, version = await issuers.retire_key(session, key.kid, now=now)
        await announce(session, IssuerKeyRetired(record_version=version, key=retired), now=now)
        key = None
    if key is None:
        new = signer.new_key(organisation, now=now)
        version = await issuers.add_key(session, new.public, new.sealed)
        await announce(session, IssuerKeyPublished(record_version=version, key=new.public), now=now)
    await keep_lists_open(session, signer, organisation, count=open_lists, now=now)


async def establish_issuers(desk: Desk, *, now: datetime) -> None:
    """See, when a worker starts, that every organisation can sign."""
    async with desk.database.transaction() as session:
        known = await catalogue.list_organisations(session)
    for organisation in known:
        async with desk.database.transaction() as session:
            await establish_issuer(
                session, desk.signer, organisation, open_lists=desk.open_lists, now=now
            )


async def read_did_document(session: AsyncSession, signer: Signer, organisation: str) -> JsonObject:
    """Return the DID document of an issuer, to anybody."""
    keys = await issuers.list_keys(session, organisation)
    issuer = signer.issuer_of(organisation)
    own = [_published(key) for key in keys if key.issuer == issuer]
    if not own:
        raise IssuerNotFoundError
    return did_document(issuer, own)


async def read_key(session: AsyncSession, *, organisation: str, thumbprint: str) -> dict[str, str]:
    """Return one public key as a bare JWK, to anybody."""
    key = await issuers.find_public_key(session, organisation=organisation, thumbprint=thumbprint)
    if key is None:
        raise KeyNotFoundError
    return key.public_jwk


async def read_key_set(session: AsyncSession) -> JsonObject:
    """Return the keys of all issuers as one JWK Set, each with its issuer as `iss`."""
    members = [
        jwk
        for key in await issuers.list_keys(session)
        for jwk in _members(jwk_set(key.issuer, [_published(key)]))
    ]
    return {"keys": list(members)}


def _published(key: IssuerKey) -> PublishedKey:
    return PublishedKey(
        key=parse_public_jwk({**key.public_jwk}),
        retired_at=key.retired_at,
        compromised_at=key.compromised_at,
    )


def _members(key_set: JsonObject) -> list[JsonObject]:
    keys = key_set["keys"]
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
