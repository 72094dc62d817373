"""An institution's own system as it sends results to an issuer, and looks what came of them."""

from collections.abc import Mapping
from typing import Any, Final

import httpx

from tests.integration.issuer.conftest import Issuer
from tests.support.issuing import UTWENTE
from tests.support.results import ASSOCIATION, an_association

COURSE: Final = f"/oeapi/v6/course-offering-associations/{ASSOCIATION}"
RESULT: Final = f"/v1/association-results/{ASSOCIATION}"


async def put(
    issuer: Issuer, body: Mapping[str, object] | None = None, *, path: str = COURSE, **more: str
) -> httpx.Response:
    return await issuer.client.put(
        path,
        json=dict(an_association() if body is None else body),
        headers=issuer.headers(more.pop("organisation", UTWENTE)) | more,
    )


async def patch(issuer: Issuer, part: Mapping[str, object], path: str = COURSE) -> httpx.Response:
    headers = {"Content-Type": "application/merge-patch+json"}
    return await issuer.client.patch(path, json=dict(part), headers=issuer.headers() | headers)


async def outcome(issuer: Issuer, path: str = RESULT) -> dict[str, Any]:
    told: dict[str, Any] = (await issuer.read(path)).json()
    return told


async def awards(issuer: Issuer) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await issuer.read("/v1/awards")).json()["items"]
    return items


async def versions(issuer: Issuer, award_id: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await issuer.read(f"/v1/awards/{award_id}/versions")).json()[
        "items"
    ]
    return items
