"""Links and codes: recognised and explained, never followed.

Apart from other texts, because a link says by its host whose it is, and everything that looks like
ours but is not ours is somebody else's.
"""

import re
from collections.abc import Set as AbstractSet
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from services.verifier.domain.handed import Form
from shared.contracts.short_codes import DASHES, is_short_code, normal_form

_URL: Final = re.compile(r"https?://[^\s\\<>\"]{1,2000}", re.IGNORECASE)
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
_SHARED: Final = re.compile(r".*/s/([^/]+)/?")
_HERE: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""A demo has no certificate, and nobody else answers at these."""
_GROUPED: Final = re.compile(rf"\w{{4}}[{DASHES}. ]\w{{4}}[{DASHES}. ]\w{{4}}")
NOBODY: Final[AbstractSet[str]] = frozenset()


def read_link(text: str, own_hosts: AbstractSet[str] = NOBODY) -> tuple[Form, str] | None:
    """Say what a link is: a share link of ours, a code of ours, or another address; else None.

    `own_hosts` are our own hosts in lower case, with a port where it is not 443. A share link is
    `https://<own host>/…#<key>`; the key is 16 to 128 characters of base64url. One whose key was
    cut off is one too, and says so when it is opened.
    """
    if any(text.startswith(f"{host}/") for host in own_hosts):
        text = f"https://{text}"  # A person types no scheme.
    if not _URL.fullmatch(text) or not text.isprintable():
        return None
    try:
        parts = urlsplit(text)
        host = parts.hostname
    except ValueError:
        return None
    if not host:
        return None
    is_sealed = parts.scheme.lower() == "https" or host in _HERE
    if is_sealed and parts.netloc.lower() in own_hosts:
        return _own_link(text, parts)
    return Form.URL, text


def _own_link(text: str, parts: SplitResult) -> tuple[Form, str]:
    if _KEY.fullmatch(parts.fragment):
        return Form.SHARE_LINK, text
    code = normal_form(unquote(parts.path).rstrip("/").rpartition("/")[2])
    if code:
        return Form.SHORT_CODE, code
    return (Form.SHARE_LINK if _SHARED.fullmatch(parts.path) else Form.URL), text


def parts_of_link(text: str) -> tuple[str, str]:
    """Return the id and the key of a share link, each empty when it is not there."""
    parts = urlsplit(text)
    key = parts.fragment if _KEY.fullmatch(parts.fragment) else ""
    shared = _SHARED.fullmatch(parts.path)
    return shared[1] if shared else "", key


def read_code(text: str) -> str | None:
    """Return a short code as it is written; its check character may be wrong.

    Twelve letters may be words: a code is grouped, or is one word with a digit, or is right.
    """
    code = normal_form(text)
    if code is None:
        return None
    is_one_word = not any(one.isspace() for one in text.strip())
    is_meant = _GROUPED.fullmatch(text.strip()) or (is_one_word and any(map(str.isdigit, text)))
    return code if is_meant or is_short_code(code) else None
