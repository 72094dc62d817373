"""Every verdict a page can show, each with what is handed in for it.

Apart from the tests, because the pages are looked at as HTML and in a browser alike. All of it is
true in one world at once; only an issuer that has left needs a world of its own.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from PIL import Image

from services.verifier.domain.verdict import Look
from shared.contracts.award import Suspension
from shared.contracts.events import (
    Event,
    OrganisationRecorded,
    RegistrationErased,
    RegistrationState,
)
from shared.contracts.registration import Registration
from shared.contracts.vocabulary import RegistrationStatus, SuspensionReason
from tests.support.handing import TOKEN, a_page, a_pdf_with, a_zip, as_bytes
from tests.support.sealed_documents import a_european, seal_document
from tests.support.seals import alter_pdf, seal_pdf
from tests.unit.verifier.forge import (
    NOW,
    OIN,
    STRANGER,
    Change,
    a_token,
    both,
    drop,
    payload_of,
    put,
)
from tests.unit.verifier.world import a_registration, an_organisation, replacing

LINK: Final = "https://verifier.waarmerk.example/s/7Q4K-M2XD-9HT7#kJ3sYw0Qm2f8ZrT1vB6c"
MISTYPED: Final = "7Q4K-M2XD-9TH7"
OPEN_BADGE_2: Final = json.dumps(
    {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://badges.example.nl/assertions/1",
        "badge": "https://badges.example.nl/badges/1",
        "recipient": {"type": "email", "hashed": False, "identity": "sam@example.nl"},
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2024-01-01T00:00:00Z",
    }
)
SUSPENDED: Final = Suspension(
    reason=next(iter(SuspensionReason)), suspended_at=NOW - timedelta(days=3)
)


@dataclass(frozen=True)
class Case:
    """What somebody hands in, and the look and the beginning of the verdict on it."""

    look: Look
    title: str
    text: str = ""
    holder: str = ""
    kind: str = "name"
    file: bytes = b""
    name: str = "bewijs"

    @property
    def form(self) -> dict[str, str]:
        """Return it as the fields of the form."""
        return {"credential": self.text, "holder": self.holder, "holderKind": self.kind}

    @property
    def files(self) -> dict[str, tuple[str, bytes]]:
        """Return it as the files of the form."""
        return {"file": (self.name, self.file)} if self.file else {}


@dataclass
class Gallery:
    """All cases by name, and all that a verifier has to hear for them."""

    token: str
    events: list[Event] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)

    def add(
        self,
        state: str,
        look: Look,
        title: str,
        *changes: Change,
        status: RegistrationStatus = RegistrationStatus.ACTIVE,
        **facts: object,
    ) -> str:
        """Add a credential of its own that the register holds with these facts."""
        number = 100 + len(self.cases)
        urn = f"urn:uuid:{UUID(int=number)}"
        token = a_token(put("id", urn), put("jti", urn), *changes)
        held = a_registration(payload_of(token), status=status).model_copy(
            update={
                "registration_id": UUID(int=1_000 + number),
                "credential_id": UUID(int=number),
                **facts,
            }
        )
        self.events.append(RegistrationState(record_version=1, registration=held))
        self.cases[state] = Case(look, title, token)
        return token

    def last(self) -> Registration:
        """Return what the register holds of the newest."""
        event = self.events[-1]
        assert isinstance(event, RegistrationState)
        return event.registration


def a_gallery(token: str) -> Gallery:
    """Hang everything there is; `token` is an honest credential the verifier knows."""
    gallery = Gallery(token)
    _hang_valid(gallery)
    _hang_dated(gallery)
    _hang_doubtful(gallery)
    _hang_altered(gallery)
    _hang_sealed(gallery)
    _hang_unreadable(gallery)
    return gallery


def who_left() -> OrganisationRecorded:
    """Announce that our issuer's recognition ended after the award."""
    return OrganisationRecorded(
        record_version=2, organisation=an_organisation(until=date(2026, 6, 1))
    )


def _hang_valid(gallery: Gallery) -> None:
    cases, token = gallery.cases, gallery.token
    cases["valid"] = Case(Look.GREEN, "Echt en geldig", token)
    cases["valid-of-person"] = Case(Look.GREEN, "Echt en geldig", token, holder="sam  de vries")
    cases["valid-pdf"] = Case(
        Look.GREEN, "Echt en geldig", file=a_pdf_with("bewijs.jwt", token.encode()), name="a.pdf"
    )


def _hang_dated(gallery: Gallery) -> None:
    ended = {"validUntil": "2026-11-01T00:00:00Z", "exp": 1_793_491_200}
    gallery.add(
        "expired",
        Look.AMBER,
        "Echt, maar verlopen op 1 november 2026",
        *(put(name, value) for name, value in ended.items()),
    )
    gallery.add(
        "not-yet-valid",
        Look.AMBER,
        "Echt, maar pas geldig vanaf 1 december 2026",
        put("validFrom", "2026-12-01T00:00:00Z"),
        put("nbf", 1_796_083_200),
    )
    gallery.add("replaced", Look.AMBER, "Echt, maar vervangen door een verbeterde versie")
    gallery.events[-1] = RegistrationState(
        record_version=2,
        registration=gallery.last().model_copy(update=replacing(gallery.last())),
    )
    gallery.add(
        "suspended",
        Look.AMBER,
        "Tijdelijk opgeschort door Universiteit Twente",
        status=RegistrationStatus.SUSPENDED,
        suspension=SUSPENDED,
    )
    gallery.add(
        "revoked",
        Look.RED,
        "Ingetrokken door Universiteit Twente op 20 november 2026. Niet meer geldig.",
        status=RegistrationStatus.REVOKED,
    )


def _hang_doubtful(gallery: Gallery) -> None:
    cases, token = gallery.cases, gallery.token
    gallery.add(
        "not-recognised",
        Look.AMBER,
        "De handtekening klopt, maar deze uitgever was niet erkend",
        put("awardedDate", "2019-01-14T00:00:00Z"),
    )
    gallery.add(
        "cannot-check",
        Look.GREY,
        "We kunnen dit nu niet volledig controleren (intrekking). Probeer het om 13:05 opnieuw.",
        both(
            put("credentialStatus/statusListCredential", "https://issuer.example.nl/other"),
            put("credentialStatus/id", "https://issuer.example.nl/other#94567"),
        ),
    )
    gallery.add("erased", Look.GREY, "Gewist uit het landelijke register.")
    gallery.events.append(
        RegistrationErased(
            record_version=2,
            registration_id=gallery.last().registration_id,
            organisation=OIN,
            erased_at=NOW,
        )
    )
    gallery.add("nameless", Look.GREEN, "Echt en geldig", drop("credentialSubject/identifier"))
    cases["other-holder"] = Case(
        Look.RED, "Dit bewijs is niet van de persoon", token, holder="Robin Bakker"
    )
    cases["holder-not-named"] = Case(
        Look.GREY,
        "We kunnen niet zeggen of dit bewijs van deze persoon is",
        token,
        holder="sam@student.example.nl",
        kind="emailAddress",
    )


def _hang_altered(gallery: Gallery) -> None:
    cases, token = gallery.cases, gallery.token
    cases["altered"] = Case(Look.RED, "Niet te vertrouwen: de inhoud", token[:-8] + "AAAAAAAA")
    cases["issuer-unknown"] = Case(
        Look.AMBER,
        "Deze uitgever staat niet in het landelijke overzicht",
        a_token(both(put("issuer/id", STRANGER), put("iss", STRANGER)), kid=f"{STRANGER}#key-1"),
    )


def _hang_sealed(gallery: Gallery) -> None:
    sealed = seal_pdf(a_pdf_with("bewijs.jwt", gallery.token.encode()))
    gallery.cases["valid-sealed-pdf"] = Case(
        Look.GREEN, "Echt en geldig", file=sealed, name="a.pdf"
    )
    gallery.cases["paper-in-doubt"] = Case(
        Look.AMBER,
        "Het bewijs is echt en geldig, maar de PDF eromheen is veranderd",
        file=alter_pdf(sealed),
        name="a.pdf",
    )
    gallery.cases["european"] = Case(
        Look.AMBER,
        "Niet veranderd sinds het is verzegeld, maar we weten niet door wie",
        seal_document(a_european(issuer={"legalName": {"nl": "Universiteit van Elders"}})),
    )


def _hang_unreadable(gallery: Gallery) -> None:
    cases, token = gallery.cases, gallery.token
    no_proof = "Dit is geen bewijs dat we kunnen controleren"
    cases["no-credential"] = Case(Look.GREY, no_proof, "Beste Sam, hierbij je bewijs.")
    cases["no-code"] = Case(
        Look.GREY, no_proof, file=as_bytes(Image.new("L", (600, 400), 255)), name="foto.png"
    )
    cases["other-address"] = Case(
        Look.GREY, "Dit is een adres van een andere website.", "https://example.com/verify/1"
    )
    cases["open-badges-2"] = Case(Look.GREY, "Dit is een badge van een oudere soort", OPEN_BADGE_2)
    cases["link"] = Case(
        Look.GREY, "We vinden deze link niet.", file=as_bytes(a_page(LINK)), name="scherm.png"
    )
    cases["code"] = Case(Look.GREY, "We vinden deze code niet.", MISTYPED)
    several = [
        ("De Vries.jwt", token.encode()),
        ("Jansen.jwt", cases["revoked"].text.encode()),
        ("Bakker.jwt", cases["expired"].text.encode()),
        ("Onbekend.jwt", TOKEN.encode()),
        ("Veranderd.jwt", cases["altered"].text.encode()),
        ("diploma.docx", b"\xd0\xcf\x11\xe0 an old document"),
    ]
    cases["several"] = Case(
        Look.GREEN, "Van de 6 bewijzen is er 1 goed", file=a_zip(several), name="bewijzen.zip"
    )
