"""A stranger with the OpenAPI document finds no answer of feed or webhooks that is not in it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from anyio import to_thread

from services.demo.operating import Service, write_openapi
from services.demo.sandbox import AUDIENCE, open_sandbox
from services.registry.app import create_app
from shared.runtime.database import Database
from tests.support.awards import TWENTE
from tests.support.feed import some_history
from tests.support.fuzzing import fuzz, served_on_a_socket
from tests.support.postgres import MakeDatabase
from tests.support.registering import register_settings
from tests.support.webhooks import SEALING_KEY, subscribe

pytestmark = pytest.mark.anyio

SCOPES = ["subscriptions:write", "subscriptions:read"]
OURS = ("events", "subscriptions")


@pytest.mark.parametrize("is_known", [False, True], ids=["strangers' ids", "ids that are there"])
async def test_no_question_gets_an_answer_that_is_not_declared(
    make_database: MakeDatabase,
    open_database: Callable[..., Database],
    tmp_path: Path,
    *,
    is_known: bool,
) -> None:
    register = open_database(make_database("services.registry"))
    await some_history(register)
    known = await subscribe(register, "https://receiver.example.nl/hook")
    sandbox = open_sandbox(tmp_path / "sandbox")
    settings = register_settings(
        register.url,
        webhook_sealing_key=SEALING_KEY,
        token_issuers=(sandbox.token_issuer,),
        token_audience=AUDIENCE,
        quota_of_address=0,
        quota_of_client=0,
    )
    app = create_app(settings)
    described = await to_thread.run_sync(write_openapi, Service.REGISTRY)
    paths = json.loads(described)["paths"]
    others = [
        operation["operationId"]
        for path, methods in paths.items()
        for operation in methods.values()
        if path.split("/")[1] not in OURS
    ]
    ids = {"path.subscriptionId": str(known.subscription.subscription_id), "header.If-Match": "*"}
    async with served_on_a_socket(app) as address:
        found = await to_thread.run_sync(
            lambda: fuzz(
                address,
                sandbox.token(TWENTE, SCOPES),
                tmp_path,
                ids if is_known else {},
                left_out=others,
            )
        )

    assert found == "", found
