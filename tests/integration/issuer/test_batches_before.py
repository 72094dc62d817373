"""What a file is told of what was there before: somebody else's award, or the same once more."""

import csv
import io
from typing import Any
from uuid import uuid4

import pytest

from services.issuer.operations.batches.workshop import Workshop
from tests.integration.issuer.conftest import Issuer
from tests.support.batches import HEADER, Institution, a_row

pytestmark = pytest.mark.anyio
KENMERK = "Kenmerk"


@pytest.fixture
def institution(issuer: Issuer) -> Institution:
    """Give somebody at Twente."""
    return Institution(issuer, Workshop(issuer.desk))


async def rows_of(institution: Institution, batch: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await institution.issuer.client.get(
        f"/v1/award-batches/{batch['batchId']}/rows",
        params={"limit": "100"},
        headers=institution.headers("awards:read"),
    )
    rows: list[dict[str, Any]] = answer.json()["items"]
    return rows


async def sent(
    institution: Institution, rows: list[dict[str, str]], **query: str
) -> dict[str, Any]:
    """Send rows with no more columns than the first has, and return the batch once checked."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    answer = await institution.send(text.getvalue().encode(), **query)
    assert answer.status_code == 202, answer.text
    await institution.check()
    return await institution.batch(answer.json()["batchId"])


def without(row: dict[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in row.items() if name not in names}


async def awarded(institution: Institution, *rows: dict[str, str]) -> list[str]:
    batch = await sent(institution, list(rows), mode="run")
    await institution.run()
    return [row["awardId"] for row in await rows_of(institution, batch)]


async def test_a_column_that_was_sorted_by_itself_moves_no_award(institution: Institution) -> None:
    rows = [a_row(number) for number in range(1, 4)]
    first, *_ = await awarded(institution, *rows)
    references = [row[KENMERK] for row in reversed(rows)]
    sorted_ = [row | {KENMERK: reference} for row, reference in zip(rows, references, strict=True)]

    batch = await sent(institution, sorted_, mode="run", corrections="true")
    await institution.run()
    told = await rows_of(institution, batch)

    assert [(row["outcome"], row["code"]) for row in told] == [
        ("error", "award.exists.other-person"),
        ("already-awarded", "award.exists.same"),
        ("error", "award.exists.other-person"),
    ]
    last = told[-1]["faults"][0]["message"]
    assert last["nl"].startswith("B4: onder kenmerk “2026-QC-000001” is al toegekend aan iemand")
    assert f"(toekenning {first})." in last["nl"]
    assert "somebody else was awarded already" in last["en"]
    assert "awardId" not in told[0]
    assert await institution.issuer.ask("SELECT count(*) FROM correction") == [(0,)]


async def test_who_adds_an_eduid_to_the_same_address_is_the_same_person(
    institution: Institution,
) -> None:
    await awarded(institution, a_row(1))

    batch = await sent(institution, [a_row(1) | {"eduID": f"urn:uuid:{uuid4()}"}])
    [row] = await rows_of(institution, batch)

    assert (row["outcome"], row["code"]) == ("correction", "award.exists.differs")
    assert row["faults"][0]["message"]["nl"].startswith(
        "H2: al toegekend met een ander eduID of adres; hier staat “urn:uuid:"
    )


async def test_the_same_under_another_reference_is_told_and_counted(
    institution: Institution,
) -> None:
    await awarded(institution, without(a_row(1), KENMERK))
    await awarded(institution, a_row(2))

    batch = await sent(institution, [a_row(1), a_row(2, Kenmerk="2027-QC-2"), a_row(3)])
    first, second, third = await rows_of(institution, batch)

    assert batch["outcomes"]["ready"] == 3
    assert batch["readyAgain"] == 2
    assert [row.get("code") for row in (first, second, third)] == [
        "award.exists.other-reference",
        "award.exists.other-reference",
        None,
    ]
    assert "onder kenmerk “wm-" in first["faults"][0]["message"]["nl"]
    assert second["faults"][0]["message"]["en"].startswith(
        "B3: this person has this microcredential already, under the reference “2026-QC-000002”;"
    )


async def test_what_was_revoked_is_earned_again_without_a_remark(institution: Institution) -> None:
    [award] = await awarded(institution, a_row(1))
    await institution.issuer.revoke(award)

    batch = await sent(institution, [a_row(1, Kenmerk="2027-QC-1")])

    assert (batch["outcomes"]["ready"], batch["readyAgain"]) == (1, 0)


async def test_a_revoked_award_is_refused_in_one_language_at_a_time(
    institution: Institution,
) -> None:
    [award] = await awarded(institution, a_row(1))
    await institution.issuer.revoke(award)

    batch = await sent(institution, [a_row(1)])
    message = batch["firstFaults"][0]["faults"][0]["message"]

    assert "Zij is ingetrokken of verlopen" in message["nl"]
    assert "revoked" not in message["nl"]
    assert "It was revoked" in message["en"]
    assert "Zij" not in message["en"]


@pytest.mark.parametrize(
    ("changes", "dutch", "english"),
    [
        (
            {"Datum": "12-11-2026"},
            "G2: al toegekend met “13-11-2026”; hier staat “12-11-2026”.",
            "G2: awarded already with “2026-11-13”; here stands “2026-11-12”.",
        ),
        (
            {"Cijfer": "9.5"},
            "F2: al toegekend met “7,5”; hier staat “9,5”.",
            "F2: awarded already with “7.5”; here stands “9.5”.",
        ),
        (
            {"Achternaam": "Anders"},
            "E2: al toegekend met “Zoë Voorbeeld1”; hier staat “Zoë Anders”.",
            "E2: awarded already with “Zoë Voorbeeld1”; here stands “Zoë Anders”.",
        ),
        (
            {"Cijfer": ""},
            "F2: al toegekend met “7,5”; hier staat “\N{EN DASH}”.",
            "F2: awarded already with “7.5”; here stands “\N{EN DASH}”.",
        ),
        (
            {},
            "B2: al toegekend op 13-11-2026; er verandert niets.",
            "B2: awarded already on 2026-11-13; nothing changes.",
        ),
    ],
)
async def test_what_differs_is_said_as_its_readers_write_it(
    institution: Institution, changes: dict[str, str], dutch: str, english: str
) -> None:
    await awarded(institution, a_row(1))

    [row] = await rows_of(institution, await sent(institution, [a_row(1) | changes]))
    message = row["faults"][0]["message"]

    assert message["nl"].startswith(dutch)
    assert message["en"].startswith(english)


async def test_what_stands_for_a_reference_is_named_where_there_is_none(
    institution: Institution,
) -> None:
    row = without(a_row(1), KENMERK)
    by_number = {"Studentnummer": "s0000001", **row}
    await awarded(institution, row, without(a_row(2), KENMERK))
    await awarded(institution, by_number | {"E-mail": "student3@student.example.nl"})

    plain = await rows_of(institution, await sent(institution, [row, row]))
    numbered = await rows_of(
        institution,
        await sent(institution, [by_number | {"E-mail": "student3@student.example.nl"}]),
    )

    assert [one["faults"][0]["cell"] for one in plain] == ["B2", "B3"]
    assert plain[1]["faults"][0]["message"]["nl"].startswith("B3: dezelfde persoon voor hetzelfde")
    assert plain[1]["faults"][0]["column"] == HEADER[2]
    assert numbered[0]["faults"][0]["message"]["nl"].startswith("A2: al toegekend op")


async def test_what_is_of_no_cell_names_its_row(institution: Institution) -> None:
    row = without(a_row(1), "Datum")
    await awarded(institution, a_row(1))

    [told] = await rows_of(institution, await sent(institution, [row], awardedOn="2026-11-12"))
    message = told["faults"][0]["message"]

    assert message["nl"].startswith("Rij 2: al toegekend met")
    assert message["en"].startswith("Row 2: awarded already with")
