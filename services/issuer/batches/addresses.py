"""An e-mail address: is it one, is it only one, and is it the one a student has.

Apart from the other fields. An address in a list is often copied with something around it; then
what is inside is proposed, never taken.
"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from services.issuer.batches.codes import Code
from services.issuer.batches.texts import clean

LONGEST: Final = 254
_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9!#$%&'*/?^_`{|}~][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{0,63}"
    r"@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
)
_FOREIGN: Final = re.compile(r"[^\s@,;:<>()\"]+@[^\s@,;:<>()\".]+(?:\.[^\s@,;:<>()\".]+)+")
_INSIDE: Final = re.compile(r"[^\s@,;:<>()\"'\[\]]+@[^\s@,;:<>()\"'\[\]]+\.[A-Za-z]{2,}")


class AddressFlaw(NamedTuple):
    """Why a text is no address, and which one was probably meant."""

    code: Code
    hint: str = ""


def read_email(text: str, student_domains: Mapping[str, str]) -> str | AddressFlaw | None:
    """Return the address, None when there is none, or what is wrong with it."""
    said = text.strip()
    if not said:
        return None
    if len(said) > LONGEST or _ADDRESS.fullmatch(said) is None:
        flaw = _flaw(said)
        if flaw is not None:
            return flaw
    if student_domains:
        local, _, domain = said.rpartition("@")
        other = student_domains.get(domain.lower())
        if other is not None:
            return AddressFlaw(Code.IDENTIFIER_DOMAIN, f"{local}@{other}")
    return said


def _flaw(said: str) -> AddressFlaw | None:
    inside = _INSIDE.findall(said[:1000])
    if len(inside) > 1:
        return AddressFlaw(Code.EMAIL_MANY, inside[0])
    _, code = clean(said[:1000])
    if code is not None and not (code is Code.CELL_HTML and inside):
        return AddressFlaw(code)
    if len(said) > LONGEST:
        return AddressFlaw(Code.EMAIL_FORM)
    pressed = "".join(said.split())
    if pressed != said and _ADDRESS.fullmatch(pressed):
        return AddressFlaw(Code.EMAIL_SPACE, pressed)
    if _FOREIGN.fullmatch(said):
        return None
    return AddressFlaw(Code.EMAIL_FORM, _meant(said, inside))


def _meant(said: str, inside: list[str]) -> str:
    """Return what was probably meant: what is inside, or the address without a slip of the key."""
    if inside and inside[0] != said:
        return inside[0]
    tried = said.replace(",", ".").replace("..", ".").strip(".;:")
    tried = re.sub(r"\(at\)|\[at\]|@{2,}", "@", tried)
    return tried if tried != said and _ADDRESS.fullmatch(tried) else ""
