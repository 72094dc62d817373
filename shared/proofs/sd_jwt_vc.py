"""SD-JWT VC (draft-ietf-oauth-sd-jwt-vc) and VC-JOSE-COSE §3.2: SD-JWTs that are credentials.

Separate from `sd_jwt`, which opens any such token: here is said what one must claim to be a
credential, and what its holder must never be able to leave out. By these rules, the first broken
one named:

 1. `typ` is `dc+sd-jwt`; `vc+sd-jwt` is what drafts before the 6th called it, and what a W3C
    credential secured this way is called: an `@context` tells them apart;
 2. an SD-JWT VC has `iss` and `vct`, texts; a W3C credential has no `vct`, `vc` or `vp`;
 3. `exp`, `nbf`, `iat` are numbers when they are there (RFC 7519 §2, NumericDate);
 4. what decides whose it is, what it is and whether it still counts is never disclosable: not
    itself, and nothing inside it (draft §3.2.2.2; VC-JOSE-COSE §3.2).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from shared.proofs import ProofRefusedError, sd_jwt
from shared.proofs.numeric_dates import find_moment
from shared.proofs.sd_jwt import SdJwt
from shared.strict_json import JsonObject, JsonValue

TYPE: Final = "dc+sd-jwt"
OLD_TYPE: Final = "vc+sd-jwt"
_TYPES: Final = frozenset({TYPE, OLD_TYPE, f"application/{TYPE}", f"application/{OLD_TYPE}"})
_MOMENTS: Final = ("exp", "nbf", "iat")
_ENVELOPE_CLAIMS: Final = frozenset({"vct", "vc", "vp"})
_ALWAYS_SHOWN: Final = frozenset(
    {"iss", "nbf", "exp", "cnf", "vct", "vct#integrity", "aka_vcts", "status"}
)
_ALWAYS_SHOWN_IN_W3C: Final = _ALWAYS_SHOWN | {
    "@context",
    "type",
    "issuer",
    "validFrom",
    "validUntil",
    "credentialStatus",
    "credentialSchema",
    "relatedResource",
}


class SdJwtForm(StrEnum):
    """What kind of credential an SD-JWT is."""

    SD_JWT_VC = "sd-jwt-vc"
    SD_JWT_VC_OLD_TYPE = "sd-jwt-vc-old-type"
    """An SD-JWT VC that still says `vc+sd-jwt`: readable, but its issuer should be told."""
    W3C = "w3c"
    """A credential of VC 2.0, whose claims are the credential itself."""


class SdJwtClaimsRefusedError(ProofRefusedError):
    """The SD-JWT does not claim what a credential must."""

    code = "sd-jwt-vc-claims"
    dutch = "De SD-JWT claimt niet wat een bewijs moet claimen."


class SdJwtMomentRefusedError(SdJwtClaimsRefusedError):
    """The SD-JWT names a moment that is not a number of seconds."""

    code = "sd-jwt-vc-moment"
    dutch = "De SD-JWT noemt een moment dat geen aantal seconden is."


class ClaimHideableError(SdJwtClaimsRefusedError):
    """The SD-JWT lets its holder leave out what decides whose it is and whether it counts."""

    code = "sd-jwt-vc-claim-hideable"
    dutch = "De SD-JWT laat weglaten wat bepaalt van wie het bewijs is en of het geldt."


@dataclass(frozen=True, slots=True, kw_only=True)
class SdJwtCredential:
    """A credential in an SD-JWT, read but not yet believed: call `sd_jwt.verify` on its token."""

    form: SdJwtForm
    token: SdJwt
    issuer: str | None
    """`iss`; in a W3C credential it may be absent, and `issuer` says it."""
    begins: datetime | None
    ends: datetime | None

    @property
    def claims(self) -> JsonObject:
        """What it says, as far as its holder shows."""
        return self.token.claims

    @property
    def may_hide_its_status(self) -> bool:
        """Whether something on top was kept back, so that nothing can be concluded from absence."""
        return "" in self.token.kept_back


def read(token: str) -> SdJwtCredential:
    """Read a credential in an SD-JWT, unverified, or raise ProofRefusedError."""
    opened = sd_jwt.read(token, types=_TYPES)
    form, claims = _form_of(opened), opened.claims  # 1
    issuer = claims.get("iss")
    if form is SdJwtForm.W3C:
        is_whole = isinstance(issuer, str | None) and _ENVELOPE_CLAIMS.isdisjoint(claims)
    else:
        is_whole = all(isinstance(claims.get(name), str) for name in ("iss", "vct"))
    if not is_whole:  # 2
        raise SdJwtClaimsRefusedError
    try:
        ends, begins, _issued = (find_moment(claims, name) for name in _MOMENTS)  # 3
    except ValueError:
        raise SdJwtMomentRefusedError from None
    fixed = _ALWAYS_SHOWN_IN_W3C if form is SdJwtForm.W3C else _ALWAYS_SHOWN
    if not fixed.isdisjoint(place.split("/")[1] for place in opened.disclosed) or any(  # 4
        _has_digests(opened.payload.get(name)) for name in fixed
    ):
        raise ClaimHideableError
    return SdJwtCredential(
        form=form,
        token=opened,
        issuer=issuer if isinstance(issuer, str) else None,
        begins=begins,
        ends=ends,
    )


def _form_of(token: SdJwt) -> SdJwtForm:
    if token.jws.type in {TYPE, f"application/{TYPE}"}:
        return SdJwtForm.SD_JWT_VC
    return SdJwtForm.W3C if "@context" in token.claims else SdJwtForm.SD_JWT_VC_OLD_TYPE


def _has_digests(value: JsonValue) -> bool:
    if isinstance(value, dict):
        return not {"_sd", "..."}.isdisjoint(value) or any(map(_has_digests, value.values()))
    return isinstance(value, list) and any(map(_has_digests, value))
