"""What `waarmerk seed` does to a catalogue."""

import hashlib
import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from services.catalog.operations.seeding import Seeded, SeedError, seed
from services.catalog.settings import Settings
from tests.integration.catalog.conftest import NOW, PUBLIC_URL, Catalogue
from tests.unit.catalog.builders import SEED

pytestmark = pytest.mark.anyio


async def test_the_seed_fills_an_empty_catalogue_once(empty: Catalogue, settings: Settings) -> None:
    first = await seed(empty.database, settings.seed_folder, public_url=PUBLIC_URL, now=NOW)
    events = await empty.events()
    later = NOW + timedelta(days=1)
    again = await seed(empty.database, settings.seed_folder, public_url=PUBLIC_URL, now=later)

    assert first == Seeded(organisations=37, policies=6, microcredentials=17, offerings=46)
    assert again == Seeded(organisations=0, policies=0, microcredentials=0, offerings=0)
    # One offering is cancelled as soon as it is there.
    assert len(events) == len(await empty.events()) == 37 + 6 + 17 + 46 + 1


async def test_what_is_seeded_is_found_and_its_frameworks_match_their_digests(
    empty: Catalogue,
) -> None:
    await seed(empty.database, SEED, public_url=PUBLIC_URL, now=NOW)

    listed = await empty.http.get("/v1/microcredentials", params={"q": "introduction to quantum"})
    [quantum] = listed.json()["items"]
    framework = quantum["policy"]["framework"]
    document = await empty.http.get(framework["url"])

    assert quantum["content"]["studyLoad"] == {"unit": "ects", "value": 5}
    assert quantum["policy"]["policyId"] == "wo-experiment"
    assert hashlib.sha256(document.content).hexdigest() == framework["sha256"]
    assert (await empty.http.get(quantum["page"])).status_code == 200


async def test_what_an_institution_published_before_it_left_is_still_there(
    empty: Catalogue,
) -> None:
    await seed(empty.database, SEED, public_url=PUBLIC_URL, now=NOW)

    listed = await empty.http.get(
        "/v1/microcredentials", params={"provider": "00000099000000990000"}
    )

    [left] = listed.json()["items"]
    assert left["publishedAt"].startswith("2024-09-02")


async def test_a_document_that_is_not_what_was_pinned_is_refused(
    empty: Catalogue, tmp_path: Path
) -> None:
    folder = tmp_path / "seed"
    shutil.copytree(SEED, folder)
    (folder / "frameworks" / "mbo.md").write_text("Iets anders", encoding="utf-8")

    with pytest.raises(SeedError):
        await seed(empty.database, folder, public_url=PUBLIC_URL, now=NOW)


async def test_a_change_to_an_organisation_in_the_seed_is_recorded(
    empty: Catalogue, tmp_path: Path
) -> None:
    await seed(empty.database, SEED, public_url=PUBLIC_URL, now=NOW)
    folder = tmp_path / "seed"
    shutil.copytree(SEED, folder)
    organisations = json.loads((folder / "organisations.json").read_text(encoding="utf-8"))
    organisations[0]["name"]["nl"] = "Anders"
    (folder / "organisations.json").write_text(json.dumps(organisations), encoding="utf-8")

    seeded = await seed(empty.database, folder, public_url=PUBLIC_URL, now=NOW)

    assert seeded == Seeded(organisations=0, policies=0, microcredentials=0)
    assert (await empty.events())[-1].data["recordVersion"] == 2
