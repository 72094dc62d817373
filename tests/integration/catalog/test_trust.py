"""The trust list over HTTP: our own JSON, and the registry of the DCC."""

import json
from datetime import timedelta
from typing import Any

import pytest
from httpx import Response

from services.catalog import consumers
from services.catalog.schemas.examples_organisations import TRUST_LIST
from services.catalog.schemas.trust import TrustList
from shared.contracts.events import Event, IssuerKeyPublished
from shared.proofs.did_documents import key_id
from shared.proofs.ed25519 import Ed25519SigningKey
from tests.integration.catalog.conftest import NOW, PROVIDER, PUBLIC_URL, STRANGER, Catalogue
from tests.support.trust import AnIssuer

pytestmark = pytest.mark.anyio

LIST = "/v1/trust-list"
DCC = "/registries/dcc.json"
OCW = {"recogniser": "OCW", "code": "21PH", "validFrom": "2021-10-01"}


async def hear(catalogue: Catalogue, *events: Event) -> None:
    """Let the catalogue hear what issuers announce."""
    subscriptions = consumers.subscribe(catalogue.clock)
    for event in events:
        async with catalogue.database.transaction() as session:
            await subscriptions.hear([event], session)


async def read(catalogue: Catalogue, where: str = LIST, **query: str) -> Any:
    answer = await catalogue.http.get(where, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def again(catalogue: Catalogue, answer: Response) -> Response:
    """Ask the same by the entity tag of an earlier answer."""
    known = {"If-None-Match": answer.headers["ETag"]}
    return await catalogue.http.get(str(answer.request.url), headers=known)


async def test_a_key_of_either_kind_and_a_key_yet_to_sign_stand_in_the_list(
    empty: Catalogue,
) -> None:
    issuer = AnIssuer(PROVIDER)
    edwards = Ed25519SigningKey.generate().public
    coming = issuer.published().key.model_copy(
        update={
            "kid": key_id(issuer.did, edwards),
            "algorithm": "Ed25519",
            "public_jwk": edwards.jwk,
            "published_at": NOW,
            "signs_from": NOW + timedelta(hours=48),
        }
    )
    await empty.record()
    await hear(empty, issuer.published(), IssuerKeyPublished(record_version=1, key=coming))

    [item] = (await read(empty))["items"]
    shown = {key["algorithm"]: key for key in item["keys"]}

    assert set(shown) == {"ES256", "Ed25519"}
    assert shown["Ed25519"]["publicJwk"]["crv"] == "Ed25519"


async def test_the_list_tells_everything_a_verifier_must_know(empty: Catalogue) -> None:
    issuer = AnIssuer(PROVIDER)
    await empty.record(recognitions=[OCW], website="https://www.utwente.nl")
    await hear(empty, issuer.published())

    told = await read(empty)

    [item] = told.pop("items")
    assert told == {"sequence": 2, "asOf": "2026-11-22T09:30:00Z", "day": "2026-11-22"}
    assert item == {
        "oin": PROVIDER,
        "name": {"nl": "Universiteit Twente"},
        "sector": "wo",
        "kind": "public",
        "website": "https://www.utwente.nl/",
        "country": "NL",
        "test": True,
        "recognised": True,
        "recognitions": [OCW],
        "dids": [issuer.did],
        "keys": [
            {
                "kid": issuer.kid,
                "did": issuer.did,
                "algorithm": "ES256",
                "publicJwk": issuer.key.public.jwk,
                "publishedAt": "2026-11-22T09:00:00Z",
            }
        ],
        "version": 1,
        "recordedAt": "2026-11-22T09:30:00Z",
    }


async def test_keys_are_never_taken_from_the_list_only_marked(empty: Catalogue) -> None:
    old, leaked = AnIssuer(PROVIDER), AnIssuer(PROVIDER, published_at=NOW)
    await empty.record()
    await hear(empty, old.published(), old.retired(NOW))
    await hear(empty, leaked.published(), leaked.compromised(NOW))

    [item] = (await read(empty))["items"]

    assert [
        (key["kid"], key.get("retiredAt"), key.get("compromisedAt")) for key in item["keys"]
    ] == [
        (old.kid, "2026-11-22T09:30:00Z", None),
        (leaked.kid, None, "2026-11-22T09:30:00Z"),
    ]


async def test_what_was_heard_twice_or_late_changes_nothing(empty: Catalogue) -> None:
    issuer = AnIssuer(PROVIDER)
    await empty.record()
    await hear(empty, issuer.published(), issuer.retired(NOW))
    before = await read(empty)

    for late in (issuer.retired(NOW), issuer.published()):
        await hear(empty, late)
        assert await read(empty) == before


async def test_who_was_recognised_once_stays_on_the_list(empty: Catalogue) -> None:
    await empty.record(recognitions=[{**OCW, "validUntil": "2024-01-01"}])
    await hear(empty, AnIssuer(PROVIDER).published())

    [item] = (await read(empty))["items"]

    assert item["recognised"] is False
    assert item["recognitions"] == [{**OCW, "validUntil": "2024-01-01"}]
    assert (await read(empty, DCC))["registry"] == {}


async def test_every_change_makes_another_edition(empty: Catalogue) -> None:
    issuer = AnIssuer(PROVIDER)
    seen = [(await read(empty))["sequence"]]
    await empty.record()
    seen.append((await read(empty))["sequence"])
    for event in (issuer.published(), issuer.retired(NOW)):
        empty.clock.pass_(minutes=1)
        await hear(empty, event)
        seen.append((await read(empty))["sequence"])
    await empty.record()
    seen.append((await read(empty))["sequence"])

    assert seen == [0, 1, 2, 3, 3]
    assert (await read(empty))["asOf"] == "2026-11-22T09:32:00Z"


async def test_the_list_is_read_page_by_page_within_one_edition(empty: Catalogue) -> None:
    oins = [f"00000099000000{number:02}0000" for number in range(1, 6)]
    for oin in reversed(oins):
        await empty.record(oin)
        await hear(empty, AnIssuer(oin).published())

    pages = [await read(empty, limit="2")]
    while "next" in pages[-1]:
        pages.append(await read(empty, limit="2", cursor=pages[-1]["next"]))

    assert [item["oin"] for page in pages for item in page["items"]] == oins
    assert {page["sequence"] for page in pages} == {10}


@pytest.mark.parametrize("where", [LIST, DCC])
async def test_it_may_be_kept_and_is_not_sent_again(empty: Catalogue, where: str) -> None:
    await empty.record()
    await hear(empty, AnIssuer(PROVIDER).published())

    first = await empty.http.get(where)
    same = await again(empty, first)
    await empty.record(name={"nl": "Anders"})
    changed = await again(empty, first)

    assert first.headers["Cache-Control"] == "public, max-age=300, stale-if-error=86400"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["ETag"] == first.headers["ETag"]
    assert (changed.status_code, changed.headers["ETag"] != first.headers["ETag"]) == (200, True)


async def test_a_day_on_which_recognition_ends_changes_the_list_by_itself(
    empty: Catalogue,
) -> None:
    await empty.record(recognitions=[{**OCW, "validUntil": "2026-11-23"}])
    await hear(empty, AnIssuer(PROVIDER).published())
    first = await empty.http.get(LIST)

    empty.clock.moment = NOW + timedelta(hours=14)
    later = await again(empty, first)

    assert later.status_code == 200
    assert (later.json()["day"], later.json()["items"][0]["recognised"]) == ("2026-11-23", False)


async def test_the_dcc_registry_names_who_is_recognised_today_and_has_a_key(
    empty: Catalogue,
) -> None:
    issuer, without, lapsed, leaked = (
        AnIssuer(f"00000099000000{number:02}0000") for number in range(1, 5)
    )
    await empty.record(
        issuer.organisation,
        name={"nl": "Hogeschool", "en": "University of Applied Sciences"},
        city="Enschede",
        website="https://www.hogeschool.example/",
    )
    await empty.record(without.organisation)
    await empty.record(lapsed.organisation, recognitions=[{**OCW, "validUntil": "2026-11-22"}])
    await empty.record(leaked.organisation)
    await hear(empty, issuer.published(), lapsed.published())
    await hear(empty, leaked.published(), leaked.compromised(NOW))

    told = await read(empty, DCC)

    assert told == {
        "meta": {
            "sequence": 8,
            "created": "2026-11-22T09:30:00Z",
            "updated": "2026-11-22T09:30:00Z",
        },
        "registry": {
            issuer.did: {
                "name": "University of Applied Sciences",
                "location": "Enschede, Netherlands",
                "url": "https://www.hogeschool.example/",
                "test": True,
            }
        },
    }


async def test_what_is_remembered_of_the_list_ends_with_the_edition_and_the_day(
    empty: Catalogue,
) -> None:
    issuer = AnIssuer(PROVIDER)
    await empty.record(recognitions=[{**OCW, "validUntil": "2026-11-24"}])
    seen = [len((await read(empty, DCC))["registry"])]
    await hear(empty, issuer.published())
    seen += [len((await read(empty, DCC))["registry"]) for _ in range(2)]
    empty.clock.pass_(days=1)
    seen.append(len((await read(empty, DCC))["registry"]))
    empty.clock.pass_(days=1)
    seen.append(len((await read(empty, DCC))["registry"]))

    assert seen == [0, 1, 1, 1, 0]


async def test_an_issuer_that_moved_is_known_by_both_of_its_names(empty: Catalogue) -> None:
    old = AnIssuer(PROVIDER, url="https://old.example.nl")
    new = AnIssuer(PROVIDER, published_at=NOW)
    await empty.record()
    await hear(empty, old.published(), old.retired(NOW), new.published())

    [item] = (await read(empty))["items"]

    assert item["dids"] == [new.did, old.did]
    assert (await read(empty, DCC))["registry"].keys() == {new.did, old.did}


async def test_a_provider_that_is_not_a_test_is_not_marked_as_one(empty: Catalogue) -> None:
    oin = "00000003123456780000"
    await empty.record(oin, sector="private", kvk="12345678", country="DE")
    await hear(empty, AnIssuer(oin).published())

    [item] = (await read(empty))["items"]
    [entry] = (await read(empty, DCC))["registry"].values()

    assert (item["test"], item["kind"]) == (False, "private")
    assert entry == {
        "name": "Universiteit Twente",
        "location": "Germany",
        "url": f"{PUBLIC_URL}/v1/organisations/{oin}",
    }


async def test_keys_of_nobody_on_record_are_kept_for_when_somebody_is(empty: Catalogue) -> None:
    await hear(empty, AnIssuer(STRANGER).published())
    before = await read(empty)

    await empty.record(STRANGER)

    assert before["items"] == []
    assert len((await read(empty))["items"][0]["keys"]) == 1


async def test_a_cursor_or_tag_that_is_none_is_refused(empty: Catalogue) -> None:
    cursor = await empty.http.get(LIST, params={"cursor": "!"})
    tag = await empty.http.get(LIST, headers={"If-None-Match": "x"})

    assert [cursor.status_code, tag.status_code] == [400, 400]
    assert cursor.json()["errors"][0]["pointer"] == "/cursor"
    assert tag.json()["errors"][0]["pointer"] == "/If-None-Match"


def test_the_example_is_what_it_is_an_example_of() -> None:
    read_again = TrustList.model_validate_json(json.dumps(TRUST_LIST))

    assert json.loads(read_again.model_dump_json(exclude_none=True)) == TRUST_LIST
