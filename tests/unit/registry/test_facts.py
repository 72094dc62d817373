"""What a fact says is canonical JSON, whoever writes it."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import RFC_4122

from hypothesis import given
from hypothesis import strategies as st

from services.registry.domain.facts import record_facts
from services.registry.domain.registrations import decide_registration
from shared.contracts.envelopes import CloudEvent
from shared.contracts.microcredential import Level
from shared.contracts.vocabulary import LevelBasis, QualificationLevel
from shared.proofs.log_entries import EntryKind
from shared.strict_json import canonical
from tests.support.awards import an_award

NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=64)
SOURCE = "urn:nld:oin:00000099000000000000:systeem:registry"
MOMENTS = st.integers(1_500_000_000, 3_800_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
ANYWHERE = st.builds(
    datetime.fromtimestamp, st.floats(1_500_000_000, 3_800_000_000), st.timezones()
)


@given(name=NAMES, halves=st.integers(1, 20_000), now=MOMENTS)
def test_a_fact_says_in_canonical_json_what_its_registration_says(
    name: str, halves: int, now: datetime
) -> None:
    award = an_award()
    load = award.study_load.model_copy(update={"value": Decimal(halves) / 2})
    level = Level(
        value=QualificationLevel.EQF_6, basis=LevelBasis.NCP_REGISTERED, registration_id=name
    )
    told = award.model_copy(update={"level": level, "study_load": load})
    held = decide_registration(told, award_id=told.award_id, now=now).registration

    [fact] = record_facts([(EntryKind.ISSUED, held)])

    assert fact.content == canonical(held.model_dump(mode="json", exclude_none=True)).decode()


@given(now=ANYWHERE, index=st.integers(0, 2**53))
def test_an_envelope_is_written_as_the_models_write_it(now: datetime, index: int) -> None:
    award = an_award()
    held = decide_registration(award, award_id=award.award_id, now=now).registration
    [fact] = record_facts([(EntryKind.ISSUED, held)])

    for written in (fact.as_event(index, source=SOURCE), fact.as_state(index, source=SOURCE)):
        assert written is not None
        assert CloudEvent.model_validate_json(written).to_bytes() == written


@given(now=MOMENTS)
def test_the_id_of_an_event_is_a_uuid_of_version_7_and_that_of_its_state_another(
    now: datetime,
) -> None:
    award = an_award()
    held = decide_registration(award, award_id=award.award_id, now=now).registration
    facts = record_facts([(EntryKind.ISSUED, held)] * 3)

    told = [
        one
        for fact in facts
        for one in (fact.as_event(0, source=SOURCE), fact.as_state(0, source=SOURCE))
    ]
    ids = [CloudEvent.model_validate_json(one or b"").id for one in told]
    assert len(set(ids)) == 6
    for one in ids:
        assert (one.version, one.variant) == (7, RFC_4122)
        assert one.int >> 80 == now.timestamp() * 1000
