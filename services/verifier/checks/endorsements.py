"""Check 12: who else speaks for what was earned, and may they (OB 3.0 §9.1 step 6, §9.2).

Separate, because an endorsement is a credential of its own, by another issuer: it is believed or
set aside for itself. One by an organisation we do not know counts for nothing and harms nothing;
one that does not hold, or is about something else, is said. Its own status and dates are checked as
those of any credential: a revoked one is set aside and that is said, as is one of which we cannot
tell.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.verifier.checks.claims import check_claims, check_dates
from services.verifier.checks.status import check_status
from services.verifier.checks.token import TokenProof
from services.verifier.domain.findings import Check, Code, Finding, Outcome, Source, failed, ok
from services.verifier.domain.knowledge import KnownIssuer, OpenList
from shared.proofs import ProofRefusedError, vc_jwt
from shared.strict_json import JsonObject, JsonValue

MOST: Final = 10
_TYPE: Final = "EndorsementCredential"
_MEMBERS: Final = frozenset({"endorsement", "endorsementJwt"})
_WORST_FIRST: Final = (
    Code.ENDORSEMENT_BROKEN,
    Code.ENDORSEMENT_REVOKED,
    Code.ENDORSEMENT_UNCHECKED,
    Code.ENDORSEMENTS_SET_ASIDE,
    Code.ENDORSEMENTS_HOLD,
)


@dataclass(frozen=True, slots=True)
class Endorsement:
    """An endorsement as it was found, and about what; without a proof it is not a token."""

    about: str
    claims: JsonObject
    proof: TokenProof | None

    @property
    def issuer(self) -> str | None:
        """Return who says to endorse."""
        named = self.claims.get("issuer")
        named = named.get("id") if isinstance(named, dict) else named
        return named if isinstance(named, str) and "\0" not in named else None

    @property
    def status_list(self) -> str | None:
        """Return the address of the status list it names."""
        entry = self.claims.get("credentialStatus")
        url = entry.get("statusListCredential") if isinstance(entry, dict) else None
        return url if isinstance(url, str) and "\0" not in url else None


def find_endorsements(claims: JsonObject) -> tuple[Endorsement, ...]:
    """Return the endorsements of a credential, of its issuer and of what was earned."""
    return tuple(_found(claims))[: MOST + 1]


def check_endorsements(
    endorsements: Sequence[Endorsement],
    known: Mapping[str, KnownIssuer],
    lists: Mapping[tuple[str, str], OpenList],
    *,
    now: datetime,
) -> Finding:
    """Make check 12; `known` are the issuers of the national list by id, with their `lists`."""
    if not endorsements:
        return ok(Check.ENDORSEMENTS, Code.NO_ENDORSEMENTS)
    found = {_judge(one, known, lists, now=now) for one in endorsements[:MOST]}
    if len(endorsements) > MOST:
        found.add(Code.ENDORSEMENTS_SET_ASIDE)
    worst = next(code for code in _WORST_FIRST if code in found)
    if worst is Code.ENDORSEMENT_BROKEN:
        return failed(Check.ENDORSEMENTS, worst, Source.ISSUER_KEYS)
    about_status = worst in {Code.ENDORSEMENT_REVOKED, Code.ENDORSEMENT_UNCHECKED}
    source = Source.STATUS_LIST if about_status else Source.ISSUER_KEYS
    return ok(Check.ENDORSEMENTS, worst, source)


def _judge(
    one: Endorsement,
    known: Mapping[str, KnownIssuer],
    lists: Mapping[tuple[str, str], OpenList],
    *,
    now: datetime,
) -> Code:
    issuer = known.get(one.issuer or "")
    if issuer is None or issuer.organisation is None or one.proof is None:
        return Code.ENDORSEMENTS_SET_ASIDE
    if not _holds(one, one.proof, issuer, now=now):
        return Code.ENDORSEMENT_BROKEN
    if "credentialStatus" not in one.claims:
        return Code.ENDORSEMENTS_HOLD
    held = lists.get((issuer.did, one.status_list or ""))
    status = check_status(one.claims["credentialStatus"], held, issuer=issuer.did, now=now)
    if status.outcome is Outcome.OK:
        return Code.ENDORSEMENTS_HOLD
    if status.outcome is Outcome.UNKNOWN:
        return Code.ENDORSEMENT_UNCHECKED
    is_revoked = status.code is Code.REVOKED
    return Code.ENDORSEMENT_REVOKED if is_revoked else Code.ENDORSEMENT_BROKEN


def _holds(one: Endorsement, proof: TokenProof, issuer: KnownIssuer, *, now: datetime) -> bool:
    types, subject = one.claims.get("type"), one.claims.get("credentialSubject")
    keys = {
        kid: key.key
        for kid, key in issuer.keys.items()
        if key.compromised_at is None and key.organisation == issuer.organisation_oin
    }
    try:
        proof.believe(keys)
    except ProofRefusedError:
        return False
    return (
        isinstance(types, list)
        and _TYPE in types
        and isinstance(subject, dict)
        and subject.get("id") == one.about
        and check_claims(one.claims).outcome is Outcome.OK
        and check_dates(one.claims, now=now).outcome is Outcome.OK
    )


def _found(claims: JsonObject) -> Iterator[Endorsement]:
    subject = claims.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    for endorsed in (claims, claims.get("issuer"), achievement):
        # Nearly always there are none, and that is found out three times of each credential.
        if isinstance(endorsed, dict) and not _MEMBERS.isdisjoint(endorsed):
            about = endorsed.get("id")
            named = about if isinstance(about, str) else ""
            for token in _listed(endorsed.get("endorsementJwt")):
                yield _read(named, token)
            for document in _listed(endorsed.get("endorsement")):
                yield Endorsement(named, document if isinstance(document, dict) else {}, None)


def _read(about: str, token: JsonValue) -> Endorsement:
    try:
        parsed, claims = vc_jwt.read(token if isinstance(token, str) else "")
    except ProofRefusedError:
        return Endorsement(about, {}, None)
    return Endorsement(about, claims, TokenProof(parsed))


def _listed(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else [] if value is None else [value]
