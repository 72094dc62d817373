"""A draft on its way to approval, step by step."""

from typing import Any

from httpx import Response

from tests.integration.catalog.conftest import Catalogue
from tests.unit.catalog.builders import content

REASON = {"nl": "De toets meet leeruitkomst 2 niet."}


async def post(
    catalogue: Catalogue, microcredential_id: str, what: str, body: Any = None, **who: Any
) -> Response:
    return await catalogue.http.post(
        f"/v1/microcredentials/{microcredential_id}/{what}",
        json=body,
        headers=catalogue.headers(**who),
    )


async def drafted(catalogue: Catalogue, whole: dict[str, Any] | None = None) -> str:
    answer = await catalogue.draft(whole or content())
    assert answer.status_code == 201
    return str(answer.json()["microcredentialId"])


async def submitted(catalogue: Catalogue) -> str:
    microcredential_id = await drafted(catalogue)
    assert (await catalogue.submit(microcredential_id)).status_code == 201
    return microcredential_id
