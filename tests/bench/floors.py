"""The least a FastAPI service can do here: answer; keep one row; check one signature.

Each runs as `uvicorn tests.bench.floors:<name>`, so that our own figures stand beside what the
machine and the framework cost anyhow.
"""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

import asyncpg
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from fastapi import FastAPI, Request
from pydantic import BaseModel

HALF: Final = 32


class Note(BaseModel):
    """The smallest thing worth keeping."""

    text: str


class Token(BaseModel):
    """Something signed: `<signed text>.<base64url of r and s>`."""

    credential: str


hello = FastAPI(openapi_url=None)


@hello.get("/")
async def greet() -> dict[str, str]:
    """Answer."""
    return {"hello": "world"}


@asynccontextmanager
async def _with_pool(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=10) as pool:
        await pool.execute("CREATE TABLE IF NOT EXISTS note (id uuid PRIMARY KEY, text text)")
        app.state.pool = pool
        yield


insert = FastAPI(openapi_url=None, lifespan=_with_pool)


@insert.post("/", status_code=201)
async def keep(note: Note, request: Request) -> Note:
    """Keep one row, durably."""
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO note VALUES ($1, $2)", uuid4(), note.text)
    return note


@asynccontextmanager
async def _with_key(app: FastAPI) -> AsyncIterator[None]:
    app.state.key = load_der_public_key(base64.b64decode(os.environ["BENCH_PUBLIC_KEY"]))
    yield


verify = FastAPI(openapi_url=None, lifespan=_with_key)


@verify.post("/")
async def check(token: Token, request: Request) -> dict[str, bool]:
    """Check one ES256 signature."""
    text, _, seal = token.credential.rpartition(".")
    both = base64.urlsafe_b64decode(seal + "==")
    r, s = int.from_bytes(both[:HALF], "big"), int.from_bytes(both[HALF:], "big")
    request.app.state.key.verify(encode_dss_signature(r, s), text.encode(), ec.ECDSA(SHA256()))
    return {"valid": True}
