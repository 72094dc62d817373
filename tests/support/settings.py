"""What each service reads from its environment, as the code has it."""

import importlib
from typing import Final

from fastapi import FastAPI

from shared.runtime.settings import ServiceSettings

PREFIX: Final = "WAARMERK_"
PLAUSIBLE: Final = {
    "database_url": "postgresql://nobody@127.0.0.1:1/nothing",
    "key_encryption_key": "A" * 43,
    "pseudonym_key": "A" * 43,
    "log_key": "A" * 43,
}
SERVICES: Final = ("catalog", "issuer", "registry", "verifier")


def settings_of(service: str) -> type[ServiceSettings]:
    """Return the settings class of a service."""
    settings: type[ServiceSettings] = importlib.import_module(
        f"services.{service}.settings"
    ).Settings
    return settings


def variables_of(service: str) -> set[str]:
    """Return every variable that a service reads."""
    return {PREFIX + name.upper() for name in settings_of(service).model_fields}


def demanded_of(service: str) -> set[str]:
    """Return every variable that a service cannot start without."""
    fields = settings_of(service).model_fields
    return {PREFIX + name.upper() for name, field in fields.items() if field.is_required()}


def plausible_settings(service: str) -> ServiceSettings:
    """Return settings that are complete, and lead to no server."""
    kind = settings_of(service)
    given = {name: value for name, value in PLAUSIBLE.items() if name in kind.model_fields}
    return kind.model_validate(given | {"public_url": f"https://{service}.waarmerk.example"})


def app_of(service: str) -> FastAPI:
    """Build the application of a service without any server behind it."""
    app = importlib.import_module(f"services.{service}.app").create_app(plausible_settings(service))
    assert isinstance(app, FastAPI)
    return app
