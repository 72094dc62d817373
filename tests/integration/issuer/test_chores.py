"""What the worker does by the clock."""

from datetime import timedelta

import pytest

from services.issuer.app import create_worker
from services.issuer.operations import chores
from shared.contracts.topics import CATALOG, REGISTRATIONS
from shared.runtime.idempotency import KEPT
from tests.integration.issuer.conftest import Issuer

pytestmark = pytest.mark.anyio


async def test_the_chores_follow_the_wall_clock(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await issuer.award()
    later = issuer.clock.now + KEPT + timedelta(seconds=1)
    monkeypatch.setattr("shared.runtime.clock.now", lambda: later)

    await chores.establish_issuers(issuer.desk)
    await chores.sweep(issuer.desk, older_than=timedelta(seconds=30))
    await chores.publish_status_lists(issuer.desk)
    await chores.forget_old_requests(issuer.desk)

    assert await issuer.ask("SELECT count(*) FROM idempotency") == [(0,)]
    assert await issuer.ask("SELECT DISTINCT record_version FROM status_list") == [(2,)]
    assert await issuer.ask("SELECT count(*) FROM signing_key") == [(4,)]


async def test_the_worker_listens_to_the_catalogue_and_the_register(issuer: Issuer) -> None:
    worker = create_worker(issuer.settings, issuer.database)

    heard = worker.consumer._subscriptions.topics  # noqa: SLF001 - what it hears
    assert heard == {CATALOG.name, REGISTRATIONS.name}
