"""`waarmerk clients`: the first administrator, and what a system needs to ask for tokens.

Apart from the other commands, because the operator registers here without an access token: who can
read the database may make the first client, and everybody after that comes in over the API.
"""

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated, Any, Final, NoReturn

import typer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, RSAKey, import_key
from pydantic import ValidationError

from services.catalog.access.clients import Administrator, Binding, ClientKey, WantedClient
from services.catalog.operations.clients import read_address, register_client
from services.catalog.operations.tokens import TokenDesk, end_keys, key_set_reach
from services.catalog.settings import Settings
from shared.errors import RuleError, WaarmerkError
from shared.runtime import clock
from shared.runtime.access import SCOPES
from shared.runtime.database import Database

NOT_CONFIGURED: Final = 2
OPERATOR: Final = "operator"
ASSERTION_TYPE: Final = "client-authentication+jwt"
LIFETIME: Final = timedelta(minutes=5)


class Algorithm(StrEnum):
    """What a client may sign with."""

    ES256 = "ES256"
    PS256 = "PS256"
    RS256 = "RS256"


command = typer.Typer(help="Machine clients: the systems that act for an organisation.")
KeyFile = Annotated[Path, typer.Option("--key", help="File with the private key, as a JWK.")]


@command.command()
def new_key(
    file: Annotated[Path, typer.Argument(help="New file for the private key.")],
    algorithm: Annotated[Algorithm, typer.Option()] = Algorithm.ES256,
) -> None:
    """Make a key for a client: the private half into a file, the public half on the terminal."""
    key: Key
    if algorithm is Algorithm.ES256:
        key = ECKey.generate_key("P-256", private=True)
    else:
        key = RSAKey.generate_key(2048, private=True)
    named = {"alg": algorithm.value, "use": "sig", "kid": key.thumbprint()}
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        _refuse(f"{file} cannot be made: {error.strerror}.")
    with os.fdopen(handle, "w") as private:
        json.dump({**key.as_dict(private=True), **named}, private)
    typer.echo(json.dumps({**key.as_dict(private=False), **named}))


@command.command()
def assertion(
    key: KeyFile,
    client: Annotated[str, typer.Option(help="The client id.")],
    issuer: Annotated[str, typer.Option(help="The `issuer` of the token endpoint's metadata.")],
) -> None:
    """Print a client assertion, good for one token within five minutes."""
    now = datetime.now(UTC)
    claims = {
        "iss": client,
        "sub": client,
        "aud": issuer,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "jti": token_urlsafe(24),
    }
    jwk = _read_key(key)
    header = {"alg": str(jwk.get("alg")), "typ": ASSERTION_TYPE, "kid": str(jwk.get("kid"))}
    typer.echo(jwt.encode(header, claims, jwk, algorithms=[header["alg"]], default_type=None))


@command.command()
def register(
    organisation: Annotated[str, typer.Option(help="OIN the client acts for.")],
    name: Annotated[str, typer.Option(help="What the system is called.")],
    scope: Annotated[list[str], typer.Option(help="May be given more than once.")],
    key: Annotated[
        list[Path] | None, typer.Option(help="File with its public key, as a JWK; more than once.")
    ] = None,
    jwks_url: Annotated[str | None, typer.Option(help="Or else where its keys are.")] = None,
    binding: Annotated[Binding, typer.Option(help="What its tokens are bound to.")] = Binding.NONE,
) -> None:
    """Register a client as the operator of this catalogue; print its id."""
    if unknown := sorted(set(scope) - SCOPES.keys()):
        _refuse(f"Unknown scope: {', '.join(unknown)}. Known: {', '.join(SCOPES)}.")
    wanted = WantedClient(
        organisation=organisation,
        name=name,
        scopes=frozenset(scope),
        keys=tuple(ClientKey(_read_public(file)) for file in key or ()),
        jwks_url=jwks_url,
        binding=binding,
        is_blocked=False,
    )
    try:
        typer.echo(asyncio.run(_register(_settings(), wanted)))
    except WaarmerkError as error:
        faults = error.faults if isinstance(error, RuleError) else ()
        _refuse(" ".join([error.detail, *(fault.detail for fault in faults)]))


@command.command()
def end_token_keys() -> None:
    """End every key that signs access tokens and begin with a new one, as after a theft."""
    settings = _settings()
    if not settings.issues_tokens:
        _refuse("WAARMERK_TOKEN_SEALING_KEY is not set, so no tokens are given.")

    async def end() -> None:
        database = Database(settings.database_url, source=settings.source)
        desk = TokenDesk.of(settings, database, clock.now)
        try:
            if desk is not None:
                await end_keys(desk, now=clock.now())
        finally:
            await database.dispose()

    asyncio.run(end())
    typer.echo("Tokens signed until now are refused within ten minutes; clients get new ones.")


async def _register(settings: Settings, wanted: WantedClient) -> str:
    """Register a client in the name of the steward."""
    fetched: tuple[ClientKey, ...] = ()
    if wanted.jwks_url is not None:
        fetched = await read_address(wanted.jwks_url, reach=key_set_reach(settings))
    steward = settings.operator_oin
    database = Database(settings.database_url, source=settings.source)
    try:
        async with database.transaction() as session:
            client = await register_client(
                session,
                wanted,
                fetched,
                by=Administrator(steward, OPERATOR, is_steward=True),
                steward=steward,
                now=clock.now(),
            )
            return str(client.client_id)
    finally:
        await database.dispose()


def _read_key(file: Path) -> Key:
    try:
        key = import_key(json.loads(file.read_text()))
    except (OSError, ValueError, TypeError, KeyError, JoseError):
        _refuse(f"{file} holds no private key, as a JWK.")
    if not key.is_private or str(key.get("alg")) not in list(Algorithm):
        _refuse(f"{file} holds no private key with its alg, as `waarmerk clients new-key` makes.")
    return key


def _read_public(file: Path) -> dict[str, Any]:
    try:
        jwk = json.loads(file.read_text())
    except (OSError, ValueError):
        _refuse(f"{file} holds no public key, as a JWK.")
    return jwk if isinstance(jwk, dict) else {}


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False, include_context=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            typer.echo(f"WAARMERK_{name}: {fault['msg']}", err=True)
        raise typer.Exit(NOT_CONFIGURED) from None


def _refuse(sentence: str) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(NOT_CONFIGURED)
