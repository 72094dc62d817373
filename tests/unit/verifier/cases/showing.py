"""Credentials as a holder shows them to somebody: in presentations, and bound to a key.

Apart from the cases, because a holder signs with keys of their own; no tests.
"""

import json
from typing import Any, Final

from shared.contracts.credential import VC_CONTEXT
from shared.proofs.data_integrity import hashes_of, proof_options, prove
from shared.proofs.ed25519 import Ed25519SigningKey
from shared.strict_json import JsonObject, JsonValue
from tests.unit.proofs.sd_jwts import HOLDER, digest, disclosure
from tests.unit.proofs.sd_jwts import bound as bound_at
from tests.unit.proofs.sd_jwts import signed as sign_with
from tests.unit.verifier.forge import (
    KEY,
    KID,
    NOW,
    Change,
    a_token,
    b64,
    changed,
    drop,
    put,
)

HOLDERS_KEY: Final = Ed25519SigningKey.generate()
ME: Final = f"did:key:{HOLDERS_KEY.public.multikey}"
MY_KID: Final = f"{ME}#{HOLDERS_KEY.public.multikey}"
MINE: Final = a_token(put("credentialSubject/id", ME), put("sub", ME))
VC_JWT: Final = "data:application/vc+jwt,"


def presented(
    token: str, *, by: Ed25519SigningKey = HOLDERS_KEY, kid: str = MY_KID, **changes: JsonValue
) -> str:
    """Show a token in a presentation with a proof, for whom and in answer to what is said."""
    shown: JsonObject = {
        "@context": [VC_CONTEXT],
        "type": ["VerifiablePresentation"],
        "holder": ME,
        "verifiableCredential": [
            {
                "@context": VC_CONTEXT,
                "type": "EnvelopedVerifiableCredential",
                "id": f"{VC_JWT}{token}",
            }
        ],
    }
    usual = {
        **proof_options(verification_method=kid, created=NOW.replace(day=20)),
        "proofPurpose": "authentication",
        **changes,
    }
    options: JsonObject = {name: it for name, it in usual.items() if it is not None}
    return json.dumps(prove(shown, options, by.sign(hashes_of(shown, options))))


def in_token(token: str, **claims: JsonValue) -> str:
    """Show a token in a presentation that is one itself, signed by a did:jwk."""
    jwk = HOLDER.public.jwk
    did = f"did:jwk:{b64(json.dumps(jwk).encode())}"
    said: JsonObject = {
        "@context": [VC_CONTEXT],
        "type": ["VerifiablePresentation"],
        "holder": did,
        "verifiableCredential": [
            {
                "@context": VC_CONTEXT,
                "type": "EnvelopedVerifiableCredential",
                "id": f"{VC_JWT}{token}",
            }
        ],
        **claims,
    }
    return sign_with(said, HOLDER, typ="vp+jwt", kid=f"{did}#0")


def an_sd_jwt(*changes: Change) -> str:
    """Present a credential that keeps its name back, bound to a holder's key."""
    hidden = disclosure("c2FsdA", "name", "Inleiding kwantumcomputers")
    claims = changed(
        drop("name"),
        put("_sd", [digest(hidden)]),
        put("cnf", {"jwk": HOLDER.public.jwk}),
        *changes,
    )
    for name in ("jti", "sub"):
        del claims[name]
    return f"{sign_with(claims, KEY, kid=KID, typ='vc+sd-jwt')}~{hidden}~"


def bound(token: str, **changes: Any) -> str:
    """Bind a presented token to its holder, before now."""
    return bound_at(token, **{"iat": int(NOW.timestamp()) - 60, **changes})
