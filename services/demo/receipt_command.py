"""`waarmerk verify --receipt`: did this verifier sign that, and is it about this credential.

Apart from the other ways to verify, because it opens no connection and needs no service: a receipt,
the verifier's public keys and, if you like, the credential are all there is to it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pypdfium2 import PdfDocument, PdfiumError

from shared.contracts.receipt import Receipt, SaidCheck
from shared.proofs import ProofRefusedError
from shared.proofs.receipts import (
    MAX_KEY_SET_BYTES,
    ReceiptKeysRefusedError,
    ReceiptRefusedError,
    SignedReceipt,
    is_about,
    is_of_file,
    read_key_set,
    read_receipt,
)
from shared.strict_json import JsonRefusedError, load_object

LARGEST: Final = 20 * 1024 * 1024
ATTACHMENT: Final = "receipt.jwt"
MOST_ATTACHMENTS: Final = 20
_PDF: Final = b"%PDF-"
_OTHER_FILE: Final = "The receipt is genuine, and another file was handed in than this one."
_NO_FILE: Final = "The receipt is genuine, and states no file: the credential was given as a text."


class NoReceiptError(ReceiptRefusedError):
    """There is no receipt in this file."""

    code = "receipt-missing"
    dutch = "In dit bestand zit geen bevestiging."


class FileRefusedError(ValueError):
    """A file that was given cannot be used; the sentence says which and why."""


@dataclass(frozen=True, slots=True)
class JudgedReceipt:
    """Whether a receipt holds, the sentence that says so, and what it says itself."""

    holds: bool
    title: str
    sentences: tuple[str, ...] = ()


def judge_receipt(
    file: Path, *, jwks: Path, credential: Path | None, handed: Path | None = None
) -> JudgedReceipt:
    """Judge a receipt in a file with the keys in another; raise FileRefusedError.

    `credential` is what it should be about, `handed` the file that should have been handed in.
    """
    _refuse_large(file, LARGEST)
    _refuse_large(jwks, MAX_KEY_SET_BYTES)
    try:
        keys = read_key_set(jwks.read_bytes())
    except ReceiptKeysRefusedError as refusal:
        raise FileRefusedError(refusal.detail) from None
    for one in (credential, handed):
        if one is not None:
            _refuse_large(one, LARGEST)
    held = file.read_bytes()
    try:
        signed = read_receipt(token_in(held), keys=keys)
    except ProofRefusedError as refusal:
        return JudgedReceipt(holds=False, title=refusal.detail)
    content = signed.content
    if credential is not None and not is_about(content, credential.read_bytes()):
        return JudgedReceipt(
            holds=False,
            title="The receipt is genuine, and about something else than this credential.",
        )
    if handed is not None and not is_of_file(content, handed.read_bytes()):
        title = _OTHER_FILE if content.handed_in.file else _NO_FILE
        return JudgedReceipt(holds=False, title=title)
    said = [*_sentences(signed)]
    if credential is None:
        said.append("About which credential was not checked; give it with --credential.")
    else:
        said.append("It is about the credential you gave.")
    if handed is not None:
        said.append("It states exactly the file you gave.")
    if held.startswith(_PDF):
        said.append("Believe what stands here and not the pages of the PDF: those are not signed.")
    return JudgedReceipt(
        holds=True, title=f"This receipt was signed by {plain(content.iss)}.", sentences=tuple(said)
    )


def token_in(held: bytes) -> bytes:
    """Return the signed receipt in a file: the token itself, a verifier's JSON, or a PDF's."""
    if held.startswith(_PDF):
        return _attached(held)
    if held.lstrip().startswith(b"{"):
        try:
            token = load_object(held).get("receipt")
        except JsonRefusedError:
            raise NoReceiptError from None
        if not isinstance(token, str):
            raise NoReceiptError
        return token.encode(errors="replace")
    return held.strip()


def plain(text: str) -> str:
    """Return a text that does nothing to a terminal but be shown."""
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)


def _attached(held: bytes) -> bytes:
    try:
        document = PdfDocument(held)
    except PdfiumError:
        raise NoReceiptError from None
    try:
        for number in range(min(document.count_attachments(), MOST_ATTACHMENTS)):
            attachment = document.get_attachment(number)
            if attachment.get_name() == ATTACHMENT:
                return bytes(attachment.get_data())
    except PdfiumError:
        raise NoReceiptError from None
    finally:
        document.close()
    raise NoReceiptError


def _sentences(signed: SignedReceipt) -> list[str]:
    content, verdict = signed.content, signed.content.verdict
    known = content.knowledge.as_of
    return [
        f"It says {verdict.state.upper()}: {verdict.title.nl} / {verdict.title.en}",
        *(["It is about a test credential, without any value."] if content.test else []),
        f"Checked at {content.checked_at.isoformat()}.",
        *_file(content),
        f"Its knowledge was complete up to {known.isoformat() if known else 'no moment'}.",
        *(_check(one) for one in content.checks),
        *_versions(content),
        *_person(content),
        f"Receipt {content.jti}, signed with key {signed.key_id}.",
    ]


def _file(content: Receipt) -> list[str]:
    stated = content.handed_in.file
    return [f"It came in a file: {stated.media_type}, SHA-256 {stated.sha256}"] if stated else []


def _check(check: SaidCheck) -> str:
    looked_up = check.looked_up
    where = f", looked up in: {looked_up.name.en}" if looked_up else ""
    return f"{check.number}. {check.title.en}: {check.outcome} ({check.code}){where}"


def _versions(content: Receipt) -> list[str]:
    against = content.checked_against
    if against is None:
        return ["Nothing of the content of the credential is in it."]
    earned, policy, pin = against.microcredential, against.policy, against.quality_framework
    issuer, held = against.issuer, against.registration
    return [
        f"Microcredential: {earned.name}, version {earned.version} ({earned.id})",
        *([f"Issuer: {issuer.name.en}, OIN {issuer.oin}, key {issuer.kid}"] if issuer else []),
        *([f"Policy: {policy.policy_id}, version {policy.version}"] if policy else []),
        *([f"Quality framework: {pin.name} {pin.version}, SHA-256 {pin.sha256}"] if pin else []),
        *([f"Registration: {held.registration_id}, {held.record_version}"] if held else []),
    ]


def _person(content: Receipt) -> list[str]:
    person = content.person
    if person is None:
        return ["Nothing of the person is in it."]
    return [f"Person: {person.name or '(no name)'}, result: {person.result or '(none)'}"]


def _refuse_large(file: Path, most: int) -> None:
    if file.stat().st_size > most:
        raise FileRefusedError(f"{file.name} is larger than such a file ever is.")
