"""Check 10 of an SD-JWT: what the Token Status List of its issuer says (IETF draft, §6 to §8).

Apart from the bitstring lists of W3C credentials, because here a place says one of several things.
A credential that names both is as good as the worst of the two.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.verifier.checks.reading import Reading
from services.verifier.checks.status import check_status
from services.verifier.checks.token import FOREIGN
from services.verifier.domain.findings import Check, Code, Finding, Source, failed, ok, unknown
from services.verifier.domain.handed import Form
from services.verifier.domain.knowledge import Evidence, HeldTokenList
from services.verifier.domain.verdict import state_of
from shared.proofs import ProofRefusedError, jws, token_status_lists
from shared.proofs.jws import SignatureRefusedError
from shared.proofs.public_keys import VerifyingKey
from shared.proofs.status_lists import LIST_LIFETIME, IndexMalformedError, IndexRangeError
from shared.proofs.token_status_lists import (
    ListReference,
    OpenTokenList,
    Status,
    TokenListNotNowError,
    TokenListNotYetError,
    TokenListOfAnotherError,
    find_reference,
)

_REASONS: Final[tuple[tuple[type[ProofRefusedError], Code], ...]] = (
    (SignatureRefusedError, Code.STATUS_LIST_UNSIGNED),
    (TokenListOfAnotherError, Code.STATUS_LIST_OF_ANOTHER),
    (TokenListNotYetError, Code.STATUS_LIST_NOT_YET_VALID),
    (TokenListNotNowError, Code.STATUS_LIST_EXPIRED),
)


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Who says to have signed a list, where it says so, and with which key, where it says that."""

    issuer: str | None
    key_id: str


def reference_of(reading: Reading) -> ListReference | None:
    """Return where an SD-JWT says that it stands; None when that is nowhere, or not clear."""
    if reading.form is not Form.SD_JWT_VC:
        return None
    try:
        return find_reference(reading.claims)
    except ProofRefusedError:
        return None


def signer_of_tokens(signed: str) -> TokenSigner | None:
    """Return who says to have signed a Token Status List; None when it is none."""
    try:
        parsed = jws.parse(
            signed, types={token_status_lists.TYPE}, algorithms=FOREIGN, is_key_named=False
        )
        named = jws.read_claims(parsed).get("iss")
    except ProofRefusedError:
        return None
    return TokenSigner(named if isinstance(named, str) else None, parsed.key_id)


def open_token_list(
    signed: str, *, url: str, key: VerifyingKey, looked_up_at: datetime | None, now: datetime
) -> HeldTokenList:
    """Open a Token Status List: its signature, its address, its time and its size."""
    try:
        opened = token_status_lists.believe(signed, url=url, key=key, now=now, algorithms=FOREIGN)
    except ProofRefusedError as refused:
        fits = (code for kind, code in _REASONS if isinstance(refused, kind))
        return HeldTokenList(unusable=next(fits, Code.STATUS_LIST_MALFORMED))
    return HeldTokenList(opened=opened, looked_up_at=looked_up_at)


def check_every_status(
    reading: Reading, evidence: Evidence, *, issuer: str, registered: Code, now: datetime
) -> Finding:
    """Make check 10 of any form: every status that a credential names must be good."""
    entry = reading.claims.get("credentialStatus")
    by_bit = check_status(
        entry, evidence.status_list, issuer=issuer, registered=registered, now=now
    )
    if reading.form is not Form.SD_JWT_VC or "status" not in reading.claims:
        return by_bit
    by_token = check_token_status(reading, evidence.token_list, now=now)
    found = [by_token] if entry is None else [by_token, by_bit]
    return max(found, key=lambda finding: state_of(finding).gravity)


def check_token_status(reading: Reading, held: HeldTokenList | None, *, now: datetime) -> Finding:
    """Make check 10 by a Token Status List: the reference, the list's fitness, then the place."""
    try:
        reference = find_reference(reading.claims)
    except IndexMalformedError:
        return failed(Check.STATUS, Code.STATUS_ENTRY_MALFORMED)
    except ProofRefusedError:
        reference = None
    if reference is None:  # another kind of status, which must not be passed over
        return unknown(Check.STATUS, Code.STATUS_TYPE_UNKNOWN)
    unfit = _unfitness(held, now=now)
    if unfit is not None or held is None or held.opened is None:
        code = unfit or Code.STATUS_LIST_UNKNOWN
        return unknown(Check.STATUS, code, Source.STATUS_LIST)
    try:
        value = held.opened.listed.read(reference.index)
    except IndexRangeError:
        return failed(Check.STATUS, Code.STATUS_INDEX_OUT_OF_RANGE, Source.STATUS_LIST)
    return _said(value)


def _said(value: int) -> Finding:
    match value:
        case Status.VALID:
            return ok(Check.STATUS, Code.NOT_REVOKED, Source.STATUS_LIST)
        case Status.INVALID:
            return failed(Check.STATUS, Code.REVOKED, Source.STATUS_LIST)
        case Status.SUSPENDED:
            return failed(Check.STATUS, Code.STATUS_SUSPENDED, Source.STATUS_LIST)
        case _:  # what an application agreed upon (section 7.1), and nobody told us
            return unknown(Check.STATUS, Code.STATUS_VALUE_UNKNOWN, Source.STATUS_LIST)


def _unfitness(held: HeldTokenList | None, *, now: datetime) -> Code | None:
    if held is None or held.opened is None:
        return held.unusable if held else None
    is_over = _ends(held.opened) <= now or (
        held.opened.ttl is not None
        and held.looked_up_at is not None
        and held.looked_up_at + held.opened.ttl <= now
    )
    return Code.STATUS_LIST_EXPIRED if is_over else None


def _ends(opened: OpenTokenList) -> datetime:
    # A list that does not say how long it holds, holds no longer than ours do.
    lasts: timedelta = LIST_LIFETIME
    return opened.expires_at or opened.issued_at + lasts
