"""What a text is: a signed token, a link, a code or a document; by its form, not by its worth.

Apart from the checks, which say what is wrong with it: whatever begins as a token does is handed to
them, however broken. Cheap, because each verification passes here.
"""

import re
from collections.abc import Set as AbstractSet
from typing import Final

from services.verifier.containers.documents import is_open_badges_2
from services.verifier.containers.links import NOBODY, read_code, read_link
from services.verifier.domain.handed import Form
from shared.contracts.short_codes import DASHES, is_short_code
from shared.proofs import ProofRefusedError
from shared.proofs.base64url import decode_text, encode
from shared.strict_json import JsonRefusedError, JsonValue, load_object

_BLANK: Final = " \t\r\n\ufeff"
_DATA: Final = re.compile(
    r"data:application/(?:vc\+jwt|vp\+jwt|vc\+sd-jwt|dc\+sd-jwt|vp\+sd-jwt|jwt|vc\+ld\+jwt),"
)
_BEGINNING: Final = "eyJ"  # `{"` in base64url
_PART: Final = r"[A-Za-z0-9_-]"
_SD_JWT: Final = re.compile(
    rf"{_PART}+\.{_PART}*\.{_PART}+~(?:{_PART}+~)*(?:{_PART}+\.{_PART}+\.{_PART}+)?"
)
_DOTS: Final = 2


def _spellings(text: bytes) -> tuple[str, ...]:
    """Return how a text is spelled inside base64url, which depends on what stands before it.

    Looking for it is far cheaper than decoding all that a token says.
    """
    written = [(shift, encode(b"\0" * shift + text).decode()) for shift in range(3)]
    return tuple(
        spelled[-(-shift * 8 // 6) : (shift + len(text)) * 8 // 6] for shift, spelled in written
    )


_MARKS: Final = tuple(
    spelling
    for mark in (b"VerifiablePresentation", b'"badge"', b"EuropeanDigitalCredential")
    for spelling in _spellings(mark)
)
_VP: Final = _spellings(b"vp+")
_IN_PROSE: Final = re.compile(
    rf"eyJ{_PART}+\.{_PART}*\.{_PART}+(?:~[A-Za-z0-9_.~-]*)?"
    r"|https?://[^\s<>\"'`|\\^{}]+"
    rf"|\b[0-9A-Za-z]{{4}}[{DASHES}][0-9A-Za-z]{{4}}[{DASHES}][0-9A-Za-z]{{4}}\b"
)
_AFTER_A_LINK: Final = ".,;:!?)]"


def recognise(text: str, own_hosts: AbstractSet[str] = NOBODY) -> tuple[Form, str] | None:
    """Say what a whole text is, and give it without blanks around it; None when it is prose."""
    bare = _unwrapped(text)
    if bare.startswith(_BEGINNING):
        return _token(bare)
    link = read_link(bare, own_hosts)
    if link is not None:
        return link
    code = read_code(bare)
    return (Form.SHORT_CODE, code) if code else None


def proofs_in_prose(text: str) -> list[str]:
    """Return the tokens, links and right codes that stand in a text, in their order."""
    found = []
    for match in _IN_PROSE.finditer(text):
        one = match[0]
        if one.startswith("http"):
            one = one.rstrip(_AFTER_A_LINK)
        if one.startswith((_BEGINNING, "http")) or is_short_code(one):
            found.append(one)
    return found


def _unwrapped(text: str) -> str:
    bare = text.strip(_BLANK)
    found = _DATA.match(bare)
    return bare[found.end() :] if found else bare


def _token(bare: str) -> tuple[Form, str] | None:
    # What people copy from mails and chats comes in lines; a token has no blanks of its own.
    token = "".join(bare.split())
    is_broken_up = len(token) < len(bare)
    if "~" in token:
        if is_broken_up and not _SD_JWT.fullmatch(token):
            return None
        return Form.SD_JWT_VC, token
    if is_broken_up and token.count(".") != _DOTS:
        return None
    return _signed_form(token), token


def _signed_form(token: str) -> Form:
    header, _, rest = token.partition(".")
    payload = rest.partition(".")[0]
    if not any(mark in payload for mark in _MARKS) and not any(vp in header for vp in _VP):
        return Form.VC_JWT
    typ, members = _members(header).get("typ"), _members(payload)
    types = members.get("type")
    if typ in {"vp+jwt", "vp+ld+jwt"} or "vp" in members or _has(types, "VerifiablePresentation"):
        return Form.PRESENTATION_JWT
    if _has(types, "EuropeanDigitalCredential"):
        return Form.ELM
    return Form.OPEN_BADGES_2 if is_open_badges_2(members) else Form.VC_JWT


def _has(types: JsonValue, wanted: str) -> bool:
    return types == wanted or (isinstance(types, list) and wanted in types)


def _members(part: str) -> dict[str, JsonValue]:
    try:
        return load_object(decode_text(part))
    except (ProofRefusedError, JsonRefusedError):
        return {}
