"""Looking for what must be nowhere: a text in every form in which it could have leaked.

Apart from the tests, because a search that finds nothing proves nothing until it has found
something; each test plants a positive as well.
"""

import json
import unicodedata
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

import asyncpg


def needles(*texts: str) -> frozenset[bytes]:
    """Return each text in the forms it may take: normalised, escaped, encoded."""
    found: set[bytes] = set()
    for text in texts:
        for form in ("NFC", "NFD"):
            plain = unicodedata.normalize(form, text)
            for cased in {plain, plain.lower(), plain.upper()}:
                found |= set(_encoded(cased))
    return frozenset(found)


def find(wanted: Iterable[bytes], hay: bytes) -> list[bytes]:
    """Return the needles that are in the hay."""
    return [needle for needle in wanted if needle in hay]


async def read_tables(superuser_url: str) -> dict[str, bytes]:
    """Return every row of every table of a database, past row-level security, by table."""
    connection = await asyncpg.connect(superuser_url)
    try:
        names = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname='public'")
        return {
            name: b"\n".join(
                _as_bytes(value)
                for row in await connection.fetch(f'SELECT * FROM "{name}"')
                for value in row.values()
            )
            for (name,) in names
        }
    finally:
        await connection.close()


def read_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def _encoded(text: str) -> Iterator[bytes]:
    raw = text.encode()
    yield raw
    yield text.encode("utf-16-le")
    yield text.encode("latin-1", "ignore")
    yield json.dumps(text)[1:-1].encode()
    yield quote(text, safe="").encode()
    yield raw.hex().encode()
    for offset in range(3):
        # The first and last characters of base64 depend on what stands beside it.
        for encode in (b64encode, urlsafe_b64encode):
            padded = encode(b"\0" * offset + raw)
            yield padded[4 if offset else 0 : len(padded) - 4]


def _as_bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    text = str(value)
    # JSON keeps letters as \uXXXX or not, and addresses percent-encode them: look at both.
    return text.encode() + b"\n" + unquote_to_bytes(text)
