"""One award in every form: as tokens, with its proof inside, and baked into a picture."""

import asyncio
import io
import json
from datetime import timedelta

import pytest
from defusedxml import ElementTree
from openbadgeslib.baking import extract_png, extract_svg
from PIL import Image
from sqlalchemy import text

from services.issuer.repository import signatures
from shared.contracts.events import PolicyPublished
from shared.proofs import data_integrity
from shared.proofs.data_integrity import EmbeddedProofRefusedError
from shared.proofs.did_documents import find_multikey
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.strict_json import JsonObject
from tests.integration.issuer.conftest import PUBLIC_URL, Issuer
from tests.support.issuing import NHL, QUANTUM, UTWENTE
from tests.unit.issuer.test_picture import a_policy

pytestmark = pytest.mark.anyio
KEYWORD, ELEMENT = b"openbadgecredential", "openbadges:credential"


async def awarded(issuer: Issuer) -> str:
    award_id: str = (await issuer.award()).json()["awardId"]
    return f"/v1/awards/{award_id}/credential"


async def did_document(issuer: Issuer) -> JsonObject:
    document: JsonObject = (await issuer.client.get(f"/issuers/{UTWENTE}/did.json")).json()
    return document


async def rows(issuer: Issuer, question: str) -> list[tuple[object, ...]]:
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        return [tuple(row) for row in await session.execute(text(question))]


async def test_the_proof_inside_holds_by_the_published_key_and_covers_what_the_token_says(
    issuer: Issuer,
) -> None:
    path = await awarded(issuer)

    answer = await issuer.read(path, accept="application/vc")

    assert answer.headers["Content-Type"] == "application/vc"
    proven = answer.json()
    [proof] = proven["proof"]
    key = find_multikey(
        await did_document(issuer),
        issuer=proven["issuer"]["id"],
        key_id=proof["verificationMethod"],
    )
    data_integrity.verify(proven, key=key)
    proven["credentialSubject"]["creditsEarned"] = 30.0
    with pytest.raises(EmbeddedProofRefusedError):
        data_integrity.verify(proven, key=key)
    assert not {"iss", "jti", "sub", "nbf"} & proven.keys()


async def test_a_proof_is_made_once_and_logged_once(issuer: Issuer) -> None:
    path = await awarded(issuer)

    first = await issuer.read(path, accept="application/vc")
    issuer.clock.now += timedelta(seconds=9)
    again = await issuer.read(path, accept="application/ld+json")

    assert first.content == again.content
    logged = await rows(issuer, "SELECT kid FROM signature WHERE forms = 'eddsa-rdfc-2022'")
    assert len(logged) == 1
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        compared = await signatures.compare(session, str(logged[0][0]))
    assert compared.is_sound
    assert (compared.credentials, compared.stored) == (1, 1)


async def test_who_asks_at_the_same_moment_gets_the_same_proof(issuer: Issuer) -> None:
    path = await awarded(issuer)

    answers = await asyncio.gather(
        *(issuer.read(path, accept="application/vc+ld+json") for _ in range(5))
    )

    assert len({answer.content for answer in answers}) == 1
    assert len(await rows(issuer, "SELECT kid FROM embedded_proof")) == 1
    assert len(await rows(issuer, "SELECT kid FROM signature WHERE forms = 'eddsa-rdfc-2022'")) == 1


async def test_a_proof_by_a_key_in_wrong_hands_is_made_anew(issuer: Issuer) -> None:
    path = await awarded(issuer)
    first = (await issuer.read(path, accept="application/vc")).json()
    kid = first["proof"][0]["verificationMethod"]
    async with issuer.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await session.execute(
            text(
                "UPDATE signing_key SET compromised_at = now(), compromised_since = now(),"
                " compromise_reason = 'stolen', state = 'compromised' WHERE kid = :kid"
            ),
            {"kid": kid},
        )

    refused = await issuer.read(path, accept="application/vc")

    assert refused.status_code == 503
    assert refused.json()["type"].endswith("/no-signing-key")


async def test_an_image_holds_the_credential(issuer: Issuer) -> None:
    path = await awarded(issuer)
    token = (await issuer.read(path)).text

    png = await issuer.read(path, accept="image/png")
    svg = await issuer.read(path, accept="image/svg+xml")

    assert png.headers["Content-Type"] == "image/png"
    assert svg.headers["Content-Type"] == "image/svg+xml"
    assert "sandbox" in svg.headers["Content-Security-Policy"]
    assert extract_png(png.content, keyword=KEYWORD) == token
    assert extract_svg(svg.content, element=ELEMENT) == token
    with Image.open(io.BytesIO(png.content)) as picture:
        assert picture.size == (800, 800)


async def test_what_is_signed_says_where_the_picture_is_and_holds_none(issuer: Issuer) -> None:
    path = await awarded(issuer)

    proven = (await issuer.read(path, accept="application/vc")).text

    achievement = json.loads(proven)["credentialSubject"]["achievement"]
    assert achievement["image"] == {"id": f"{PUBLIC_URL}/pictures/{QUANTUM}/1.png", "type": "Image"}
    assert "data:image" not in proven
    shown = await issuer.client.get(f"/pictures/{QUANTUM}/1.png")
    assert extract_png(shown.content, keyword=KEYWORD) is None


async def test_the_picture_bears_the_mark_once_the_policy_is_known(issuer: Issuer) -> None:
    address = f"/pictures/{QUANTUM}/1.svg"
    plain = (await issuer.client.get(address)).content
    await issuer.hear(PolicyPublished(record_version=1, policy=a_policy()))

    marked = (await issuer.client.get(address)).content

    assert b">edubadge " in plain
    assert b">microcredential " in marked
    assert ElementTree.fromstring(marked)[0].text == "Introduction to Quantum Computing"


async def test_everybody_may_see_and_keep_a_picture(issuer: Issuer) -> None:
    shown = await issuer.client.get(f"/pictures/{QUANTUM}/1.png")
    missing = await issuer.client.get(f"/pictures/{QUANTUM}/9.png")

    assert shown.status_code == 200
    assert shown.headers["Cache-Control"].startswith("public")
    assert b"openbadgecredential" not in shown.content
    assert missing.status_code == 404


async def test_an_earlier_version_comes_in_every_form_too(issuer: Issuer) -> None:
    path = await awarded(issuer)
    award = path.removesuffix("/credential")
    change = {"reason": "reassessed", "result": {"grade": "9.0"}}
    assert (await issuer.post(f"{award}/corrections", change)).status_code == 201

    old = await issuer.read(f"{award}/versions/1/credential", accept="application/vc")
    new = await issuer.read(path, accept="application/vc")

    assert old.json()["credentialSubject"]["result"] != new.json()["credentialSubject"]["result"]


@pytest.mark.parametrize("accept", ["application/vc", "image/png", "image/svg+xml"])
async def test_no_form_is_for_another_organisation(issuer: Issuer, accept: str) -> None:
    path = await awarded(issuer)

    answer = await issuer.read(path, accept=accept, organisation=NHL)

    assert answer.status_code == 404
    assert await rows(issuer, "SELECT kid FROM embedded_proof") == []
