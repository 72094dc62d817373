"""RFC 9901 §4.3 and §7.3: the key binding JWT, by which a holder shows that a token is theirs.

Separate from `sd_jwt`, because a token without one is a token too, and because who believes one
must still ask whether it was made for them: audience and nonce are reported, never assumed. It is
believed by these checks, and the first that fails is named:

 1. the issuer put a key of the holder in the token (`cnf.jwk`, RFC 7800 §3.2);
 2. the JWT is of type `kb+jwt`, signed with that very key;
 3. it names its moment, one audience and a nonce (§4.3);
 4. its `sd_hash` is that of the token and exactly these disclosures (§4.3.1);
 5. it was not made in the future, by more than a minute.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shared.proofs import ProofRefusedError, jws
from shared.proofs.numeric_dates import find_moment
from shared.proofs.public_keys import VerifyingKey, parse_any_jwk
from shared.proofs.sd_jwt import ALGORITHMS, SdJwt

TYPE: Final = "kb+jwt"
CLOCK_SKEW: Final = timedelta(minutes=1)


class KeyBindingRefusedError(ProofRefusedError):
    """The holder's key binding does not hold for this token."""

    code = "key-binding-refused"
    dutch = "De sleutelbinding van de houder klopt niet bij dit token."


class HolderKeyMissingError(KeyBindingRefusedError):
    """The token has a key binding, but its issuer named no key of a holder."""

    code = "key-binding-no-holder-key"
    dutch = "Het token heeft een sleutelbinding, maar de uitgever noemde geen houdersleutel."


class KeyBindingClaimsRefusedError(KeyBindingRefusedError):
    """The holder's key binding does not say when, for whom and in answer to what it was made."""

    code = "key-binding-claims"
    dutch = "De sleutelbinding van de houder zegt niet wanneer, voor wie en waarop ze is gemaakt."


class KeyBindingOfAnotherError(KeyBindingRefusedError):
    """The holder's key binding was made for another token, or for other disclosures."""

    code = "key-binding-of-another"
    dutch = "De sleutelbinding van de houder is gemaakt bij een ander token of andere onthullingen."


class KeyBindingNotYetMadeError(KeyBindingRefusedError):
    """The holder's key binding says that it was made in the future."""

    code = "key-binding-future"
    dutch = "De sleutelbinding van de houder zegt dat ze in de toekomst is gemaakt."


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyBinding:
    """What a holder signed together with the token: for whom, in answer to what, and when."""

    key: VerifyingKey
    audience: str
    nonce: str
    made_at: datetime


def believe(token: SdJwt, *, now: datetime) -> KeyBinding | None:
    """Give the holder's binding at a moment, None when there is none; raise ProofRefusedError.

    Believe the token itself first: who could sign it could name any holder.
    """
    if token.key_binding is None:
        return None
    confirmation = token.payload.get("cnf")
    jwk = confirmation.get("jwk") if isinstance(confirmation, dict) else None
    if jwk is None:  # 1
        raise HolderKeyMissingError
    key = parse_any_jwk(jwk)
    read = jws.parse(token.key_binding, types={TYPE}, algorithms=ALGORITHMS, is_key_named=False)
    jws.verify(read, key=key)  # 2
    claims = jws.read_claims(read)
    audience, nonce, digest = claims.get("aud"), claims.get("nonce"), claims.get("sd_hash")
    try:
        made_at = find_moment(claims, "iat")
    except ValueError:
        raise KeyBindingClaimsRefusedError from None
    if (  # 3
        not isinstance(audience, str)
        or not isinstance(nonce, str)
        or not isinstance(digest, str)
        or made_at is None
    ):
        raise KeyBindingClaimsRefusedError
    if not hmac.compare_digest(digest.encode(), token.digest(token.presented).encode()):  # 4
        raise KeyBindingOfAnotherError
    if made_at > now + CLOCK_SKEW:  # 5
        raise KeyBindingNotYetMadeError
    return KeyBinding(key=key, audience=audience, nonce=nonce, made_at=made_at)
