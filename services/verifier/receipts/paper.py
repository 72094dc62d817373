"""A receipt on paper: accessible (PDF/UA-1), to be kept (PDF/A-3a), in Dutch or in English.

Apart from the receipt itself, because it shows the same and adds nothing: the signed token is in it
as an attachment, and only that proves anything. The fonts are those inside the typesetter, so that
a paper looks alike everywhere; a character they do not have would end the drawing, so it is shown
as a square, and the attachment has it.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal

from services.verifier.receipts.words import OUTCOMES, WORDS
from shared.contracts.receipt import CheckedAgainst, Receipt, Said, SaidCheck
from shared.proofs.receipts import SignedReceipt
from shared.runtime.language import Language

STANDARDS: Final[list[Literal["ua-1", "a-3a"]]] = ["ua-1", "a-3a"]
ATTACHMENT: Final = "receipt.jwt"
SQUARE: Final = "\N{WHITE SQUARE}"
_PRINTABLE: Final = re.compile(
    r"[\u0020-\u007e\u00a0-\u024f\u0386-\u03ce\u0400-\u045f\u1e00-\u1eff\u2010-\u2027\u2030-\u203a\u20ac]"
)
Row = tuple[str, str, bool]
"""A name, what stands there, and whether that is a code: set in a fixed width, broken anywhere."""


def render_pdf(signed: SignedReceipt, language: Language) -> bytes:
    """Set a receipt as a PDF; some tenths of a second of work, so not on the event loop."""
    import typst  # noqa: PLC0415 - 84 MB of library to read at a start from a cold disk

    pdf: bytes = typst.compile(
        _source(),
        format="pdf",
        sys_inputs={"told": json.dumps(_told(signed, language), ensure_ascii=False)},
        ignore_system_fonts=True,
        pdf_standards=[*STANDARDS],
    )
    return pdf


def printable(text: str) -> str:
    """Return a text in characters that the fonts have; others become squares."""
    composed = unicodedata.normalize("NFC", text)
    return "".join(
        one if _PRINTABLE.match(one) and one.isprintable() else SQUARE for one in composed
    )


def _told(signed: SignedReceipt, language: Language) -> dict[str, object]:
    """Return what the template shows, every word in the reader's language."""
    content = signed.content
    words = WORDS[language]
    facts = [*_facts(signed, language)]
    versions = [*_versions(content.checked_against, language)]
    person = [*_person(content, language)]
    shown = " ".join(value for _, value, _ in (*facts, *versions, *person))
    return {
        "words": words,
        "language": language.value,
        "test": content.test,
        "verdict": printable(_in(content.verdict.title, language)),
        "facts": facts,
        "checks": [_check(one, language) for one in content.checks],
        "versions": versions,
        "person": person,
        "squares": SQUARE in shown,
        "keys": printable(f"{content.iss}/.well-known/jwks.json"),
        "attachment": ATTACHMENT,
        "token": signed.token,
    }


def _facts(signed: SignedReceipt, language: Language) -> Iterator[Row]:
    content, words = signed.content, WORDS[language]
    known = content.knowledge.as_of
    yield words["checkedAt"], _moment(content.checked_at), False
    yield words["asOf"], words["unknown"] if known is None else _moment(known), False
    yield words["state"], f"{content.verdict.state} / {content.verdict.code}", True
    yield words["verifier"], printable(content.iss), True
    yield words["software"], printable(f"{content.software.name} {content.software.version}"), True
    yield words["receiptId"], content.jti, True
    yield words["digest"], content.handed_in.sha256, True
    if (inside := content.handed_in.credential_sha256) is not None:
        yield words["insideDigest"], inside, True
    if (file := content.handed_in.file) is not None:
        yield words["file"], printable(file.media_type), False
        yield words["fileDigest"], file.sha256, True
    yield words["signedWith"], signed.key_id, True


def _versions(against: CheckedAgainst | None, language: Language) -> Iterator[Row]:
    if against is None:
        return
    words, earned = WORDS[language], against.microcredential
    edition = words["version"]
    numbered = f", {edition} {earned.version}" if earned.version else ""
    yield words["microcredential"], printable(f"{earned.name}{numbered}"), False
    yield words["page"], printable(earned.id), True
    if (issuer := against.issuer) is not None:
        yield words["issuer"], printable(_in(issuer.name, language)), False
        yield words["oin"], printable(issuer.oin), True
        if issuer.kid is not None:
            yield words["key"], printable(issuer.kid), True
    if (policy := against.policy) is not None:
        yield words["policy"], printable(f"{policy.policy_id}, {edition} {policy.version}"), False
    if (framework := against.quality_framework) is not None:
        yield (
            words["framework"],
            printable(f"{framework.name}, {edition} {framework.version}"),
            False,
        )
        yield words["frameworkDigest"], framework.sha256, True
    if (held := against.registration) is not None:
        yield (
            words["registration"],
            f"{held.registration_id}, {edition} {held.record_version}",
            True,
        )


def _person(content: Receipt, language: Language) -> Iterator[Row]:
    person, words = content.person, WORDS[language]
    if person is not None and person.name is not None:
        yield words["name"], printable(person.name), False
    if person is not None and person.result is not None:
        yield words["result"], printable(person.result), False


def _check(check: SaidCheck, language: Language) -> tuple[str, str, str]:
    words, looked_up = WORDS[language], check.looked_up
    where = words["nowhere"]
    if looked_up is not None:
        known = looked_up.as_of
        up_to = f", {words['upTo']} {_moment(known)}" if known is not None else ""
        where = f"{_in(looked_up.name, language)}{up_to}"
    outcome = OUTCOMES[language].get(check.outcome, check.outcome)
    title = _in(check.title, language)
    return (
        printable(f"{check.number}. {title[:1].upper()}{title[1:]}"),
        printable(f"{outcome} ({check.code})"),
        "" if check.outcome == "not-run" else printable(where),
    )


def _in(said: Said, language: Language) -> str:
    return said.en if language is Language.EN else said.nl


def _moment(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


@lru_cache(maxsize=1)
def _source() -> bytes:
    return (files("services.verifier") / "templates" / "receipt.typ").read_bytes()
