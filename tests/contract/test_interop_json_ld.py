"""Our credential means in JSON-LD and JSON Schema what it means in ours: no term is lost."""

import copy
import hashlib
import json
from collections.abc import Iterator
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Final, NoReturn

import pytest
from jsonschema import Draft201909Validator
from pyld import jsonld
from pyld.options import ExpandOptions

from shared.contracts.credential import NL_CONTEXT, OB_CONTEXT, VC_CONTEXT, Achievement
from shared.contracts.vocabulary import (
    AssessmentType,
    LevelBasis,
    ModeOfDelivery,
    StudyLoadUnit,
    Supervision,
)
from shared.strict_json import JsonObject, JsonValue
from tests.contract.interop_examples import issue
from tests.support.material import ROOT

OURS: Final = ROOT / "shared" / "contracts" / "contexts" / "nl-microcredential-v1.json"
# A word without a meaning is taken for a relative address; from here we know it again.
NOWHERE: Final = "https://relative.invalid/"
NAMESPACE: Final = "https://waarmerk.example/ns/nl-microcredential#"
# Once the first credential is signed this document never changes; a new one gets a new address.
OURS_SHA256: Final = "557cd0e3dde574514c3441c6e33dbac6445bd8c5584027d5fee785746b3d8107"
# Third-party documents come out of an installed package, and only these very bytes of them.
THEIRS: Final = {
    VC_CONTEXT: (
        "credentials-v2.json",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OB_CONTEXT: (
        "ob-v3p0-context-3.0.3.json",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
}
WORDS: Final[dict[str, type[StrEnum]]] = {
    "assessmentType": AssessmentType,
    "levelBasis": LevelBasis,
    "participationType": ModeOfDelivery,
    "studyLoadUnit": StudyLoadUnit,
    "supervisionType": Supervision,
}


class DroppedError(Exception):
    """A member of the credential means nothing in its contexts."""


def _load(url: str, _options: object = None) -> dict[str, object]:
    if url == NL_CONTEXT:
        raw = OURS.read_bytes()
    else:
        name, pin = THEIRS[url]
        raw = (files("openbadgeslib") / "ob3" / "contexts" / name).read_bytes()
        assert hashlib.sha256(raw).hexdigest() == pin
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": url,
        "document": json.loads(raw),
        "tag": "static",
    }


def _refuse(member: str | None) -> NoReturn:
    raise DroppedError(member)


def _expand(credential: JsonObject) -> JsonValue:
    """Expand in safe mode: what is dropped, or stays relative, is refused."""
    options = ExpandOptions(documentLoader=_load, base=NOWHERE)
    expanded: JsonValue = jsonld.expand(credential, options, on_property_dropped=_refuse)
    for iri in _iris(expanded):
        if ":" not in iri or iri.startswith(NOWHERE):
            raise DroppedError(iri)
    return expanded


def _iris(value: JsonValue) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _iris(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in {"@id", "@type"}:
                yield from [inner] if isinstance(inner, str) else map(str, _listed(inner))
            else:
                yield from _iris(inner)


def _listed(value: JsonValue) -> list[JsonValue]:
    assert isinstance(value, list)
    return value


def _members(value: JsonValue) -> Iterator[str]:
    for item in value if isinstance(value, list) else []:
        yield from _members(item)
    for name, inner in value.items() if isinstance(value, dict) else []:
        yield name
        yield from _members(inner)


def _at(document: JsonObject, *path: str) -> JsonObject:
    for step in path:
        inner = document[step]
        assert isinstance(inner, dict)
        document = inner
    return document


def _terms() -> JsonObject:
    context: JsonObject = json.loads(OURS.read_text(encoding="utf-8"))
    return _at(context, "@context", "NLMicrocredential", "@context")


@pytest.fixture(scope="module")
def wire() -> JsonObject:
    """Give the unsigned credential as the issuer makes it."""
    return issue().wire


@pytest.fixture
def achievement(wire: JsonObject) -> tuple[JsonObject, JsonObject]:
    """Give a credential to change, and the achievement in it."""
    changed = copy.deepcopy(wire)
    return changed, _at(changed, "credentialSubject", "achievement")


def test_every_member_of_our_credential_has_a_meaning(wire: JsonObject) -> None:
    expanded = list(_members(_expand(wire)))

    own = {name for name in _terms() if name not in {"@protected", "id", "type"}}
    assert {name.removeprefix(NAMESPACE) for name in expanded if NAMESPACE in name} >= own


def test_our_example_has_every_dutch_term(achievement: tuple[JsonObject, JsonObject]) -> None:
    own = {name for name in _terms() if name not in {"@protected", "id", "type"}}

    assert own <= set(achievement[1])


def test_no_member_of_an_achievement_is_without_a_term() -> None:
    theirs = _load(OB_CONTEXT)["document"]
    assert isinstance(theirs, dict)
    known = _at(theirs, "@context", "Achievement", "@context").keys() | {"name", "description"}
    aliases = {field.alias or name for name, field in Achievement.model_fields.items()}

    assert aliases - known <= set(_terms())


@pytest.mark.parametrize("term", WORDS)
def test_every_word_of_a_closed_list_has_its_own_meaning(
    term: str, achievement: tuple[JsonObject, JsonObject]
) -> None:
    credential, inner = achievement
    many = isinstance(inner[term], list)
    meanings = set()
    for word in WORDS[term]:
        inner[term] = [word.value] if many else word.value
        found = {iri for iri in _iris(_expand(credential)) if iri.startswith(f"{NAMESPACE}{term}-")}
        assert len(found) == 1
        meanings |= found

    scoped = _at(_terms(), term, "@context")
    assert len(meanings) == len(WORDS[term])
    assert set(scoped) - {"@protected"} == {word.value for word in WORDS[term]}


def test_a_member_nobody_defined_is_found_out(achievement: tuple[JsonObject, JsonObject]) -> None:
    credential, inner = achievement
    inner["honours"] = "cum laude"

    with pytest.raises(DroppedError):
        _expand(credential)


def test_a_word_nobody_defined_is_found_out(achievement: tuple[JsonObject, JsonObject]) -> None:
    credential, inner = achievement
    inner["levelBasis"] = "we-say-so"

    with pytest.raises(DroppedError):
        _expand(credential)


def test_our_terms_mean_nothing_outside_a_dutch_microcredential(
    achievement: tuple[JsonObject, JsonObject],
) -> None:
    credential, inner = achievement
    inner["type"] = ["Achievement"]

    with pytest.raises(DroppedError):
        _expand(credential)


def test_our_context_is_closed_protected_and_spelled_out() -> None:
    document: JsonObject = json.loads(OURS.read_text(encoding="utf-8"))
    context = _at(document, "@context")
    text = json.dumps(document)

    assert set(context) == {"@protected", "id", "type", "NLMicrocredential"}
    assert context["@protected"] is _terms()["@protected"] is True
    assert "@vocab" not in context.keys() | _terms().keys()
    assert text.count('"@context"') == text.count('"@protected": true')
    for term, meaning in _terms().items():
        if term not in {"@protected", "id", "type"}:
            assert isinstance(meaning, dict)
            assert meaning["@id"] == NAMESPACE + term


def test_our_context_is_the_one_that_was_published() -> None:
    assert hashlib.sha256(OURS.read_bytes()).hexdigest() == OURS_SHA256


def test_the_contexts_of_others_are_those_of_the_reference_material(shared_material: Path) -> None:
    folder = shared_material / "data" / "ob3" / "contexts"
    present = {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}

    assert {pin for _name, pin in THEIRS.values()} <= present


@pytest.fixture(scope="module")
def schema(shared_material: Path) -> Draft201909Validator:
    """Give the strict Open Badges 3.0 schema."""
    folder = shared_material / "data" / "ob3" / "schemas"
    text = (folder / "ob_v3p0_achievementcredential_schema.json").read_text(encoding="utf-8")
    return Draft201909Validator(json.loads(text))


def test_our_credential_fits_the_open_badges_schema(
    wire: JsonObject, schema: Draft201909Validator
) -> None:
    assert [error.message for error in schema.iter_errors(wire)] == []


def test_the_signed_payload_fits_the_open_badges_schema_too(schema: Draft201909Validator) -> None:
    payload = json.loads(issue().payload)

    assert {"iss", "jti", "sub", "nbf", "exp"} <= payload.keys()
    assert [error.message for error in schema.iter_errors(payload)] == []


@pytest.mark.parametrize("member", ["@context", "issuer", "validFrom", "credentialSubject"])
def test_the_schema_does_look(member: str, wire: JsonObject, schema: Draft201909Validator) -> None:
    lacking = {name: value for name, value in wire.items() if name != member}

    assert not schema.is_valid(lacking)
