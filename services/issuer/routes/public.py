"""What everybody may read of issuers, and keep: DID documents, keys, our context.

Apart from the API: these addresses stand inside signed credentials, so they have no version and
never change; and they may be cached, for a verifier must not have to tell us whom it verifies.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic_core import to_json

from services.issuer.operations import issuers
from services.issuer.routes.awards import ConfiguredDesk
from services.issuer.routes.status_lists import KnownTag, Organisation, cacheable
from shared import contracts
from shared.runtime.database import Session
from shared.runtime.http import public_headers
from shared.strict_json import JsonObject

KEYS_MAX_AGE = 300
CONTEXT_MAX_AGE = 31_536_000

router = APIRouter(tags=["issuers"])

Thumbprint = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]


@router.get("/issuers/{organisation}/did.json")
async def read_did_document(
    organisation: Organisation, desk: ConfiguredDesk, session: Session
) -> Response:
    """Return the DID document of an issuer, with every key it ever had."""
    document = await issuers.read_did_document(session, desk.signer, organisation)
    return _json(document, media_type="application/did+json")


@router.get("/issuers/{organisation}/keys/{thumbprint}")
async def read_key(
    organisation: Organisation, thumbprint: Thumbprint, session: Session
) -> Response:
    """Return one public key as a bare JWK, as Open Badges 3.0 verifiers fetch it."""
    key = await issuers.read_key(session, organisation=organisation, thumbprint=thumbprint)
    return _json(key, media_type="application/jwk+json")


@router.get("/.well-known/jwks.json")
async def read_key_set(session: Session) -> Response:
    """Return the keys of all issuers here; `iss` says whose each is."""
    return _json(await issuers.read_key_set(session), media_type="application/jwk-set+json")


@router.get("/contexts/nl-microcredential/v1")
async def read_context(known_tag: KnownTag = None) -> Response:
    """Return the JSON-LD context of the Dutch terms; this version never changes."""
    return cacheable(
        _context(),
        media_type="application/ld+json",
        headers=public_headers(max_age=CONTEXT_MAX_AGE, immutable=True),
        known_tag=known_tag,
    )


@cache
def _context() -> bytes:
    return (files(contracts) / "contexts" / "nl-microcredential-v1.json").read_bytes()


def _json(document: JsonObject, *, media_type: str) -> Response:
    return Response(
        to_json(document), media_type=media_type, headers=public_headers(max_age=KEYS_MAX_AGE)
    )
