"""Sources of results: registered by an organisation, with what lets us in kept under seal."""

from base64 import b64encode
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from pydantic_core import from_json, to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.operations.desk import Desk
from services.issuer.operations.granting import Asking
from services.issuer.repository import triggers_sources
from services.issuer.repository.triggers_sources import Source
from services.issuer.schemas.associations import SourceAnswer, SourceRequest
from shared.errors import ConflictError, Fault, NotFoundError, Remedy
from shared.proofs.sealing import open_sealed, seal
from shared.runtime import idempotency
from shared.runtime.database import act_for
from shared.runtime.fetching import AddressRefusedError, check_address
from shared.runtime.idempotency import StoredAnswer

ROUTE = "POST /v1/association-sources"
_NAME_AND_SECRET = 2


class SourceNotFoundError(NotFoundError):
    """Your organisation has no such source of results."""

    code: ClassVar[str] = "association-source-not-found"
    dutch: ClassVar[str] = "Uw organisatie heeft deze bron van resultaten niet."


class SourceKnownError(ConflictError):
    """Your organisation has a source at this address already; remove it to register it anew."""

    code: ClassVar[str] = "association-source-known"
    dutch: ClassVar[str] = (
        "Uw organisatie heeft op dit adres al een bron; verwijder die om hem opnieuw te "
        "registreren."
    )
    remedy: ClassVar[Remedy | None] = (
        "Remove the source that is there (DELETE), and register it anew.",
        "Verwijder de bron die er is (DELETE), en registreer hem opnieuw.",
    )


async def register_source(
    session: AsyncSession, desk: Desk, wanted: SourceRequest, *, asking: Asking, now: datetime
) -> StoredAnswer:
    """Register where an organisation's own OEAPI tells of results; it is pulled within moments."""
    url = wanted.url.rstrip("/")
    _check(url, desk)
    await act_for(session, asking.organisation)
    claim = await idempotency.claim(
        session,
        organisation=asking.organisation,
        route=ROUTE,
        key=asking.key,
        fingerprint=desk.blind(asking.fingerprint),
        now=now,
    )
    if claim.answer is not None:
        return claim.answer
    source_id = uuid4()
    key, wrapped = desk.new_key_of(_name(source_id))
    secret = to_json(wanted.authorisation())
    source = Source(
        source_id=source_id,
        organisation=asking.organisation,
        url=url,
        wrapped_key=wrapped,
        sealed_secret=seal(secret, key=key, context=_name(source_id).encode()),
        interval_seconds=wanted.interval_seconds,
        next_at=now,
        registered_at=now,
    )
    if not await triggers_sources.add_source(session, source):
        raise SourceKnownError
    body = answer_of(source).model_dump_json(by_alias=True, exclude_none=True).encode()
    await idempotency.keep_answer(session, claim, status=201, body=body)
    return StoredAnswer(201, body, {}, str(source_id))


async def list_sources(session: AsyncSession, *, organisation: str) -> list[Source]:
    """Return the sources of an organisation."""
    await act_for(session, organisation)
    return await triggers_sources.list_sources(session, organisation)


async def remove_source(session: AsyncSession, source_id: UUID, *, organisation: str) -> None:
    """Forget a source and what lets us in; what came from there stays."""
    await act_for(session, organisation)
    if not await triggers_sources.remove_source(session, organisation, source_id):
        raise SourceNotFoundError


def authorisation_of(desk: Desk, source: Source) -> dict[str, str]:
    """Return the header that lets us in, if there is any."""
    if source.sealed_secret is None:
        return {}
    name = _name(source.source_id)
    key = desk.key_of(name, source.wrapped_key)
    told = from_json(open_sealed(source.sealed_secret, key=key, context=name.encode()))
    if not told:
        return {}
    if len(told) == _NAME_AND_SECRET:
        return {"Authorization": f"Basic {b64encode(':'.join(told).encode()).decode()}"}
    return {"Authorization": f"Bearer {told[0]}"}


def answer_of(source: Source) -> SourceAnswer:
    """Return what the organisation may read of a source."""
    return SourceAnswer(
        source_id=source.source_id,
        url=source.url,
        interval_seconds=source.interval_seconds,
        registered_at=source.registered_at,
        next_at=source.next_at,
        completed_at=source.completed_at,
        failures=source.failures,
        problem=source.problem,
    )


def _check(url: str, desk: Desk) -> None:
    try:
        parts = check_address(url, desk.reach)
    except AddressRefusedError as error:
        fault = Fault("/url", error.code, error.detail, type(error).dutch)
        raise AddressRefusedError(faults=(fault,)) from None
    if parts.query or "?" in url:
        english = "The base address of an OEAPI has no question mark."
        dutch = "Het basisadres van een OEAPI heeft geen vraagteken."
        raise AddressRefusedError(faults=(Fault("/url", "address-refused", english, dutch),))


def _name(source_id: UUID) -> str:
    return f"association-source|{source_id}"
