"""Endorsements of what was earned, by a body of the national list, in any state of repair."""

from typing import Any, Final

from services.verifier.domain.knowledge import KnownIssuer
from shared.contracts.credential import OB_CONTEXT, VC_CONTEXT
from tests.unit.verifier.forge import (
    LIST_URL,
    OTHER_KEY,
    Change,
    a_list,
    a_payload,
    header,
    put,
    sign,
)
from tests.unit.verifier.world import a_known_key, an_organisation

ENDORSER: Final = "did:web:nvao.example.nl"
ENDORSERS_KID: Final = f"{ENDORSER}#{OTHER_KEY.public.thumbprint}"
ENDORSED: Final = "credentialSubject/achievement"


def an_endorser(**fate: Any) -> KnownIssuer:
    """Make an organisation of the national list that may endorse."""
    key = a_known_key(
        kid=ENDORSERS_KID, key=OTHER_KEY.public, organisation="00000099000000990000", **fate
    )
    return KnownIssuer(
        did=ENDORSER,
        organisation_oin="00000099000000990000",
        keys={ENDORSERS_KID: key},
        organisation=an_organisation(name="NVAO").model_copy(
            update={"oin": "00000099000000990000"}
        ),
    )


def an_endorsement(*changes: Change, signer: Any = OTHER_KEY) -> str:
    """Make an endorsement of what was earned, changed before it is signed."""
    page = a_payload()["credentialSubject"]["achievement"]["id"]
    claims: dict[str, Any] = {
        "@context": [VC_CONTEXT, OB_CONTEXT],
        "id": "urn:uuid:1d2f1c8e-20d8-4a3c-8f0a-0c8e5d1b1f10",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": ENDORSER, "type": ["Profile"], "name": "NVAO"},
        "validFrom": "2026-01-10T00:00:00Z",
        "credentialSubject": {"id": page, "type": ["EndorsementSubject"]},
        "iss": ENDORSER,
        "jti": "urn:uuid:1d2f1c8e-20d8-4a3c-8f0a-0c8e5d1b1f10",
        "sub": page,
        "nbf": 1_768_003_200,
    }
    for change in changes:
        change(claims)
    return sign(claims, head=header(kid=ENDORSERS_KID), key=signer)


def endorsed(*endorsements: str) -> Change:
    """Put endorsements with what was earned."""
    return put(f"{ENDORSED}/endorsementJwt", list(endorsements))


def listed(**members: object) -> Change:
    """Name a status: the place 7 in the one list there is."""
    entry = {
        "id": f"{LIST_URL}#7",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": LIST_URL,
    }
    return put("credentialStatus", entry | members)


def the_endorsers_list(*raised: int, **signing: Any) -> str:
    """Make that list, of who endorses."""
    kid = signing.pop("kid", ENDORSERS_KID)
    return a_list(
        *raised,
        changes=(put("issuer", ENDORSER), *signing.pop("changes", ())),
        key=signing.pop("key", OTHER_KEY),
        kid=kid,
    )


ENDORSERS_LIST: Final = the_endorsers_list()
