"""The official linter of the NL API Design Rules finds nothing in what the runtime describes."""

import json
from pathlib import Path

import anyio
import pytest
from httpx import AsyncClient

from tests.support.material import need_command

pytestmark = [pytest.mark.anyio, pytest.mark.node]
LINTER = "@stoplight/spectral-cli@6.16.3"


async def test_the_official_linter_finds_no_error(
    toy: AsyncClient, shared_material: Path, tmp_path: Path
) -> None:
    rules = shared_material / "data/netherlands/adr/adr-linter-main.yaml"
    file = tmp_path / "openapi.json"
    file.write_text(json.dumps((await toy.get("/v1/openapi.json")).json()))
    command = [need_command("npx"), "--yes", LINTER, "lint", "-r", str(rules), str(file)]

    with anyio.fail_after(180):
        lint = await anyio.run_process(command, check=False, cwd=tmp_path)

    said = lint.stdout.decode()
    assert lint.returncode == 0, said
    assert "warning" not in said
