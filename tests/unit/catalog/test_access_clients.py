"""Who may register which client, for whom and with what."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.access.clients import (
    GIVEN_BY_STEWARD,
    STEWARDS_OWN,
    Administrator,
    Binding,
    BlockedByStewardError,
    Client,
    ClientRefusedError,
    NotTheAdministratorError,
    WantedClient,
    decide_client,
)
from shared.runtime.access import SCOPES

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
STEWARD, PROVIDER, STRANGER = (f"0000009900000{number}0000000" for number in range(3))
CLIENT_ID = UUID("5a1c7f0e-94c1-4d0f-8f44-6a0d2b1c9e77")
WANTED = WantedClient(
    organisation=PROVIDER,
    name="SIS",
    scopes=frozenset({"awards:write"}),
    keys=(),
    jwks_url="https://sis.example.nl/jwks",
    binding=Binding.NONE,
    is_blocked=False,
)
OWN = Administrator(PROVIDER, "own", is_steward=False)
BY_STEWARD = Administrator(STEWARD, "steward", is_steward=True)


def decide(
    wanted: WantedClient = WANTED, known: Client | None = None, *, by: Administrator = OWN
) -> Client:
    return decide_client(wanted, known, client_id=CLIENT_ID, by=by, steward=STEWARD, now=NOW)


def test_a_new_client_is_what_was_wanted() -> None:
    client = decide()

    assert (client.organisation, client.scopes) == (PROVIDER, WANTED.scopes)
    assert (client.revision, client.is_blocked, client.changed_by) == (1, False, "own")


def test_a_change_that_changes_nothing_is_none() -> None:
    known = decide()

    assert decide(WANTED, known) is known
    changed = decide(replace(WANTED, name="LMS"), known)
    assert (changed.revision, changed.registered_at) == (2, known.registered_at)


def test_a_stranger_registers_nothing_for_another() -> None:
    with pytest.raises(NotTheAdministratorError):
        decide(by=Administrator(STRANGER, "x", is_steward=False))
    assert decide(by=BY_STEWARD).organisation == PROVIDER


@given(
    st.sets(st.sampled_from(sorted(SCOPES)), min_size=1),
    st.sets(st.sampled_from(sorted(SCOPES))),
    st.sampled_from([PROVIDER, STEWARD]),
    st.sampled_from([OWN, BY_STEWARD]),
)
def test_no_client_can_do_more_than_its_administrator_may_give(
    scopes: set[str], held: set[str], organisation: str, by: Administrator
) -> None:
    by = by if by.is_steward else replace(by, organisation=organisation)
    known = replace(decide(), organisation=organisation, scopes=frozenset(held))
    wanted = replace(WANTED, organisation=organisation, scopes=frozenset(scopes))
    codes = set()
    if organisation != STEWARD and scopes & STEWARDS_OWN:
        codes.add("scope-of-steward")
    if not by.is_steward and (scopes - held) & GIVEN_BY_STEWARD:
        codes.add("scope-given-by-steward")

    if not codes:
        assert decide(wanted, known, by=by).scopes == frozenset(scopes)
        return
    with pytest.raises(ClientRefusedError) as refused:
        decide(wanted, known, by=by)
    assert {fault.code for fault in refused.value.faults} == codes
    assert all(fault.pointer == "/scopes" and fault.dutch for fault in refused.value.faults)


def test_who_blocked_decides_who_lets_in() -> None:
    blocked, free = replace(WANTED, is_blocked=True), WANTED
    for first, second in product((OWN, BY_STEWARD), repeat=2):
        shut = decide(blocked, decide(blocked, decide(), by=first), by=second)
        expected = STEWARD if BY_STEWARD in {first, second} else PROVIDER
        assert shut.blocked_by == expected
        assert not decide(free, shut, by=BY_STEWARD).is_blocked
        if expected == STEWARD:
            with pytest.raises(BlockedByStewardError):
                decide(free, shut, by=OWN)
        else:
            assert not decide(free, shut, by=OWN).is_blocked


def test_a_change_keeps_when_it_began() -> None:
    known = replace(decide(), registered_at=NOW - timedelta(days=1))

    assert decide(replace(WANTED, name="LMS"), known).registered_at == known.registered_at
