"""The search for leaked names finds them in every form we know of."""

import json
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote

import pytest

from tests.support.canary import find, needles

NAME = "Zwaluwéline"


@pytest.mark.parametrize(
    "leak",
    [
        NAME.encode(),
        NAME.lower().encode(),
        NAME.upper().encode(),
        NAME.encode("utf-16-le"),
        NAME.encode("latin-1"),
        json.dumps({"name": NAME}).encode(),
        quote(NAME).encode(),
        NAME.encode().hex().encode(),
        *(b64encode(b"x" * n + NAME.encode() + b"yz") for n in range(4)),
        *(urlsafe_b64encode(b"x" * n + NAME.encode() + b"yz") for n in range(4)),
    ],
)
def test_a_name_is_found_in_every_form(leak: bytes) -> None:
    assert find(needles(NAME), b"before " + leak + b" after")


def test_nothing_is_found_where_there_is_nothing() -> None:
    assert find(needles(NAME), b"another name altogether, eyJhbGciOiJFUzI1NiJ9") == []
