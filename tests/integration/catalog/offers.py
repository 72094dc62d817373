"""A provider at work: what the tests of offerings do over HTTP."""

from typing import Any

from httpx import Response

from tests.integration.catalog.conftest import PROVIDER, Catalogue

RUN: dict[str, Any] = {
    "primaryCode": "QC-1",
    "state": "active",
    "runs": {"firstDay": "2027-02-01", "lastDay": "2027-04-16"},
    "places": 24,
    "placesLeft": 7,
    "price": {"amount": "450"},
    "location": {"city": "Enschede", "region": "NL-OV"},
}


class Provider:
    """A provider with one published microcredential to offer."""

    def __init__(self, catalogue: Catalogue, microcredential_id: str) -> None:
        self.catalogue = catalogue
        self.microcredential_id = microcredential_id

    async def offer(
        self, *, by: str = PROVIDER, key: str | None = None, **changed: Any
    ) -> Response:
        return await self.catalogue.http.post(
            f"/v1/microcredentials/{self.microcredential_id}/offerings",
            json={**RUN, **changed},
            headers=self.catalogue.headers(by, key=key),
        )

    async def offered(self, **changed: Any) -> str:
        answer = await self.offer(**changed)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["offeringId"])

    async def put(
        self, offering_id: str, *, tag: str | None = "*", by: str = PROVIDER, **changed: Any
    ) -> Response:
        headers = self.catalogue.headers(by) | ({"If-Match": tag} if tag else {})
        return await self.catalogue.http.put(
            f"/v1/offerings/{offering_id}", json={**RUN, **changed}, headers=headers
        )

    async def cancel(
        self, offering_id: str, *, by: str = PROVIDER, key: str | None = None, **body: Any
    ) -> Response:
        return await self.catalogue.http.post(
            f"/v1/offerings/{offering_id}/cancellations",
            json=body,
            headers=self.catalogue.headers(by, key=key),
        )

    async def remove(self, offering_id: str, *, by: str = PROVIDER) -> Response:
        return await self.catalogue.http.delete(
            f"/v1/offerings/{offering_id}",
            headers=self.catalogue.headers(by) | {"If-Match": "*"},
        )

    async def read(self, offering_id: str, *, by: str | None = None) -> Response:
        headers = self.catalogue.headers(by) if by else {}
        return await self.catalogue.http.get(f"/v1/offerings/{offering_id}", headers=headers)

    async def listed(self, *, by: str | None = None, **query: Any) -> Response:
        headers = self.catalogue.headers(by) if by else {}
        return await self.catalogue.http.get(
            f"/v1/microcredentials/{self.microcredential_id}/offerings",
            params=query,
            headers=headers,
        )

    async def announced(self) -> list[dict[str, Any]]:
        return [
            dict(event.data)
            for event in await self.catalogue.events()
            if event.type.endswith("offering-recorded.v1")
        ]
