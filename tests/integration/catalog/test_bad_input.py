"""Whatever is wrong with a request is said at once, in plain words, in Dutch or in English."""

import json
from typing import Any

import pytest
from httpx import Response

from tests.integration.catalog.conftest import Catalogue
from tests.integration.catalog.offers import Provider
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

WHOLE = content()
ESCO = "http://data.europa.eu/esco/skill/ccd0a1d9-afda-43d9-b901-96344886e14d"
EVERYTHING_WRONG: dict[str, Any] = {
    "title": {"nl": "<b>Vet</b>", "en": "turned \u202e around"},
    "description": {"nl": "x" * 4001},
    "learningOutcomes": [{"nl": " "}, {"en": "&lt;script&gt;"}, {}],
    "studyLoad": {"unit": "ects", "value": 0.25},
    "level": {"value": "bachelor", "basis": "self-declared"},
    "modesOfDelivery": ["online", "online"],
    "inLanguage": "en_EN",
    "fieldOfStudy": "0534",
    "furtherInformation": "https://name:word@example.nl/",
    "otherCodes": [{"codeType": "x-crebo", "code": "1"}, {"codeType": "orcid", "code": "1"}],
    "skills": [{"uri": "https://example.nl/", "label": {"nl": "Natuurkunde"}}],
    "keywords": ["qubit", "Qubit"],
    "colour": "red",
}
ALL_FAULTS = {
    ("/content/colour", "extra-forbidden"),
    ("/content/description/nl", "string-too-long"),
    ("/content/fieldOfStudy", "unknown-field-of-study"),
    ("/content/furtherInformation", "address-with-secret"),
    ("/content/inLanguage", "language-form"),
    ("/content/keywords/1", "duplicate"),
    ("/content/learningOutcomes/0/nl", "blank"),
    ("/content/learningOutcomes/1/en", "html"),
    ("/content/learningOutcomes/2", "no-text"),
    ("/content/level/value", "enum"),
    ("/content/modesOfDelivery/1", "duplicate"),
    ("/content/otherCodes/0/code", "code-form"),
    ("/content/otherCodes/1/codeType", "code-of-person"),
    ("/content/skills/0/uri", "esco-uri"),
    ("/content/studyLoad/value", "decimal-max-places"),
    ("/content/title/en", "hidden-character"),
    ("/content/title/nl", "html"),
}


@pytest.fixture
def dutch(catalogue: Catalogue) -> Catalogue:
    """Give the catalogue to somebody who prefers Dutch."""
    catalogue.http.headers["Accept-Language"] = "nl-NL, nl;q=0.9, en;q=0.5"
    return catalogue


def faults(answer: Response, *, status: int = 400) -> dict[str, str]:
    """Return the sentence at each pointer of a refusal."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return {one["pointer"]: one["detail"] for one in answer.json()["errors"]}


def codes(answer: Response) -> set[tuple[str, str]]:
    return {(one["pointer"], one["code"]) for one in answer.json()["errors"]}


async def test_everything_that_is_wrong_is_said_in_one_answer(catalogue: Catalogue) -> None:
    answer = await catalogue.draft(EVERYTHING_WRONG)

    assert answer.headers["content-language"] == "en"
    assert codes(answer) == ALL_FAULTS
    said = faults(answer)
    assert said["/content/inLanguage"].endswith("So en for English, not en_EN.")
    assert said["/content/description/nl"] == (
        "The text is too long: at most 4000 characters are allowed."
    )
    for sent in ("Vet", "0534", "bachelor", "red", "word@", "qubit"):
        assert sent not in answer.text


async def test_the_same_is_said_in_dutch_to_who_prefers_it(dutch: Catalogue) -> None:
    answer = await dutch.draft(EVERYTHING_WRONG)

    assert answer.headers["content-language"] == "nl"
    assert "Accept-Language" in answer.headers["vary"]
    assert codes(answer) == ALL_FAULTS
    assert answer.json()["title"] == "Het verzoek heeft niet de vorm die wordt gevraagd"
    said = faults(answer)
    assert said["/content/title/nl"].startswith("Hier hoort gewone tekst, zonder HTML-tags")
    assert said["/content/inLanguage"].endswith("Dus en voor Engels, niet en_EN.")
    assert said["/content/fieldOfStudy"].startswith("Dit is geen code van ISCED-F 2013")
    assert said["/content/keywords/1"] == "Dit staat al in de lijst; noem het één keer."
    assert said["/content/level/value"].startswith("Hier hoort een van deze: 'eqf_1', ")
    assert " of 'eqf_8'" in said["/content/level/value"]


async def test_a_draft_that_was_refused_leaves_nothing_behind(catalogue: Catalogue) -> None:
    await catalogue.draft(EVERYTHING_WRONG, key="once")
    mended = await catalogue.draft(WHOLE, key="once")

    assert mended.status_code == 201
    assert len(await catalogue.events()) == 2


async def test_texts_of_people_are_taken_as_they_are(catalogue: Catalogue) -> None:
    text = "Voor wie 3 < 5 begrijpt, R&D doet en <3 heeft voor rekenen"

    drafted = await catalogue.draft(content(title={"nl": text}))

    assert drafted.json()["draft"]["content"]["title"] == {"nl": text}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999", "-5", "0", '"5"', "true", "null"])
async def test_a_size_that_is_none_is_refused(catalogue: Catalogue, number: str) -> None:
    text = json.dumps({"content": WHOLE}).replace('"value": 5', f'"value": {number}')
    answer = await catalogue.http.post(
        "/v1/microcredentials",
        content=text,
        headers={**catalogue.headers(), "Content-Type": "application/json"},
    )

    assert set(faults(answer)) <= {"/content/studyLoad/value", ""}


@pytest.mark.parametrize(
    ("language", "unit", "step"),
    [
        ("en", "edubadge, not a microcredential", "steps"),
        ("nl", "edubadge, geen microcredential", "stappen"),
    ],
)
async def test_a_size_that_is_too_small_is_explained(
    catalogue: Catalogue, language: str, unit: str, step: str
) -> None:
    catalogue.http.headers["Accept-Language"] = language
    for value, expected in (
        (0.3, {"study-load-minimum", "study-load-step"}),
        (2, {"study-load-minimum"}),
    ):
        drafted = await catalogue.draft(content(studyLoad={"unit": "ects", "value": value}))
        refused = await catalogue.submit(drafted.json()["microcredentialId"])

        assert refused.status_code == 400, refused.text
        assert {code for _, code in codes(refused)} == expected
        said = [one["detail"] for one in refused.json()["errors"]]
        assert any(unit in sentence for sentence in said)
        assert any(step in sentence for sentence in said) == (value == 0.3)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The request body is larger than the 256 KiB that are read here."),
        ("nl", "Het verzoek is groter dan de 256 KiB die hier worden gelezen."),
    ],
)
async def test_a_description_of_5_mb_is_never_read(
    catalogue: Catalogue, language: str, sentence: str
) -> None:
    catalogue.http.headers["Accept-Language"] = language

    answer = await catalogue.draft(content(description={"nl": "x" * 5_000_000}))

    assert (answer.status_code, answer.json()["detail"]) == (413, sentence)


async def test_a_body_of_5_mb_that_does_not_say_so_is_not_read_either(catalogue: Catalogue) -> None:
    async def endless() -> Any:
        yield b'{"content": {"title": {"nl": "'
        for _ in range(5000):
            yield b"x" * 1000

    answer = await catalogue.http.post(
        "/v1/microcredentials",
        content=endless(),
        headers={**catalogue.headers(), "Content-Type": "application/json"},
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


async def test_periods_of_recognition_that_overlap_are_all_named(dutch: Catalogue) -> None:
    answer = await dutch.record(
        "00000099000000230000",
        recognitions=[
            {"recogniser": "OCW", "validFrom": "2024-01-01", "validUntil": "2023-01-01"},
            {"recogniser": "OCW", "validFrom": "2025-01-01", "validUntil": "2027-01-01"},
            {"recogniser": "OCW", "validFrom": "2026-01-01"},
        ],
    )

    said = faults(answer)
    assert {pointer.split("/")[2] for pointer in said} >= {"0"}
    assert {pointer.split("/")[2] for pointer in said} & {"1", "2"}
    assert answer.headers["content-language"] == "nl"


async def test_enrolment_periods_that_overlap_are_refused(dutch: Catalogue) -> None:
    provider = Provider(dutch, await dutch.published(WHOLE))

    answer = await provider.offer(
        enrolmentPeriods=[
            {"firstDay": "2026-12-01", "lastDay": "2026-12-31"},
            {"firstDay": "2026-12-31", "lastDay": "2026-12-30"},
        ],
        price={"amount": "450", "vatAmount": "500"},
    )

    assert answer.json()["code"] == "offering-rules"
    assert codes(answer) == {
        ("/enrolmentPeriods/1/firstDay", "enrolment-overlap"),
        ("/enrolmentPeriods/1/lastDay", "period-backwards"),
        ("/price/vatAmount", "price-tax"),
    }
    assert faults(answer)["/enrolmentPeriods/1/lastDay"] == (
        "De laatste dag ligt voor de eerste dag."
    )


async def test_an_edit_of_what_somebody_else_changed_is_refused(dutch: Catalogue) -> None:
    drafted = (await dutch.draft(WHOLE)).json()["microcredentialId"]
    read = await dutch.tag(drafted)
    mine = await dutch.put(drafted, content(title={"nl": "Van mij"}), tag=read)
    theirs = await dutch.put(drafted, content(title={"nl": "Van een ander"}), tag=read)
    unseen = await dutch.put(drafted, WHOLE, tag=None)

    assert mine.status_code == 200
    assert (theirs.status_code, theirs.json()["code"]) == (412, "stale")
    assert theirs.json()["detail"] == (
        "Dit is gewijzigd sinds u het las; lees het opnieuw en beslis opnieuw."
    )
    assert (unseen.status_code, unseen.json()["code"]) == (428, "unconditional")
    path = f"/v1/microcredentials/{drafted}"
    kept = await dutch.http.get(path, headers=dutch.headers())
    assert kept.json()["draft"]["content"]["title"] == {"nl": "Van mij"}


async def test_publishing_twice_is_refused_and_a_repeat_of_the_first_is_not(
    dutch: Catalogue,
) -> None:
    approved = await dutch.approved(WHOLE)
    first = await dutch.publish_approved(approved, key="p")
    dutch.http.headers["Accept-Language"] = "en"
    repeated = await dutch.publish_approved(approved, key="p")
    dutch.http.headers["Accept-Language"] = "nl"
    twice = await dutch.publish_approved(approved)

    assert (first.status_code, repeated.status_code) == (201, 201)
    assert repeated.content == first.content
    assert (twice.status_code, twice.json()["code"]) == (409, "nothing-to-publish")
    assert twice.headers["content-language"] == "nl"
    assert twice.json()["detail"].endswith(".")
    assert "draft" not in twice.json()["detail"].casefold()


@pytest.mark.parametrize("day", ["0", "20261122", "2026-11-22T00:00:00", "2026-02-30", "gisteren"])
async def test_a_day_in_a_query_is_written_as_a_day(catalogue: Catalogue, day: str) -> None:
    answer = await catalogue.http.get("/v1/policies", params={"on": day})

    assert faults(answer) == {"/on": "A date is expected, as 2026-05-31."}
