"""The life of awards as a machine: whatever is asked in whatever order, dying in between or not."""

import asyncio
from collections.abc import Coroutine, Iterator
from datetime import timedelta
from typing import ClassVar, TypeVar
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.issuer.operations import changes, corrections, granting
from tests.integration.issuer.conftest import Issuer, an_issuer
from tests.integration.issuer.life_rules import Expected, check_awards, check_places
from tests.support.issuing import ISSUING_NOW, an_award_request
from tests.support.postgres import MakeDatabase

Answer = TypeVar("Answer")
REASONS = {
    "suspensions": "under-investigation",
    "reinstatements": "cleared",
    "revocations": "fraud",
    "corrections": "reassessed",
}
KINDS = {
    "suspensions": ("suspended", "suspended", {"granted"}),
    "reinstatements": ("reinstated", "granted", {"suspended"}),
    "revocations": ("revoked", "revoked", {"granted", "suspended", "expired"}),
}
MOST_ALIVE = 2
DEATHS = st.sampled_from([None, "before-signing", "before-commit"])


class KilledError(Exception):
    pass


class AwardLife(RuleBasedStateMachine):
    """One learner, a few awards, and everything that may be asked about them."""

    issuer: ClassVar[Issuer]
    runner: ClassVar[asyncio.Runner]
    raised: ClassVar[set[tuple[object, ...]]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.issuer.clock.now = ISSUING_NOW
        self.learner = f"{uuid4().hex}@student.example.nl"
        self.awards: list[Expected] = []
        self.intended: list[tuple[dict[str, object], str]] = []
        self.answered: list[tuple[str, dict[str, object], str, bytes]] = []
        self.grades = 0

    def run(self, act: Coroutine[object, object, Answer]) -> Answer:
        """Do something, and wait for it."""
        return self.runner.run(act)

    def post(self, path: str, body: dict[str, object], dying: str | None, scope: str) -> int:
        """Ask for something, dying on the way when told so; remember what was answered."""
        key = uuid4().hex
        with pytest.MonkeyPatch.context() as patch:
            if dying == "before-signing":
                patch.setattr(type(self.issuer.desk.signer), "sign_credential", _die)
            if dying == "before-commit":
                patch.setattr(granting, "announce", _die)
                patch.setattr(corrections, "announce", _die)
            answer = self.run(self.issuer.post(path, body, key=key, scope=scope))
        if answer.status_code == 201:
            self.answered.append((path, body, key, answer.content))
        return answer.status_code

    @precondition(lambda self: self.may_award())
    @rule(dying=DEATHS, ends=st.sampled_from([None, 20, 60]))
    def grant(self, dying: str | None, ends: int | None) -> None:
        """Award something; who dies leaves an intent."""
        until = self.issuer.clock.now + timedelta(seconds=ends) if ends else None
        more: dict[str, object] = {"validUntil": until.isoformat()} if until else {}
        body = an_award_request(
            learner={"email": self.learner, "givenName": "Jo", "familyName": "Mus"}, **more
        )
        status = self.post("/v1/awards", body, dying, "awards:write")
        if dying:
            assert status == 500
            self.intended.append((body, str(body["enrolmentReference"])))
            return
        assert status == 201
        self._found(str(body["enrolmentReference"]), body)

    @precondition(lambda self: self.awards)
    @rule(data=st.data(), kind=st.sampled_from(sorted(KINDS)))
    def change(self, data: st.DataObject, kind: str) -> None:
        """Suspend, reinstate or revoke, in whatever order; what is wrong changes nothing."""
        one = data.draw(st.sampled_from(self.awards))
        name, state, allowed = KINDS[kind]
        status = self.post(
            f"/v1/awards/{one.award_id}/{kind}", {"reason": REASONS[kind]}, None, "awards:write"
        )
        if one.counts_at(self.issuer.clock.now) in allowed:
            assert status == 201
            one.became(name, state)
        else:
            assert status == 409

    @precondition(lambda self: self.awards)
    @rule(data=st.data(), dying=DEATHS)
    def correct(self, data: st.DataObject, dying: str | None) -> None:
        """Correct the grade; who dies leaves an intent, and nobody corrects meanwhile."""
        one = data.draw(st.sampled_from(self.awards))
        self.grades += 1
        body: dict[str, object] = {
            "reason": REASONS["corrections"],
            "result": {"grade": f"grade {self.grades}"},
        }
        status = self.post(f"/v1/awards/{one.award_id}/corrections", body, dying, "awards:write")
        allowed = one.counts_at(self.issuer.clock.now) in {"granted", "suspended"}
        if not allowed or one.is_correcting:
            assert status == 409
        elif dying:
            assert status == 500
            one.is_correcting = True
        else:
            assert status == 201
            one.became("corrected")

    def may_award(self) -> bool:
        """Keep few awards alive at once, so that much happens to each."""
        living = [one for one in self.awards if one.state != "erased"]
        return len(living) + len(self.intended) < MOST_ALIVE

    @rule()
    def sweep(self) -> None:
        """Finish what the dead left: what can no longer be is given up."""
        now = self.issuer.clock.now + timedelta(seconds=1)
        desk = self.issuer.desk
        self.run(granting.finish_intents(desk, older_than=timedelta(), now=now))
        self.run(corrections.finish_corrections(desk, older_than=timedelta(), now=now))
        for body, reference in self.intended:
            self._found(reference, body)
        self.intended.clear()
        for one in self.awards:
            if one.is_correcting and one.counts_at(now) in {"granted", "suspended"}:
                one.became("corrected")
            one.is_correcting = False

    @rule(seconds=st.sampled_from([1, 15, 30]))
    def wait(self, seconds: int) -> None:
        """Let time pass; access tokens hold for ten minutes only."""
        later = self.issuer.clock.now + timedelta(seconds=seconds)
        self.issuer.clock.now = min(later, ISSUING_NOW + timedelta(minutes=8))

    @rule()
    def expire(self) -> None:
        """Record what has ended."""
        self.run(changes.expire_awards(self.issuer.desk, now=self.issuer.clock.now))
        for one in self.awards:
            if one.counts_at(self.issuer.clock.now) != one.state:
                one.became("expired", "expired")

    @rule()
    def erase(self) -> None:
        """Erase the learner: awards end, intents come to nothing, the next award starts afresh."""
        body: dict[str, object] = {"email": self.learner, "reason": "learner-request"}
        assert self.post("/v1/learner-erasures", body, None, "learners:erase") == 201
        self.intended.clear()
        for one in self.awards:
            one.is_correcting = False
            if one.state != "erased":
                one.became("erased", "erased")

    @precondition(lambda self: self.answered)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Ask the same again: the first answer, and nothing happens."""
        path, body, key, content = data.draw(st.sampled_from(self.answered))
        scope = "learners:erase" if "erasures" in path else "awards:write"
        answer = self.run(self.issuer.post(path, body, key=key, scope=scope))
        assert (answer.status_code, answer.content) == (201, content)

    @invariant()
    def every_award_is_what_it_should_be(self) -> None:
        """See the state, the history, the present credential, and what was told."""
        self.run(check_awards(self.issuer, self.awards))

    @invariant()
    def no_place_is_used_twice_and_no_bit_is_lowered(self) -> None:
        """See the places of every credential there ever was."""
        self.run(check_places(self.issuer, self.raised))

    def _found(self, reference: str, body: dict[str, object]) -> None:
        query = f"SELECT award_id, valid_until FROM award WHERE enrolment_reference = '{reference}'"
        [(award_id, ends)] = self.run(self.issuer.ask(query))
        assert ("validUntil" in body) == (ends is not None)
        self.awards.append(Expected(award_id=str(award_id), ends=ends))


def _die(*_args: object, **_kwargs: object) -> None:
    raise KilledError


@pytest.fixture
def machine(make_database: MakeDatabase) -> Iterator[type[AwardLife]]:
    """Give the machine an issuer, in an event loop of its own."""
    with asyncio.Runner() as runner:
        opened = an_issuer(make_database("services.issuer"))
        AwardLife.issuer = runner.run(opened.__aenter__())
        AwardLife.runner = runner
        AwardLife.raised = set()
        yield AwardLife
        runner.run(opened.__aexit__(None, None, None))


def test_awards_live_as_their_rules_say(machine: type[AwardLife]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=30,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
