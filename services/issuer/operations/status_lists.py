"""Status lists: places taken from them, lists opened before the last is full, editions signed.

Several lists of an organisation are open at once and each award picks one at random, so that
neither the list nor the place in it tells when a credential was made. Every list exists in two
forms, W3C Bitstring Status List and IETF Token Status List, of the same places and the same moment.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer import status
from services.issuer.domain import SealedKey
from services.issuer.domain.signatures import Forms, LoggedSignature
from services.issuer.operations.desk import Desk
from services.issuer.repository import issuers, signatures, status_lists
from services.issuer.repository.status_lists import Edition, NewList
from services.issuer.signing import Signer, digest_in
from services.issuer.status import ListFullError, Place
from shared.contracts.events import StatusListPublished
from shared.errors import NotFoundError, UnavailableError
from shared.proofs import token_status_lists, vc_jwt
from shared.proofs.status_lists import (
    bitstring,
    lowered,
    read_bits,
    status_list_credential,
)
from shared.runtime.database import EVERY_ORGANISATION, Straight, act_for
from shared.runtime.observability import get_logger
from shared.runtime.outbox import announce

MOST_PLACES_AT_ONCE = 10_000

log = get_logger(__name__)
Taken = TypeVar("Taken")


class StatusListNotFoundError(NotFoundError):
    """This issuer has no such status list."""

    code = "status-list-not-found"
    dutch = "Deze uitgever heeft deze statuslijst niet."


class NoListOpenError(UnavailableError):
    """Your organisation has no open status list at present; nothing was awarded."""

    code = "no-open-status-list"
    dutch = "Uw organisatie heeft nu geen open statuslijst; er is niets toegekend."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contents:
    """What is to be signed: which list, and what stands in it."""

    organisation: str
    number: int
    url: str
    raised: Sequence[int]
    suspended: Sequence[int]


async def take_places(
    straight: Straight, signer: Signer, *, organisation: str, count: int
) -> list[Place]:
    """Take places for as many awards, or raise ListFullError; what was taken is never given again.

    Sequences heed no transaction: a place whose award came to nothing is one more to hide among.
    """
    if not 0 < count <= MOST_PLACES_AT_ONCE:
        raise ValueError(f"places are taken by 1 to {MOST_PLACES_AT_ONCE}")
    opened = await status_lists.list_open(straight, organisation)
    if not opened:
        raise NoListOpenError
    picks = status.pick_lists(count, among=len(opened))
    wanted = {opened[pick].list_id: times for pick, times in Counter(picks).items()}
    positions = await status_lists.take_positions(straight, wanted)
    for list_id, taken in positions.items():
        if status.is_full(taken[-1]):
            raise ListFullError(list_id)
    piles = [
        status.take_places(one, key=signer.list_key(one), positions=positions.get(one.list_id, ()))
        for one in opened
    ]
    return status.deal(picks, piles)


async def reserve_places(
    desk: Desk, *, organisation: str, count: int, now: datetime
) -> list[Place]:
    """Take places in a transaction of its own, opening the next lists as the present ones fill."""

    async def take() -> list[Place]:
        async with desk.database.acting_for(organisation) as straight:
            return await take_places(straight, desk.signer, organisation=organisation, count=count)

    return await with_open_lists(desk, organisation, take, now=now)


async def with_open_lists(
    desk: Desk, organisation: str, act: Callable[[], Awaitable[Taken]], *, now: datetime
) -> Taken:
    """Do what takes places; when a list turns out to be full, open the next and do it again."""
    for _turn in range(status.MOST_OPEN):
        try:
            return await act()
        except ListFullError as full:
            await open_next_list(desk, organisation, full=full.list_id, now=now)
    return await act()


async def open_next_list(desk: Desk, organisation: str, *, full: int, now: datetime) -> None:
    """Close a full list and open the next, unless somebody did so meanwhile."""
    async with desk.database.transaction() as session:
        await issuers.lock_organisation(session, organisation)
        await status_lists.close_list(session, full)
        await keep_lists_open(session, desk.signer, organisation, count=desk.open_lists, now=now)


async def keep_lists_open(
    session: AsyncSession, signer: Signer, organisation: str, *, count: int, now: datetime
) -> None:
    """See that as many lists are open at the present address; ask with the organisation locked."""
    opened = await status_lists.find_open_lists(session, organisation)
    present = [one for one in opened if one.url.startswith(f"{signer.public_url}/")]
    for one in opened:
        if one not in present:
            await status_lists.close_list(session, one.list_id)
    for _missing in range(count - len(present)):
        await _open_list(session, signer, organisation, now=now)


async def publish_status_lists(desk: Desk, *, now: datetime) -> int:
    """Sign every list that changed or grew old, each in a transaction; return how many."""
    async with desk.database.transaction() as session:
        due = await status_lists.list_due(session, signed_before=now - status.FORCED_AFTER)
    return await _publish_all(desk, due, now=now)


async def replace_lost_lists(desk: Desk, *, now: datetime) -> int:
    """Sign what a lost key had signed at once: until then no credential on it can be checked."""
    async with desk.database.transaction() as session:
        due = await status_lists.list_signed_by_lost_keys(session)
    return await _publish_all(desk, due, now=now)


async def _publish_all(desk: Desk, due: Sequence[int], *, now: datetime) -> int:
    failures: list[Exception] = []
    for list_id in due:
        try:
            await _publish_list(desk, list_id, now=now)
        except Exception as failure:  # noqa: BLE001 - whatever it is, the other lists go on
            failures.append(failure)
    if failures:
        log.error("status lists were not signed", count=len(failures))
        raise failures[0]
    return len(due)


async def read_status_list(session: AsyncSession, *, organisation: str, number: int) -> str:
    """Return the newest edition of a status list, to anybody."""
    edition = await status_lists.find_edition(session, organisation=organisation, number=number)
    if edition is None:
        raise StatusListNotFoundError
    return edition.signed


async def read_token_list(session: AsyncSession, *, organisation: str, number: int) -> str:
    """Return the newest edition of a status list as a token, to anybody."""
    edition = await status_lists.find_edition(session, organisation=organisation, number=number)
    if edition is None or edition.token is None:
        raise StatusListNotFoundError
    return edition.token


async def list_token_lists(
    session: AsyncSession, *, organisation: str, public_url: str
) -> list[str]:
    """Return the addresses of all token lists of an organisation, to anybody."""
    numbers = await status_lists.list_numbers(session, organisation)
    if not numbers:
        raise StatusListNotFoundError
    return [
        status.token_list_url(public_url, organisation=organisation, number=number)
        for number in numbers
    ]


async def _open_list(
    session: AsyncSession, signer: Signer, organisation: str, *, now: datetime
) -> None:
    key = await issuers.find_key(session, organisation)
    if key is None:
        raise UnavailableError(
            "This organisation has no signing key at present.",
            "Deze organisatie heeft nu geen sleutel om mee te ondertekenen.",
        )
    number = 1 + await status_lists.last_number(session, organisation)
    url = status.list_url(signer.public_url, organisation=organisation, number=number)
    empty = _Contents(organisation=organisation, number=number, url=url, raised=(), suspended=())
    signed, token = await asyncio.to_thread(_sign, signer, key, empty, now)
    wrapped_key, sealed_key = signer.new_list_key(url)
    new = NewList(
        organisation=organisation,
        number=number,
        url=url,
        wrapped_key=wrapped_key,
        sealed_key=sealed_key,
        signed=signed,
        token=token,
    )
    edition = await status_lists.add_list(session, new, now=now)
    await _log(session, edition, kid=key.kid, now=now)
    await _announce_list(session, edition, now=now)


async def _publish_list(desk: Desk, list_id: int, *, now: datetime) -> None:
    """Sign a list as it is now; only changes in this very list wait for it."""
    async with desk.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        edition = await status_lists.lock_edition(session, list_id)
        key = await issuers.find_key(session, edition.organisation)
        if key is None or not edition.url.startswith(f"{desk.signer.public_url}/"):
            return
        changed = edition.changed_at is not None
        if not status.is_due(changed=changed, signed_at=edition.signed_at, now=now):
            return
        contents = _Contents(
            organisation=edition.organisation,
            number=edition.number,
            url=edition.url,
            raised=_keep_raised(edition, await status_lists.list_revoked(session, list_id)),
            suspended=await status_lists.list_suspended(session, list_id),
        )
        signed, token = await asyncio.to_thread(_sign, desk.signer, key, contents, now)
        news = await status_lists.keep_edition(
            session, list_id, signed=signed, token=token, now=now
        )
        await _log(session, news, kid=key.kid, now=now)
        await _announce_list(session, news, now=now)


def _keep_raised(edition: Edition, raised: Sequence[int]) -> Sequence[int]:
    """Refuse to lower a bit that the world has seen raised, whatever our own rows say now.

    It stays raised rather than that nothing is signed: other revocations must not wait for it. The
    doctor reports the difference.
    """
    _read, claims = vc_jwt.read(edition.signed)
    before = read_bits(claims)
    lost = lowered(before, bitstring(raised, size=status.LIST_SIZE))
    if lost:
        log.error("raised bits were kept raised", url=edition.url, count=len(lost))
    return [*raised, *lost]


def _sign(signer: Signer, key: SealedKey, contents: _Contents, now: datetime) -> tuple[str, str]:
    """Pack and sign both forms; milliseconds, so it is called away from the event loop."""
    organisation, issuer = contents.organisation, signer.issuer_of(contents.organisation)
    unsigned = status_list_credential(
        url=contents.url,
        issuer=issuer,
        bits=bitstring(contents.raised, size=status.LIST_SIZE),
        now=now,
    )
    claims = token_status_lists.status_list_claims(
        url=status.token_list_url(
            signer.public_url, organisation=organisation, number=contents.number
        ),
        issuer=issuer,
        listed=token_status_lists.token_list(
            invalid=contents.raised, suspended=contents.suspended, size=status.LIST_SIZE
        ),
        now=now,
        aggregation_url=status.token_lists_url(signer.public_url, organisation=organisation),
    )
    return (
        signer.sign_list(key, organisation=organisation, unsigned=unsigned),
        signer.sign_token_list(key, organisation=organisation, claims=claims),
    )


async def _log(session: AsyncSession, edition: Edition, *, kid: str, now: datetime) -> None:
    """Log what was signed of an edition, in both forms."""
    await signatures.log_signatures(
        session,
        [
            LoggedSignature.of_list(
                f"{edition.url}#{edition.record_version}", kid=kid, form=form, digest=digest_in(one)
            )
            for form, one in (
                (Forms.ENVELOPED, edition.signed),
                (Forms.STATUS_LIST_TOKEN, edition.token),
            )
            if one is not None
        ],
        organisation=edition.organisation,
        now=now,
    )


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
