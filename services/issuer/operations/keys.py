"""The life of issuers' keys: the first ones, the yearly rotation, and what a lost one asks for.

A step is decided on rows that nobody else can change meanwhile (the organisation's lock), and made
in the same transaction as its event; so two workers make it once, and a killed one leaves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.issuer.domain.keys import (
    ES256,
    CompromiseReason,
    IssuingKey,
    KeyNotFoundError,
    KeyState,
    MakeKey,
    Rhythm,
    Switch,
    check_compromise,
    decide_rotation,
    decide_step,
)
from services.issuer.domain.signatures import Comparison
from services.issuer.operations.desk import Desk
from services.issuer.repository import catalogue, issuers, keys, reissues, signatures
from services.issuer.signing import KeyStoreError, Signer
from shared.contracts.events import IssuerKeyCompromised, IssuerKeyPublished, IssuerKeyRetired
from shared.runtime.database import EVERY_ORGANISATION, act_for
from shared.runtime.observability import get_logger
from shared.runtime.outbox import announce

MOST_STEPS = 3

log = get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A key that is somebody else's too, how it came so, and since when, as far as known."""

    kid: str
    reason: CompromiseReason
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Replaced:
    """A key that was marked, and the one that signs instead; None when it did not sign."""

    lost: IssuingKey
    replacement: IssuingKey | None


async def establish_keys(
    session: AsyncSession, signer: Signer, organisation: str, *, rhythm: Rhythm, now: datetime
) -> None:
    """See that an organisation has keys under its present DID; ask with the organisation locked.

    When the service moved to another address its DIDs moved too: the old keys are retired, and what
    they signed stays as good as the old address is.
    """
    issuer = signer.issuer_of(organisation)
    for key in await keys.list_living(session, organisation):
        if key.public.issuer != issuer:
            await _retire(session, key, now=now)
    await _advance(session, signer, organisation, rhythm=rhythm, now=now)


async def rotate_keys(desk: Desk, *, now: datetime) -> int:
    """Make every step that is due, each organisation's in a transaction; return for how many."""
    async with desk.database.transaction() as session:
        known = await catalogue.list_organisations(session)
        living = await keys.list_living(session)
    due = [oin for oin in known if _is_due(oin, living, desk, now=now)]
    for organisation in due:
        async with desk.database.transaction() as session:
            await issuers.lock_organisation(session, organisation)
            await establish_keys(session, desk.signer, organisation, rhythm=desk.rhythm, now=now)
    return len(due)


async def begin_rotation(
    session: AsyncSession, desk: Desk, organisation: str, *, now: datetime
) -> list[IssuingKey]:
    """Publish the keys that will follow the present ones; asked again, the same keys."""
    await issuers.lock_organisation(session, organisation)
    living = await keys.list_living(session, organisation, did_prefix=_did(desk, organisation))
    following = []
    for algorithm in desk.signer.algorithms:
        step = decide_rotation(living, algorithm=algorithm, rhythm=desk.rhythm, now=now)
        if isinstance(step, MakeKey):
            step = await _make(session, desk.signer, organisation, step, now=now)
        following.append(step)
    return following


async def compromise_key(
    session: AsyncSession, desk: Desk, loss: Loss, *, now: datetime
) -> Replaced:
    """Mark a key as compromised, and let a new one sign at once if it signed.

    There is no time to publish the new key beforehand: who keeps our keys for a while may not know
    it yet, and says "unknown" of what it signs until then. What the lost key signed is signed anew
    by `reissue`.
    """
    key = await keys.get_key(session, loss.kid)
    organisation = key.public.organisation
    await issuers.lock_organisation(session, organisation)
    key = await keys.get_key(session, loss.kid)
    check_compromise(key, since=loss.since, now=now)
    public, version = await keys.compromise_key(
        session, loss.kid, since=loss.since, reason=loss.reason, now=now
    )
    await announce(session, IssuerKeyCompromised(record_version=version, key=public), now=now)
    replacement = None
    if key.state is KeyState.CURRENT and key.public.issuer == desk.signer.issuer_of(organisation):
        replacement = await _replace(session, desk, key, now=now)
    if key.public.algorithm == ES256:
        await keys.mark_lists_changed(session, organisation)
        await reissues.add_reissue(session, loss.kid, organisation=organisation, now=now)
    return Replaced(await keys.get_key(session, loss.kid), replacement)


async def list_keys(session: AsyncSession, organisation: str | None = None) -> list[IssuingKey]:
    """Return every key of an organisation (or of all), oldest first."""
    return await keys.list_keys(session, organisation)


async def find_by_name(session: AsyncSession, kid: str) -> IssuingKey:
    """Return a key by its name, or raise KeyNotFoundError; for who operates us."""
    return await keys.get_key(session, kid)


async def compare_signatures(desk: Desk, kid: str) -> Comparison:
    """Compare the log of what a key signed with what is stored of it."""
    async with desk.database.transaction() as session:
        await act_for(session, EVERY_ORGANISATION)
        await keys.get_key(session, kid)
        return await signatures.compare(session, kid)


async def get_key(session: AsyncSession, *, organisation: str, thumbprint: str) -> IssuingKey:
    """Return one key of an organisation, whatever became of it."""
    key = await keys.find_key(session, organisation=organisation, thumbprint=thumbprint)
    if key is None:
        raise KeyNotFoundError
    return key


def _is_due(organisation: str, living: Sequence[IssuingKey], desk: Desk, *, now: datetime) -> bool:
    issuer = desk.signer.issuer_of(organisation)
    everything = [key for key in living if key.public.organisation == organisation]
    own = [key for key in everything if key.public.issuer == issuer]
    return len(own) < len(everything) or any(
        decide_step(own, algorithm=algorithm, rhythm=desk.rhythm, now=now) is not None
        for algorithm in desk.signer.algorithms
    )


async def _advance(
    session: AsyncSession, signer: Signer, organisation: str, *, rhythm: Rhythm, now: datetime
) -> None:
    """Make every step that is due now; one may make the next one due."""
    prefix = f"{signer.issuer_of(organisation)}#"
    for algorithm in signer.algorithms:
        for _ in range(MOST_STEPS):
            living = await keys.list_living(session, organisation, did_prefix=prefix)
            step = decide_step(living, algorithm=algorithm, rhythm=rhythm, now=now)
            if step is None:
                break
            if isinstance(step, Switch):
                await _switch(session, step, now=now)
            else:
                await _make(session, signer, organisation, step, now=now)


async def _make(
    session: AsyncSession, signer: Signer, organisation: str, step: MakeKey, *, now: datetime
) -> IssuingKey:
    new = signer.new_key(
        organisation, algorithm=step.algorithm, signs_from=step.signs_from, now=now
    )
    version = await keys.add_key(session, new.public, new.sealed, state=step.state)
    await announce(session, IssuerKeyPublished(record_version=version, key=new.public), now=now)
    return await keys.get_key(session, new.public.kid)


async def _replace(
    session: AsyncSession, desk: Desk, lost: IssuingKey, *, now: datetime
) -> IssuingKey | None:
    """Make a key that signs at once; when its store is away the chore will, but the mark stands."""
    step = MakeKey(lost.public.algorithm, KeyState.CURRENT, now)
    try:
        return await _make(session, desk.signer, lost.public.organisation, step, now=now)
    except KeyStoreError as reason:
        log.warning("no key to replace the lost one yet", kid=lost.kid, reason=reason.reason)
        return None


async def _switch(session: AsyncSession, step: Switch, *, now: datetime) -> None:
    if step.retiring is not None:
        await _retire(session, step.retiring, now=now)
    await keys.start_key(session, step.following.kid)


async def _retire(session: AsyncSession, key: IssuingKey, *, now: datetime) -> None:
    retired, version = await keys.retire_key(session, key.kid, now=now)
    await announce(session, IssuerKeyRetired(record_version=version, key=retired), now=now)


def _did(desk: Desk, organisation: str) -> str:
    return f"{desk.signer.issuer_of(organisation)}#"
