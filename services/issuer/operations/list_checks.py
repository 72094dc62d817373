"""The checker of status lists: what the world reads, beside our record and the national register.

Made like Boulder's crl-checker: another way of reading than the one that writes. For each list,
as it was published:

1. its signature holds, by a key of this organisation that is published and not compromised;
2. it is the list it says it is, in both forms, and served like that (when `fetch` is given);
3. no bit differs from the record of revocations and suspensions;
4. no place is used twice, or lies outside its list;
5. it is not overdue, and no list is open beyond half.
Then every organisation has enough open lists, and the register (when given) revoked the same.
"""

import json
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer import status
from services.issuer.repository import keys, list_checks, status_lists
from services.issuer.repository.status_lists import Edition
from services.issuer.status import Finding, Trouble
from shared.proofs import ProofRefusedError, jws, token_status_lists, vc_jwt
from shared.proofs.jws import Jws
from shared.proofs.keys import ALGORITHM, VerificationKey, parse_public_jwk
from shared.proofs.status_lists import raised_in, read_bits
from shared.proofs.token_status_lists import Status
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.strict_json import JsonObject

LATE = timedelta(minutes=1)
Fetch = Callable[[str], Awaitable[str | None]]


@dataclass(slots=True)
class ListReport:
    """What was looked at, and what was found."""

    lists: int = 0
    places_raised: int = 0
    waiting: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    """How lists are checked: at which address, how many open, as fetched, beside what register.

    `now` is from before the register was read; `register` holds the awards it says are revoked.
    """

    public_url: str
    open_lists: int
    now: datetime
    fetch: Fetch | None = None
    register: Collection[UUID] | None = None


async def check_lists(database: Database, checking: Checking) -> ListReport:
    """Check every list, each at one moment of its own; nothing is changed."""
    report = ListReport()
    async with database.transaction() as session:
        list_ids = await status_lists.list_all(session)
    for list_id in list_ids:
        async with database.transaction() as session:
            await _see(session)
            edition = await status_lists.get_edition(session, list_id)
            await _check_list(session, edition, checking, report)
        await _check_served(edition, checking, report)
    async with database.transaction() as session:
        await _see(session)
        await _check_open(session, checking, report)
        if checking.register is not None:
            await _check_register(session, checking, report)
    return report


async def _see(session: AsyncSession) -> None:
    await list_checks.see_one_moment(session)
    await act_for(session, EVERY_ORGANISATION)


async def _check_list(
    session: AsyncSession, edition: Edition, checking: Checking, report: ListReport
) -> None:
    report.lists += 1
    moved = not edition.url.startswith(f"{checking.public_url}/")
    waiting = edition.changed_at is not None
    overdue = status.is_overdue(
        changed_at=edition.changed_at, signed_at=edition.signed_at, now=checking.now
    )
    report.waiting += waiting
    if overdue and not moved:
        since = edition.changed_at or edition.signed_at
        report.findings.append(
            Finding(Trouble.OVERDUE, edition.url, f"since {since.astimezone(UTC):%Y-%m-%d %H:%M}")
        )
    report.findings += await _faults_of_places(session, edition)
    known = {
        key.public.kid: parse_public_jwk({**key.public.public_jwk})
        for key in await keys.list_keys(session, edition.organisation)
        if key.public.algorithm == ALGORITHM and key.public.compromised_at is None
    }
    try:
        raised, token = _read_edition(edition, known)
    except _UnfitError as unfit:
        report.findings.append(Finding(unfit.trouble, edition.url, unfit.about))
        return
    report.places_raised += len(raised)
    report.findings += status.compare_places(
        edition.url,
        raised=raised,
        token=token,
        record=(
            set(await status_lists.list_revoked(session, edition.list_id)),
            set(await status_lists.list_suspended(session, edition.list_id)),
        ),
        waiting=waiting and (moved or not overdue),
    )


async def _faults_of_places(session: AsyncSession, edition: Edition) -> list[Finding]:
    places = await list_checks.find_places(
        session, edition.list_id, organisation=edition.organisation, size=status.LIST_SIZE
    )
    found = []
    if places.used_twice:
        shown = ", ".join(map(str, sorted(places.used_twice)[:5]))
        found.append(Finding(Trouble.USED_TWICE, edition.url, shown))
    if places.outside:
        found.append(Finding(Trouble.OUTSIDE, edition.url, f"{places.outside} credentials"))
    # Who takes a block near the middle may pass it; the next one who comes closes the list.
    if edition.is_open and status.is_full(places.next_position - 10_000):
        found.append(Finding(Trouble.BEYOND_HALF, edition.url, f"at {places.next_position}"))
    return found


class _UnfitError(Exception):
    """An edition that nobody should believe."""

    def __init__(self, trouble: Trouble, about: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.about = about


def _read_edition(
    edition: Edition, known: dict[str, VerificationKey]
) -> tuple[set[int], tuple[set[int], set[int]]]:
    """Read both forms as a stranger would; raise what makes one unfit."""
    try:
        claims = _believe(vc_jwt.read(edition.signed), known, "bitstring list")
        raised = raised_in(read_bits(claims))
        if claims.get("id") != edition.url:
            raise _UnfitError(Trouble.ANOTHER_LIST, "bitstring list")
        if edition.token is None:
            raise _UnfitError(Trouble.TOKEN_MISSING, "")
        claims = _believe(token_status_lists.read(edition.token), known, "token list")
        listed = token_status_lists.decode(claims.get("status_list"))
    except ProofRefusedError as refusal:
        raise _UnfitError(Trouble.UNSIGNED, refusal.code) from None
    if claims.get("sub") != edition.url.replace("/status-lists/", "/token-status-lists/"):
        raise _UnfitError(Trouble.ANOTHER_LIST, "token list")
    return raised, (listed.places(Status.INVALID), listed.places(Status.SUSPENDED))


def _believe(
    read: tuple[Jws, JsonObject], known: dict[str, VerificationKey], form: str
) -> JsonObject:
    token, claims = read
    key = known.get(token.key_id)
    if key is None:
        raise _UnfitError(Trouble.UNSIGNED, f"{form}: no such key, or a compromised one")
    jws.verify(token, key=key)
    return claims


async def _check_served(edition: Edition, checking: Checking, report: ListReport) -> None:
    """Fetch both forms as everybody does; a cache may hold the edition before for a while."""
    if checking.fetch is None or not edition.url.startswith(f"{checking.public_url}/"):
        return
    token_url = edition.url.replace("/status-lists/", "/token-status-lists/")
    for url, kept in ((edition.url, edition.signed), (token_url, edition.token)):
        served = await checking.fetch(url)
        if served != kept and not _is_newer(served, edition.signed_at):
            report.findings.append(
                Finding(Trouble.NOT_SERVED, url, "no answer" if served is None else "differs")
            )


def _is_newer(served: str | None, signed_at: datetime) -> bool:
    """Tell whether what was served was signed after the edition it is compared with."""
    try:
        payload = jws.parse(served or "", types={"vc+jwt", token_status_lists.TYPE}).payload
    except ProofRefusedError:
        return False
    claims = json.loads(payload)
    begins = claims.get("validFrom")
    at = datetime.fromisoformat(begins).timestamp() if begins else float(claims.get("iat", 0))
    return at > int(signed_at.timestamp())


async def _check_open(session: AsyncSession, checking: Checking, report: ListReport) -> None:
    homeless = await list_checks.count_homeless(session)
    if homeless:
        report.findings.append(Finding(Trouble.OUTSIDE, "no list", f"{homeless} credentials"))
    opened = await list_checks.count_open(session, at=f"{checking.public_url}/")
    for organisation, count in sorted(opened.items()):
        if count < checking.open_lists:
            about = f"{count} of {checking.open_lists}"
            report.findings.append(Finding(Trouble.TOO_FEW_OPEN, organisation, about))


async def _check_register(session: AsyncSession, checking: Checking, report: ListReport) -> None:
    """Compare with the awards that the register says are revoked."""
    register = checking.register or ()
    revoked = sorted(register)
    for start in range(0, len(revoked), list_checks.MOST_AT_ONCE):
        some = revoked[start : start + list_checks.MOST_AT_ONCE]
        report.findings += [
            Finding(Trouble.REGISTER_AHEAD, f"award {award_id}")
            for award_id in await list_checks.list_unraised(session, some)
        ]
    # What was decided while the register was read, or just before, may not have come there yet.
    before = checking.now - LATE
    async for some_ids in list_checks.walk_revoked(session, before=before):
        report.findings += [
            Finding(Trouble.REGISTER_BEHIND, f"award {award_id}")
            for award_id in some_ids
            if award_id not in register
        ]
