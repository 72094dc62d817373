"""Issuers as the world sees them: keys, DID documents, status lists; and how they come to be."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer import status
from services.issuer.operations.desk import Desk
from services.issuer.repository import catalogue, issuers
from services.issuer.repository.issuers import Edition
from services.issuer.signing import Signer
from shared.contracts.events import (
    IssuerKey,
    IssuerKeyPublished,
    IssuerKeyRetired,
    StatusListPublished,
)
from shared.contracts.microcredential import Microcredential
from shared.contracts.policy import Organisation
from shared.errors import NotFoundError, UnavailableError
from shared.proofs.did_documents import PublishedKey, did_document, jwk_set
from shared.proofs.keys import parse_public_jwk
from shared.proofs.status_lists import bitstring, status_list_credential
from shared.runtime.database import EVERY_ORGANISATION, act_for
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


class StatusListNotFoundError(NotFoundError):
    """This issuer has no such status list."""

    code = "status-list-not-found"
    dutch = "Deze uitgever heeft deze statuslijst niet."


async def keep_organisation(
    session: AsyncSession, signer: Signer, organisation: Organisation, *, now: datetime
) -> None:
    """Keep our copy of an organisation, and see that it can sign."""
    await catalogue.keep_organisation(session, organisation)
    await establish_issuer(session, signer, organisation.oin, now=now)


async def keep_microcredential(session: AsyncSession, microcredential: Microcredential) -> None:
    """Keep our copy of a microcredential, published or archived."""
    await catalogue.keep_microcredential(session, microcredential)


async def establish_issuer(
    session: AsyncSession, signer: Signer, organisation: str, *, now: datetime
) -> None:
    """See that an organisation has a key under its present DID, and an open list at its address.

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
    opened = await issuers.find_open_list(session, organisation)
    if opened is None or not opened.url.startswith(f"{signer.public_url}/"):
        await _open_list(session, signer, organisation, now=now)


async def establish_issuers(desk: Desk, *, now: datetime) -> None:
    """See, when a worker starts, that every organisation can sign."""
    async with desk.database.transaction() as session:
        known = await catalogue.list_organisations(session)
    for organisation in known:
        async with desk.database.transaction() as session:
            await establish_issuer(session, desk.signer, organisation, now=now)


async def open_next_list(desk: Desk, organisation: str, *, full: int, now: datetime) -> None:
    """Open the list after a full one, unless somebody did so meanwhile."""
    async with desk.database.transaction() as session:
        await issuers.lock_organisation(session, organisation)
        opened = await issuers.find_open_list(session, organisation)
        if opened is not None and opened.list_id == full:
            await _open_list(session, desk.signer, organisation, now=now)


async def publish_status_lists(desk: Desk, *, now: datetime) -> int:
    """Sign every list that changed or grew old, each in a transaction; return how many."""
    async with desk.database.transaction() as session:
        due = await issuers.list_due(session, signed_before=now - status.FORCED_AFTER)
    for list_id in due:
        async with desk.database.transaction() as session:
            await _publish_list(session, desk.signer, list_id, now=now)
    return len(due)


async def read_status_list(session: AsyncSession, *, organisation: str, number: int) -> Edition:
    """Return the newest edition of a status list, to anybody."""
    edition = await issuers.find_edition(session, organisation=organisation, number=number)
    if edition is None:
        raise StatusListNotFoundError
    return edition


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


async def _open_list(
    session: AsyncSession, signer: Signer, organisation: str, *, now: datetime
) -> None:
    key = await issuers.find_key(session, organisation)
    if key is None:
        raise UnavailableError(
            "This organisation has no signing key at present.",
            "Deze organisatie heeft nu geen sleutel om mee te ondertekenen.",
        )
    opened = await issuers.find_open_list(session, organisation)
    if opened is not None:
        await issuers.close_list(session, opened.list_id)
    number = 1 + await issuers.last_list_number(session, organisation)
    url = status.list_url(signer.public_url, organisation=organisation, number=number)
    unsigned = status_list_credential(
        url=url,
        issuer=signer.issuer_of(organisation),
        bits=bitstring((), size=status.LIST_SIZE),
        now=now,
    )
    edition = await issuers.add_list(
        session,
        organisation=organisation,
        number=number,
        opened=(url, *signer.new_list_key(url)),
        signed=signer.sign_list(key, organisation=organisation, unsigned=unsigned),
        now=now,
    )
    await _announce_list(session, edition, now=now)


async def _publish_list(
    session: AsyncSession, signer: Signer, list_id: int, *, now: datetime
) -> None:
    """Sign a list as it is now; only revocations in this very list wait for it."""
    await act_for(session, EVERY_ORGANISATION)
    edition = await issuers.lock_edition(session, list_id)
    key = await issuers.find_key(session, edition.organisation)
    if key is None or not edition.url.startswith(f"{signer.public_url}/"):
        return
    if not status.is_due(changed=edition.is_changed, signed_at=edition.signed_at, now=now):
        return
    raised = await issuers.list_revoked(session, list_id)
    unsigned = status_list_credential(
        url=edition.url,
        issuer=signer.issuer_of(edition.organisation),
        bits=bitstring(raised, size=status.LIST_SIZE),
        now=now,
    )
    signed = signer.sign_list(key, organisation=edition.organisation, unsigned=unsigned)
    news = await issuers.keep_edition(session, list_id, signed=signed, now=now)
    await _announce_list(session, news, now=now)


async def _announce_list(session: AsyncSession, edition: Edition, *, now: datetime) -> None:
    event = StatusListPublished.model_validate(
        {
            "record_version": edition.record_version,
            "url": edition.url,
            "organisation": edition.organisation,
            "signed": edition.signed,
        }
    )
    await announce(session, event, now=now)


def _published(key: IssuerKey) -> PublishedKey:
    return PublishedKey(
        key=parse_public_jwk({**key.public_jwk}),
        retired_at=key.retired_at,
        compromised_at=key.compromised_at,
    )


def _members(key_set: JsonObject) -> list[JsonObject]:
    keys = key_set["keys"]
    return [key for key in keys if isinstance(key, dict)] if isinstance(keys, list) else []
