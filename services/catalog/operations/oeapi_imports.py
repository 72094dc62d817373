"""Importing an institution's own OEAPI: asked for by it, done by the worker, reported in full.

An import is kept before anything is fetched, so that a process that ends in the middle leaves it
to the next; what was placed already is passed over then.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.domain.reviews import Actor
from services.catalog.oeapi.importing import Kind, Verdict
from services.catalog.oeapi.report import Import, ImportState, Item, Problem, Wanted
from services.catalog.operations.oeapi_placing import is_published, place_found, report_absent
from services.catalog.operations.oeapi_pull import Found, Pull, open_pull
from services.catalog.operations.oeapi_runs import place_run
from services.catalog.repository import oeapi_imports
from services.catalog.repository.oeapi_imports import Source
from shared.errors import ConflictError, Fault, NotFoundError, WaarmerkError
from shared.runtime.database import EVERY_ORGANISATION, Database, act_for
from shared.runtime.fetching import AddressRefusedError, Reach, check_address

__all__ = ["Import", "ImportState", "Item", "Source", "Wanted"]

LEASE: Final = timedelta(minutes=20)
MOST_ATTEMPTS: Final = 3
Clock = Callable[[], datetime]


class SourceUnknownError(NotFoundError):
    """No OEAPI of this organisation is registered here; register it first."""

    code: ClassVar[str] = "oeapi-source-unknown"
    dutch: ClassVar[str] = (
        "Van deze organisatie is hier geen OEAPI geregistreerd; registreer die eerst."
    )


class ImportUnknownError(NotFoundError):
    """There is no such import, or it is not yours."""

    code: ClassVar[str] = "oeapi-import-unknown"
    dutch: ClassVar[str] = "Deze import is er niet, of is niet van u."


class NoSourceError(ConflictError):
    """Register where your organisation serves its OEAPI before you import from it."""

    code: ClassVar[str] = "no-oeapi-source"
    dutch: ClassVar[str] = "Registreer eerst waar uw organisatie haar OEAPI aanbiedt."


class ImportUnderWayError(ConflictError):
    """An import of your organisation is under way; wait until it is done."""

    code: ClassVar[str] = "oeapi-import-under-way"
    dutch: ClassVar[str] = "Een import van uw organisatie loopt nog; wacht tot die klaar is."


class GivenUpError(WaarmerkError):
    """The import was begun several times and never came to its end; ask for it again."""

    code: ClassVar[str] = "oeapi-import-given-up"
    dutch: ClassVar[str] = (
        "De import is een paar keer begonnen en nooit klaar gekomen; vraag hem opnieuw aan."
    )


async def register_source(
    session: AsyncSession, url: str, *, organisation: str, reach: Reach, now: datetime
) -> tuple[Source, bool]:
    """Register where an organisation serves its OEAPI; say whether there was nothing before."""
    wanted = url.rstrip("/")
    try:
        parts = check_address(wanted, reach)
    except AddressRefusedError as error:
        fault = Fault("/url", error.code, error.detail, type(error).dutch)
        raise AddressRefusedError(faults=(fault,)) from None
    if parts.query or "?" in wanted:
        english = "The base address of an OEAPI has no question mark."
        dutch = "Het basisadres van een OEAPI heeft geen vraagteken."
        raise AddressRefusedError(faults=(Fault("/url", "address-refused", english, dutch),))
    await act_for(session, organisation)
    known = await oeapi_imports.find_source(session, organisation)
    if known is not None and known.url == wanted:
        return known, False
    source = Source(organisation, wanted, now)
    await oeapi_imports.keep_source(session, source)
    return source, known is None


async def read_source(session: AsyncSession, *, organisation: str) -> Source:
    """Return where an organisation serves its OEAPI."""
    await act_for(session, organisation)
    found = await oeapi_imports.find_source(session, organisation)
    if found is None:
        raise SourceUnknownError
    return found


async def remove_source(session: AsyncSession, *, organisation: str) -> None:
    """Forget where an organisation serves its OEAPI; what came from there stays."""
    await act_for(session, organisation)
    if not await oeapi_imports.remove_source(session, organisation):
        raise SourceUnknownError


async def ask_import(
    session: AsyncSession, wanted: Wanted, *, organisation: str, by: Actor, now: datetime
) -> Import:
    """Ask for an import; the worker does it, one at a time for each organisation."""
    await act_for(session, organisation)
    source = await oeapi_imports.find_source(session, organisation)
    if source is None:
        raise NoSourceError
    asked = Import(
        import_id=uuid4(),
        organisation=organisation,
        url=source.url,
        wanted=wanted,
        state=ImportState.QUEUED,
        created_at=now,
        client=by.client,
        subject=by.subject,
    )
    if not await oeapi_imports.add_import(session, asked):
        raise ImportUnderWayError
    return asked


async def read_import(
    session: AsyncSession, import_id: UUID, *, organisation: str
) -> tuple[Import, list[Item]]:
    """Return an import and its report so far."""
    await act_for(session, organisation)
    found = await oeapi_imports.find_import(session, import_id)
    if found is None:
        raise ImportUnknownError
    return found, await oeapi_imports.list_items(session, import_id)


async def list_imports(
    session: AsyncSession,
    *,
    organisation: str,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[tuple[Import, dict[Verdict, int]]]:
    """Return the imports of an organisation, newest first, each with its verdicts counted."""
    await act_for(session, organisation)
    found = await oeapi_imports.list_imports(session, before=before, limit=limit)
    counts = await oeapi_imports.count_verdicts(session, [one.import_id for one in found])
    return [(one, counts.get(one.import_id, {})) for one in found]


async def run_next_import(
    database: Database, *, public_url: str, reach: Reach, clock: Clock
) -> bool:
    """Do the import that waits longest; say whether there was one.

    Every transaction is short: none is open while the source is asked.
    """
    async with database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        now = clock()
        asked = await oeapi_imports.claim_import(session, now=now, lease_until=now + LEASE)
    if asked is None:
        return False
    problem = None
    try:
        if asked.attempts > MOST_ATTEMPTS:
            raise GivenUpError
        async with open_pull(asked.url, reach) as pull:
            await _Run(database, asked, pull, public_url, clock).finish()
    except WaarmerkError as error:
        problem = Problem(error.code, error.detail, error.detail_in_dutch)
    async with database.transaction() as session:
        await act_for(session, asked.organisation)
        await oeapi_imports.finish_import(session, asked.import_id, problem, now=clock())
    return True


class _Run:
    """One import being done."""

    def __init__(
        self, database: Database, asked: Import, pull: Pull, public_url: str, clock: Clock
    ) -> None:
        self._database = database
        self._asked = asked
        self._pull = pull
        self._public_url = public_url
        self._clock = clock

    async def finish(self) -> None:
        """Place everything that was found, and the offerings of what is published."""
        found = await self._pull.find(self._asked.wanted)
        ids = {one.source_id for one in found}
        for one in found:
            async with self._database.transaction() as session:
                item = await place_found(
                    session,
                    self._asked,
                    one,
                    also=ids - {one.source_id},
                    now=self._clock(),
                )
                target = None if item is None else item.target_id
                is_offered = target is not None and await is_published(session, self._asked, target)
            if target is not None and is_offered:
                await self._place_runs(one, target)

        await self._report_absent({(one.kind, one.source_id) for one in found})

    async def _report_absent(self, found: set[tuple[Kind, UUID]]) -> None:
        wanted = self._asked.wanted
        named = [(Kind.PROGRAMME, one) for one in wanted.programmes]
        named += [(Kind.COURSE, one) for one in wanted.courses]
        for kind, source_id in named:
            if (kind, source_id) not in found:
                async with self._database.transaction() as session:
                    await report_absent(session, self._asked, kind, source_id)

    async def _place_runs(self, found: Found, target: UUID) -> None:
        for members in await self._pull.offerings_of(found):
            async with self._database.transaction() as session:
                await place_run(
                    session,
                    self._asked,
                    target,
                    members,
                    public_url=self._public_url,
                    now=self._clock(),
                )
