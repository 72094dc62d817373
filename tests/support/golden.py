"""Golden files: what a pure function gives, kept to be read; `pytest --update-golden` renews them.

A file that had to be renewed fails its test once, so that nobody renews them unseen.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Golden = Callable[[Path, Any], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the way to renew them."""
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files anew instead of comparing"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Give a comparison of JSON with what was kept of it."""
    renews = bool(request.config.getoption("--update-golden"))

    def compare(path: Path, found: Any) -> None:
        text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
        if renews and (not path.exists() or path.read_text("utf-8") != text):
            path.write_text(text, "utf-8")
            pytest.fail(f"{path.name} was written anew; read what changed.", pytrace=False)
        assert json.loads(path.read_text("utf-8")) == json.loads(text)

    return compare
