"""What the seal of a PDF makes of a verdict: never better, and amber when other words are read."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from pydantic import ValidationError

from services.verifier.checks.seals import find_doubt, judge_seals, with_paper
from services.verifier.containers.limits import LIMITS
from services.verifier.containers.pdf import read_pdf
from services.verifier.domain.explanations.sealing import seal_sentences
from services.verifier.domain.findings import Code
from services.verifier.domain.seals import JudgedSeal, Paper, Seal, SealState, Since
from services.verifier.domain.verdict import Look, State
from services.verifier.schemas.sealing import NOT_THE_PAPER, paper_advice, tell_seals
from services.verifier.settings import Settings
from shared.contracts.vocabulary import RegistrationStatus
from shared.proofs.certificate_paths import NO_ANCHORS, Anchors, Standing
from tests.support.handing import TOKEN, a_pdf_with
from tests.support.seals import (
    SCHOOL,
    SEALED_AT,
    a_sealer,
    alter_pdf,
    as_pem,
    seal_pdf,
    the_authority,
)
from tests.unit.verifier.forge import NOW, a_token
from tests.unit.verifier.world import World

ANCHORS: Final = Anchors.of([the_authority().certificate])
PLAIN: Final = a_pdf_with("bewijs.jwt", TOKEN.encode())
SOUND: Final = Seal(state=SealState.INTACT, since=Since.NOTHING)
CHANGED: Final = Seal(state=SealState.INTACT, since=Since.CHANGED)
ADDED: Final = Seal(state=SealState.INTACT, since=Since.ADDED)
BROKEN: Final = Seal(state=SealState.BROKEN)
UNCHECKED: Final = Seal(state=SealState.UNCHECKED)
WORLD: Final = World()


def judged(body: bytes, anchors: Anchors = ANCHORS) -> JudgedSeal:
    (one,) = judge_seals(Paper(read_pdf(body, LIMITS).seals), anchors, now=NOW)
    return one


@pytest.mark.parametrize(
    ("seals", "code"),
    [
        ((BROKEN,), Code.PAPER_CHANGED),
        ((CHANGED,), Code.PAPER_CHANGED),
        ((CHANGED, SOUND), Code.PAPER_CHANGED),
        ((ADDED, SOUND), Code.PAPER_ADDED_TO),
        ((ADDED, BROKEN), Code.PAPER_CHANGED),
        ((UNCHECKED,), Code.PAPER_SEAL_UNCHECKED),
        ((SOUND, UNCHECKED), Code.PAPER_SEAL_UNCHECKED),
    ],
    ids=[
        "broken",
        "changed",
        "changed and sealed again",
        "added to and sealed again",
        "added to and broken",
        "unchecked",
        "one unchecked",
    ],
)
def test_a_genuine_credential_in_a_paper_that_changed_is_amber_and_still_shown(
    seals: tuple[Seal, ...], code: Code
) -> None:
    judgement = with_paper(WORLD.judge(a_token()), Paper(seals))

    assert (judgement.verdict.state, judgement.verdict.look) == (State.PAPER_IN_DOUBT, Look.AMBER)
    assert (judgement.verdict.code, judgement.findings[0].code) == (code, code)
    assert judgement.credential is not None


@pytest.mark.parametrize("seals", [(), (SOUND,), (SOUND, SOUND)], ids=["none", "one", "two"])
def test_a_sound_seal_or_none_makes_no_verdict_better_or_worse(seals: tuple[Seal, ...]) -> None:
    for judgement in (
        WORLD.judge(a_token()),
        WORLD.judge(a_token()[:-4]),
        replace(WORLD, status=RegistrationStatus.REVOKED).judge(a_token()),
    ):
        assert with_paper(judgement, Paper(seals)) == judgement


@pytest.mark.parametrize(
    "seals", [(BROKEN,), (CHANGED,), (UNCHECKED,)], ids=lambda one: one[0].state
)
def test_what_is_worse_than_its_paper_stays_as_bad(seals: tuple[Seal, ...]) -> None:
    revoked = replace(WORLD, status=RegistrationStatus.REVOKED).judge(a_token())
    stranger = replace(WORLD, organisation=None).judge(a_token())

    assert with_paper(revoked, Paper(seals)).verdict == revoked.verdict
    assert with_paper(stranger, Paper(seals)).verdict == stranger.verdict


def test_no_seal_is_no_doubt() -> None:
    assert find_doubt(()) is None


def test_a_seal_that_somebody_we_trust_knows_says_so() -> None:
    seal = judged(seal_pdf(PLAIN))

    assert (seal.standing, seal.is_vouched) == (Standing.ANCHORED, True)
    assert seal_sentences(seal).nl == (
        f"Deze PDF is verzegeld door {SCHOOL} op 19 november 2026 en daarna niet veranderd. Een "
        "organisatie die wij vertrouwen, staat in voor die naam."
    )
    assert seal_sentences(seal).en.startswith(
        f"This PDF was sealed by {SCHOOL} on 19 November 2026 and has not changed since."
    )


@pytest.mark.parametrize(
    ("body", "anchors", "standing"),
    [
        (seal_pdf(PLAIN), NO_ANCHORS, Standing.NO_ANCHORS),
        (seal_pdf(PLAIN, a_sealer()), ANCHORS, Standing.UNANCHORED),
        (
            seal_pdf(PLAIN, a_sealer(by=the_authority(), until=SEALED_AT - timedelta(days=1))),
            ANCHORS,
            Standing.UNTIMELY,
        ),
        (seal_pdf(PLAIN, at=NOW + timedelta(days=1)), ANCHORS, Standing.UNTIMELY),
    ],
    ids=["nobody is trusted", "sealed by itself", "an ended certificate", "a day to come"],
)
def test_the_name_in_a_seal_is_worth_what_somebody_we_trust_says(
    body: bytes, anchors: Anchors, standing: Standing
) -> None:
    seal = judged(body, anchors)

    assert (seal.standing, seal.is_vouched, seal.seal.is_sound) == (standing, False, True)
    assert (
        "vertrouwen staat" in seal_sentences(seal).nl
        or "weten" in seal_sentences(seal).nl
        or "controleren" in seal_sentences(seal).nl
    )


def test_a_paper_changed_after_it_was_sealed_is_said_to_be_with_the_name() -> None:
    seal = judged(alter_pdf(seal_pdf(PLAIN)))

    assert seal_sentences(seal).nl.startswith(
        f"Deze PDF is veranderd nadat hij was verzegeld door {SCHOOL} op 19 november 2026."
    )


def test_a_broken_seal_accuses_nobody() -> None:
    seal = judged(seal_pdf(PLAIN).replace(b"200 200", b"200 201"))

    assert (seal.signer, seal.standing) == (None, None)
    assert SCHOOL not in seal_sentences(seal).nl
    assert "gebroken" in seal_sentences(seal).nl


def test_a_certificate_that_cannot_be_read_names_nobody() -> None:
    strange = replace(SOUND, certificates=(b"no certificate",))

    (seal,) = judge_seals(Paper((strange,)), ANCHORS, now=NOW)

    assert seal.signer is None
    assert judge_seals(Paper((SOUND,)), ANCHORS, now=NOW) == (JudgedSeal(seal=SOUND),)
    assert seal_sentences(seal).en == "This PDF has a seal that we cannot check."


def test_who_reads_the_paper_is_told_that_nobody_vouches_for_it() -> None:
    vouched, stranger = judged(seal_pdf(PLAIN)), judged(seal_pdf(PLAIN, a_sealer()))

    assert paper_advice((), is_shown=True) == (NOT_THE_PAPER,)
    assert paper_advice((stranger,), is_shown=True) == (NOT_THE_PAPER,)
    assert paper_advice((vouched,), is_shown=True) == ()
    assert paper_advice((JudgedSeal(seal=BROKEN),), is_shown=True) == ()
    assert paper_advice((), is_shown=False) == paper_advice(None, is_shown=True) == ()


def test_nothing_good_is_believed_of_a_seal_that_is_only_said_to_be_there() -> None:
    told = Paper((SOUND, replace(CHANGED, certificates=(b"x",), sealed_at=NOW), UNCHECKED))

    assert told.without_praise() == Paper((CHANGED, UNCHECKED))


def test_seals_are_told_to_programs_too() -> None:
    (told,) = tell_seals((judged(seal_pdf(PLAIN)),)) or ()

    assert told.sound
    assert told.sealer is not None
    assert (told.sealer.name, told.sealer.organisation_id) == (SCHOOL, "NTRNL-12345678")
    assert tell_seals(None) is None


def settings(anchors: Path | None) -> Settings:
    return Settings(
        database_url="postgresql://a@b/c", public_url="https://a.example", seal_anchors=anchors
    )


def test_a_verifier_does_not_begin_with_anchors_that_are_none(tmp_path: Path) -> None:
    good, bad = tmp_path / "anchors.pem", tmp_path / "notes.txt"
    good.write_bytes(as_pem(the_authority()))
    bad.write_bytes(b"no certificate")

    for file in (bad, tmp_path / "nowhere.pem"):
        with pytest.raises(ValidationError):
            settings(file)
    assert settings(good).anchors == ANCHORS
    assert settings(None).anchors == NO_ANCHORS


def test_a_broken_seal_of_somebody_names_nobody() -> None:
    chain = tuple(one.public_bytes(Encoding.DER) for one in a_sealer().chain)

    (seal,) = judge_seals(Paper((replace(BROKEN, certificates=chain),)), ANCHORS, now=NOW)

    assert (seal.signer, seal.standing) == (None, None)
