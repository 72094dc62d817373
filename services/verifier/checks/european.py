"""All thirteen checks of a European credential (ELM, sealed with JAdES), and their verdict.

Apart from the judgement of our own, because here the key comes with the document and who it is of
only from a certificate, so it is at best "rightly sealed, issuer not listed nationally":
 1-3   it is there, it can be read, and its seal is of a kind that is surely read (`jades`)
 4, 5  who vouches for whoever sealed it: an anchor of the operator, or nobody (`certificate_paths`)
 6     the seal is of exactly this; until then nothing that it says is looked at
 8     begun and not ended, in its own words
 9-12  the national catalogue, lists and register say nothing of it, so neither do we
 13    of the person who is named, when asked
"""

from datetime import datetime
from typing import Final

from services.verifier.checks import elm
from services.verifier.checks.claims import check_window
from services.verifier.checks.holder import AskedHolder, check_holder
from services.verifier.checks.judgement import Judgement, judge_refused
from services.verifier.checks.reading import CONTAINER_READ
from services.verifier.checks.token import READABLE
from services.verifier.domain.european import EuropeanCredential
from services.verifier.domain.findings import Check, Code, Finding, failed, ok, unknown
from services.verifier.domain.verdict import decide_verdict, shows_content
from shared.proofs import jades
from shared.proofs.certificate_paths import Anchors, Standing, holder_of, standing_of
from shared.proofs.jades import Jades
from shared.proofs.jades_refusals import (
    JadesRefusedError,
    NotSealedError,
    SealedContentRefusedError,
)
from shared.proofs.jws import SignatureRefusedError
from shared.strict_json import JsonObject

_SEALED: Final = ok(Check.PROFILE, Code.EUROPEAN_SEALED)
_KEYS: Final = {
    Standing.ANCHORED: ok(Check.KEY, Code.SEAL_ANCHORED),
    Standing.UNANCHORED: failed(Check.KEY, Code.SEAL_UNANCHORED),
    Standing.NO_ANCHORS: unknown(Check.KEY, Code.SEAL_NO_ANCHORS),
    Standing.UNTIMELY: failed(Check.KEY, Code.SEAL_UNTIMELY),
    Standing.UNFIT: failed(Check.KEY, Code.SEAL_UNFIT),
}


def judge_european(
    text: str, anchors: Anchors, *, asked: AskedHolder | None = None, now: datetime
) -> Judgement:
    """Judge a European credential; some milliseconds, so not on the event loop."""
    try:
        sealed = jades.read(text)
    except JadesRefusedError as refusal:
        return _unread(refusal)
    standing = standing_of(sealed.certificates, anchors, at=sealed.sealed_at, now=now)  # 5
    origin = (_vouched(standing), _KEYS[standing])
    try:
        jades.verify(sealed)  # 6
        claims = jades.read_claims(sealed)
    except SignatureRefusedError:
        broken = failed(Check.SIGNATURE, Code.SIGNATURE_BROKEN)
        return _refused(READABLE, _SEALED, *origin, broken)
    except JadesRefusedError as refusal:
        return _unread(refusal)
    if not elm.is_european(claims):
        return _refused(READABLE, failed(Check.PROFILE, Code.TYPE_REFUSED))
    return _judge(sealed, claims, origin, standing=standing, asked=asked, now=now)


def _judge(
    sealed: Jades,
    claims: JsonObject,
    origin: tuple[Finding, Finding],
    *,
    standing: Standing,
    asked: AskedHolder | None,
    now: datetime,
) -> Judgement:
    findings = (
        CONTAINER_READ,
        READABLE,
        _SEALED,
        *origin,
        ok(Check.SIGNATURE, Code.SEAL_HOLDS),
        ok(Check.CLAIMS, Code.CLAIMS_ONCE),
        _check_dates(claims, now=now),  # 8
        unknown(Check.SCHEMA, Code.SCHEMA_FOREIGN),  # 9
        _check_status(claims),  # 10
        unknown(Check.REGISTER, Code.REGISTER_NATIONAL),  # 11
        ok(Check.ENDORSEMENTS, Code.NO_ENDORSEMENTS),  # 12
        check_holder(elm.as_identities(claims), asked, None),  # 13
    )
    verdict = decide_verdict(findings)
    shown = _shown(sealed, claims, standing) if shows_content(verdict, findings) else None
    return Judgement(findings=findings, verdict=verdict, european=shown)


def _shown(sealed: Jades, claims: JsonObject, standing: Standing) -> EuropeanCredential:
    window = elm.window_of(claims)
    return EuropeanCredential(
        credential_id=elm.id_of(claims),
        title=elm.title_of(claims),
        achievements=elm.achievements_of(claims),
        holder_name=elm.holder_name_of(claims),
        issuer_name=elm.issuer_name_of(claims),
        issuer_id=elm.issuer_id_of(claims),
        sealer=holder_of(sealed.certificates[0]),
        standing=standing,
        sealed_at=sealed.sealed_at,
        issued_at=elm.issued_at_of(claims),
        valid_from=window.begins if window else None,
        valid_until=window.ends if window else None,
    )


def _vouched(standing: Standing) -> Finding:
    code = Code.SEALER_UNLISTED if standing is Standing.ANCHORED else Code.SEALER_UNKNOWN
    return failed(Check.ISSUER, code)


def _check_dates(claims: JsonObject, *, now: datetime) -> Finding:
    window = elm.window_of(claims)
    if window is None:
        return failed(Check.DATES, Code.DATE_MALFORMED)
    return check_window(window, now=now)


def _check_status(claims: JsonObject) -> Finding:
    # Its kinds of list are others than ours, and asking tells who is checked.
    if claims.get("credentialStatus") or claims.get("status"):
        return unknown(Check.STATUS, Code.STATUS_TYPE_UNKNOWN)
    return failed(Check.STATUS, Code.STATUS_MISSING)


def _unread(refusal: JadesRefusedError) -> Judgement:
    if isinstance(refusal, SealedContentRefusedError):
        return _refused(failed(Check.PARSE, Code.CONTENT_UNREADABLE))
    if isinstance(refusal, NotSealedError):
        return _refused(READABLE, failed(Check.PROFILE, Code.UNSIGNED))
    why = failed(Check.PROFILE, Code.EUROPEAN_MODEL, reason=refusal.code)
    return _refused(READABLE, why)


def _refused(*findings: Finding) -> Judgement:
    return judge_refused((CONTAINER_READ, *findings))
