"""A file comes in: its rows are put down as they are read, and count only once it is whole.

1. The request claims its key by beginning a batch; a twin reads its own file to the end, and then
   waits for the answer of the first.
   Who the catalogue has not told of, or a file for a microcredential that is not theirs, is
   refused before a row is read: its check could never end, or refuse every row for one reason.
2. Rows go down in slices, sealed; each slice renews the lease.
3. The end makes the batch count. Whoever fails, or falls silent, leaves nothing that does.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import BinaryIO, Final
from uuid import UUID, uuid4

from anyio import from_thread, to_thread

from services.issuer.batches.formats import Format, detect_format
from services.issuer.batches.judging import check_mapping
from services.issuer.batches.people import PeopleMarks
from services.issuer.batches.proposing import propose_mapping
from services.issuer.batches.reading import Choices, OpenedRows, open_rows
from services.issuer.batches.refusals import FileRefusedError, Refusal
from services.issuer.batches.rows import LIMITS
from services.issuer.domain import OrganisationNotKnownYetError, choose_version
from services.issuer.domain.batches import Batch
from services.issuer.operations.batches.wishes import Layout, Seals
from services.issuer.operations.desk import Desk
from services.issuer.repository import batches, batches_uploads, catalogue
from services.issuer.repository.batches_uploads import NewBatch
from shared.runtime import clock
from shared.runtime.database import EVERY_ORGANISATION, Straight
from shared.runtime.idempotency import IdempotencyKeyReusedError, StillRunningError

ROWS_OF_SLICE: Final = 500
FIRST_BYTES: Final = 4096
PEEKED: Final = 20
UPLOAD_LEASE: Final = timedelta(seconds=60)
LONGEST_WAIT: Final = 20.0
POLL_SECONDS: Final = 0.1
_AS_FOUND: Final = Choices()
Chunks = Callable[[], Awaitable[bytes]]


class TakenOverError(StillRunningError):
    """Another request under this Idempotency-Key sends the file now; ask again a little later."""

    code = "still-running"
    dutch = "Een ander verzoek met deze Idempotency-Key stuurt nu het bestand; vraag het later."


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedBatch:
    """What a caller wants done with the file that follows."""

    organisation: str
    subject: str
    key: str
    content_type: str | None
    is_run: bool
    with_corrections: bool = False
    mapping: Mapping[str, str | None] = field(default_factory=dict)
    microcredential_id: UUID | None = None
    microcredential_version: int | None = None
    awarded_on: date | None = None
    reading: Choices = _AS_FOUND

    def fingerprint_seed(self) -> bytes:
        """Return what makes another request of the same file."""
        asked = (
            self.content_type,
            self.is_run,
            self.with_corrections,
            sorted(self.mapping.items()),
            self.microcredential_id,
            self.microcredential_version,
            self.awarded_on,
            *([] if self.reading == _AS_FOUND else [self.reading]),
        )
        return repr(asked).encode()


class _Body:
    """The bytes of a file as they arrive, with the fingerprint of all that did."""

    def __init__(self, chunks: Chunks, *, seed: bytes) -> None:
        self._chunks = chunks
        self._kept = b""
        self._digest = hashlib.sha256(seed)

    @property
    def fingerprint(self) -> bytes:
        """Return the fingerprint, once all is read."""
        return self._digest.digest()

    async def next(self) -> bytes:
        """Return the next bytes; none at the end."""
        if self._kept:
            kept, self._kept = self._kept, b""
            return kept
        chunk = await self._chunks()
        self._digest.update(chunk)
        return chunk

    async def begin(self) -> bytes:
        """Return the first bytes without passing them."""
        first = b""
        while len(first) < FIRST_BYTES and (chunk := await self.next()):
            first += chunk
        self._kept = first
        return first

    async def pour_away(self) -> None:
        """Read to the end, and keep the fingerprint only."""
        while await self.next():
            pass

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes to a thread, one piece at a time."""
        while chunk := from_thread.run(self.next):
            yield chunk


async def receive_batch(
    desk: Desk,
    wanted: WantedBatch,
    chunks: Chunks,
    *,
    spool: Callable[[], BinaryIO],
    now: datetime,
) -> Batch:
    """Take in a file of awards; a repeated request gets the batch of the first."""
    body = _Body(chunks, seed=wanted.fingerprint_seed())
    format_ = detect_format(wanted.content_type, await body.begin())
    begun = await _begin(desk, wanted, format_, now=now)
    if begun is None:
        await body.pour_away()
        return await _follow(desk, wanted, fingerprint=desk.blind(body.fingerprint))
    upload = _Upload(desk, wanted, begun)
    with spool() as file:
        try:
            source = await _whole(body, file) if format_.needs_seeking else body
            return await upload.put_down(source, format_, body, now=now)
        except BaseException:
            await asyncio.shield(upload.forget())
            raise


async def forget_abandoned_uploads(desk: Desk, *, now: datetime) -> int:
    """Forget the files whose senders fell silent half-way."""
    async with desk.database.acting_for(EVERY_ORGANISATION) as straight:
        return await batches_uploads.forget_abandoned_uploads(straight, now=now)


class _Upload:
    """One file on its way into the database."""

    def __init__(self, desk: Desk, wanted: WantedBatch, begun: NewBatch) -> None:
        self._desk = desk
        self._wanted = wanted
        self._batch_id = begun.batch_id
        self._seals = Seals(desk, begun.batch_id, begun.wrapped_key)

    async def put_down(
        self, source: BinaryIO | Iterable[bytes], format_: Format, body: _Body, *, now: datetime
    ) -> Batch:
        """Put down every row, and make the batch count."""
        opened = await to_thread.run_sync(
            lambda: open_rows(source, format_, choices=self._wanted.reading)
        )
        layout = await to_thread.run_sync(self._lay_out, opened, now)
        rows = await self._put_down_slices(opened, self._seals.people(layout.mapping))
        await body.pour_away()
        notices = [
            {"code": one.code, "nl": one.sentence.nl, "en": one.sentence.en}
            for one in opened.notices
        ]
        layout = replace(layout, notices=tuple(notices))
        async with self._desk.database.acting_for(self._wanted.organisation) as straight:
            is_ours = await batches_uploads.end_upload(
                straight,
                self._batch_id,
                fingerprint=self._desk.blind(body.fingerprint),
                sealed_layout=self._seals.close_layout(layout),
                rows=rows,
                run_asked_by=self._wanted.subject if self._wanted.is_run else None,
                with_corrections=self._wanted.with_corrections,
                now=now,
            )
            if not is_ours:
                raise TakenOverError(retry_after=2)
            return await batches.get_batch(straight, self._batch_id)

    async def forget(self) -> None:
        """Leave nothing of a file that did not come in whole."""
        async with self._desk.database.acting_for(self._wanted.organisation) as straight:
            await batches_uploads.forget_upload(straight, self._batch_id)

    async def _put_down_slices(self, opened: OpenedRows, people: PeopleMarks) -> int:
        rows = number = 0
        while True:
            count, sealed, persons = await to_thread.run_sync(
                self._next_slice, opened, people, number
            )
            if not count:
                break
            async with self._desk.database.acting_for(self._wanted.organisation) as straight:
                is_ours = await batches_uploads.add_slice(
                    straight,
                    self._batch_id,
                    number=number,
                    sealed_cells=sealed,
                    persons=persons,
                    lease_until=clock.now() + UPLOAD_LEASE,
                )
            if not is_ours:
                raise TakenOverError(retry_after=2)
            number, rows = number + 1, rows + count
        if not rows:
            raise FileRefusedError(Refusal.ROWS_NONE)
        return rows

    def _lay_out(self, opened: OpenedRows, now: datetime) -> Layout:
        """Say which column holds what, as the sender says or else as the header does."""
        is_table = opened.format.is_table
        proposed = propose_mapping(opened.header, opened.peek(PEEKED), is_table=is_table)
        wanted = self._wanted
        layout = Layout(
            mapping=proposed.overruled(wanted.mapping) if wanted.mapping else proposed,
            microcredential_id=wanted.microcredential_id,
            microcredential_version=wanted.microcredential_version,
            awarded_on=wanted.awarded_on,
        )
        check_mapping(layout.mapping, layout.rules(self._desk, now=now))
        return layout

    def _next_slice(
        self, opened: OpenedRows, people: PeopleMarks, number: int
    ) -> tuple[int, bytes, bytes]:
        rows = list(islice(opened, ROWS_OF_SLICE))
        if not rows:
            return 0, b"", b""
        return len(rows), self._seals.close_cells(rows, number), people.of_rows(rows)


async def _begin(
    desk: Desk, wanted: WantedBatch, format_: Format, *, now: datetime
) -> NewBatch | None:
    """Begin a batch, also in the place of one whose sender fell silent; None for a twin."""
    batch_id, moment = uuid4(), clock.now()
    new = NewBatch(
        batch_id=batch_id,
        organisation=wanted.organisation,
        request_key=wanted.key,
        format=format_.value,
        asked_by=wanted.subject,
        wrapped_key=desk.new_batch_key(batch_id),
        begun_at=now,
        lease_until=moment + UPLOAD_LEASE,
    )
    async with desk.database.acting_for(wanted.organisation) as straight:
        if await batches_uploads.begin_upload(straight, new):
            await _check_known(straight, wanted)
            return new
        upload = await batches_uploads.find_upload(
            straight, organisation=wanted.organisation, request_key=wanted.key
        )
        if upload is None:
            raise StillRunningError(retry_after=1)
        if upload.received_at is None and (upload.lease_until or moment) < moment:
            await batches_uploads.forget_upload(straight, upload.batch_id)
            await batches_uploads.begin_upload(straight, new)
            return new
    return None


async def _check_known(straight: Straight, wanted: WantedBatch) -> None:
    """Refuse what can never be checked; the batch that was begun goes with the transaction."""
    organisation = wanted.organisation
    if await catalogue.find_organisation(straight, organisation) is None:
        raise OrganisationNotKnownYetError
    if wanted.microcredential_id is not None:
        known = await catalogue.list_versions(straight, wanted.microcredential_id)
        choose_version(known, organisation=organisation, version=wanted.microcredential_version)


async def _follow(desk: Desk, wanted: WantedBatch, *, fingerprint: bytes) -> Batch:
    """Answer a twin with the batch of the first, once that came in."""
    deadline = asyncio.get_running_loop().time() + LONGEST_WAIT
    while asyncio.get_running_loop().time() < deadline:
        async with desk.database.acting_for(wanted.organisation) as straight:
            upload = await batches_uploads.find_upload(
                straight, organisation=wanted.organisation, request_key=wanted.key
            )
            if upload is None:
                break
            if upload.received_at is not None:
                if upload.fingerprint != fingerprint:
                    raise IdempotencyKeyReusedError
                return await batches.get_batch(straight, upload.batch_id)
        await asyncio.sleep(POLL_SECONDS)
    raise StillRunningError(retry_after=2)


async def _whole(body: _Body, file: BinaryIO) -> BinaryIO:
    """Write the whole file where it can be sought: in a file that has no name."""
    size = 0
    while chunk := await body.next():
        size += len(chunk)
        if size > LIMITS.file_bytes:
            raise FileRefusedError(Refusal.TOO_LARGE, f"{LIMITS.file_bytes // 1024**2} MiB")
        await to_thread.run_sync(file.write, chunk)
    file.seek(0)
    return file
