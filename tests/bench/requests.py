"""Whole HTTP requests as bytes, built once so that sending them costs nothing."""

import json
from collections.abc import Callable, Mapping

NumberedRequest = Callable[[int], bytes]


def encode(
    method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """Write a request as it goes over the wire."""
    fields = {"Host": "127.0.0.1", "Accept": "application/json", **(headers or {})}
    if body:
        fields |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def get(path: str) -> NumberedRequest:
    """Ask for the same thing every time."""
    request = encode("GET", path)
    return lambda _: request


def post(path: str, body: object) -> NumberedRequest:
    """Send the same body every time."""
    request = encode("POST", path, json.dumps(body).encode())
    return lambda _: request
