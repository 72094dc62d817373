"""deploy/settings.md names every setting there is, and none that is not."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.support.material import ROOT
from tests.support.settings import PREFIX, SERVICES, settings_of, variables_of

PAGE = (ROOT / "deploy" / "settings.md").read_text(encoding="utf-8")
DOCUMENTED = re.findall(rf"^\| `({PREFIX}[A-Z_]+)` \| ([^|]+) \|", PAGE, re.MULTILINE)


@pytest.mark.parametrize("service", SERVICES)
def test_every_setting_is_documented(service: str) -> None:
    assert variables_of(service) - {name for name, _ in DOCUMENTED} == set()


def test_no_setting_is_documented_that_no_service_reads() -> None:
    read = set().union(*map(variables_of, SERVICES))

    assert set(re.findall(rf"{PREFIX}[A-Z_]+", PAGE)) - read == set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_documented_default_is_the_real_one(service: str) -> None:
    fields = settings_of(service).model_fields
    for name, documented in DOCUMENTED:
        field = fields.get(name.removeprefix(PREFIX).lower())
        if field is not None:
            shown = "must be given" if field.is_required() else plain(field.default)
            assert documented.strip() == shown, name


def test_a_service_takes_its_settings_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", "postgresql://registry@localhost/registry")
    monkeypatch.setenv(f"{PREFIX}PUBLIC_URL", "https://registry.waarmerk.example/")

    settings = settings_of("registry")()

    assert settings.public_url == "https://registry.waarmerk.example"


def test_every_fault_in_the_settings_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}DATABASE_URL", "mysql://secret-place")
    monkeypatch.setenv(f"{PREFIX}PORT", "70000")

    with pytest.raises(ValidationError) as refused:
        settings_of("registry")()

    assert {error["loc"] for error in refused.value.errors()} == {
        ("database_url",),
        ("port",),
        ("public_url",),
    }
    assert "secret-place" not in str(refused.value)


def plain(default: object) -> str:
    """Write a default as the page does: as one would in the environment, in backquotes."""
    if default is None:
        return "none"
    if isinstance(default, Path):
        default = default.relative_to(ROOT).as_posix()
    if isinstance(default, tuple):
        default = "[]"
    return f"`{default:g}`" if isinstance(default, float) else f"`{default}`"
