"""What a new installation begins with is right by our own rules."""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.catalog.domain import decide_recording
from services.catalog.domain.offering_rules import find_faults
from services.catalog.domain.offerings import Phase, phase_on
from services.catalog.operations.seed_offerings import SeedOffering, read_offerings
from services.catalog.operations.seeding import SeedMicrocredential, SeedPolicy
from services.catalog.policy import broken, check_next, judge, judge_provider, policy_in_force
from shared.contracts.identifiers import is_test_oin
from shared.contracts.microcredential import Description
from shared.contracts.offering import Offering, OfferingTerms
from shared.contracts.policy import Organisation, Policy
from shared.contracts.requests import REQUEST
from shared.contracts.vocabulary import ProviderKind, QualificationLevel, Sector
from tests.unit.catalog.builders import SEED, UT

TODAY = date(2026, 11, 22)


def read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((SEED / name).read_text(encoding="utf-8"))
    return found


def policies() -> list[Policy]:
    found = TypeAdapter(list[SeedPolicy]).validate_python(read("policies.json"))
    return [
        Policy.model_validate(
            one.model_dump(by_alias=False, exclude={"framework"})
            | {
                "framework": {
                    "name": one.framework.name,
                    "version": one.framework.version,
                    "url": "https://catalog.example.nl/framework",
                    "sha256": one.framework.sha256,
                }
            }
        )
        for one in found
    ]


def organisations() -> dict[str, Organisation]:
    found = TypeAdapter(list[Organisation]).validate_python(read("organisations.json"))
    return {one.oin: one for one in found}


def microcredentials() -> list[SeedMicrocredential]:
    return TypeAdapter(list[SeedMicrocredential]).validate_python(read("microcredentials.json"))


def test_the_34_institutions_of_the_pilot_are_there_with_test_oins() -> None:
    known = organisations()
    real = [one for one in known.values() if "verzonnen" not in one.name.best("nl")]

    assert len(real) == 34
    assert {one.sector for one in real} == {Sector.HBO, Sector.WO}
    assert {one.sector for one in known.values()} == set(Sector)
    assert all(is_test_oin(oin) for oin in known)
    for one in known.values():
        recorded = decide_recording(None, one, now=datetime(2026, 11, 22, tzinfo=UTC))
        assert recorded.record_version == 1


def test_brin_codes_are_unique() -> None:
    codes = [one.brin for one in organisations().values() if one.brin]

    assert len(codes) == len(set(codes))


def test_one_fictional_organisation_is_no_longer_recognised() -> None:
    left = [one for one in organisations().values() if not judge_provider(one, day=TODAY).passed]

    assert [one.oin for one in left] == ["00000099000000990000"]


@pytest.mark.parametrize("policy", read("policies.json"), ids=lambda one: str(one["policyId"]))
def test_a_framework_is_pinned_by_the_digest_of_its_document(policy: dict[str, Any]) -> None:
    document = (SEED / policy["framework"]["document"]).read_bytes()

    assert hashlib.sha256(document).hexdigest() == policy["framework"]["sha256"]


@pytest.mark.parametrize("path", sorted((SEED / "frameworks").iterdir()), ids=lambda one: one.stem)
def test_a_framework_has_twelve_points_in_both_languages(path: Any) -> None:
    dutch, english = path.read_text(encoding="utf-8").split("\n---\n")

    for text in (dutch, english):
        points = re.findall(r"^(\d+)\. ", text, flags=re.MULTILINE)
        assert points == [str(number) for number in range(1, 13)]


def test_on_every_day_exactly_one_policy_holds_for_a_sector() -> None:
    first = {one: min(p.valid_from for p in policies() if p.sector is one) for one in Sector}
    for sector in Sector:
        day = first[sector]
        while day < date(2029, 1, 1):
            holding = [p for p in policies_of(sector) if p.holds_on(day)]
            assert len(holding) == 1, (sector, day)
            assert policy_in_force(policies_of(sector), sector, day) == holding[0]
            day += timedelta(days=1)


def policies_of(sector: Sector) -> list[Policy]:
    if sector not in _BY_SECTOR:
        _BY_SECTOR[sector] = [one for one in policies() if one.sector is sector]
    return _BY_SECTOR[sector]


_BY_SECTOR: dict[Sector, list[Policy]] = {}


def test_each_policy_may_follow_those_before_it() -> None:
    known: list[Policy] = []
    for one in policies():
        check_next(one, existing=known)
        known.append(one)


@pytest.mark.parametrize(
    ("sector", "day", "minimum", "step"),
    [
        (Sector.HBO, "2026-01-01", 3, "0.5"),
        (Sector.WO, "2025-04-30", 3, "0.5"),
        (Sector.WO, "2025-05-01", 1, "0.5"),
        (Sector.WO, "2027-04-30", 1, "0.5"),
        (Sector.WO, "2027-05-01", 3, "0.5"),
        (Sector.MBO, "2026-01-01", 80, "80"),
    ],
)
def test_the_policies_are_those_of_the_design(
    sector: Sector, day: str, minimum: int, step: str
) -> None:
    found = policy_in_force(policies(), sector, date.fromisoformat(day))

    assert (found.minimum, found.step) == (Decimal(minimum), Decimal(step))
    assert found.maximum == (None if sector is Sector.MBO else 30)


@pytest.mark.parametrize("one", microcredentials(), ids=lambda one: str(one.content.title.en))
def test_every_microcredential_may_be_published_on_its_day(one: SeedMicrocredential) -> None:
    day = one.published_on or datetime.now(UTC).date()
    provider = organisations()[one.provider]
    findings = judge(one.content, policy_in_force(policies(), provider.sector, day), day=day)

    assert not broken((judge_provider(provider, day=day), *findings))


def test_the_microcredentials_are_many_and_various() -> None:
    all_of_them = microcredentials()
    titles = {one.content.title.en for one in all_of_them}
    levels = {one.content.level.value for one in all_of_them if one.content.level}

    assert len(all_of_them) >= 12
    assert "Introduction to Quantum Computing" in titles
    assert levels >= {QualificationLevel(f"eqf_{number}") for number in (4, 5, 6, 7)}
    assert {organisations()[one.provider].sector for one in all_of_them} == set(Sector)
    for one in all_of_them:
        assert one.content.title.nl
        assert one.content.description
        assert one.content.description.nl
        assert one.content.description.en
        assert all(outcome.nl and outcome.en for outcome in one.content.learning_outcomes)


def class_list() -> list[dict[str, str]]:
    text = (SEED / "class-list.csv").read_bytes().decode("cp1252")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_the_class_list_is_as_a_student_system_exports_it() -> None:
    raw = (SEED / "class-list.csv").read_bytes()

    assert raw.count(b"\r\n") == raw.count(b"\n") == 26
    with pytest.raises(UnicodeDecodeError):
        raw.decode("utf-8")
    assert b"\x80" in raw, "a euro sign, which latin-1 does not have"
    assert b'"Voorbeeld, Zo\xeb van der"' in raw


def test_exactly_two_rows_of_the_class_list_are_wrong() -> None:
    rows = class_list()
    wrong_dates = [number for number, row in enumerate(rows, 1) if not is_day(row)]
    wrong_mail = [
        number
        for number, row in enumerate(rows, 1)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[a-z]+", row["E-mailadres"])
    ]

    assert len(rows) == 25
    assert (wrong_dates, wrong_mail) == ([9], [19])
    assert len({row["Studentnummer"] for row in rows}) == 25


def is_day(row: dict[str, str]) -> bool:
    day, month, year = map(int, row["Datum resultaat"].split("-"))
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def test_learners_live_on_reserved_domains() -> None:
    addresses = [row["E-mailadres"] for row in class_list()]
    addresses += [learner["email"] for learner in read("learners.json")]

    assert all(
        address.endswith(("@example.nl", "@example.org", "@@example")) for address in addresses
    )


def offerings() -> list[SeedOffering]:
    return read_offerings(SEED / "offerings.json")


@given(st.dates(date(2026, 1, 1), date(2029, 12, 31)))
def test_on_any_day_the_seed_offers_something_to_everybody(day: date) -> None:
    seeded = [(one, one.terms_on(day)) for one in offerings()]
    content = {one.microcredential_id: one.content for one in microcredentials()}
    phases = Counter(phase_on(_recorded(one, terms), day) for one, terms in seeded)

    for one, terms in seeded:
        described = content[one.microcredential_id]
        whole = terms.model_copy(
            update={
                "modes_of_delivery": terms.modes_of_delivery or described.modes_of_delivery,
                "in_language": terms.in_language or described.in_language,
            }
        )
        assert list(find_faults(whole)) == []
    assert phases.keys() >= {
        Phase.ANNOUNCED,
        Phase.ENROLLING,
        Phase.FULL,
        Phase.RUNNING,
        Phase.PAST,
    }


def _recorded(one: SeedOffering, terms: OfferingTerms) -> Offering:
    return Offering.model_validate(
        terms.model_dump()
        | {
            "offering_id": one.offering_id,
            "record_version": 1,
            "microcredential_id": one.microcredential_id,
            "provider": UT,
            "recorded_at": datetime.now(UTC),
        }
    )


def test_every_microcredential_is_offered_a_few_times_under_codes_of_its_own() -> None:
    times = Counter(one.microcredential_id for one in offerings())
    codes = [str(one.terms["primaryCode"]) for one in offerings()]

    assert times.keys() == {one.microcredential_id for one in microcredentials()}
    assert all(2 <= count <= 4 for count in times.values())
    assert len(set(codes)) == len(codes)
    assert len({one.offering_id for one in offerings()}) == len(codes)
    assert sum(one.cancelled is not None for one in offerings()) == 1
    assert any("flexibleEntry" in one.terms for one in offerings())


def test_what_the_seed_says_is_what_we_would_accept_from_a_caller() -> None:
    for one in read("microcredentials.json"):
        Description.model_validate_json(
            json.dumps(one["content"]), strict=True, extra="forbid", context=REQUEST
        )
    codes = [one.content.primary_code for one in microcredentials()]
    assert all(codes)
    assert len(set(codes)) == len(codes)
    assert all(one.content.target_group and one.content.admission for one in microcredentials())


def test_each_framework_says_where_the_whole_agreement_stands() -> None:
    for policy in read("policies.json"):
        framework = policy["framework"]
        document = (SEED / framework["document"]).read_text(encoding="utf-8")
        for text in document.split("\n---\n"):
            assert f"]({framework['fullText']})" in text


def test_public_and_private_providers_are_said_to_be_so() -> None:
    kinds = {one.sector: one.provider_kind for one in organisations().values()}

    assert kinds.pop(Sector.PRIVATE) is ProviderKind.PRIVATE
    assert set(kinds.values()) == {ProviderKind.PUBLIC}
    assert all(one.kind for one in organisations().values())
    assert all(one.city or not one.region for one in organisations().values())
