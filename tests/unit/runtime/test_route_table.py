"""An endpoint that needs nothing of the framework is called at once, but never past a guard."""

import pytest
from fastapi import APIRouter, Depends, Request, Response

from shared.errors import NotPermittedError
from tests.support.toy import a_client, create_toy

pytestmark = pytest.mark.anyio


async def refuse() -> None:
    raise NotPermittedError


async def answer(request: Request) -> Response:
    return Response(f"{request.method} {request.path_params} {len(await request.body())}")


async def test_an_endpoint_that_takes_the_request_alone_gets_all_of_it() -> None:
    app = create_toy()
    app.post("/whole/{name}")(answer)

    async with a_client(app) as client:
        whole = await client.post("/whole/one", content=b"four")
        too_large = await client.post("/whole/one", content=b" " * 300_000)

    assert whole.text == "POST {'name': 'one'} 4"
    assert too_large.status_code == 413
    assert whole.headers["api-version"]


async def test_what_guards_a_router_guards_every_endpoint_in_it() -> None:
    app = create_toy()
    guarded = APIRouter(dependencies=[Depends(refuse)])
    guarded.get("/inner")(answer)
    app.include_router(guarded)
    app.get("/own", dependencies=[Depends(refuse)])(answer)
    outer = APIRouter()
    outer.get("/outer")(answer)
    app.include_router(outer, dependencies=[Depends(refuse)])

    async with a_client(app) as client:
        statuses = [(await client.get(f"/{one}")).status_code for one in ("inner", "own", "outer")]

    assert statuses == [403, 403, 403]
