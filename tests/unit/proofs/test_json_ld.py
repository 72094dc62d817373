"""What a document means is one text, and nothing in it is unmeant, hidden or endless."""

import copy
import json
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.credential import CONTEXTS, OB_CONTEXT, VC_CONTEXT
from shared.proofs import json_ld
from shared.proofs.json_ld import (
    ContextRefusedError,
    IdentifierRefusedError,
    MeaninglessError,
    NotCompactedError,
    SaidElsewhereError,
    TooAlikeError,
    TooExtensiveError,
    TypeMeaninglessError,
    canonical_form,
    find_context,
)
from shared.strict_json import JsonObject, JsonValue

STATUS: Final[JsonObject] = {
    "id": "https://issuer.example.nl/lists/3#7",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": "https://issuer.example.nl/lists/3",
}
DOCUMENT: Final[JsonObject] = {
    "@context": [VC_CONTEXT, OB_CONTEXT],
    "id": "urn:uuid:5a1c0c3e-6c0e-4f55-8a58-4e9a3a0b6f10",
    "type": ["VerifiableCredential", "OpenBadgeCredential"],
    "issuer": {"id": "did:web:issuer.example.nl", "type": ["Profile"], "name": "Example"},
    "validFrom": "2026-01-15T00:00:00Z",
    "credentialStatus": STATUS,
    "credentialSubject": {
        "id": "urn:uuid:3d0a8c60-7c0d-4a52-90d5-5a0a3d7e2f11",
        "type": ["AchievementSubject"],
        "achievement": {
            "id": "https://catalog.example.nl/1",
            "type": ["Achievement"],
            "name": "Proving",
            "description": "How to prove.",
            "criteria": {"narrative": "An exam."},
        },
    },
}
STATUS_IRI: Final = "https://www.w3.org/2018/credentials#credentialStatus"
WITHOUT_STATUS: Final = {
    name: value for name, value in DOCUMENT.items() if name != "credentialStatus"
}


def subject(**members: JsonValue) -> JsonObject:
    changed = copy.deepcopy(DOCUMENT)
    inner = changed["credentialSubject"]
    assert isinstance(inner, dict)
    inner.update(members)
    return changed


def test_order_means_nothing_and_a_text_may_have_a_language() -> None:
    turned = dict(reversed(DOCUMENT.items()))

    assert canonical_form(turned) == canonical_form(DOCUMENT)
    canonical_form(DOCUMENT | {"name": {"@value": "Bewijzen", "@language": "nl"}})


def test_a_status_that_moved_would_have_kept_its_meaning_so_its_form_is_refused() -> None:
    """credentials.md 8, case 41: another library lets a revoked credential pass."""
    hidden: list[tuple[JsonObject, type[MeaninglessError]]] = [
        (WITHOUT_STATUS | {STATUS_IRI: STATUS}, NotCompactedError),
        (WITHOUT_STATUS | {"@included": {**STATUS}}, NotCompactedError),
        (WITHOUT_STATUS | {"@nest": {"credentialStatus": STATUS}}, NotCompactedError),
        (
            WITHOUT_STATUS | {"@context": [VC_CONTEXT, OB_CONTEXT, {"x": STATUS_IRI}], "x": STATUS},
            ContextRefusedError,
        ),
        (
            WITHOUT_STATUS
            | {
                "evidence": {
                    "id": DOCUMENT["id"],
                    "type": ["VerifiableCredential"],
                    "credentialStatus": STATUS,
                }
            },
            SaidElsewhereError,
        ),
    ]
    for document, refusal in hidden:
        with pytest.raises(refusal):
            canonical_form(document)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"@context": VC_CONTEXT}, ContextRefusedError),
        ({"@context": None}, ContextRefusedError),
        ({"@context": []}, ContextRefusedError),
        ({"@context": [OB_CONTEXT, VC_CONTEXT]}, ContextRefusedError),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, ContextRefusedError),
        ({"@context": [VC_CONTEXT, OB_CONTEXT.replace("https", "http")]}, ContextRefusedError),
        ({"@context": [VC_CONTEXT, "https://evil.example/v1"]}, ContextRefusedError),
        ({"@context": [VC_CONTEXT, OB_CONTEXT] * 9}, ContextRefusedError),
        ({"evidence": {"@context": {"a": "https://a.example/"}}}, ContextRefusedError),
        ({"evidence": {"@context": [{"a": "https://a.example/"}]}}, ContextRefusedError),
        ({"evidence": {"@context": ["https://evil.example/v1"]}}, ContextRefusedError),
        ({"name": None}, NotCompactedError),
        ({"evidence": []}, NotCompactedError),
        ({"evidence": [[{"name": "x"}]]}, NotCompactedError),
        ({"Criteria": {"narrative": "x"}}, NotCompactedError),
        ({"schema:name": "x"}, NotCompactedError),
        ({"@id": "urn:x:1"}, NotCompactedError),
        ({"@type": "VerifiableCredential"}, NotCompactedError),
        ({"name": {"@value": "x"}}, NotCompactedError),
        ({"name": {"@value": 5, "@language": "nl"}}, NotCompactedError),
        ({"name": {"@value": "x", "@language": "not a language"}}, NotCompactedError),
        ({"name": {"@value": "x", "@language": "nl", "@direction": "rtl"}}, MeaninglessError),
        ({"name": {"@value": "x", "@language": "nl", "secretly": "y"}}, MeaninglessError),
        ({"secretly": "added"}, MeaninglessError),
        ({"type": ["VerifiableCredential", "Unheard"]}, TypeMeaninglessError),
        ({"type": ["VerifiableCredential", "_:b0"]}, TypeMeaninglessError),
        ({"id": "relative"}, IdentifierRefusedError),
        ({"id": ""}, IdentifierRefusedError),
        ({"id": "_:b0"}, IdentifierRefusedError),
        ({"id": "https://a.example/ b"}, IdentifierRefusedError),
        ({"id": "https://a.example/\n"}, IdentifierRefusedError),
        ({"id": "https://a.example/><https://b.example/"}, IdentifierRefusedError),
        ({"id": ["urn:x:1", "urn:x:2"]}, MeaninglessError),
        ({"id": 5}, MeaninglessError),
        ({"type": {"name": "x"}}, MeaninglessError),
    ],
    ids=str,
)
def test_what_has_no_one_meaning_in_plain_sight_is_refused_by_name(
    change: JsonObject, refusal: type[MeaninglessError]
) -> None:
    with pytest.raises(refusal):
        canonical_form(DOCUMENT | change)


def test_a_document_says_something() -> None:
    with pytest.raises(MeaninglessError):
        canonical_form({"@context": [VC_CONTEXT]})


def test_what_would_take_for_ever_is_refused_soon() -> None:
    alike: JsonValue = [{"type": ["Result"]} for _ in range(20)]
    twins: JsonValue = [{"type": ["AchievementSubject"], "result": alike} for _ in range(2)]
    many: JsonValue = [{"type": ["Result"], "value": str(at)} for at in range(257)]
    wide: JsonValue = [{"type": ["Result"] * 200} for _ in range(200)]
    deep: JsonValue = {"type": ["Evidence"]}
    for _ in range(40):
        deep = {"type": ["Evidence"], "evidence": deep}

    for document, refusal in (
        (DOCUMENT | {"credentialSubject": twins}, TooAlikeError),
        (subject(result=many), TooExtensiveError),
        (subject(result=wide), TooExtensiveError),
        (DOCUMENT | {"evidence": deep}, NotCompactedError),
    ):
        with pytest.raises(refusal):
            canonical_form(document)


def test_a_few_alike_parts_are_no_trouble() -> None:
    canonical_form(subject(result=[{"type": ["Result"], "value": "8"} for _ in range(5)]))


LEAVES: Final = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=4)
NAMES: Final = st.sampled_from(
    ["id", "type", "name", "evidence", "issuer", "@value", "@language", "@context", "x", "proof"]
)
VALUES: Final = st.recursive(
    LEAVES | st.sampled_from(["Result", "urn:x:1", VC_CONTEXT, "_:b0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_anything_at_all_either_means_something_or_is_refused(change: JsonObject) -> None:
    for document in (change, DOCUMENT | change):
        try:
            canonical_form(document)
        except MeaninglessError:
            continue


def test_no_two_members_mean_the_same_in_the_contexts_that_are_kept() -> None:
    """Else a holder could rename one to the other: the form alone would not show it."""
    names = defaultdict(set)
    for url in json_ld.PINNED:
        for name, meaning in _terms(find_context(url)["@context"]):
            if name[0].islower():
                names[meaning].add(name)

    assert {meaning: both for meaning, both in names.items() if len(both) > 1} == {}


def test_no_context_that_is_kept_gives_meaning_to_words_it_does_not_know() -> None:
    for url in json_ld.PINNED:
        assert '"@vocab":' not in json.dumps(find_context(url))


def _terms(context: Any) -> Iterator[tuple[str, str]]:
    for part in context if isinstance(context, list) else [context]:
        for name, said in (part or {}).items() if isinstance(part, dict) else ():
            meaning = (
                said
                if isinstance(said, str)
                else said.get("@id")
                if isinstance(said, dict)
                else None
            )
            if not name.startswith("@") and meaning is not None:
                yield name, meaning
            if isinstance(said, dict):
                yield from _terms(said.get("@context"))


@pytest.mark.parametrize("edition", ["spec-repo", "dcc-npm"])
def test_the_other_text_of_the_same_context_means_the_same_where_it_means_anything(
    shared_material: Path, edition: str
) -> None:
    """Two texts go by the name context-3.0.3.json; the older lacks two terms, and that is all.

    So whatever the older one lets through means the same in the one that is kept, and what it would
    drop is refused by it and covered by ours: keeping both would change no verdict.
    """
    older = json.loads(
        (
            shared_material / "data" / "ob3" / "contexts" / f"ob-context-3.0.3.{edition}.json"
        ).read_text()
    )
    kept = files("openbadgeslib") / "ob3" / "contexts" / "ob-v3p0-context-3.0.3.json"
    newer = json.loads(kept.read_text())

    added = [name for name in _without(newer, older) if name]
    assert set(added) == {"endorsementJwt", "jti"}

    def find_older(url: str) -> JsonObject:
        return older if url == OB_CONTEXT else find_context(url)

    assert canonical_form(DOCUMENT, find=find_older) == canonical_form(DOCUMENT)
    with pytest.raises(MeaninglessError):
        canonical_form(DOCUMENT | {"jti": "urn:x:1"}, find=find_older)


def _without(newer: Any, older: Any) -> Iterator[str]:
    """Name what the newer has more; whatever else differs fails the test."""
    if not (isinstance(newer, dict) and isinstance(older, dict)):
        assert newer == older
        return
    assert older.keys() <= newer.keys()
    for name, value in newer.items():
        if name in older:
            yield from _without(value, older[name])
        else:
            yield name


def test_our_own_contexts_are_all_kept() -> None:
    for url in CONTEXTS:
        assert "@context" in find_context(url)
