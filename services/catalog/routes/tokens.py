"""Tokens over HTTP: RFC 6749 4.4 with `private_key_jwt`, our keys, and what we tell of both.

What is refused here is refused in the words of RFC 6749 5.2, as JSON, with the members of a problem
document beside them: a library reads the one, a person the other.
"""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic_core import from_json, to_json

from services.catalog.access import asking, metadata
from services.catalog.access.clients import Binding, Client
from services.catalog.access.refusals import (
    REFUSALS,
    CertificateNeededError,
    NonceNeededError,
    ProofNeededError,
    TokensNotIssuedError,
)
from services.catalog.operations import tokens
from services.catalog.operations.tokens import TokenDesk
from services.catalog.schemas import examples_clients as shown
from shared.errors import NotFoundError, WaarmerkError
from shared.runtime import dpop
from shared.runtime.access import SCOPES
from shared.runtime.http import public_headers
from shared.runtime.possession import Confirmation, Possession
from shared.runtime.problems import MEDIA_TYPE, problem_response, refusals, status_of

JSON: Final = "application/json"
MAX_AGE: Final = 300

router = APIRouter(prefix="/oauth", tags=["tokens"])
others = APIRouter(tags=["tokens"])


def _answers(schema: dict[str, Any], example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {JSON: {"schema": schema, "example": example}}}}


def _document(refused: WaarmerkError, told: Response) -> dict[str, Any]:
    problem: dict[str, Any] = from_json(bytes(told.body))
    error = getattr(refused, "error", "invalid_request")
    return problem | {"error": error, "error_description": refused.detail}


def _oauth_refusals() -> dict[int | str, dict[str, Any]]:
    """Declare the refusals of the token endpoint: JSON, as RFC 6749 5.2 has it, or a problem."""
    declared: dict[int | str, dict[str, Any]] = {}
    for kind in REFUSALS:
        status = status_of(kind)
        one = declared.setdefault(
            status,
            {
                "description": "",
                "content": {
                    JSON: {"schema": shown.REFUSAL_SCHEMA, "examples": {}},
                    MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}},
                },
            },
        )
        one["description"] += f"{'; ' if one['description'] else ''}`{kind.code}`"
        error = NonceNeededError("…") if kind is NonceNeededError else kind()
        one["content"][JSON]["examples"][kind.code] = {
            "summary": kind.sentence(),
            "value": _document(error, problem_response(error)),
        }
    return declared


@router.post(
    "/token",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                asking.FORM: {
                    "schema": shown.TOKEN_REQUEST_SCHEMA,
                    "examples": {"token": {"value": shown.TOKEN_REQUEST}},
                }
            },
        }
    },
    responses=_answers(shown.TOKEN_SCHEMA, shown.TOKEN) | _oauth_refusals(),
)
async def issue_token(request: Request) -> Response:
    """Give a client an access token for ten minutes, by a client assertion it signed itself."""
    try:
        granted = await _grant(request)
    except REFUSALS as refused:
        accept = request.headers.get("accept", "")
        told = problem_response(refused, scope=request.scope)
        return _refusal(refused, told, media_type=MEDIA_TYPE if MEDIA_TYPE in accept else JSON)
    body = {
        "access_token": granted.token,
        "token_type": granted.kind,
        "expires_in": granted.seconds,
        "scope": " ".join(granted.scopes),
    }
    return Response(to_json(body), headers=_NEVER_KEPT, media_type=JSON)


_NEVER_KEPT: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


async def _grant(request: Request) -> tokens.GrantedToken:
    desk = _desk(request)
    asked = asking.read_request(
        media_type=request.headers.get("content-type", ""),
        query=request.scope["query_string"],
        authorization=request.headers.get("authorization", "").lower().startswith("basic"),
        body=await request.body(),
    )
    now = request.app.state.clock()
    client = await tokens.authenticate(desk, asked, now=now)
    possession: Possession = request.app.state.possession
    try:
        key = possession.prove(request, token=None, now=now)
    except dpop.DpopNonceNeededError as refused:
        raise NonceNeededError(refused.nonce) from None
    except dpop.DpopRefusedError as refused:
        raise ProofNeededError(refused.detail, refused.detail_in_dutch) from None
    bound = _bound(client, key=key, certificate=possession.certificates.thumbprint(request))
    return await tokens.grant_token(desk, client, asked, bound_to=bound.claim, now=now)


def _bound(client: Client, *, key: str | None, certificate: str | None) -> Confirmation:
    """Return what a client's token will be bound to: what it proves, and what it must prove."""
    if client.binding is Binding.DPOP and key is None:
        raise ProofNeededError
    if client.binding is not Binding.CERTIFICATE:
        return Confirmation(key)
    if certificate is None:
        raise CertificateNeededError
    return Confirmation(key, certificate)


def _desk(request: Request) -> TokenDesk:
    desk: TokenDesk | None = request.app.state.tokens
    if desk is None:
        raise TokensNotIssuedError
    return desk


def _refusal(refused: WaarmerkError, told: Response, *, media_type: str) -> Response:
    """Refuse as RFC 6749 5.2 says, as a problem to who asks for one; the members are the same.

    `error_description` is ASCII and so always English.
    """
    body = _document(refused, told)
    kept = ("content-language", "vary", "www-authenticate", "retry-after")
    headers = {name: value for name, value in told.headers.items() if name in kept}
    if isinstance(refused, NonceNeededError):
        headers["DPoP-Nonce"] = refused.nonce
    return Response(to_json(body), told.status_code, headers | _NEVER_KEPT, media_type=media_type)


@router.get(
    "/jwks",
    responses=_answers(shown.KEY_SET_SCHEMA, shown.KEY_SET) | refusals(TokensNotIssuedError),
)
async def read_token_keys(request: Request) -> Response:
    """Return the public keys of access tokens: the present one, the next, and the one before."""
    keys = await _desk(request).keys.published(request.app.state.clock())
    body = {"keys": [key.public_jwk for key in keys]}
    return Response(to_json(body), headers=public_headers(max_age=MAX_AGE), media_type=JSON)


@others.get(metadata.WELL_KNOWN)
async def read_metadata(request: Request) -> Response:
    """Return what this token endpoint tells of itself (RFC 8414)."""
    desk = _desk(request)
    possession: Possession = request.app.state.possession
    document = metadata.describe(
        desk.issuer,
        scopes=sorted(SCOPES),
        dpop_algorithms=[*dpop.ALGORITHMS],
        binds_certificates=possession.certificates.name is not None,
    )
    return Response(to_json(document), headers=public_headers(max_age=MAX_AGE), media_type=JSON)


@others.get(f"{metadata.WELL_KNOWN}/{{path:path}}")
async def read_metadata_of_path(request: Request) -> Response:
    """Return the same to who finds it by the path of our issuer (RFC 8414 3.1)."""
    if request.path_params["path"] != metadata.path_of(_desk(request).issuer):
        raise NotFoundError
    return await read_metadata(request)
