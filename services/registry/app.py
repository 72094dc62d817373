"""The register as two processes: one answers HTTP, the other listens to the bus."""

import asyncio
from datetime import timedelta
from functools import partial
from time import monotonic

from fastapi import FastAPI

from services.registry import consumers
from services.registry.domain.profiles import LegalProfile
from services.registry.domain.witnessing import Guard
from services.registry.operations import reconciling, snapshots, statistics
from services.registry.operations.archive import Archive
from services.registry.operations.couriers import forget_deliveries, keep_delivering
from services.registry.operations.deliveries import Courier
from services.registry.operations.feed import Feed
from services.registry.operations.log import BATCH, Sequencer, begin_log, sequence
from services.registry.operations.proofs import Prover
from services.registry.operations.recovery import catch_up
from services.registry.operations.retention import Retention, keep_terms
from services.registry.operations.subscriptions import Webhooks
from services.registry.operations.telling import find_backlog, untold_of
from services.registry.operations.witnesses import Collector, ask_witness, find_hold, open_client
from services.registry.pages import registrations as registration_pages
from services.registry.pages import statistics as statistics_pages
from services.registry.routes import (
    access_exports,
    consultations,
    deliveries,
    feed,
    log,
    proofs,
    registrations,
    retention,
    subscriptions,
)
from services.registry.routes import reconciling as reconciliation_routes
from services.registry.routes import snapshots as snapshot_routes
from services.registry.routes import statistics as statistics_routes
from services.registry.settings import Settings, WitnessPlace
from services.registry.signing import LogSigner
from shared.runtime import clock
from shared.runtime.database import Database
from shared.runtime.service import create_service_app
from shared.runtime.worker import Chore, Worker, every

CONSUMER = "registry"
SNAPSHOTS_SECONDS = 10.0
FORGET_SECONDS = 3600.0


def create_app(settings: Settings, database: Database | None = None) -> FastAPI:
    """Return the register's HTTP application."""
    opened = database or _open_database(settings)
    return create_service_app(
        settings=settings,
        database=opened,
        title="Waarmerk register",
        summary="The national register of microcredentials.",
        description=(
            "One registration per award, with every version of it. Whoever knows an award's id can "
            "read its registration; the learner is not in it."
        ),
        routers=[
            registrations.router,
            proofs.router,
            feed.router,
            subscriptions.router,
            deliveries.router,
            consultations.router,
            access_exports.router,
            retention.router,
            snapshot_routes.router,
            reconciliation_routes.router,
            statistics_routes.router,
        ],
        pages=[
            registration_pages.router,
            statistics_pages.router,
            log.router,
            subscriptions.keys_router,
        ],
        consumer=CONSUMER,
        state={
            "find_hold": find_hold,
            "find_backlog": find_backlog,
            "feed": Feed.of(settings, opened),
            "prover": Prover(opened),
            "webhooks": Webhooks.of(settings),
        },
    )


def create_worker(settings: Settings, database: Database | None = None) -> Worker:
    """Return the register's worker: its relay, its consumer, its log and who witnesses that."""
    opened = database or _open_database(settings)
    guard = Guard(
        [one.vkey for one in settings.witnesses],
        patience=settings.witness_patience_seconds,
        began=monotonic(),
    )
    archive = Archive(settings.log_archive) if settings.log_archive else None
    sequencer = Sequencer(opened, LogSigner.of(settings), guard, archive)

    # What is heard before the log caught up would be recorded again, with other salts.
    is_known = asyncio.Event()

    async def keep_log() -> None:
        await begin_log(sequencer)
        while True:
            if await sequence(sequencer) < BATCH:
                await asyncio.sleep(settings.sequencer_seconds)
            if guard.is_open:
                is_known.set()
            elif archive is not None:
                await catch_up(sequencer, archive, [one.vkey for one in settings.witnesses])

    worker = Worker(
        CONSUMER,
        settings=settings,
        database=opened,
        subscriptions=consumers.subscribe(profile=LegalProfile(settings.legal_profile)),
        chores={
            "log": keep_log,
            "retention": _retention(settings, opened),
            **_witnessed(settings, opened, guard),
            **_archived(settings, archive),
            **_kept_for_followers(settings, opened),
            **_webhooks(settings, opened),
        },
        find_hold=find_hold,
        before_hearing=is_known.wait,
    )
    worker.publish_beside(untold_of(settings.source), find_backlog)
    return worker


def _archived(settings: Settings, archive: Archive | None) -> dict[str, Chore]:
    """Return the chore that forgets what is older in the archive than any backup."""
    if archive is None:
        return {}
    kept = timedelta(days=settings.backup_days)

    async def forget() -> None:
        await asyncio.to_thread(archive.forget, now=clock.now(), kept=kept)

    return {"archive": every(FORGET_SECONDS, forget)}


def _webhooks(settings: Settings, database: Database) -> dict[str, Chore]:
    """Return the chores of sending webhooks; none without a key to seal theirs."""
    if settings.webhook_sealing_key is None:
        return {}
    courier = Courier.of(settings, database)
    return {
        "webhooks": partial(keep_delivering, courier),
        "old deliveries": every(FORGET_SECONDS, partial(forget_deliveries, courier)),
    }


def _retention(settings: Settings, database: Database) -> Chore:
    """Return the chore that lets go of what has been kept long enough."""
    kept = Retention(database=database, backups_kept=timedelta(days=settings.backup_days))

    async def let_go() -> None:
        await keep_terms(kept, now=clock.now())

    return every(settings.retention_hours * 3600, let_go)


def _kept_for_followers(settings: Settings, database: Database) -> dict[str, Chore]:
    """Return the chores that keep what followers start from and compare with."""
    longest = timedelta(hours=settings.snapshot_hours)
    edition = timedelta(hours=settings.statistics_hours)

    async def keep_snapshots() -> None:
        await snapshots.keep_snapshots(database, now=clock.now(), every=longest)

    async def count() -> None:
        while True:
            began = monotonic()
            await reconciling.tally_up(database)
            await statistics.publish_statistics(database, now=clock.now(), every=edition)
            rest = reconciling.rest_after(monotonic() - began)
            await asyncio.sleep(max(settings.tally_seconds, rest))

    return {"snapshots": every(SNAPSHOTS_SECONDS, keep_snapshots), "tallies": count}


def _witnessed(settings: Settings, database: Database, guard: Guard) -> dict[str, Chore]:
    """Return a chore for each witness, so that none waits for another."""

    def keep_asking(place: WitnessPlace) -> Chore:
        async def ask() -> None:
            async with open_client() as client:
                collector = Collector(database=database, guard=guard, client=client)
                while True:
                    await ask_witness(collector, place)
                    await asyncio.sleep(settings.witness_seconds)

        return ask

    return {
        f"witness {number} {one.key.name}": keep_asking(one)
        for number, one in enumerate(settings.witnesses)
    }


def _open_database(settings: Settings) -> Database:
    return Database(
        settings.database_url,
        source=settings.source,
        pool_size=settings.database_pool_size,
        statement_seconds=settings.statement_timeout_seconds,
    )
