"""What is found of seals: those of European credentials (checks 3 to 6), and those of PDFs."""

from typing import Final

from services.verifier.domain.findings import Code
from services.verifier.domain.seals import JudgedSeal, SealState, Since
from services.verifier.domain.text import Text, both, day
from shared.proofs.certificate_paths import Standing
from shared.proofs.jades_refusals import REFUSALS

SEALING: Final = {
    Code.PAPER_CHANGED: Text(
        nl="De PDF is veranderd nadat hij was verzegeld. Het bewijs erin hebben we apart "
        "gecontroleerd: ga af op wat hier staat, niet op wat u in de PDF leest.",
        en="The PDF was changed after it was sealed. We checked the credential in it by itself: "
        "rely on what is said here, not on what you read in the PDF.",
    ),
    Code.PAPER_ADDED_TO: Text(
        nl="Er is iets aan de PDF toegevoegd nadat hij was verzegeld, zoals een notitie of een "
        "tweede handtekening. Ga af op wat hier staat, niet op wat u in de PDF leest.",
        en="Something was added to the PDF after it was sealed, such as a note or a second "
        "signature. Rely on what is said here, not on what you read in the PDF.",
    ),
    Code.PAPER_SEAL_UNCHECKED: Text(
        nl="De PDF heeft een zegel dat we niet kunnen controleren. Ga af op wat hier staat, niet "
        "op wat u in de PDF leest.",
        en="The PDF has a seal that we cannot check. Rely on what is said here, not on what you "
        "read in the PDF.",
    ),
    Code.EUROPEAN_SEALED: Text(
        nl="Dit is een Europees digitaal bewijs (Europass), met een zegel dat we kunnen lezen.",
        en="This is a European digital credential (Europass), with a seal that we can read.",
    ),
    Code.SEALER_UNLISTED: Text(
        nl="Wie dit heeft verzegeld, staat niet met dit zegel in het landelijke overzicht.",
        en="Whoever sealed this is not in the national list with this seal.",
    ),
    Code.SEALER_UNKNOWN: Text(
        nl="Niemand die we vertrouwen, zegt wie dit heeft verzegeld. Iedereen kan zo'n zegel "
        "maken, op elke naam.",
        en="Nobody we trust says who sealed this. Anybody can make such a seal, in any name.",
    ),
    Code.SEAL_ANCHORED: Text(
        nl="Het certificaat van het zegel komt van een organisatie die wij vertrouwen. Of het "
        "later is ingetrokken, weten we niet.",
        en="The certificate of the seal comes from an organisation that we trust. Whether it was "
        "revoked later, we do not know.",
    ),
    Code.SEAL_UNANCHORED: Text(
        nl="Het certificaat van het zegel komt van niemand die wij vertrouwen.",
        en="The certificate of the seal comes from nobody that we trust.",
    ),
    Code.SEAL_NO_ANCHORS: Text(
        nl="We hebben geen lijst van wie certificaten voor zegels mag uitgeven.",
        en="We have no list of who may issue certificates for seals.",
    ),
    Code.SEAL_UNTIMELY: Text(
        nl="Het certificaat van het zegel was niet geldig op het moment dat het zegel noemt.",
        en="The certificate of the seal was not valid at the moment that the seal names.",
    ),
    Code.SEAL_UNFIT: Text(
        nl="Het certificaat van het zegel is niet bedoeld om documenten mee te verzegelen.",
        en="The certificate of the seal is not meant for sealing documents.",
    ),
    Code.SEAL_HOLDS: Text(
        nl="Het zegel hoort bij deze inhoud: er is daarna niets veranderd.",
        en="The seal belongs to this content: nothing was changed afterwards.",
    ),
    Code.REGISTER_NATIONAL: Text(
        nl="Europese bewijzen staan niet in het landelijke register. Of dit later is ingetrokken, "
        "weten we niet.",
        en="European credentials are not in the national register. Whether this was revoked "
        "later, we do not know.",
    ),
}
UNREAD_SEALS: Final = {one.code: Text(nl=one.dutch, en=one.sentence()) for one in REFUSALS}
"""Why the seal of a European credential is not read, by its code."""

_UNCHECKED: Final = Text(
    nl="Deze PDF heeft een zegel dat we niet kunnen controleren.",
    en="This PDF has a seal that we cannot check.",
)
_BROKEN: Final = Text(
    nl="Het zegel van deze PDF is gebroken: de PDF is niet meer wat er is verzegeld.",
    en="The seal of this PDF is broken: the PDF is no longer what was sealed.",
)
_SINCE: Final = {
    Since.NOTHING: Text(
        nl="Deze PDF is verzegeld {by}{on} en daarna niet veranderd.",
        en="This PDF was sealed {by}{on} and has not changed since.",
    ),
    Since.ADDED: Text(
        nl="Aan deze PDF is iets toegevoegd nadat hij was verzegeld {by}{on}.",
        en="Something was added to this PDF after it was sealed {by}{on}.",
    ),
    Since.CHANGED: Text(
        nl="Deze PDF is veranderd nadat hij was verzegeld {by}{on}.",
        en="This PDF was changed after it was sealed {by}{on}.",
    ),
}
_WORTH: Final = {
    Standing.ANCHORED: Text(
        nl="Een organisatie die wij vertrouwen, staat in voor die naam.",
        en="An organisation that we trust vouches for that name.",
    ),
    Standing.UNANCHORED: Text(
        nl="Die naam staat in het zegel zelf, en niemand die wij vertrouwen staat ervoor in.",
        en="That name is in the seal itself, and nobody that we trust vouches for it.",
    ),
    Standing.NO_ANCHORS: Text(
        nl="Die naam staat in het zegel zelf. Of hij klopt, kunnen we niet controleren.",
        en="That name is in the seal itself. Whether it is right, we cannot check.",
    ),
    Standing.UNTIMELY: Text(
        nl="Het certificaat was toen niet geldig, dus van wie het zegel is, weten we niet.",
        en="The certificate was not valid then, so whose seal it is, we do not know.",
    ),
    Standing.UNFIT: Text(
        nl="Het certificaat is niet voor zegels bedoeld, dus van wie het is, weten we niet.",
        en="The certificate is not meant for seals, so whose it is, we do not know.",
    ),
}
_SOMEBODY: Final = Text(nl="zonder naam", en="by nobody it names")


def seal_sentences(judged: JudgedSeal) -> Text:
    """Say of a seal of a PDF whose it is, what that is worth, and what happened since."""
    seal = judged.seal
    if seal.state is SealState.BROKEN:
        return _BROKEN
    if seal.state is SealState.UNCHECKED or judged.signer is None or judged.standing is None:
        return _UNCHECKED
    name = judged.signer.best_name
    on = day(seal.sealed_at) if seal.sealed_at else None
    values = {
        "by": Text(nl=f"door {name}", en=f"by {name}") if name else _SOMEBODY,
        "on": Text(nl=f" op {on.nl}", en=f" on {on.en}") if on else both(""),
    }
    said, worth = _SINCE[seal.since].with_(values), _WORTH[judged.standing]
    return Text(nl=f"{said.nl} {worth.nl}", en=f"{said.en} {worth.en}")
