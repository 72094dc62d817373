"""Every target holds for its seeds and for all that ever broke it, without a fuzzer."""

from collections.abc import Iterator
from typing import Final

import pytest

from tests.fuzz.found import FOUND
from tests.fuzz.judging import RUNNER
from tests.fuzz.targets import TARGETS
from tests.fuzz.words import dictionary

# Of a workbook without a style sheet openpyxl says so; its reader's process says nothing at all.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")
_FOUND: Final = [
    (name, what, given) for name, inputs in FOUND.items() for what, given in inputs.items()
]


@pytest.fixture(scope="module", autouse=True)
def _ended() -> Iterator[None]:
    yield
    RUNNER.close()


@pytest.mark.parametrize("name", TARGETS)
def test_each_target_holds_for_its_seeds(name: str) -> None:
    inputs = TARGETS[name].inputs()

    assert inputs
    for given in inputs:
        TARGETS[name].try_one(given)


@pytest.mark.parametrize("name", TARGETS)
def test_each_target_holds_for_its_seeds_cut_short_and_changed(name: str) -> None:
    for given in TARGETS[name].inputs()[:8]:
        for cut in (0, 1, len(given) // 2, len(given) - 1):
            TARGETS[name].try_one(given[:cut])
            TARGETS[name].try_one(given[:cut] + bytes([given[cut] ^ 0x20]) + given[cut + 1 :])


@pytest.mark.parametrize(
    ("name", "given"),
    [(name, given) for name, _, given in _FOUND],
    ids=[f"{name}: {what}" for name, what, _ in _FOUND],
)
def test_what_once_broke_a_target_no_longer_does(name: str, given: bytes) -> None:
    TARGETS[name].try_one(given)


def test_the_words_of_the_field_are_written_as_libfuzzer_reads_them() -> None:
    lines = dictionary().splitlines()

    assert len(lines) == len(set(lines)) > 100
    assert all(line.isascii() and line.startswith('"') and line.endswith('"') for line in lines)
    assert '"\\x89PNG\\x0d\\x0a\\x1a\\x0a"' in lines
