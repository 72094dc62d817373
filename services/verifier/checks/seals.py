"""Whose the seals of a PDF are, and whether what people read in it is still what was sealed.

Apart from the thirteen checks of a credential, of which these are none: a seal is of the paper, and
never makes a credential better. But who is shown a paper reads the paper. So one that is no longer
what was sealed is a finding of check 1, however genuine the credential in it, and its verdict is no
longer green. Taking a seal off is easier than breaking it: that there is none, says nothing.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.verifier.checks.judgement import Judgement
from services.verifier.domain.findings import Check, Code, Finding, Outcome, failed, unknown
from services.verifier.domain.seals import JudgedSeal, Paper, Seal, SealState, Since
from services.verifier.domain.verdict import decide_verdict
from shared.proofs import ProofRefusedError
from shared.proofs.certificate_paths import Anchors, holder_of, read_chain, standing_of


def judge_seals(paper: Paper, anchors: Anchors, *, now: datetime) -> tuple[JudgedSeal, ...]:
    """Say of each seal whose it is; one that does not say when it was set, is judged as of now."""
    return tuple(_judge(seal, anchors, now=now) for seal in paper.seals)


def with_paper(judgement: Judgement, paper: Paper) -> Judgement:
    """Return a judgement with what is to be said of the paper; never a better one."""
    doubt, found = find_doubt(paper.seals), judgement.findings[0]
    if doubt is None or found.outcome is not Outcome.OK:
        return judgement
    findings = (doubt, *judgement.findings[1:])
    return replace(judgement, findings=findings, verdict=decide_verdict(findings))


def find_doubt(seals: Sequence[Seal]) -> Finding | None:
    """Return what is wrong with the paper by its seals, the gravest first; None when nothing is."""
    if any(one.state is SealState.BROKEN or one.since is Since.CHANGED for one in seals):
        return failed(Check.CONTAINER, Code.PAPER_CHANGED)
    if any(one.since is Since.ADDED for one in seals):
        return failed(Check.CONTAINER, Code.PAPER_ADDED_TO)
    if not all(one.is_sound for one in seals):
        return unknown(Check.CONTAINER, Code.PAPER_SEAL_UNCHECKED)
    return None


def _judge(seal: Seal, anchors: Anchors, *, now: datetime) -> JudgedSeal:
    if not seal.certificates:
        return JudgedSeal(seal=seal)
    try:
        chain = read_chain(seal.certificates)
    except ProofRefusedError:
        return JudgedSeal(seal=seal)
    if seal.state is not SealState.INTACT:
        # Nobody set this seal on this: the name in it accuses nobody and praises nobody.
        return JudgedSeal(seal=seal)
    standing = standing_of(chain, anchors, at=seal.sealed_at or now, now=now)
    return JudgedSeal(seal=seal, signer=holder_of(chain[0]), standing=standing)
