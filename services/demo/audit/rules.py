"""What ought to come out when a credential is verified, by what became of its award; pure.

A granted award passes all checks; whose it is, is not asked. What was revoked, suspended, replaced,
or has expired fails exactly the checks that say so, and passes the others: signature, schema,
recognition at that time, digest in the register. Of what a lost key signed a verifier says that and
looks no further: right for what does not count any more, and a finding for what does, because that
was to be signed anew.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

# An intent of the issuer is no award, and of an erased one there is no credential left to show.
NOTHING_TO_SHOW: Final = frozenset({"erased"})
# The status list follows within five minutes, and verifiers may keep it for a quarter of an hour.
LIST_MAY_LAG: Final = timedelta(minutes=20)
_STANDING: Final = frozenset({"register:registration-revoked", "register:registration-suspended"})
_RAISED: Final = frozenset({"status:revoked", "status:raised-for-replaced"})
_OVER: Final = frozenset({"dates:expired", "register:registration-expired"})
_ALLOWED: Final[Mapping[str, frozenset[str]]] = {
    "granted": frozenset(),
    "revoked": frozenset({"status:revoked", "register:registration-revoked"}),
    "suspended": frozenset({"register:registration-suspended"}),
    "expired": _OVER,
    # What holds for the award counts for its earlier credentials before their being replaced.
    "replaced": _RAISED | _STANDING | {"register:registration-replaced"},
}
_DEMANDED: Final[Mapping[str, frozenset[str]]] = {
    "revoked": frozenset({"register:registration-revoked"}),
    "suspended": frozenset({"register:registration-suspended"}),
    "expired": frozenset({"dates:expired"}),
    "replaced": _STANDING | {"register:registration-replaced"},
}
_BIT_IS_RAISED: Final = frozenset({"revoked", "replaced"})
_COUNTS_NO_MORE: Final = frozenset({"revoked", "replaced", "expired"})
_LOST_KEY: Final = "key:key-compromised"
_NOT_ASKED: Final = "holder:not-asked"
_SAMPLE_OF: Final = 1 << 128


@dataclass(frozen=True, slots=True)
class Place:
    """Which bit of which list speaks of a credential."""

    url: str
    index: int


def is_sampled(award_id: UUID, *, part: float) -> bool:
    """Tell whether an award is in a sample: always the same ones, so that an audit can go on."""
    return award_id.int < part * _SAMPLE_OF


def judge(
    status: str,
    checks: Sequence[Mapping[str, Any]],
    *,
    changed_at: datetime,
    ends_at: datetime | None = None,
    now: datetime,
) -> list[str]:
    """Return what came out and ought not to, or did not and ought to, as `check:code`."""
    allowed = _ALLOWED.get(status)
    if allowed is None:
        return [f"award:unknown-state-{status}"]
    if ends_at is not None and ends_at <= now:
        allowed |= _OVER
    came_out = {f"{one['name']}:{one['code']}" for one in checks if one["outcome"] != "ok"}
    came_out.discard(_NOT_ASKED)
    if _LOST_KEY in came_out and status in _COUNTS_NO_MORE:
        return sorted(code for code in came_out - {_LOST_KEY} if not code.endswith(":not-run"))
    found = sorted(came_out - allowed)
    demanded = _DEMANDED.get(status)
    if demanded and not demanded & came_out:
        found.append(f"missing:{' or '.join(sorted(demanded))}")
    may_lag = now - changed_at <= LIST_MAY_LAG
    if status in _BIT_IS_RAISED and not _RAISED & came_out and not may_lag:
        found.append("missing:status:revoked")
    return found


def place_of(token: str) -> Place | None:
    """Return the place that a credential names; whether it may be believed is the verifier's."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        entry = claims["credentialStatus"]
        return Place(str(entry["statusListCredential"]), int(entry["statusListIndex"]))
    except (IndexError, KeyError, TypeError, ValueError, binascii.Error):
        return None
