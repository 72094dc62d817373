"""What only some machines have: reference material, Kafka, Node, a browser.

Apart from the tests that need it, so that one rule decides: absent on your machine a test skips
and says why; absent in CI it fails, because there everything is installed.
"""

import os
import shutil
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
IN_CI: Final = os.environ.get("CI", "").lower() in {"1", "true"}


def _beside_the_repository() -> Path | None:
    """Return the folder with schemas, contexts and vectors, if it stands beside the repository."""
    folder = ROOT.parent / "shared"
    return folder if (folder / "data").is_dir() else None


MATERIAL: Final = _beside_the_repository()


def need(what: str, *, present: bool) -> None:
    """Go on when it is there; otherwise skip with the reason, or fail in CI."""
    if present:
        return
    if IN_CI:
        pytest.fail(f"CI must have {what}.", pytrace=False)
    pytest.skip(f"{what} is not on this machine.")


def need_command(name: str) -> str:
    """Return the path of a program, or skip (in CI: fail) the test that cannot do without."""
    found = shutil.which(name)
    need(f"the program {name}", present=found is not None)
    return found or name


@pytest.fixture(scope="session")
def shared_material() -> Path:
    """Give the folder of reference material, `data/` and `standards/`, beside the repository."""
    need("the reference material ../shared", present=MATERIAL is not None)
    return MATERIAL or ROOT


@pytest.fixture(autouse=True)
def _marked_material(request: pytest.FixtureRequest) -> None:
    """Let `@pytest.mark.shared_material` do what asking for the fixture does."""
    if request.node.get_closest_marker("shared_material") is not None:
        request.getfixturevalue("shared_material")
