"""What the register keeps, in a real PostgreSQL."""

import asyncio
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.registry.domain.registrations import (
    AwardDiffersError,
    CredentialTakenError,
    RegistrationUnknownError,
    VersionUnknownError,
)
from services.registry.operations import registrations as operations
from services.registry.repository import registrations as repository
from shared.contracts.award import Award
from shared.contracts.envelopes import CloudEvent
from shared.contracts.vocabulary import RegistrationStatus
from shared.runtime import migrations
from shared.runtime.database import Database
from tests.support.awards import DELFT, NOW, TWENTE, an_award, granted, revoked
from tests.support.postgres import MakeDatabase
from tests.support.registering import put_in_log, tell_all

pytestmark = pytest.mark.anyio

LATER = NOW + timedelta(hours=1)


async def record(register: Database, *awards: Award, now: datetime = NOW) -> None:
    async with register.transaction() as session:
        await operations.record_awards(session, [granted(award) for award in awards], now=now)


async def revoke(register: Database, award_id: UUID, now: datetime = LATER) -> None:
    async with register.transaction() as session:
        await operations.change_registrations(session, [revoked(award_id)], now=now)


async def announced(register: Database) -> list[tuple[str, str, int]]:
    await put_in_log(register)
    told = await tell_all(register)
    envelopes = [(one.topic, CloudEvent.model_validate_json(one.value or b"")) for one in told]
    return [(topic, e.subject, int(str(e.data["recordVersion"]))) for topic, e in envelopes]


async def test_the_tables_in_the_code_are_the_tables_of_the_migrations(
    make_database: MakeDatabase,
) -> None:
    await migrations.check(make_database("services.registry"), "services.registry")


async def test_the_schema_can_be_taken_away_and_made_again(make_database: MakeDatabase) -> None:
    url = make_database("services.registry")

    await migrations.downgrade(url, "services.registry")
    await migrations.upgrade(url, "services.registry")

    await migrations.check(url, "services.registry")


async def test_an_award_is_registered_once_and_announced_as_history_and_as_state(
    register: Database,
) -> None:
    award = an_award()

    await record(register, award)
    await record(register, award, now=LATER)

    async with register.transaction() as session:
        registration = await operations.read_registration(session, award.award_id)
    assert registration.recorded_at == NOW
    assert registration.study_load == award.study_load
    assert registration.valid_from == award.valid_from
    subject = str(award.award_id)
    assert await announced(register) == [
        ("registrations", subject, 1),
        ("registrations-state", subject, 1),
    ]


async def test_many_awards_are_registered_at_once_also_when_some_are_known(
    register: Database,
) -> None:
    awards = [an_award() for _ in range(300)]
    await record(register, *awards[:100])

    await record(register, *awards)

    told = [subject for topic, subject, _ in await announced(register) if topic == "registrations"]
    assert sorted(told) == sorted(str(award.award_id) for award in awards)


async def test_two_workers_that_register_the_same_awards_register_them_once(
    register: Database,
) -> None:
    awards = [an_award() for _ in range(20)]

    await asyncio.gather(*(record(register, *awards) for _ in range(8)))

    assert len(await announced(register)) == 40


async def test_an_award_that_became_another_award_is_refused_whole(register: Database) -> None:
    award = an_award()
    await record(register, award)

    with pytest.raises(AwardDiffersError):
        await record(register, an_award(), an_award(award.award_id, organisation=DELFT))

    assert len(await announced(register)) == 2


async def test_a_credential_belongs_to_one_award(register: Database) -> None:
    award = an_award()
    await record(register, award)

    with pytest.raises(CredentialTakenError):
        await record(register, an_award(credential_id=award.credential_id))


async def test_a_revocation_is_a_new_version_and_the_old_one_stays(register: Database) -> None:
    award = an_award()
    await record(register, award)

    await revoke(register, award.award_id)
    await revoke(register, award.award_id, now=LATER + timedelta(hours=1))

    async with register.transaction() as session:
        now = await operations.read_registration(session, award.award_id)
        before = await operations.read_version(session, award.award_id, 1)
        assert await operations.read_version(session, award.award_id, 2) == now
        with pytest.raises(VersionUnknownError):
            await operations.read_version(session, award.award_id, 3)
    assert (before.status, before.revocation) == (RegistrationStatus.ACTIVE, None)
    assert now.status is RegistrationStatus.REVOKED
    assert (now.recorded_at, now.changed_at) == (NOW, LATER)
    assert (await announced(register))[2:] == [
        ("registrations", str(award.award_id), 2),
        ("registrations-state", str(award.award_id), 2),
    ]


async def test_what_was_never_awarded_cannot_be_revoked(register: Database) -> None:
    with pytest.raises(RegistrationUnknownError):
        await revoke(register, uuid4())


async def test_an_export_gives_an_organisation_its_own_and_the_operator_everything(
    register: Database,
) -> None:
    ours = [an_award() for _ in range(5)]
    theirs = [an_award(organisation=DELFT) for _ in range(3)]
    await record(register, *ours, *theirs)

    async def export(organisation: str | None) -> set[UUID]:
        found: list[UUID] = []
        while True:
            async with register.transaction() as session:
                page = await operations.export_registrations(
                    session,
                    organisation=organisation,
                    after=found[-1] if found else None,
                    limit=2,
                )
            if not page:
                assert len(set(found)) == len(found)
                return set(found)
            found += [one.registration_id for one in page]

    assert await export(TWENTE) == {award.award_id for award in ours}
    assert await export(DELFT) == {award.award_id for award in theirs}
    assert await export(None) == {award.award_id for award in [*ours, *theirs]}


async def test_a_forgotten_where_shows_no_other_organisation(register: Database) -> None:
    awards = (an_award(), an_award(organisation=DELFT))
    await record(register, *awards)
    for award in awards:
        await revoke(register, award.award_id)

    async with register.transaction() as session:
        await repository.see_own(session, DELFT)
        for table in ("registration", "fact"):
            seen = await session.execute(text(f"SELECT organisation FROM {table}"))
            assert set(seen.scalars()) == {DELFT}


async def test_a_transaction_that_forgot_who_asks_sees_an_error(register: Database) -> None:
    await record(register, an_award())

    with pytest.raises(DBAPIError):
        async with register.transaction() as session:
            await session.execute(text("SELECT * FROM registration"))


async def test_the_register_announces_no_pseudonym(register: Database) -> None:
    award = an_award()
    await record(register, award)
    await revoke(register, award.award_id)
    await put_in_log(register)

    values = [one.value or b"" for one in await tell_all(register)]
    assert len(values) == 4
    assert all(award.learner.encode() not in value for value in values)
