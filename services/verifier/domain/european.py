"""A European digital credential, as far as it is shown: in its own words, and in those of its seal.

Apart from the credentials of our own model, because this one says other things in another way, and
whoever sealed it is known by a certificate and not by the catalogue.
"""

from dataclasses import dataclass, field
from datetime import datetime

from services.verifier.domain.text import Text
from shared.proofs.certificate_paths import CertificateHolder, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class EuropeanCredential:
    """What it claims (European Learning Model 3), and what the certificate of its seal says."""

    credential_id: str
    title: Text
    achievements: tuple[Text, ...] = ()
    holder_name: Text | None = field(default=None, repr=False)
    issuer_name: Text | None = None
    issuer_id: str = ""
    """`eIDASIdentifier`: what stands in the certificate of an honest issuer too."""
    sealer: CertificateHolder
    standing: Standing
    sealed_at: datetime
    issued_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    @property
    def is_sealed_by_issuer(self) -> bool:
        """Say whether credential and certificate name the same: by number, or else by name.

        Somebody may seal for another who asked them to; then they differ, and that is said.
        """
        if self.issuer_id and self.sealer.organisation_id:
            return self.issuer_id == self.sealer.organisation_id
        named = (self.issuer_name.nl, self.issuer_name.en) if self.issuer_name else ()
        return _plain(self.sealer.best_name) in {_plain(one) for one in named}


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())
