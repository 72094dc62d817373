"""The file that a credential came in: its fingerprint and kind, to be stated in a receipt.

Apart from the credential inside, because what somebody archives is the PDF or the picture. A page
does not carry files along, only their fingerprints, with a word of ours that we saw this credential
in exactly this file: otherwise whoever asks could have any fingerprint signed.
"""

from dataclasses import dataclass
from typing import Final

from fastapi import Request
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException

from services.verifier.containers.sniffing import media_type_of
from services.verifier.intake import JSON, HandedIn, NothingGivenError, read_body
from services.verifier.signing import ReceiptSigner
from shared.contracts.receipt import SaidFile
from shared.proofs.receipts import file_digest_of
from shared.runtime.problems import UnsupportedMediaTypeError

FORM: Final = "multipart/form-data"
_MOST_FIELDS: Final = 10


@dataclass(frozen=True, slots=True)
class Vouched:
    """A file as a page carries it along, and our word for it."""

    file: SaidFile
    word: str


_VOUCHED: Final = TypeAdapter(Vouched)


def describe_file(content: bytes) -> SaidFile:
    """Return the fingerprint of a file, byte for byte, and what it is by its content."""
    return SaidFile(sha256=file_digest_of(content), media_type=media_type_of(content))


def vouch(signer: ReceiptSigner, file: SaidFile | None, text: str) -> str:
    """Write down for a page that this text was found in this file; empty without a file or key."""
    if file is None or not signer.is_open:
        return ""
    word = signer.word_for(_statement(file, text))
    return _VOUCHED.dump_json(Vouched(file, word)).decode()


def read_vouched(signer: ReceiptSigner, written: str, text: str) -> SaidFile | None:
    """Return the file that a page carried along, if it has our word for exactly this text."""
    try:
        vouched = _VOUCHED.validate_json(written)
    except ValidationError:
        return None
    is_ours = signer.is_own_word(vouched.word, _statement(vouched.file, text))
    return vouched.file if is_ours else None


async def read_handed(request: Request) -> tuple[HandedIn, SaidFile | None]:
    """Return what a request hands in, and the file that it is, unless it is JSON."""
    media_type = request.headers.get("content-type", "")
    kind = media_type.partition(";")[0].strip().lower()
    if kind == FORM:
        content = await _read_form(request)
        return HandedIn(content), describe_file(content)
    given = read_body(await request.body(), media_type=media_type)
    return given, None if kind == JSON else describe_file(given.content)


async def _read_form(request: Request) -> bytes:
    try:
        async with request.form(max_files=1, max_fields=_MOST_FIELDS) as form:
            found = [one for _, one in form.multi_items() if isinstance(one, UploadFile)]
            content = await found[0].read() if found else b""
    except (MultiPartException, HTTPException):
        raise UnsupportedMediaTypeError(
            "The form cannot be read: it has one file, and a boundary between its parts.",
            "Het formulier is niet te lezen: het heeft één bestand, en een boundary tussen de "
            "delen.",
        ) from None
    if not content.strip():
        raise NothingGivenError
    return content


def _statement(file: SaidFile, text: str) -> bytes:
    inside = file_digest_of(text.encode(errors="replace"))
    return f"{file.sha256}|{file.media_type}|{inside}".encode()
