"""Sending batches to a verifier, and waiting until they are done.

Apart from the tests, because pages and programs send the same files.
"""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from services.verifier.batch_operations.crew import Crew
from services.verifier.batch_operations.desk import BatchDesk
from services.verifier.batches.entries import Entry
from services.verifier.schemas.verification import VerificationAnswer
from shared.runtime.clock import now
from shared.runtime.database import Database

PATH = "/v1/verification-batches"


def desk_of(app: FastAPI) -> BatchDesk:
    """Return what an application works at batches with."""
    desk: BatchDesk = app.state.batch_desk
    return desk


def without_hands(desk: BatchDesk) -> BatchDesk:
    """Return a desk that takes batches and leaves them lying."""
    return replace(desk, crew=Crew(desk.database, _never, read_clock=now, lanes=0))


async def _never(entry: Entry, *, now: datetime) -> VerificationAnswer:
    raise AssertionError(entry.name, now)


def as_form(files: Mapping[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    """Return files as the parts of a form, in their order."""
    return [("files", (name, content)) for name, content in files.items()]


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """Return files as an archive, in their order."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


async def send(client: AsyncClient, *credentials: str, **headers: str) -> Response:
    """Send credentials as a list."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await client.post(PATH, json={"credentials": credentials}, headers=named)


async def rows_of(client: AsyncClient, sent: Response) -> list[dict[str, Any]]:
    """Return all rows of a batch that is done, page by page."""
    results = sent.json()["links"]["results"]
    rows: list[dict[str, Any]] = []
    asked: dict[str, str | int] = {"limit": 100}
    while True:
        answer = await client.get(results, params=asked)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        rows += page["items"]
        if page["next"] is None:
            return rows
        asked["cursor"] = page["next"]


async def count_rows(database: Database, table: str) -> int:
    """Count the rows of a table."""
    async with database.transaction() as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0
