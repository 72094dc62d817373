"""What people really hand in, over HTTP: found in what it came in, told apart, and judged."""

import html
import re
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from services.verifier.domain.verdict import State
from services.verifier.intake import Intake
from shared.contracts.events import IssuerKey, IssuerKeyPublished
from tests.integration.verifier.conftest import Hear
from tests.integration.verifier.news import everything_about
from tests.support.corpus import Input, corpus
from tests.unit.verifier.cases.entry import DOCUMENT, ED25519, METHOD, a_document, registered_as
from tests.unit.verifier.forge import payload_of, sign
from tests.unit.verifier.world import an_issuer_key

pytestmark = pytest.mark.anyio

TOKEN: Final = sign(payload_of(registered_as(DOCUMENT)))
"""The same credential as the document, so that the register knows both."""
CORPUS: Final = corpus(TOKEN, a_document())
GENUINE: Final = "Genuine and valid"
HANDED_BACK: Final = re.compile(r'<input type="hidden"[^>]*>')
"""What was handed in, to be handed in again in another language; nobody sees it."""


@pytest.fixture
async def reader(app: FastAPI, hear: Hear) -> AsyncIterator[Intake]:
    """Let the verifier hear all it needs; give its intake, which ends with the test."""
    embedded = an_issuer_key().model_copy(update={"kid": METHOD, "public_jwk": ED25519.public.jwk})
    key = IssuerKey.model_validate(embedded.model_dump())
    await hear(*everything_about(TOKEN), IssuerKeyPublished(record_version=1, key=key))
    intake: Intake = app.state.desk.intake
    yield intake
    await intake.close()


async def ask(verifier: AsyncClient, one: Input) -> Response:
    """Hand it to the API."""
    headers = {"Content-Type": one.media_type}
    return await verifier.post("/v1/verifications", content=one.content, headers=headers)


async def answer(verifier: AsyncClient, one: Input) -> list[str]:
    """Give the states the API answers, or why it answers none."""
    response = await ask(verifier, one)
    body = response.json()
    if response.status_code != HTTPStatus.OK:
        return [f"{response.status_code} {body['code']}"]
    return [body["verdict"]["state"]]


def expected(one: Input) -> list[str]:
    """Say what the API must answer: one verdict, or that it is too little or too much."""
    if not one.states:
        return ["400 invalid-request"]
    return [*one.states] if len(one.states) == 1 else ["400 several-found"]


def test_there_are_forty_inputs_and_more_and_each_has_a_name() -> None:
    assert len({one.name for one in CORPUS}) == len(CORPUS) >= 40
    assert {state for one in CORPUS for state in one.states} >= {
        State.VALID,
        State.ALTERED,
        State.NOT_FOUND,
        State.NOT_A_CREDENTIAL,
    }


async def test_each_is_opened_as_what_it_is_and_told_apart(reader: Intake) -> None:
    taken = {one.name: await reader.take_in(one.content) for one in CORPUS}

    assert {
        name: (seen.container, tuple(found.form for found in seen.handed))
        for name, seen in taken.items()
    } == {one.name: (one.container, one.forms) for one in CORPUS}


@pytest.mark.usefixtures("reader")
async def test_each_gets_its_verdict_from_the_api(verifier: AsyncClient) -> None:
    assert {one.name: await answer(verifier, one) for one in CORPUS} == {
        one.name: expected(one) for one in CORPUS
    }


@pytest.mark.usefixtures("reader")
async def test_each_gets_the_same_verdict_on_the_page_as_a_file(verifier: AsyncClient) -> None:
    for one in CORPUS:
        told = (await ask(verifier, one)).json()
        page = await verifier.post("/?lang=en", files={"file": ("bewijs", one.content)})

        assert page.status_code == HTTPStatus.OK, one.name
        if len(one.states) == 1:
            title = html.escape(told["verdict"]["title"]["en"], quote=False)
            assert f"<h1>{title}</h1>" in page.text, one.name
        assert page.text.count(GENUINE) >= one.states.count(State.VALID), one.name
        visible = HANDED_BACK.sub("", page.text)
        assert ("Sam de Vries" in visible) is (State.VALID in one.states), one.name
