"""What the doctor asks of an issuer's status lists: our record, what is served, and the register.

Apart from `operating`, because this looks at one service only, and from outside as well.
"""

from dataclasses import dataclass, field
from http import HTTPStatus
from uuid import UUID

import httpx

from services.demo.tokens import Tokens
from services.issuer.operations.list_checks import Checking, ListReport, check_lists
from services.issuer.settings import Settings
from shared.runtime import clock
from shared.runtime.database import Database

STATEMENT_SECONDS = 60.0


class RegisterSilentError(Exception):
    """The register did not answer as it should; its revocations were not compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Where the national register is, and who asks: its operator is shown everybody's."""

    address: str
    tokens: Tokens = field(repr=False)


async def examine_lists(
    settings: Settings, *, over_http: bool, register: Register | None
) -> ListReport:
    """Check every status list of the issuer; nothing is changed."""
    now = clock.now()
    database = Database(
        settings.database_url,
        source=settings.source,
        pool_size=1,
        statement_seconds=STATEMENT_SECONDS,
    )
    async with httpx.AsyncClient(timeout=15) as client:

        async def fetch(url: str) -> str | None:
            try:
                answer = await client.get(url)
            except httpx.HTTPError:
                return None
            return answer.text if answer.status_code == HTTPStatus.OK else None

        try:
            revoked = None if register is None else await _read_revoked(client, register)
            checking = Checking(
                public_url=settings.public_url,
                open_lists=settings.status_lists_open,
                now=now,
                fetch=fetch if over_http else None,
                register=revoked,
            )
            return await check_lists(database, checking)
        finally:
            await database.dispose()


async def _read_revoked(client: httpx.AsyncClient, register: Register) -> frozenset[UUID]:
    """Return the awards that the register says are revoked; it is read by pages."""
    revoked: set[UUID] = set()
    asked = {"limit": "100"}
    while True:
        try:
            answer = await client.get(
                f"{register.address.rstrip('/')}/v1/registrations",
                params=asked,
                headers={"Authorization": f"Bearer {register.tokens()}"},
            )
        except httpx.HTTPError as error:
            raise RegisterSilentError(f"{type(error).__name__}") from None
        if answer.status_code != HTTPStatus.OK:
            raise RegisterSilentError(f"it answered {answer.status_code}")
        page = answer.json()
        revoked.update(
            UUID(one["registrationId"]) for one in page["items"] if one["status"] == "revoked"
        )
        if "next" not in page:
            return frozenset(revoked)
        asked["cursor"] = page["next"]
