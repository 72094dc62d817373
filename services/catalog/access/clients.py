"""Machine clients: systems that act for an organisation, registered by an administrator.

Apart from the requests they make later, because this is where it is decided what they can ever get:
1. an administrator registers clients of their own organisation; the steward of any;
2. no client may do more than its organisation: recording organisations and policies is the
   steward's own;
3. who may register clients is told by the steward only;
4. what the steward blocked, only the steward lets in again.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from uuid import UUID

from shared.errors import Fault, NotFoundError, NotPermittedError, Remedy, RuleError
from shared.strict_json import JsonObject

STEWARDS_OWN: Final = frozenset({"organisations:write", "policies:write"})
GIVEN_BY_STEWARD: Final = frozenset({"clients:write"})


class ClientUnknownError(NotFoundError):
    """There is no such client, or it is another organisation's."""

    code: ClassVar[str] = "client-unknown"
    dutch: ClassVar[str] = "Deze client is er niet, of hoort bij een andere organisatie."


class NotTheAdministratorError(NotPermittedError):
    """An administrator registers clients of their own organisation only."""

    code: ClassVar[str] = "not-the-administrator"
    dutch: ClassVar[str] = "Een beheerder registreert alleen clients van de eigen organisatie."
    remedy: ClassVar[Remedy | None] = (
        "Ask an administrator of that organisation, or the steward of the catalogue.",
        "Vraag het een beheerder van die organisatie, of de beheerder van de catalogus.",
    )


class BlockedByStewardError(NotPermittedError):
    """The steward blocked this client, so only the steward lets it in again."""

    code: ClassVar[str] = "blocked-by-steward"
    dutch: ClassVar[str] = (
        "De beheerder van de catalogus blokkeerde deze client en laat hem als enige weer toe."
    )
    remedy: ClassVar[Remedy | None] = (
        "Ask the steward of the catalogue why, and to let it in again.",
        "Vraag de beheerder van de catalogus waarom, en om de client weer toe te laten.",
    )


class ClientRefusedError(RuleError):
    """The client cannot be registered like this."""

    code: ClassVar[str] = "client-refused"
    dutch: ClassVar[str] = "De client kan zo niet worden geregistreerd."


class Binding(StrEnum):
    """What a client's tokens are always bound to, besides what it proves by itself."""

    NONE = "none"
    DPOP = "dpop"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A public key of a client, as a JWK with `kid` and `alg`; it may end at a moment."""

    jwk: JsonObject
    ends_at: datetime | None = None

    @property
    def kid(self) -> str:
        """Return the name of the key."""
        return str(self.jwk["kid"])

    def holds_at(self, now: datetime) -> bool:
        """Say whether what is signed with it now is taken."""
        return self.ends_at is None or now < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedClient:
    """What an administrator says of a client; its keys are here, or at an address."""

    organisation: str
    name: str
    scopes: frozenset[str]
    keys: tuple[ClientKey, ...]
    jwks_url: str | None
    binding: Binding
    is_blocked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A registered client."""

    client_id: UUID
    organisation: str
    name: str
    scopes: frozenset[str]
    keys: tuple[ClientKey, ...]
    jwks_url: str | None
    binding: Binding
    blocked_by: str | None
    revision: int
    registered_at: datetime
    changed_at: datetime
    changed_by: str

    @property
    def is_blocked(self) -> bool:
        """Say whether it gets no tokens."""
        return self.blocked_by is not None


@dataclass(frozen=True, slots=True)
class Administrator:
    """Who registers a client: for which organisation, through which client; is it the steward."""

    organisation: str
    client: str
    is_steward: bool


def decide_client(
    wanted: WantedClient,
    known: Client | None,
    *,
    client_id: UUID,
    by: Administrator,
    steward: str,
    now: datetime,
) -> Client:
    """Return the client as it is from now on; the known one itself when nothing changes.

    Its keys were read before: `key_sets.read_keys`.
    """
    if not by.is_steward and wanted.organisation != by.organisation:  # 1
        raise NotTheAdministratorError
    held = known.scopes if known is not None else frozenset()
    faults = scope_faults(wanted, held=held, by=by, steward=steward)  # 2, 3
    if faults:
        raise ClientRefusedError(faults=tuple(faults))
    decided = Client(
        client_id=client_id,
        organisation=wanted.organisation,
        name=wanted.name,
        scopes=wanted.scopes,
        keys=wanted.keys,
        jwks_url=wanted.jwks_url,
        binding=wanted.binding,
        blocked_by=_blocked_by(wanted, known, by=by, steward=steward),  # 4
        revision=known.revision + 1 if known is not None else 1,
        registered_at=known.registered_at if known is not None else now,
        changed_at=now,
        changed_by=by.client,
    )
    return known if known is not None and _is_same(known, decided) else decided


def _blocked_by(
    wanted: WantedClient, known: Client | None, *, by: Administrator, steward: str
) -> str | None:
    """Return the organisation that blocks the client from now on, if one does."""
    blocked_by = known.blocked_by if known is not None else None
    if wanted.is_blocked:
        return by.organisation if by.is_steward or blocked_by is None else blocked_by
    if blocked_by == steward and not by.is_steward:
        raise BlockedByStewardError
    return None


def scope_faults(
    wanted: WantedClient, *, held: Collection[str], by: Administrator, steward: str
) -> list[Fault]:
    """Return what is wrong with the scopes somebody wants for a client."""
    faults = []
    if wanted.organisation != steward and (beyond := sorted(wanted.scopes & STEWARDS_OWN)):
        names = ", ".join(beyond)
        sentence = f"Only clients of the steward can have {names}."
        dutch = f"Alleen clients van de beheerder van de catalogus kunnen {names} krijgen."
        faults.append(Fault("/scopes", "scope-of-steward", sentence, dutch))
    added = (wanted.scopes & GIVEN_BY_STEWARD) - frozenset(held)
    if added and not by.is_steward:
        names = ", ".join(sorted(added))
        sentence = f"Only the steward gives a client {names}."
        dutch = f"Alleen de beheerder van de catalogus geeft een client {names}."
        faults.append(Fault("/scopes", "scope-given-by-steward", sentence, dutch))
    return faults


def _is_same(known: Client, decided: Client) -> bool:
    """Say whether a change changes nothing that anybody can see."""
    return _said_of(known) == _said_of(decided)


def _said_of(client: Client) -> tuple[object, ...]:
    return (
        client.name,
        client.scopes,
        client.keys,
        client.jwks_url,
        client.binding,
        client.blocked_by,
    )
