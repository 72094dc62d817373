"""The verifier as two processes: one answers people and programs, the other listens to the bus."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fastapi import FastAPI

from services.verifier import operations, pages, routes, share_routes
from services.verifier.batch_operations.allowance import Allowance
from services.verifier.batch_operations.desk import BatchDesk, open_batch_desk
from services.verifier.batch_operations.telling import wipe_old_batches
from services.verifier.batch_operations.wiring import judge_with, unpack_with
from services.verifier.batch_routes import api as batch_api
from services.verifier.batch_routes import pages as batch_pages
from services.verifier.checks.logged import LogTrust
from services.verifier.counting import routes as count_routes
from services.verifier.counting import telling as count_telling
from services.verifier.counting.counter import Counter, counting
from services.verifier.domain.handed import Handed
from services.verifier.domain.receipts import SWEEP
from services.verifier.domain.shares import SWEEP as SHARE_SWEEP
from services.verifier.foreign.resolving import ForeignKeys
from services.verifier.intake import Intake
from services.verifier.operations import Desk, Verified, open_desk
from services.verifier.receipts import keeping
from services.verifier.receipts import routes as receipt_routes
from services.verifier.schemas.verification import VerificationAnswer
from services.verifier.settings import Settings
from services.verifier.shares import book as share_book
from services.verifier.shares.book import ShareBook, ShareQuotas
from services.verifier.shares.codes import Pepper
from services.verifier.signing import ReceiptSigner
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.service import create_service_app

if TYPE_CHECKING:
    from shared.runtime.worker import Worker

NAME = Settings.service
BATCH_SWEEP_SECONDS = 30.0
COMPLETE_SECONDS = 1.0


def create_app(settings: Settings, database: Database | None = None) -> FastAPI:
    """Return the verifier's HTTP application."""
    opened = database or _open_database(settings)
    counter = Counter()
    intake = Intake(
        own_hosts=frozenset(filter(None, [urlsplit(settings.public_url).netloc.lower()]))
    )
    desk: Desk = open_desk(
        opened,
        patience=settings.patience,
        refresh_seconds=settings.refresh_seconds,
        foreign=ForeignKeys(allowed=settings.foreign_issuers),
        intake=intake,
        anchors=settings.anchors,
        log_trust=LogTrust(
            log_keys=settings.own_log_keys,
            witnesses=settings.witness_keys,
            quorum=settings.log_quorum,
        ),
        shares=_share_book(settings, opened),
    )
    app = create_service_app(
        settings=settings,
        database=opened,
        title="Waarmerk verifier",
        summary="Check a microcredential in seconds, without an account.",
        description=(
            "Hand in a credential in any form and get a verdict with the thirteen checks behind "
            "it, in Dutch and in English. Everything is checked against copies of what catalogue, "
            "issuers and register announced, so the verifier answers while they are down, and says "
            "how old its knowledge is. Nothing about whom was checked is kept."
        ),
        routers=[
            routes.router,
            receipt_routes.router,
            batch_api.router,
            share_routes.router,
            count_routes.router,
        ],
        pages=[pages.router, pages.sharing_router, receipt_routes.keys_router, batch_pages.router],
        consumer=NAME,
        state={"desk": desk, "receipts": ReceiptSigner.of(settings), "counts": counter},
    )
    app.router.lifespan_context = counting(app.router.lifespan_context, counter, opened)
    _take_batches(app, settings, desk, opened)
    return app


def _share_book(settings: Settings, database: Database) -> ShareBook:
    pepper = settings.share_pepper
    return ShareBook(
        database,
        None if pepper is None else Pepper.read(pepper.get_secret_value()),
        ShareQuotas(shares=settings.share_quota_of_address, codes=settings.code_quota_of_address),
    )


def _take_batches(app: FastAPI, settings: Settings, desk: Desk, database: Database) -> None:
    """Let the verifier take batches: each entry is taken in and judged as one by itself."""

    async def verify(handed: Handed, now: datetime) -> VerificationAnswer:
        verified = await operations.verify_handed(desk, handed, now=now)
        for one in verified:
            app.state.counts.note(Verified(handed, one))
        gravest = max(verified, key=lambda one: one.judgement.verdict.state.gravity)
        return VerificationAnswer.of(gravest)

    def read_clock() -> datetime:
        moment: datetime = app.state.clock()
        return moment

    batches = open_batch_desk(
        database,
        judge=judge_with(desk.intake, verify),
        unpack=unpack_with(desk.intake),
        allowance=Allowance(
            address=settings.batch_quota_of_address, client=settings.batch_quota_of_client
        ),
        read_clock=read_clock,
    )
    app.state.batch_desk = batches
    app.router.lifespan_context = _leaving(app.router.lifespan_context, batches, desk.intake)


def _leaving(
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[object]],
    batches: BatchDesk,
    intake: Intake,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def leaving(app: FastAPI) -> AsyncIterator[None]:
        async with lifespan(app):
            warming = asyncio.create_task(intake.decoders.warm_up())
            try:
                yield
            finally:
                warming.cancel()
                await asyncio.gather(warming, return_exceptions=True)
                await batches.crew.leave()
                await intake.close()

    return leaving


def create_worker(settings: Settings, database: Database | None = None) -> "Worker":
    """Return the verifier's worker: its consumer, and who wipes kept receipts."""
    # Without Kafka's client a server starts 0.2 s sooner, in 10 MB less.
    from services.verifier import consumers, listening  # noqa: PLC0415 - as said
    from shared.runtime.completeness import Completeness  # noqa: PLC0415 - as said
    from shared.runtime.worker import Worker, every  # noqa: PLC0415 - as said

    opened = database or _open_database(settings)

    async def wipe() -> None:
        await keeping.forget_old(opened, now=clock.now())

    async def wipe_batches() -> None:
        await wipe_old_batches(opened, now=clock.now())

    async def wipe_shares() -> None:
        await share_book.forget_old(opened, now=clock.now())

    async def wipe_counts() -> None:
        await count_telling.forget_old(opened, now=clock.now())

    async def note_complete() -> None:
        await listening.note_complete(opened, completeness)

    worker = Worker(
        NAME,
        settings=settings,
        database=opened,
        subscriptions=consumers.subscribe(),
        chores={
            "kept receipts": every(SWEEP.total_seconds(), wipe),
            "batches": every(BATCH_SWEEP_SECONDS, wipe_batches),
            "counts": every(SWEEP.total_seconds(), wipe_counts),
            "shares": every(SHARE_SWEEP.total_seconds(), wipe_shares),
            "completeness": every(COMPLETE_SECONDS, note_complete),
        },
    )
    completeness = Completeness(opened, worker.consumer)
    return worker


def _open_database(settings: Settings) -> Database:
    return Database(
        settings.database_url,
        source=settings.source,
        pool_size=settings.database_pool_size,
        statement_seconds=settings.statement_timeout_seconds,
    )
