"""From what intake gives and a verification asks, to what a batch needs of both.

Apart from judging, which must not know what an entry may hold:
1. A file of an archive, and a proof in a table or list, is one entry; so is anything else.
2. One row for each, also for a PDF with three credentials in it: the gravest verdict is the row's.
3. What was not read is never green.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import datetime
from typing import Final

from anyio import to_thread

from services.verifier.batch_operations.allowance import TooBusyError
from services.verifier.batch_operations.judging import Judge
from services.verifier.batches.entries import Entry, Part, Refusal, Unpack
from services.verifier.batches.refusals import TooManyEntriesError
from services.verifier.containers.archives import Archive
from services.verifier.containers.archives import Entry as ArchiveEntry
from services.verifier.containers.contents import NotReadError
from services.verifier.containers.sniffing import sniff
from services.verifier.domain.handed import (
    Container,
    Handed,
    IntakeRefusal,
    Place,
    TakenIn,
)
from services.verifier.domain.refusals import RefusalCode
from services.verifier.domain.verdict import Look, State
from services.verifier.intake import Intake
from services.verifier.schemas.verification import VerificationAnswer
from shared.errors import UnavailableError

VerifyHanded = Callable[[Handed, datetime], Awaitable[VerificationAnswer]]
_TOO_MANY: Final = frozenset(
    {RefusalCode.ARCHIVE_ENTRIES_MANY, RefusalCode.PROOFS_MANY, RefusalCode.TABLE_ROWS_LEFT}
)
_LISTS: Final = frozenset({Container.TEXT, Container.CSV, Container.JSON, Container.XLSX})


def judge_with(intake: Intake, verify: VerifyHanded) -> Judge:
    """Return who judges entries: takes each in as a single verification does, and verifies it."""

    async def judge(entry: Entry, *, now: datetime) -> VerificationAnswer | Refusal:
        taken = await intake.take_in(entry.content)
        if any(one.code is RefusalCode.BUSY for one in taken.refusals):
            raise UnavailableError
        answers = [await verify(handed, now) for handed in taken.handed]
        gravest = max(answers, key=lambda one: one.verdict.state.gravity, default=None)
        if gravest is None:
            return _told(taken.refusals[0].code)
        if taken.refusals and gravest.verdict.look is Look.GREEN:
            return _told(taken.refusals[0].code, state=State.CANNOT_CHECK)
        return gravest

    return judge


def unpack_with(intake: Intake) -> Unpack:
    """Return who takes parts apart: archives by the file, tables and lists by the proof."""

    async def unpack(part: Part) -> AsyncIterator[Entry]:
        container = sniff(part.content)
        archive = await _open(part, intake) if container is Container.ZIP else None
        if isinstance(archive, Refusal):
            yield Entry(part.name, refusal=archive)
        elif archive is not None and archive.container is Container.ZIP:
            async for entry in _unpack_archive(archive, part.name):
                yield entry
        elif archive is not None or container in _LISTS:
            for entry in _entries_of(await intake.take_in(part.content), part):
                yield entry
        else:
            yield Entry(part.name, part.content)

    return unpack


async def unpack_alone(part: Part) -> AsyncIterator[Entry]:
    """Take every part for one entry, bundle or not."""
    yield Entry(part.name, part.content)


async def _open(part: Part, intake: Intake) -> Archive | Refusal:
    try:
        return await to_thread.run_sync(Archive, part.content, intake.limits)
    except NotReadError as error:
        if error.code in _TOO_MANY:
            raise TooManyEntriesError from None
        return _told(error.code)


async def _unpack_archive(archive: Archive, name: str) -> AsyncIterator[Entry]:
    entries = iter(archive)
    while True:
        found: ArchiveEntry | None = await to_thread.run_sync(next, entries, None)
        if found is None:
            return
        refusal = found.refusal
        if refusal is None and sniff(found.content) is Container.ZIP:
            refusal = RefusalCode.ARCHIVE_NESTED
        shown = f"{name}/{found.name}" if name else found.name
        yield (
            Entry(shown, found.content) if refusal is None else Entry(shown, refusal=_told(refusal))
        )


def _entries_of(taken: TakenIn, part: Part) -> Iterator[Entry]:
    codes = {one.code for one in taken.refusals}
    if codes & _TOO_MANY:
        raise TooManyEntriesError
    if RefusalCode.BUSY in codes:
        raise TooBusyError(retry_after=5)
    found: list[Handed | IntakeRefusal] = [*taken.handed, *taken.refusals]
    if len(found) == 1 and taken.container is not Container.CSV and not found[0].place.row:
        yield Entry(part.name, part.content)
        return
    for number, one in enumerate(sorted(found, key=lambda one: one.place.row), 1):
        name = _named(part.name, one.place, number)
        if isinstance(one, Handed):
            yield Entry(name, one.text.encode())
        else:
            yield Entry(name, refusal=_told(one.code))


def _named(name: str, place: Place, number: int) -> str:
    return f"{name} #{place.row or number}".lstrip()


def _told(code: RefusalCode, *, state: State = State.NOT_A_CREDENTIAL) -> Refusal:
    if code.is_ours:
        state = State.CANNOT_CHECK
    return Refusal(code.value, code.sentence, state)
