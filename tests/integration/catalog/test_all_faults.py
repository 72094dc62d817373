"""One round of mending is enough: faults of form and broken rules are named in one answer."""

from typing import Any

import pytest
from httpx import Response

from shared.runtime.settings import TEST_OIN
from tests.integration.catalog.conftest import PROVIDER, Catalogue
from tests.integration.catalog.offers import Provider
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

WHOLE = content()
OFFERING_OF_FAULTS: dict[str, Any] = {
    "state": "open",
    "runs": {"firstDay": "2027-04-16", "lastDay": "2027-02-01"},
    "enrolmentPeriods": [
        {"firstDay": "2026-12-01", "lastDay": "2026-12-31"},
        {"firstDay": "2026-12-31", "lastDay": "2027-01-10"},
    ],
    "places": 5,
    "placesLeft": 6,
    "price": {"amount": "450.00", "vatAmount": "500.00", "currency": "euro"},
    "inLanguage": "en_EN",
    "otherCodes": [
        {"codeType": "x-run", "code": "1"},
        {"codeType": "x-crebo", "code": "1"},
        {"codeType": "x-run", "code": "1"},
    ],
    "location": {"city": "Gent", "country": "XX", "region": "NL-OV"},
}
ALL_FAULTS = [
    ("/enrolmentPeriods/1/firstDay", "enrolment-overlap"),
    ("/inLanguage", "language-form"),
    ("/location/country", "unknown-country"),
    ("/location/region", "location-region"),
    ("/otherCodes/1/code", "code-form"),
    ("/otherCodes/2", "duplicate"),
    ("/placesLeft", "places-left"),
    ("/price/currency", "string-pattern-mismatch"),
    ("/price/vatAmount", "price-tax"),
    ("/runs/lastDay", "period-backwards"),
    ("/state", "enum"),
]


def listed(answer: Response) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid-request"), answer.text
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            {
                "/state": "One of these is expected: 'concept', 'active', 'inactive' or "
                "'cancelled'.",
                "/placesLeft": "There are not more places left than there are places.",
            },
        ),
        (
            "nl",
            {
                "/state": "Hier hoort een van deze: 'concept', 'active', 'inactive' of "
                "'cancelled'.",
                "/placesLeft": "Er zijn niet meer plaatsen over dan er plaatsen zijn.",
            },
        ),
    ],
)
async def test_an_offering_is_told_every_fault_of_both_kinds_from_top_to_bottom(
    catalogue: Catalogue, language: str, said: dict[str, str]
) -> None:
    provider = Provider(catalogue, await catalogue.published(WHOLE))
    kept = await provider.offered()
    catalogue.http.headers["Accept-Language"] = language

    offered = await provider.offer(**OFFERING_OF_FAULTS)
    put = await provider.put(kept, **OFFERING_OF_FAULTS)

    assert listed(offered) == listed(put) == ALL_FAULTS
    assert offered.headers["content-language"] == language
    sentences = {one["pointer"]: one["detail"] for one in offered.json()["errors"]}
    assert said.items() <= sentences.items()


async def test_what_is_mended_by_that_answer_is_taken(catalogue: Catalogue) -> None:
    provider = Provider(catalogue, await catalogue.published(WHOLE))

    mended = await provider.offer(
        runs={"firstDay": "2027-02-01", "lastDay": "2027-04-16"},
        enrolmentPeriods=[
            {"firstDay": "2026-12-01", "lastDay": "2026-12-30"},
            {"firstDay": "2026-12-31", "lastDay": "2027-01-10"},
        ],
        places=6,
        placesLeft=6,
        price={"amount": "450.00", "vatAmount": "50.00", "currency": "EUR"},
        inLanguage="en",
        otherCodes=[{"codeType": "x-run", "code": "1"}],
        location={"city": "Gent", "country": "BE"},
    )

    assert mended.status_code == 201, mended.text


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"runs": {"firstDay": "soon", "lastDay": "2027-02-01"}}, "/runs/firstDay"),
        ({"runs": "soon"}, "/runs"),
        ({"runs": None, "flexibleEntry": {"firstDay": "soon"}}, "/flexibleEntry/firstDay"),
        ({"location": {"city": 7}}, "/location/city"),
        ({"state": "open", "runs": None}, "/state"),
        ({"permissionNeeded": "yes", "permissionExplanation": {"nl": "Ja"}}, "/permissionNeeded"),
        ({"places": -1, "placesLeft": 7}, "/places"),
    ],
)
async def test_nothing_is_said_of_what_only_could_not_be_read(
    catalogue: Catalogue, changed: dict[str, Any], fault: str
) -> None:
    provider = Provider(catalogue, await catalogue.published(WHOLE))

    answer = await provider.offer(**changed)

    assert [pointer for pointer, _ in listed(answer)] == [fault]


async def test_a_fault_outside_the_body_hides_none_inside(catalogue: Catalogue) -> None:
    answer = await catalogue.http.post(
        "/v1/microcredentials/none/offerings",
        json={"primaryCode": "QC-1", "state": "concept", "places": 1, "placesLeft": 2},
        headers={**catalogue.headers(), "Idempotency-Key": "not printable"},
    )

    assert [(one["in"], one["pointer"]) for one in answer.json()["errors"]] == [
        ("body", "/placesLeft"),
        ("path", "/microcredentialId"),
        ("header", "/Idempotency-Key"),
    ]


async def test_a_policy_is_told_every_fault_of_both_kinds(empty: Catalogue) -> None:
    answer = await empty.publish_policy(
        sector="havo",
        validUntil="2021-09-30",
        maximum=2,
        step=4,
        guideline=40,
        requiredElements=["title", "colour", "title"],
    )

    assert listed(answer) == [
        ("/guideline", "policy-sizes"),
        ("/maximum", "policy-sizes"),
        ("/requiredElements/1", "enum"),
        ("/requiredElements/2", "duplicate"),
        ("/sector", "enum"),
        ("/step", "policy-sizes"),
        ("/validUntil", "policy-period"),
    ]


async def test_a_policy_asks_for_some_element_at_least(empty: Catalogue) -> None:
    answer = await empty.publish_policy(requiredElements=[])

    assert listed(answer) == [("/requiredElements", "too-short")]


async def test_an_organisation_is_told_every_fault_of_both_kinds(catalogue: Catalogue) -> None:
    answer = await catalogue.http.put(
        "/v1/organisations/0000000700025BE00000",
        json={
            "name": {},
            "sector": "wo",
            "brin": "21PH",
            "recognitions": [
                {"recogniser": "OCW", "validFrom": "2024-01-01", "validUntil": "2023-01-01"},
                {"recogniser": "OCW", "validFrom": "2023-06-01"},
                {"recogniser": "NOBODY", "validFrom": "2023-06-01"},
            ],
        },
        headers=catalogue.headers(TEST_OIN, ["organisations:write"]),
    )

    assert listed(answer) == [
        ("/brin", "number-contradicts-oin"),
        ("/name", "no-text"),
        ("/recognitions/0/validUntil", "recognition-empty"),
        ("/recognitions/2/recogniser", "enum"),
    ]


async def test_a_mandate_is_told_every_fault_of_both_kinds(catalogue: Catalogue) -> None:
    answer = await catalogue.http.put(
        f"/v1/organisations/{PROVIDER}/mandates/{TEST_OIN}",
        json={"validFrom": "2027-01-01", "validUntil": "2027-01-01", "colour": "red"},
        headers=catalogue.headers(),
    )

    assert listed(answer) == [("/colour", "extra-forbidden"), ("/validUntil", "mandate-empty")]


async def test_an_evaluation_is_told_every_fault_of_both_kinds(catalogue: Catalogue) -> None:
    answer = await catalogue.http.post(
        "/v1/policy-evaluations",
        json={"content": {"title": {"nl": "<b>Vet</b>"}, "keywords": ["a", "<i>", "a"]}},
    )

    assert listed(answer) == [
        ("/content/keywords/1", "html"),
        ("/content/keywords/2", "duplicate"),
        ("/content/title/nl", "html"),
        ("/policyId", "one-policy"),
        ("/sector", "one-policy"),
    ]


async def test_a_draft_is_told_of_a_duplicate_beside_another_fault(catalogue: Catalogue) -> None:
    answer = await catalogue.draft(
        content(keywords=["qubit", "x" * 61, "Qubit"], modesOfDelivery=["online", "?", "online"])
    )

    assert listed(answer) == [
        ("/content/keywords/1", "string-too-long"),
        ("/content/keywords/2", "duplicate"),
        ("/content/modesOfDelivery/1", "enum"),
        ("/content/modesOfDelivery/2", "duplicate"),
    ]


async def test_a_draft_for_the_provider_itself_is_told_so_beside_the_rest(
    catalogue: Catalogue,
) -> None:
    answer = await catalogue.http.post(
        "/v1/microcredentials",
        json={"content": {"title": {}}, "onBehalfOf": PROVIDER},
        headers=catalogue.headers(),
    )

    assert listed(answer) == [
        ("/content/title", "no-text"),
        ("/onBehalfOf", "on-behalf-of-itself"),
    ]


async def test_a_statement_of_tomorrow_is_told_so_beside_the_rest(catalogue: Catalogue) -> None:
    microcredential_id = await catalogue.published(WHOLE)
    answer = await catalogue.http.post(
        f"/v1/microcredentials/{microcredential_id}/statements",
        json={"kind": "praise", "version": 1, "text": {"nl": "x"}, "statedOn": "2026-11-23"},
        headers=catalogue.headers(),
    )

    assert listed(answer) == [("/kind", "enum"), ("/statedOn", "stated-in-the-future")]
