"""No path publishes what a second person did not approve, byte for byte."""

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.catalog.domain.life_cycle import (
    Desk,
    NothingToDiscardError,
    NothingToPublishError,
    decide_approval,
    decide_discard,
    decide_publication,
    decide_rejection,
    decide_submission,
    decide_withdrawal,
)
from services.catalog.domain.reviews import (
    Actor,
    AlreadyApprovedError,
    AlreadySubmittedError,
    FourEyesError,
    NotApprovedError,
    NothingToSubmitError,
    NotSubmittedError,
)
from shared.contracts.microcredential import Description, Microcredential
from tests.unit.catalog.builders import HVA, a_description
from tests.unit.catalog.test_life_cycle import ACTORS, ANNA, BODY, NOW, PIN, REASON, URL, a_desk

DRAFTS = tuple(a_description(title={"nl": title}) for title in ("Een", "Twee", "Drie"))
Said = tuple[str, str | None]


def said_by(desk: Desk) -> Said:
    """Return a draft byte for byte, without asking the code under test for its digest."""
    assert desk.draft is not None
    return desk.draft.model_dump_json(), desk.on_behalf_of


class Life(RuleBasedStateMachine):
    """Anybody does anything in any order; what came out was always seen by a second person."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = a_desk(draft=DRAFTS[0])
        self.editor = ANNA
        self.asked: tuple[Said, Actor] | None = None
        self.seen: set[Said] = set()
        self.versions: list[Said] = []
        self.latest: Microcredential | None = None
        self.revisions = [self.desk.revision]

    @rule(
        draft=st.sampled_from(DRAFTS),
        by=st.sampled_from(ACTORS),
        behalf=st.sampled_from([None, HVA]),
    )
    def edit(self, draft: Description, by: Actor, behalf: str | None) -> None:
        self.desk = self.desk.drafted(draft, by=by, now=NOW, on_behalf_of=behalf)
        self.editor, self.asked, self.seen = by, None, set()

    @rule(by=st.sampled_from(ACTORS))
    def submit(self, by: Actor) -> None:
        try:
            self.desk = decide_submission(self.desk, by=by, now=NOW)
        except (NothingToSubmitError, AlreadySubmittedError):
            return
        self.asked = said_by(self.desk), by

    @rule(by=st.sampled_from(ACTORS))
    def approve(self, by: Actor) -> None:
        try:
            self.desk = decide_approval(self.desk, by=by, body=BODY, now=NOW)
        except (NotSubmittedError, AlreadyApprovedError, FourEyesError):
            return
        assert self.asked is not None
        assert by.subject not in {self.asked[1].subject, self.editor.subject}
        self.seen.add(self.asked[0])

    @rule(by=st.sampled_from(ACTORS))
    def reject(self, by: Actor) -> None:
        try:
            self.desk = decide_rejection(self.desk, by=by, reason=REASON, body=None, now=NOW)
        except NotSubmittedError:
            return
        self.asked, self.seen = None, set()

    @rule()
    def withdraw(self) -> None:
        try:
            self.desk = decide_withdrawal(self.desk, now=NOW)
        except NotSubmittedError:
            return
        self.asked, self.seen = None, set()

    @rule()
    def discard(self) -> None:
        """Throw the draft away; of what was never published nothing is left, so begin again."""
        try:
            left = decide_discard(self.desk, latest=self.latest, now=NOW)
        except NothingToDiscardError:
            assert self.desk.draft is None
            return
        assert self.desk.draft is not None
        self.asked, self.seen = None, set()
        if left is None:
            assert not self.versions
            self.desk, self.editor = a_desk(draft=DRAFTS[0], revision=self.desk.revision), ANNA
            return
        assert (left.draft, left.stage) == (None, None)
        assert left.on_behalf_of == self.versions[-1][1]
        assert left.revision > self.desk.revision
        self.desk = left

    @precondition(lambda self: self.desk.draft is not None)
    @rule(draft=st.sampled_from(DRAFTS), behalf=st.sampled_from([None, HVA]))
    def smuggle(self, draft: Description, behalf: str | None) -> None:
        """Change the draft behind the rules' back, as a mistake elsewhere would."""
        self.desk = replace(self.desk, draft=draft, on_behalf_of=behalf)

    @rule()
    def publish(self) -> None:
        try:
            version = decide_publication(self.desk, pin=PIN, public_url=URL, now=NOW)
        except (NothingToPublishError, NotApprovedError):
            return
        assert (version.content.model_dump_json(), version.on_behalf_of) in self.seen
        assert version.version == len(self.versions) + 1
        self.versions.append(said_by(self.desk))
        self.latest = version
        self.desk = self.desk.published(now=NOW)
        self.asked, self.seen = None, set()

    @invariant()
    def a_changed_desk_is_another_state(self) -> None:
        assert self.desk.revision >= self.revisions[-1]
        self.revisions.append(self.desk.revision)
        assert self.desk.versions == len(self.versions)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
