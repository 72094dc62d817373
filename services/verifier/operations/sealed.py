"""Judging what is sealed with a certificate: a European credential, and the PDF something stood in.

Apart from verifying, because neither asks our copies of the catalogue and the register anything.
"""

import asyncio
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from services.verifier.checks.european import judge_european
from services.verifier.checks.holder import AskedHolder
from services.verifier.checks.judgement import Verification
from services.verifier.checks.seals import judge_seals, with_paper
from services.verifier.domain.handed import Handed
from services.verifier.domain.seals import Paper
from services.verifier.operations.desk import Desk


async def verify_european(
    desk: Desk, handed: Handed, *, asked: AskedHolder | None, now: datetime
) -> Verification:
    """Judge a European credential by its seal, and by whom the operator trusts to know sealers."""
    knowledge = await desk.memory.refresh()
    judgement = await asyncio.to_thread(
        judge_european, handed.text, desk.anchors, asked=asked, now=now
    )
    return Verification(
        verification_id=uuid4(),
        judgement=judgement,
        is_test=False,
        issuer=None,
        registration=None,
        microcredential=None,
        knowledge=knowledge,
        checked_at=now,
    )


async def add_paper(
    desk: Desk, verification: Verification, paper: Paper, *, now: datetime
) -> Verification:
    """Say with a verification what is known of the PDF that its credential stood in."""
    seals = (
        await asyncio.to_thread(judge_seals, paper, desk.anchors, now=now) if paper.seals else ()
    )
    judgement = with_paper(verification.judgement, paper)
    return replace(verification, judgement=judgement, seals=seals)
