"""Two walls stand between the clients of organisations, and each holds when the other is gone.

One: every question names the organisation, which comes from the token. Two: row-level security.
"""

from typing import Any

import pytest
from sqlalchemy import text, true
from sqlalchemy.exc import DBAPIError

from services.catalog.repository import clients
from shared.runtime.database import act_for
from tests.integration.catalog.conftest import PROVIDER, STRANGER, Catalogue
from tests.integration.catalog.systems import ADMIN, a_description, a_system, change

pytestmark = pytest.mark.anyio
TABLES = ("client", "client_key_set")


async def reached(catalogue: Catalogue) -> dict[str, Any]:
    """Return what a stranger reaches of the provider's client, by every way there is."""
    system = await a_system(catalogue)
    headers = catalogue.headers(STRANGER, ADMIN)
    read = await catalogue.http.get(f"/v1/clients/{system.client_id}", headers=headers)
    listed = await catalogue.http.get("/v1/clients", headers=headers)
    described = a_description(system.key, name="Stolen")
    changed = await change(catalogue, system.client_id, described, by=STRANGER)
    own = catalogue.headers(PROVIDER, ADMIN)
    kept = await catalogue.http.get(f"/v1/clients/{system.client_id}", headers=own)
    return {
        "read": read.status_code,
        "listed": listed.json()["items"],
        "changed": changed.status_code,
        "name": kept.json()["name"],
    }


NOTHING = {"read": 404, "listed": [], "changed": 404, "name": "Student information system"}


async def test_the_question_itself_keeps_them_apart(catalogue: Catalogue) -> None:
    async with catalogue.database.transaction() as session:
        for table in TABLES:
            await session.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))

    assert await reached(catalogue) == NOTHING


async def test_the_database_keeps_them_apart(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "_shown_to", lambda _organisation: true())

    assert await reached(catalogue) == NOTHING


async def test_with_both_gone_there_would_be_something_to_see(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "_shown_to", lambda _organisation: true())
    async with catalogue.database.transaction() as session:
        for table in TABLES:
            await session.execute(text(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY"))

    told = await reached(catalogue)

    assert told["read"] == 200
    assert told["listed"]


@pytest.mark.parametrize("table", TABLES)
async def test_a_question_that_forgets_for_whom_it_asks_fails(
    catalogue: Catalogue, table: str
) -> None:
    await a_system(catalogue)
    async with catalogue.database.transaction() as session:
        await act_for(session, PROVIDER)
        copied = "SELECT client_id, organisation, '', '[]', now(), now() FROM client"
        await session.execute(text(f"INSERT INTO client_key_set {copied}"))

    with pytest.raises(DBAPIError, match="organisation"):
        async with catalogue.database.transaction() as session:
            await session.execute(text(f"SELECT * FROM {table}"))


async def test_nobody_writes_a_client_of_another(catalogue: Catalogue) -> None:
    await a_system(catalogue)
    theft = text("UPDATE client SET organisation = :oin")

    async with catalogue.database.sessions() as session:
        await act_for(session, PROVIDER)
        with pytest.raises(DBAPIError, match="row-level security"):
            await session.execute(theft, {"oin": STRANGER})
