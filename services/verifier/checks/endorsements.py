"""Check 12: who else speaks for what was earned, and may they (OB 3.0 §9.1 step 6, §9.2).

Separate, because an endorsement is a credential of its own, by another issuer: it is believed or
set aside for itself. One by an organisation we do not know counts for nothing and harms nothing;
one that does not hold, or is about something else, is said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.verifier.checks.claims import check_claims
from services.verifier.checks.moments import read_moment
from services.verifier.checks.token import TokenProof
from services.verifier.domain.findings import Check, Code, Finding, Outcome, Source, failed, ok
from services.verifier.domain.knowledge import KnownIssuer
from shared.proofs import ProofRefusedError, vc_jwt
from shared.strict_json import JsonObject, JsonValue

MOST: Final = 10
_TYPE: Final = "EndorsementCredential"


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


def find_endorsements(claims: JsonObject) -> tuple[Endorsement, ...]:
    """Return the endorsements of a credential, of its issuer and of what was earned."""
    return tuple(_found(claims))[: MOST + 1]


def check_endorsements(
    endorsements: Sequence[Endorsement],
    known: Mapping[str, KnownIssuer],
    *,
    now: datetime,
) -> Finding:
    """Make check 12; `known` are the issuers of the national list, by their id."""
    if not endorsements:
        return ok(Check.ENDORSEMENTS, Code.NO_ENDORSEMENTS)
    held = 0
    for one in endorsements[:MOST]:
        issuer = known.get(one.issuer or "")
        if issuer is None or issuer.organisation is None or one.proof is None:
            continue
        if not _holds(one, one.proof, issuer, now=now):
            return failed(Check.ENDORSEMENTS, Code.ENDORSEMENT_BROKEN, Source.ISSUER_KEYS)
        held += 1
    code = Code.ENDORSEMENTS_HOLD if held == len(endorsements) else Code.ENDORSEMENTS_SET_ASIDE
    return ok(Check.ENDORSEMENTS, code, Source.ISSUER_KEYS)


def _holds(one: Endorsement, proof: TokenProof, issuer: KnownIssuer, *, now: datetime) -> bool:
    types, subject = one.claims.get("type"), one.claims.get("credentialSubject")
    begins, ends = (read_moment(one.claims.get(name)) for name in ("validFrom", "validUntil"))
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
        and begins is not None
        and begins <= now
        and (ends is None or now < ends)
    )


def _found(claims: JsonObject) -> Iterator[Endorsement]:
    subject = claims.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    for endorsed in (claims, claims.get("issuer"), achievement):
        if isinstance(endorsed, dict):
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
