"""Settings come from the environment, all errors at once, and never tell a secret."""

from typing import ClassVar

import pytest
from pydantic import ValidationError

from shared.runtime.settings import ServiceSettings, TokenIssuer

DATABASE = "postgresql://ledger:secret@127.0.0.1:5432/ledger"


class LedgerSettings(ServiceSettings):
    service: ClassVar[str] = "ledger"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAARMERK_DATABASE_URL", DATABASE)
    monkeypatch.setenv("WAARMERK_PUBLIC_URL", "https://ledger.waarmerk.example/")
    monkeypatch.setenv(
        "WAARMERK_TOKEN_ISSUERS",
        '[{"issuer": "https://login.example", "jwks_url": "https://login.example/jwks"}]',
    )
    monkeypatch.setenv("WAARMERK_LOG_LEVEL", "")

    settings = LedgerSettings.model_validate({})

    assert settings.public_url == "https://ledger.waarmerk.example"
    assert settings.source == "urn:nld:oin:00000099000000000000:systeem:ledger"
    assert settings.token_issuers[0].algorithms == ("RS256", "PS256", "ES256")
    assert settings.log_level == "INFO"


def test_all_errors_are_told_at_once_and_no_value() -> None:
    with pytest.raises(ValidationError) as caught:
        LedgerSettings(database_url="mysql://root:secret@db", public_url="nowhere", port=70_000)

    assert {error["loc"][0] for error in caught.value.errors()} == {
        "database_url",
        "public_url",
        "port",
    }
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("places", [{}, {"jwks_file": "a", "jwks_url": "https://b.example"}])
def test_a_token_issuer_has_exactly_one_key_set(places: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        TokenIssuer.model_validate({"issuer": "https://login.example"} | places)


def test_settings_do_not_change() -> None:
    settings = LedgerSettings(database_url=DATABASE, public_url="https://ledger.example")

    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc] # on purpose
