"""The secrets of a sandbox: made once in its folder, readable by its owner only, found again later.

Apart from the supervisor, because `waarmerk token` needs them while the demo runs. A sandbox signs
its own access tokens; a real installation has a real authorisation server and a real key store.
"""

import json
import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from joserfc.jwk import ECKey

from shared.runtime.access import mint_token
from shared.runtime.settings import TokenIssuer

TOKEN_ISSUER = "https://sandbox.waarmerk.example"  # noqa: S105 - the name of an issuer
AUDIENCE = "urn:waarmerk"
CLIENT = "mc_test_sandbox"
FILE = "sandbox.json"


class NoSandboxError(FileNotFoundError):
    """There is no sandbox in this folder; `waarmerk demo` makes one."""


class SandboxUnreadableError(ValueError):
    """The sandbox file cannot be read; without its keys the data beside it cannot be opened."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The secrets of a sandbox."""

    token_key: dict[str, str]
    key_encryption_key: str
    pseudonym_key: str
    trust_key: str = ""
    log_key: str = ""

    @property
    def token_issuer(self) -> TokenIssuer:
        """Return whom the services trust for access tokens: us, by our public key."""
        public = {name: value for name, value in self.token_key.items() if name != "d"}
        return TokenIssuer(issuer=TOKEN_ISSUER, algorithms=("ES256",), jwks={"keys": [{**public}]})

    @property
    def issuer_keys(self) -> dict[str, str]:
        """Return what the issuer seals and names learners with, as its settings say it."""
        return {
            "key_encryption_key": self.key_encryption_key,
            "pseudonym_key": self.pseudonym_key,
        }

    def token(
        self,
        organisation: str,
        scopes: Sequence[str],
        *,
        client: str = CLIENT,
        subject: str | None = None,
    ) -> str:
        """Sign an access token for ten minutes, of a client or of a person who works through it."""
        return mint_token(
            {**self.token_key},
            issuer=TOKEN_ISSUER,
            audience=AUDIENCE,
            organisation=organisation,
            scopes=scopes,
            client=client,
            subject=subject,
        )


def find_sandbox(folder: Path) -> Sandbox:
    """Return the sandbox in this folder."""
    try:
        return Sandbox(**json.loads((folder / FILE).read_text()))
    except FileNotFoundError:
        raise NoSandboxError(NoSandboxError.__doc__) from None
    except (ValueError, TypeError):
        raise SandboxUnreadableError(SandboxUnreadableError.__doc__) from None


def open_sandbox(folder: Path) -> Sandbox:
    """Return the sandbox in this folder; make it first if there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        found = find_sandbox(folder)
    except NoSandboxError:
        found = _make_sandbox()
    else:
        if found.trust_key and found.log_key:
            return found
    # Sandboxes of before had no trust anchor or no log; all else in them stays as it is.
    trust_key = found.trust_key or json.dumps(ECKey.generate_key("P-256").as_dict(private=True))
    whole = replace(found, trust_key=trust_key, log_key=found.log_key or _random_key())
    _keep(whole, folder)
    return whole


def _make_sandbox() -> Sandbox:
    generated = ECKey.generate_key("P-256")
    # Whoever meets this key in a log or a setting must see that it proves nothing.
    key = ECKey.import_key(
        {**generated.as_dict(private=True), "kid": f"mc_test_{generated.thumbprint()}"}
    )
    return Sandbox(
        token_key={name: str(value) for name, value in key.as_dict(private=True).items()},
        key_encryption_key=_random_key(),
        pseudonym_key=_random_key(),
    )


def _keep(sandbox: Sandbox, folder: Path) -> None:
    # Whole or not at all, also when we are killed half way: the data can be opened by these only.
    half = folder / f".{FILE}.{os.getpid()}"
    with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(sandbox), file)
        file.flush()
        os.fsync(file.fileno())
    half.rename(folder / FILE)


def _random_key() -> str:
    return urlsafe_b64encode(secrets.token_bytes(32)).rstrip(b"=").decode()
