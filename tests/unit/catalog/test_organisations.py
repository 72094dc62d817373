"""What may be recorded of an organisation, and what becomes of what was recorded."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.catalog.domain import (
    OrganisationRefusedError,
    RecognitionCodeTakenError,
    RecordedOrganisation,
    check_codes,
    decide_recording,
    standing_on,
)
from shared.contracts.policy import Organisation, Recognition
from tests.unit.catalog.builders import HVA, an_organisation
from tests.unit.catalog.test_recognition import a_recognition

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def codes_of(refused: pytest.ExceptionInfo[OrganisationRefusedError]) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in refused.value.faults]


def recorded(*recognitions: Recognition) -> RecordedOrganisation:
    return decide_recording(None, an_organisation(recognitions=recognitions), now=NOW)


def test_the_first_record_of_an_organisation_is_version_one() -> None:
    first = decide_recording(None, an_organisation(), now=NOW)

    assert (first.record_version, first.recorded_at) == (1, NOW)


def test_the_same_organisation_again_is_no_news_whatever_the_reason() -> None:
    known = decide_recording(None, an_organisation(), now=NOW)

    assert decide_recording(known, an_organisation(), now=LATER) is known
    assert decide_recording(known, an_organisation(), now=LATER, reason="Why not.") is known


def test_a_changed_organisation_is_the_next_version() -> None:
    known = decide_recording(None, an_organisation(), now=NOW)

    changed = decide_recording(known, an_organisation(name={"nl": "Anders"}), now=LATER)

    assert (changed.record_version, changed.recorded_at) == (2, LATER)


@pytest.mark.parametrize("moment", [NOW, NOW - timedelta(seconds=3)])
def test_two_states_never_have_one_moment_and_never_change_places(moment: datetime) -> None:
    known = decide_recording(None, an_organisation(), now=NOW)

    changed = decide_recording(known, an_organisation(name={"nl": "Anders"}), now=moment)

    assert changed.recorded_at > known.recorded_at


@pytest.mark.parametrize(
    "now_said",
    [
        [],
        [a_recognition("2021-10-02")],
        [a_recognition("2021-10-01", "2026-11-21")],
        [a_recognition("2021-10-01", None, "NRTO")],
        [a_recognition("2021-10-01", None, "OCW", "21PI")],
        [a_recognition("2021-10-01", "2024-01-01"), a_recognition("2024-01-02")],
    ],
    ids=["dropped", "begun later", "ended in the past", "by another", "other code", "a hole"],
)
def test_a_recognition_that_has_begun_is_only_taken_back_with_a_reason(
    now_said: list[Recognition],
) -> None:
    known = recorded(a_recognition("2021-10-01", code="21PH"))
    wanted = an_organisation(recognitions=now_said)

    with pytest.raises(OrganisationRefusedError) as refused:
        decide_recording(known, wanted, now=NOW)
    corrected = decide_recording(known, wanted, now=NOW, reason="Entered with a wrong date.")

    assert codes_of(refused) == [("/recognitions", "recognition-taken-back")]
    assert (corrected.record_version, corrected.reason) == (2, "Entered with a wrong date.")


@pytest.mark.parametrize(
    "now_said",
    [
        [a_recognition("2021-10-01", "2026-11-22", code="21PH")],
        [a_recognition("2021-10-01", "2027-01-01", code="21PH")],
        [a_recognition("2021-09-01", code="21PH")],
        [
            a_recognition("2021-10-01", "2026-11-22", code="21PH"),
            a_recognition("2026-11-22", None, "OCW", "99ZZ"),
        ],
    ],
    ids=["ended today", "ends later", "began earlier", "another code from today"],
)
def test_ending_a_recognition_needs_no_reason(now_said: list[Recognition]) -> None:
    known = recorded(a_recognition("2021-10-01", code="21PH"))

    assert decide_recording(known, an_organisation(recognitions=now_said), now=NOW) is not known


def test_a_code_may_become_known_later() -> None:
    known = recorded(a_recognition("2021-10-01"))
    wanted = an_organisation(recognitions=[a_recognition("2021-10-01", code="21PH")])

    assert decide_recording(known, wanted, now=NOW).record_version == 2


def test_a_recognition_that_has_not_begun_can_be_dropped() -> None:
    known = recorded(a_recognition("2026-11-23"))

    assert decide_recording(known, an_organisation(recognitions=[]), now=NOW).record_version == 2


def test_a_recognition_that_began_today_has_begun() -> None:
    known = recorded(a_recognition("2026-11-22"))

    with pytest.raises(OrganisationRefusedError):
        decide_recording(known, an_organisation(recognitions=[]), now=NOW)


def test_every_fault_of_an_organisation_is_named_at_once_in_both_languages() -> None:
    wanted = an_organisation(
        oin="00000003123456780000",
        kvk="87654321",
        recognitions=[
            a_recognition("2021-01-01", "2020-01-01", "NRTO"),
            a_recognition("2021-01-01"),
            a_recognition("2022-01-01"),
        ],
    )

    with pytest.raises(OrganisationRefusedError) as refused:
        decide_recording(None, wanted, now=NOW)

    assert codes_of(refused) == [
        ("/recognitions/0/validUntil", "recognition-empty"),
        ("/recognitions/2/validFrom", "recognition-overlap"),
        ("/kvk", "number-contradicts-oin"),
    ]
    assert all(fault.detail and fault.dutch for fault in refused.value.faults)


def test_a_number_that_is_none_is_refused_once_and_kept_up_when_it_is_on_record() -> None:
    wrong = an_organisation(oin="00000001822477349000")

    with pytest.raises(OrganisationRefusedError) as refused:
        decide_recording(None, wrong, now=NOW)
    known = RecordedOrganisation(wrong.model_copy(update={"recorded_at": NOW}), 1)
    ended = decide_recording(
        known, an_organisation(oin=wrong.oin, name={"nl": "Anders"}), now=LATER
    )

    assert codes_of(refused) == [("/oin", "oin-rsin")]
    assert ended.record_version == 2


@pytest.mark.parametrize(
    ("oin", "said", "pointer"),
    [
        ("0000000700025BE00000", {"brin": "21PH"}, "/brin"),
        ("0000000700025BE00000", {"brin": "25BE"}, None),
        ("0000000700025BE00000", {"kvk": "12345678"}, None),
        ("00000003123456780000", {"kvk": "12345678", "brin": "21PH"}, None),
        ("00000099000000210000", {"kvk": "12345678", "brin": "21PH"}, None),
    ],
)
def test_a_number_agrees_with_the_oin_that_carries_it(
    oin: str, said: dict[str, str], pointer: str | None
) -> None:
    wanted = an_organisation(oin=oin, **said)

    if pointer is None:
        assert decide_recording(None, wanted, now=NOW).record_version == 1
    else:
        with pytest.raises(OrganisationRefusedError) as refused:
            decide_recording(None, wanted, now=NOW)
        assert codes_of(refused) == [(pointer, "number-contradicts-oin")]


def coded(oin: str, since: str, until: str | None = None, code: str = "21PH") -> Organisation:
    return an_organisation(
        oin=oin, recognitions=[a_recognition(since, until, code=code)], name={"nl": oin}
    )


def test_a_code_belongs_to_one_organisation_at_a_time() -> None:
    known = coded(HVA, "2021-01-01", "2024-01-01")

    check_codes(coded(HVA, "2021-01-01"), [known])
    check_codes(coded("00000099000000220000", "2024-01-01"), [known])
    check_codes(coded("00000099000000220000", "2021-01-01", code="21PI"), [known])
    with pytest.raises(RecognitionCodeTakenError):
        check_codes(coded("00000099000000220000", "2023-12-31"), [known])


def test_everybody_who_recognised_an_organisation_on_a_day_is_named() -> None:
    both = an_organisation(
        recognitions=[
            a_recognition("2021-01-01", "2024-01-01"),
            a_recognition("2023-01-01", None, "NRTO"),
        ]
    )

    assert [one.recogniser for one in standing_on(both, date(2023, 12, 31)).by] == ["OCW", "NRTO"]
    assert [one.recogniser for one in standing_on(both, date(2024, 1, 1)).by] == ["NRTO"]
    assert not standing_on(both, date(2020, 12, 31)).recognised
