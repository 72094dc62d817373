"""What somebody asks over HTTP: a credential, whose it should be, and the proof kept beside it.

Apart from the answer, which says a great deal more.
"""

from typing import Annotated

from pydantic import Field

from services.verifier.checks.holder import AskedHolder, IdentifierKind
from services.verifier.schemas.examples import CREDENTIAL, LOG_PROOF
from shared.runtime.api_model import ApiModel


class WantedHolder(ApiModel):
    """The person somebody says a credential is of: one identifier, as it was given to them."""

    kind: IdentifierKind = Field(examples=[IdentifierKind.EMAIL])
    value: Annotated[
        str, Field(min_length=1, max_length=320, examples=["sam.devries@student.example.nl"])
    ]

    def asked(self) -> AskedHolder:
        """Return it as the checks take it."""
        return AskedHolder(self.kind, self.value)


class WantedVerification(ApiModel):
    """A credential somebody was shown, as the text it was given in."""

    credential: Annotated[
        str,
        Field(
            min_length=1,
            max_length=400_000,
            description="VC-JWT: compact JWS, `typ` JWT or vc+jwt",
            examples=[CREDENTIAL],
        ),
    ]
    holder: WantedHolder | None = Field(
        default=None, description="to hear as well whether it is of this person; kept nowhere"
    )
    log_proof: (
        Annotated[str, Field(min_length=1, max_length=400_000, examples=[LOG_PROOF])] | None
    ) = Field(
        default=None,
        description="proof from the register's log (C2SP tlog-proof) that was kept with it: needed "
        "when the issuer's key fell into the wrong hands later, and only looked at then",
    )

    def asked(self) -> AskedHolder | None:
        """Return the person who is named, if anybody."""
        return self.holder.asked() if self.holder else None
