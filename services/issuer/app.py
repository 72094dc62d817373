"""The issuer as two processes: one answers HTTP, the other works by the clock and the bus."""

import asyncio
from datetime import timedelta

from fastapi import FastAPI

from services.issuer import consumers
from services.issuer.domain.sandbox import table as magic_values
from services.issuer.operations import chores
from services.issuer.operations.batches import chores as batch_chores
from services.issuer.operations.batches.workshop import ManyHands
from services.issuer.operations.desk import Desk
from services.issuer.operations.groups import Groups
from services.issuer.operations.sandbox import SandboxGroups
from services.issuer.operations.triggers import chores as trigger_chores
from services.issuer.routes import (
    awards,
    batches,
    batches_decisions,
    batches_following,
    changes,
    direct_awards,
    erasures,
    keys,
    pictures,
    public,
    revocations,
    status_lists,
    triggers,
    triggers_results,
    versions,
)
from services.issuer.routes.sandbox import SandboxMark
from services.issuer.settings import Settings
from shared.runtime.database import Database
from shared.runtime.observability import get_logger
from shared.runtime.service import create_service_app
from shared.runtime.worker import Worker, every

NAME = Settings.service
HOUR = 3600.0
MINUTE = 60.0
RUNS_AT_ONCE = 5

log = get_logger(__name__)


def create_app(settings: Settings, database: Database | None = None) -> FastAPI:
    """Return the issuer's HTTP application."""
    opened = database or _open_database(settings)
    desk = Desk.of(settings, opened)
    app = create_service_app(
        settings=settings,
        database=opened,
        title="Waarmerk issuer",
        summary="Award microcredentials, and get them signed.",
        description=(
            "An organisation awards a microcredential to a learner; the award is signed as an Open "
            "Badges 3.0 credential and reported to the national register. Every POST takes an "
            "Idempotency-Key, so a request can be repeated safely.\n\n"
            "A sandbox says `Sandbox: true` in every answer. There, and nowhere else, these "
            f"values lead to an outcome for sure:\n\n{magic_values()}"
        ),
        routers=[
            awards.router,
            changes.router,
            versions.router,
            erasures.router,
            revocations.router,
            keys.router,
            batches.router,
            batches_decisions.router,
            batches_decisions.rules_router,
            batches_following.router,
            triggers_results.router,
            direct_awards.router,
        ],
        pages=[
            public.router,
            pictures.router,
            status_lists.router,
            batches_following.pages,
            triggers.router,
            direct_awards.edubadges,
        ],
        consumer=NAME,
        state={"desk": desk, "groups": SandboxGroups(desk) if settings.sandbox else Groups(desk)},
    )
    if settings.sandbox:
        log.warning("this is a sandbox: magic values are acted on, and no award of it is real")
        app.add_middleware(SandboxMark)
    return app


def create_worker(settings: Settings, database: Database | None = None) -> Worker:
    """Return the issuer's worker: its relay, its consumer and its chores."""
    opened = database or _open_database(settings)
    desk = Desk.of(settings, opened)
    age = timedelta(seconds=settings.sweep_seconds)

    async def establish_issuers() -> None:
        await chores.establish_issuers(desk)
        await asyncio.Event().wait()

    workshop = ManyHands(desk, settings)
    runs = {
        f"batch-runs-{number}": lambda: batch_chores.run_batches(desk, workshop)
        for number in range(RUNS_AT_ONCE)
    }

    return Worker(
        NAME,
        settings=settings,
        database=opened,
        subscriptions=consumers.subscribe(desk),
        prepare=workshop.call_in,
        chores={
            "issuers": establish_issuers,
            "keys": every(MINUTE, lambda: chores.rotate_keys(desk)),
            "reissues": every(MINUTE, lambda: chores.reissue_lost(desk)),
            "sweeper": every(
                min(settings.sweep_seconds, 5.0), lambda: chores.sweep(desk, older_than=age)
            ),
            "status-lists": every(
                settings.status_list_seconds, lambda: chores.publish_status_lists(desk)
            ),
            "lost-lists": every(1.0, lambda: chores.replace_lost_lists(desk)),
            "revocations": every(1.0, lambda: chores.revoke_approved(desk)),
            "expiry": every(MINUTE, lambda: chores.expire_awards(desk)),
            "batch-checks": lambda: batch_chores.check_batches(desk, workshop),
            **runs,
            "batch-recalls": every(1.0, lambda: batch_chores.revoke_recalled(desk)),
            "batch-sums": every(1.0, lambda: batch_chores.sum_up_batches(desk)),
            "old-batches": every(MINUTE, lambda: batch_chores.forget_batches(desk)),
            "association-results": every(1.0, lambda: trigger_chores.settle_due(desk)),
            "association-sources": every(5.0, lambda: trigger_chores.pull_due(desk)),
            "old-requests": every(HOUR, lambda: chores.forget_old_requests(desk)),
        },
    )


def _open_database(settings: Settings) -> Database:
    return Database(
        settings.database_url,
        source=settings.source,
        pool_size=settings.database_pool_size,
        statement_seconds=settings.statement_timeout_seconds,
    )
