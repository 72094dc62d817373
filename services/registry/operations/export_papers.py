"""An access export on paper: accessible (PDF/UA-1), to be kept (PDF/A-3a), in Dutch or in English.

Apart from the export itself, because it shows the same and adds nothing: the signed JSON is in it
as an attachment. The fonts are those inside the typesetter, so that a paper looks alike everywhere.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final, Literal

import typst

from services.registry.operations.export_words import KINDS, LISTS, WORDS
from shared.runtime.language import Language
from shared.strict_json import JsonObject, canonical

STANDARDS: Final[list[Literal["ua-1", "a-3a"]]] = ["ua-1", "a-3a"]

MOST_LINES: Final = 500
"""As many as anybody reads; the attachment has them all, and a page has no end."""


def draw(export: JsonObject, signature: str, language: Language) -> bytes:
    """Set an export as a PDF; some tenths of a second of work, so not on the event loop."""
    told = _told(export, signature, language)
    pdf: bytes = typst.compile(
        _source(),
        format="pdf",
        sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
        ignore_system_fonts=True,
        pdf_standards=[*STANDARDS],
    )
    return pdf


def _told(export: JsonObject, signature: str, language: Language) -> dict[str, Any]:
    """Return what the template shows: the export, and every word in the reader's language."""
    held: list[Any] = list(_list(export, "registrations"))
    facts = [fact for one in held for fact in one["facts"]]
    lines = _list(export, "consultations")
    words = {**WORDS[language]}
    words["more"] = words["more"].format(count=len(lines)) if len(lines) > MOST_LINES else ""
    said: Mapping[str, Mapping[str, str]] = LISTS[language]
    return {
        "export": {**export, "consultations": lines[:MOST_LINES]},
        "words": words,
        "language": language.value,
        "createdAt": str(export["createdAt"]),
        "profile": said["profiles"][str(export["profile"])],
        "sha256": hashlib.sha256(canonical(export)).hexdigest(),
        "signature": signature,
        "whole": json.dumps({"export": export, "signature": signature}, ensure_ascii=False),
        "loads": [_load(one["registration"]) for one in held],
        "statuses": [said["statuses"][one["registration"]["status"]] for one in held],
        "kinds": KINDS[language],
        "contents": {
            fact["commitment"]: canonical(fact["content"]).decode()
            for fact in facts
            if "content" in fact
        },
        "purposes": said["purposes"],
        "controllers": said["controllers"],
        "bases": said["bases"],
    }


def _load(registration: Mapping[str, Any]) -> str:
    load = registration["studyLoad"]
    unit = {"ects": "EC", "sbu": "SBU"}.get(load["unit"], load["unit"])
    return f"{load['value']} {unit}"


def _list(export: JsonObject, name: str) -> list[Any]:
    found = export[name]
    return found if isinstance(found, list) else []


@lru_cache(maxsize=1)
def _source() -> bytes:
    return (files("services.registry") / "templates" / "access_export.typ").read_bytes()
