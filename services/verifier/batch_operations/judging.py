"""One entry judged: a row always, whatever happens to whoever judges it.

Apart from the crew that hands out entries, so that no entry can stop a batch: what cannot be read
says so, what takes too long or goes wrong is unknown, and nothing of that is ever green. Only when
we ourselves cannot answer now is there no row: then the entry is given back.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final, Protocol

from services.verifier.batches.entries import Entry, Refusal
from services.verifier.batches.rows import FAULT, GIVEN_UP, TOO_SLOW, Row, Stumble, refused
from services.verifier.domain.findings import Outcome
from services.verifier.domain.text import Text
from services.verifier.schemas.shown import Words
from services.verifier.schemas.verification import VerificationAnswer
from shared.errors import UnavailableError, WaarmerkError
from shared.runtime.observability import get_logger
from shared.runtime.problems import reason_unavailable

ENTRY_SECONDS: Final = 27.0
"""Longer than intake lets a file wait for its turn and be read; shorter than a lease."""
MOST_ATTEMPTS: Final = 3

log = get_logger(__name__)


class Judge(Protocol):
    """Gives the verdict on one entry, the same as a single verification would.

    Or why there is none, as an answer or as a WaarmerkError; UnavailableError is "not now".
    """

    def __call__(self, entry: Entry, *, now: datetime) -> Awaitable[VerificationAnswer | Refusal]:
        """Judge an entry."""


async def judge_entry(
    judge: Judge, number: int, entry: Entry, *, attempts: int, read_clock: Callable[[], datetime]
) -> Row:
    """Return the row of an entry; raises UnavailableError when it can only be judged later."""
    digest = hashlib.sha256(entry.content).hexdigest()
    answer = await _ask(judge, entry, now=read_clock()) if attempts <= MOST_ATTEMPTS else GIVEN_UP
    if isinstance(answer, Refusal):
        return refused(number, entry.name, answer, digest=digest)
    return summarise(number, entry.name, answer, digest=digest)


async def _ask(judge: Judge, entry: Entry, *, now: datetime) -> VerificationAnswer | Refusal:
    limit = asyncio.timeout(ENTRY_SECONDS)
    try:
        async with limit:
            return await judge(entry, now=now)
    except UnavailableError:
        raise
    except WaarmerkError as error:
        return Refusal(error.code, Text(nl=error.detail_in_dutch, en=error.detail))
    except Exception as error:
        if limit.expired():
            return TOO_SLOW
        if isinstance(reason_unavailable(error), UnavailableError):
            raise UnavailableError from error
        log.exception("an entry of a batch could not be judged")
        return FAULT


def summarise(number: int, name: str, answer: VerificationAnswer, *, digest: str) -> Row:
    """Return in one row what a verification says."""
    verdict, shown, issuer = answer.verdict, answer.credential, answer.issuer
    size = shown.study_load.name if shown and shown.study_load else None
    return Row(
        number=number,
        name=name,
        state=verdict.state,
        look=verdict.look,
        code=verdict.code.value,
        title=_text(verdict.title),
        is_test=answer.test,
        issuer=_text(issuer.name) if issuer else None,
        what=shown.name if shown else None,
        size=_text(size) if size else None,
        awarded_on=shown.awarded_on if shown else None,
        who=shown.who.name if shown else None,
        stumble=_stumble_of(answer),
        digest=digest,
        credential_id=shown.id if shown else None,
    )


def _stumble_of(answer: VerificationAnswer) -> Stumble | None:
    for check in answer.checks:
        # What was not asked, or could not be looked at after an earlier failure, is no failure.
        if check.outcome in {Outcome.FAILED, Outcome.UNKNOWN}:
            return Stumble(
                number=check.number,
                check=check.name,
                code=check.code.value,
                title=_text(check.title),
                explanation=_text(check.explanation),
            )
    return None


def _text(words: Words) -> Text:
    return Text(nl=words.nl, en=words.en)
