"""A PKCS#11 token for a whole test run: SoftHSM 2, as Debian packages it, in a folder of its own.

Where it is missing these tests skip (in CI they fail). The library reads its settings once per
process, so there is one token; tests tell their keys apart by organisation.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from services.issuer.signing import TokenPlace
from tests.support.material import need_command

LABEL: Final = "waarmerk-tests"
PIN: Final = "mc-test-pin"
_LIBRARY: Final = "libsofthsm2.so"
_FOLDERS: Final = (Path("/usr/lib"), Path("/usr/lib64"), Path("/usr/local/lib"), Path("/opt"))


@pytest.fixture(scope="session")
def token_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TokenPlace]:
    """Give a fresh token with a PIN."""
    need_command("softhsm2-util")
    folder = tmp_path_factory.mktemp("softhsm")
    with token_in(folder) as place:
        yield place


@contextmanager
def token_in(folder: Path) -> Iterator[TokenPlace]:
    """Keep a token in a folder, for as long as the block lasts."""
    before = os.environ.get("SOFTHSM2_CONF")
    tokens = folder / "tokens"
    tokens.mkdir()
    settings = folder / "softhsm2.conf"
    settings.write_text(
        f"directories.tokendir = {tokens}\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    os.environ["SOFTHSM2_CONF"] = str(settings)
    given = {"--label": LABEL, "--so-pin": PIN, "--pin": PIN}
    words = [word for pair in given.items() for word in pair]
    try:
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", *words], check=True, capture_output=True
        )
        yield TokenPlace(module=str(_library()), label=LABEL, pin=PIN)
    finally:
        if before is None:
            os.environ.pop("SOFTHSM2_CONF", None)
        else:
            os.environ["SOFTHSM2_CONF"] = before


def _library() -> Path:
    for folder in _FOLDERS:
        for found in folder.glob(f"**/softhsm/{_LIBRARY}"):
            return found
    raise FileNotFoundError(_LIBRARY)
