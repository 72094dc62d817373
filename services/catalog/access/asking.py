"""A token request as it was sent: RFC 6749 4.4 with a client assertion of RFC 7521 4.2.

Apart from who sends it, because this much can be refused before anybody is believed:
1. it is a form, in UTF-8, and nothing of it is in the query (NL GOV profile: nothing secret there);
2. no parameter comes twice (RFC 6749 3.2); what we do not know is passed over;
3. the grant is client_credentials, and the client shows itself by an assertion only.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from services.catalog.access.refusals import (
    ClientRejectedError,
    GrantTypeRefusedError,
    ScopeRefusedError,
    TokenRequestRefusedError,
)

FORM: Final = "application/x-www-form-urlencoded"
GRANT_TYPE: Final = "client_credentials"
ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_MOST_PARAMETERS: Final = 32


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What a client asks: to be believed by its assertion, and for these scopes."""

    assertion: str
    client_id: str | None
    scopes: frozenset[str] | None

    def granted(self, allowed: Collection[str]) -> list[str]:
        """Return the scopes to give: those asked for, or all there are when none is named."""
        if self.scopes is None:
            return sorted(allowed)
        if not self.scopes.issubset(allowed):
            raise ScopeRefusedError
        return sorted(self.scopes)


def read_request(
    *, media_type: str, query: bytes, authorization: bool, body: bytes
) -> TokenRequest:
    """Read a token request, or raise what is wrong with it."""
    if query:  # 1
        raise _refused(
            "Nothing of a token request belongs in the address.",
            "In het adres hoort niets van een tokenverzoek.",
        )
    given = _form(media_type, body)
    if authorization or "client_secret" in given:  # 3
        raise ClientRejectedError(
            "A client shows itself by private_key_jwt only.",
            "Een client maakt zich alleen bekend met private_key_jwt.",
        )
    grant = given.get("grant_type", "")
    if not grant:
        raise _missing("grant_type")
    if grant != GRANT_TYPE:
        raise GrantTypeRefusedError
    if given.get("client_assertion_type", ASSERTION_TYPE) != ASSERTION_TYPE:
        raise _refused(
            f"The client_assertion_type is {ASSERTION_TYPE}.",
            f"Het client_assertion_type is {ASSERTION_TYPE}.",
        )
    for name in ("client_assertion_type", "client_assertion"):
        if not given.get(name):
            raise _missing(name)
    scope = given.get("scope")
    return TokenRequest(
        assertion=given["client_assertion"],
        client_id=given.get("client_id") or None,
        scopes=frozenset(scope.split(" ")) if scope else None,
    )


def _form(media_type: str, body: bytes) -> dict[str, str]:
    if media_type.partition(";")[0].strip().lower() != FORM:
        raise _refused(
            f"Send a form, with Content-Type: {FORM}.",
            f"Stuur een formulier, met Content-Type: {FORM}.",
        )
    try:
        pairs = parse_qsl(
            body.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MOST_PARAMETERS,
        )
    except ValueError:
        raise _refused("The form cannot be read.", "Het formulier is niet te lezen.") from None
    given = dict(pairs)
    if len(given) != len(pairs):  # 2
        raise _refused(
            "A parameter comes more than once.", "Een parameter komt meer dan eens voor."
        )
    return given


def _missing(name: str) -> TokenRequestRefusedError:
    return _refused(f"The parameter {name} is missing.", f"De parameter {name} ontbreekt.")


def _refused(sentence: str, dutch: str) -> TokenRequestRefusedError:
    return TokenRequestRefusedError(sentence, dutch)
