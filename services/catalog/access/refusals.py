"""What the token endpoint refuses, in the words of RFC 6749 5.2 beside our own.

Apart from what is judged, because every judgement here ends in one of these few words; `error` is
what a program reads, the sentence is what a person reads.
"""

from typing import ClassVar, Final

from shared.errors import NotFoundError, Remedy, RuleError, UnauthenticatedError, WaarmerkError


class TokensNotIssuedError(NotFoundError):
    """This catalogue gives no access tokens: it was started without a key to seal theirs with."""

    code: ClassVar[str] = "tokens-not-issued"
    dutch: ClassVar[str] = (
        "Deze catalogus geeft geen access tokens: hij is gestart zonder sleutel om die van zulke "
        "tokens mee te verzegelen."
    )
    error: ClassVar[str] = "invalid_request"


class TokenRequestRefusedError(RuleError):
    """The token request misses something, has something twice, or is not a form."""

    code: ClassVar[str] = "token-request-refused"
    dutch: ClassVar[str] = (
        "In het tokenverzoek ontbreekt iets, staat iets dubbel, of het is geen formulier."
    )
    error: ClassVar[str] = "invalid_request"


class ClientRejectedError(UnauthenticatedError):
    """The client is not known, or its client assertion does not hold."""

    code: ClassVar[str] = "client-rejected"
    dutch: ClassVar[str] = "De client is niet bekend, of zijn client assertion klopt niet."
    remedy: ClassVar[Remedy | None] = (
        (
            "Sign a new client assertion: iss and sub the client id, aud the issuer of the "
            "metadata as one string, a new jti, ten minutes at most, with a key that is "
            "registered and has not ended."
        ),
        (
            "Onderteken een nieuwe client assertion: iss en sub het client-id, aud de issuer uit "
            "de metadata als één tekst, een nieuwe jti, hoogstens tien minuten, met een sleutel "
            "die is geregistreerd en niet is beëindigd."
        ),
    )
    error: ClassVar[str] = "invalid_client"
    challenge: ClassVar[str] = 'Bearer realm="waarmerk", error="invalid_client"'


class GrantTypeRefusedError(RuleError):
    """Only the grant type client_credentials is given here."""

    code: ClassVar[str] = "grant-type-refused"
    dutch: ClassVar[str] = "Hier kan alleen het grant type client_credentials."
    remedy: ClassVar[Remedy | None] = (
        "Send grant_type=client_credentials.",
        "Stuur grant_type=client_credentials.",
    )
    error: ClassVar[str] = "unsupported_grant_type"


class ScopeRefusedError(RuleError):
    """The client was not registered for a scope it asks for."""

    code: ClassVar[str] = "scope-refused"
    dutch: ClassVar[str] = "De client is niet geregistreerd voor een scope die hij vraagt."
    remedy: ClassVar[Remedy | None] = (
        (
            "Ask for scopes the client has, or none to get all of them; an administrator gives it "
            "more."
        ),
        (
            "Vraag om scopes die de client heeft, of om geen en krijg ze alle; een beheerder "
            "geeft hem er meer."
        ),
    )
    error: ClassVar[str] = "invalid_scope"


class ProofNeededError(RuleError):
    """The DPoP proof is missing, or does not fit this request."""

    code: ClassVar[str] = "dpop-proof-refused"
    dutch: ClassVar[str] = "Het DPoP-bewijs ontbreekt, of past niet bij dit verzoek."
    remedy: ClassVar[Remedy | None] = (
        "Make a new proof for POST and the address of the token endpoint; each is good once.",
        (
            "Maak een nieuw bewijs voor POST en het adres van het token endpoint; elk bewijs "
            "geldt één keer."
        ),
    )
    error: ClassVar[str] = "invalid_dpop_proof"


class NonceNeededError(RuleError):
    """The DPoP proof needs the nonce that this answer gives in DPoP-Nonce."""

    code: ClassVar[str] = "dpop-proof-without-nonce"
    dutch: ClassVar[str] = (
        "Het DPoP-bewijs heeft de nonce nodig die dit antwoord geeft in DPoP-Nonce."
    )
    remedy: ClassVar[Remedy | None] = (
        (
            "Put the value of DPoP-Nonce in the claim nonce of a new proof, with a new client "
            "assertion."
        ),
        (
            "Zet de waarde van DPoP-Nonce als nonce in een nieuw bewijs, en maak ook een nieuwe "
            "client assertion."
        ),
    )
    error: ClassVar[str] = "use_dpop_nonce"

    def __init__(self, nonce: str) -> None:
        """Keep the nonce to be used."""
        super().__init__()
        self.nonce = nonce


class CertificateNeededError(RuleError):
    """The client's tokens are bound to a certificate, and it showed none."""

    code: ClassVar[str] = "certificate-needed"
    dutch: ClassVar[str] = (
        "De tokens van deze client zijn gebonden aan een certificaat, en hij liet er geen zien."
    )
    remedy: ClassVar[Remedy | None] = (
        "Connect with the certificate of the client, through the proxy that passes it on.",
        "Maak verbinding met het certificaat van de client, via de proxy die het doorgeeft.",
    )
    error: ClassVar[str] = "invalid_request"


REFUSALS: Final[tuple[type[WaarmerkError], ...]] = (
    TokenRequestRefusedError,
    ClientRejectedError,
    GrantTypeRefusedError,
    ScopeRefusedError,
    ProofNeededError,
    NonceNeededError,
    CertificateNeededError,
    TokensNotIssuedError,
)
