"""The life of a signing key: published before it signs, a year in use, and known for ever.

    next ──▶ current ──▶ retired
      └─────────┴───────────┴──▶ compromised

A verifier may keep what it knows of an issuer for a day. So a key is published at least that long
before it signs (`signs_from`), and until somebody makes the switch the old one signs on: a clock
that stands still costs nothing but a later switch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from shared.contracts.events import IssuerKey
from shared.errors import ConflictError, NotFoundError, RuleError, UnavailableError

ES256: Final = "ES256"
ED25519: Final = "Ed25519"
ALGORITHMS: Final = (ES256, ED25519)
"""JWTs first: without such a key nothing can be awarded; embedded proofs are the second form."""


class KeyState(StrEnum):
    """Where a key is in its life."""

    NEXT = "next"
    CURRENT = "current"
    RETIRED = "retired"
    COMPROMISED = "compromised"


class CompromiseReason(StrEnum):
    """How a key came, or may have come, into wrong hands."""

    STOLEN = "stolen"
    EXPOSED = "exposed"
    MISUSED = "misused"
    TOKEN_LOST = "token-lost"  # noqa: S105 — a PKCS#11 token, and no secret
    SUSPECTED = "suspected"


class KeyNotFoundError(NotFoundError):
    """This issuer has no such key."""

    code = "key-not-found"
    dutch = "Deze uitgever heeft deze sleutel niet."


class AlreadyCompromisedError(ConflictError):
    """This key was marked as compromised before."""

    code = "key-already-compromised"
    dutch = "Deze sleutel was al gemarkeerd als gecompromitteerd."
    remedy = (
        "Nothing: what it signed is signed anew. Read your keys to see which one signs now.",
        (
            "Niets: wat hij ondertekende, wordt opnieuw ondertekend. Bekijk uw sleutels om te "
            "zien welke nu ondertekent."
        ),
    )


class CompromisedLaterError(RuleError):
    """A key cannot be in wrong hands since a moment that has yet to come."""

    code = "compromised-later"
    dutch = "Een sleutel kan niet in verkeerde handen zijn sinds een moment dat nog moet komen."


class NoKeyToFollowError(ConflictError):
    """There is no key yet that a next one could follow; the first one comes by itself."""

    code = "no-key-to-follow"
    dutch = "Er is nog geen sleutel om op te volgen; de eerste komt vanzelf."
    remedy = (
        (
            "Wait until your first key is there; it comes within a minute of your being in the "
            "catalogue."
        ),
        (
            "Wacht tot uw eerste sleutel er is; die komt binnen een minuut nadat u in de "
            "catalogus staat."
        ),
    )


class KeyLostError(UnavailableError):
    """The key that signed this was marked as compromised meanwhile; ask again."""

    code = "key-lost"
    dutch = (
        "De sleutel die dit ondertekende, is intussen als gecompromitteerd gemarkeerd; vraag het "
        "opnieuw."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedKey:
    """A signing key as it is stored, of use only to the signer; a token keeps what is absent."""

    kid: str
    organisation: str
    algorithm: str = ES256
    wrapped_key: bytes | None = field(repr=False)
    sealed_private: bytes | None = field(repr=False)

    @property
    def is_in_token(self) -> bool:
        """Say whether a PKCS#11 token keeps the private half."""
        return self.sealed_private is None

    @property
    def thumbprint(self) -> str:
        """Return the fragment of its name."""
        return self.kid.rpartition("#")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuingKey:
    """A key of an issuer: what the world sees of it, and where it is in its life."""

    public: IssuerKey
    state: KeyState
    signs_from: datetime
    is_in_token: bool
    reason: CompromiseReason | None = None

    @property
    def kid(self) -> str:
        """Return its name."""
        return self.public.kid


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How long a key signs, and how long before that it is published."""

    lifetime: timedelta = timedelta(days=365)
    publication: timedelta = timedelta(hours=48)


@dataclass(frozen=True, slots=True)
class MakeKey:
    """Make a key; at once the current one, or the next one from a moment on."""

    algorithm: str
    state: KeyState
    signs_from: datetime


@dataclass(frozen=True, slots=True)
class Switch:
    """Let the next key sign from now on; the current one, if there is one, retires."""

    following: IssuingKey
    retiring: IssuingKey | None


Step = MakeKey | Switch


def decide_step(
    living: Sequence[IssuingKey], *, algorithm: str, rhythm: Rhythm, now: datetime
) -> Step | None:
    """Decide what is due for the keys of one organisation and algorithm that still live.

    Made twice, the same step is due once: after it, this decides for nothing, or for the next one.
    """
    current, following = _find(living, algorithm, KeyState.CURRENT), _next(living, algorithm)
    if following is not None and following.signs_from <= now:
        return Switch(following, current)
    if current is None:
        return MakeKey(algorithm, KeyState.CURRENT, now)
    end = current.signs_from + rhythm.lifetime
    if following is None and end - rhythm.publication <= now:
        return MakeKey(algorithm, KeyState.NEXT, max(end, now + rhythm.publication))
    return None


def decide_rotation(
    living: Sequence[IssuingKey], *, algorithm: str, rhythm: Rhythm, now: datetime
) -> MakeKey | IssuingKey:
    """Decide which key follows on demand: the next there is already, or a new one."""
    following = _next(living, algorithm)
    if following is not None:
        return following
    if _find(living, algorithm, KeyState.CURRENT) is None:
        raise NoKeyToFollowError
    return MakeKey(algorithm, KeyState.NEXT, now + rhythm.publication)


def check_compromise(key: IssuingKey, *, since: datetime | None, now: datetime) -> None:
    """Refuse to mark a key twice, or from the future."""
    if key.state is KeyState.COMPROMISED:
        raise AlreadyCompromisedError
    if since is not None and since > now:
        raise CompromisedLaterError


def _next(living: Sequence[IssuingKey], algorithm: str) -> IssuingKey | None:
    return _find(living, algorithm, KeyState.NEXT)


def _find(living: Sequence[IssuingKey], algorithm: str, state: KeyState) -> IssuingKey | None:
    return next(
        (key for key in living if key.state is state and key.public.algorithm == algorithm), None
    )
