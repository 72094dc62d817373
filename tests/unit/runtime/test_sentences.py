"""Every refusal, wherever it is written, says its sentence in English and in Dutch."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, get_args

import pytest
from pydantic_core.core_schema import ErrorType

import services
import shared
from shared.errors import WaarmerkError
from shared.runtime.problems import dutch_title_of, title_of
from shared.runtime.sentences import ANY_OTHER, OF_KIND, OF_PATTERN, Sentence

ROOT: Final = Path(shared.__file__).parent.parent
PRONOUNS: Final = re.compile(r"\b(je|jij|jouw|jullie)\b", re.IGNORECASE)
DIALOGUE: Final = ("services/demo/",)
PYDANTIC: Final = frozenset(get_args(ErrorType))


def every_error() -> Iterator[type[WaarmerkError]]:
    """Yield every class of error there is, once all modules are read."""
    for root in (services, shared):
        for module in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
            if "__main__" not in module.name and ".migrations" not in module.name:
                importlib.import_module(module.name)
    waiting: list[type[WaarmerkError]] = [WaarmerkError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith(("services.", "shared.")):
            yield kind


ERRORS: Final = sorted(set(every_error()), key=lambda kind: (kind.__module__, kind.__name__))
NAMES: Final = {kind.__name__ for kind in ERRORS}
TAKE_WORDS: Final = {
    kind.__name__ for kind in ERRORS if "detail" in inspect.signature(kind).parameters
}


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_error_has_its_sentence_in_both_languages(kind: type[WaarmerkError]) -> None:
    assert "dutch" in vars(kind), "a class says its own sentence in Dutch"
    assert_is_sentence(Sentence(kind.sentence(), kind.dutch))
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kind.code)
    for title in (title_of(kind.code), dutch_title_of(kind)):
        assert 3 <= len(title) <= 120
        assert title[0].isupper() or title[0] == "`"
        assert not title.endswith((".", ",", ";"))


def assert_is_sentence(sentence: Sentence) -> None:
    for text in sentence:
        assert text[:1].isupper() or text.startswith(("true", "`"))
        assert text.rstrip().endswith((".", "}"))
    assert not PRONOUNS.search(sentence.nl), "people are addressed as u"
    assert sentence.en != sentence.nl


@pytest.mark.parametrize("kind", OF_KIND)
def test_every_fault_of_form_has_its_sentence_in_both_languages(kind: str) -> None:
    assert_is_sentence(OF_KIND[kind])
    assert kind in PYDANTIC
    english, dutch = (set(re.findall(r"\{(\w+)\}", text)) for text in OF_KIND[kind])
    assert english == dutch


@pytest.mark.parametrize("pattern", OF_PATTERN)
def test_every_form_of_text_has_its_sentence_in_both_languages(pattern: str) -> None:
    re.compile(pattern)
    assert_is_sentence(OF_PATTERN[pattern])
    assert "{" not in "".join(OF_PATTERN[pattern])


def test_whatever_else_is_wrong_has_a_sentence_too() -> None:
    assert_is_sentence(ANY_OTHER)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Yield every call in our code: where, of what, and how; `super` is of the class it is in."""
    for folder in ("services", "shared"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            if where.startswith(DIALOGUE):
                continue
            tree = ast.parse(path.read_text())
            parents = {
                id(inner): node.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ClassDef)
                for inner in ast.walk(node)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    name = name_of(node.func)
                    name = parents.get(id(node), "") if name == "__init__" else name
                    yield f"{where}:{node.lineno}", name, node


def name_of(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


CALLS: Final = list(calls())


def is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_an_error_raised_with_words_of_its_own_has_them_in_both_languages() -> None:
    english_only = [
        where
        for where, name, call in CALLS
        if name in (NAMES if name_of(call.func) == "__init__" else TAKE_WORDS)
        and call.args
        and is_text(call.args[0])
        and len(call.args) < 2
        and not any(keyword.arg == "dutch" for keyword in call.keywords)
    ]

    assert english_only == []


def test_a_fault_always_says_its_sentence_in_both_languages() -> None:
    needed = {"Fault": 4, "RequestFault": 5}
    english_only = [
        where
        for where, name, call in CALLS
        if name in needed
        and len(call.args) < needed[name]
        and not any(isinstance(argument, ast.Starred) for argument in call.args)
        and not any(keyword.arg == "dutch" for keyword in call.keywords)
    ]

    assert english_only == []


def test_a_fault_of_a_validator_holds_nothing_that_was_sent() -> None:
    made_up = [
        where
        for where, name, call in CALLS
        if name == "fault" and not where.startswith("shared/contracts/requests.py")
        for argument in call.args
        for part in ast.walk(argument)
        if isinstance(argument, ast.JoinedStr | ast.BinOp | ast.Call)
        if isinstance(part, ast.Name) and not part.id.isupper()
    ]

    assert made_up == [], "a sentence is made of words and of our own constants"
