"""A sandbox keeps its secrets for its owner, and what it signs is visibly a test."""

import base64
import json
from dataclasses import asdict
from pathlib import Path

import pytest

from services.demo.sandbox import (
    FILE,
    NoSandboxError,
    SandboxUnreadableError,
    find_sandbox,
    open_sandbox,
)
from shared.proofs.keys import SigningKey


def part_of(token: str, number: int) -> dict[str, object]:
    part = token.split(".")[number]
    read: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def test_a_sandbox_is_found_again_as_it_was(tmp_path: Path) -> None:
    made = open_sandbox(tmp_path / "data")

    assert open_sandbox(tmp_path / "data") == find_sandbox(tmp_path / "data") == made


def test_only_its_owner_reads_its_secrets(tmp_path: Path) -> None:
    open_sandbox(tmp_path)

    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_its_keys_and_clients_are_visibly_a_test(tmp_path: Path) -> None:
    token = open_sandbox(tmp_path).token("00000099000000210000", ["awards:write"])

    assert str(part_of(token, 0)["kid"]).startswith("mc_test_")
    assert str(part_of(token, 1)["client_id"]).startswith("mc_test_")


def test_the_services_are_told_the_public_half_only(tmp_path: Path) -> None:
    sandbox = open_sandbox(tmp_path)

    assert sandbox.token_key["d"] not in sandbox.token_issuer.model_dump_json()


def test_a_sandbox_of_before_becomes_a_trust_anchor_and_keeps_its_secrets(tmp_path: Path) -> None:
    made = asdict(open_sandbox(tmp_path))
    del made["trust_key"]
    (tmp_path / FILE).write_text(json.dumps(made))

    opened = open_sandbox(tmp_path)

    assert SigningKey.read_jwk(opened.trust_key).public.thumbprint
    assert made.items() <= asdict(opened).items()
    assert open_sandbox(tmp_path) == opened


def test_no_sandbox_is_told_from_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(NoSandboxError):
        find_sandbox(tmp_path)
    (tmp_path / FILE).write_text("{")
    with pytest.raises(SandboxUnreadableError):
        open_sandbox(tmp_path)
