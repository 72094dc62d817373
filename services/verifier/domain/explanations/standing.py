"""What checks 10 to 13 found: revocation, the register, endorsements, and whose it is."""

from typing import Final

from services.verifier.domain.findings import Code
from services.verifier.domain.text import Text

STANDING: Final = {
    Code.NOT_REVOKED: Text(
        nl="De uitgever heeft het bewijs niet ingetrokken.",
        en="The issuer has not revoked the credential.",
    ),
    Code.REVOKED: Text(
        nl="De uitgever heeft het bewijs ingetrokken.",
        en="The issuer has revoked the credential.",
    ),
    Code.RAISED_FOR_REPLACED: Text(
        nl="De uitgever heeft dit bewijs vervangen; het oude telt daarom niet meer.",
        en="The issuer has replaced this credential; so the old one no longer counts.",
    ),
    Code.RAISED_FOR_ERASED: Text(
        nl="De uitgever heeft gewist wat dit bewijs zegt; het telt daarom niet meer.",
        en="The issuer has erased what this credential says; so it no longer counts.",
    ),
    Code.STATUS_MISSING: Text(
        nl="Het bewijs zegt niet waar we kunnen zien of het is ingetrokken.",
        en="The credential does not say where we can see whether it was revoked.",
    ),
    Code.STATUS_SUSPENDED: Text(
        nl="De uitgever heeft het bewijs tijdelijk opgeschort.",
        en="The issuer has suspended the credential for now.",
    ),
    Code.STATUS_VALUE_UNKNOWN: Text(
        nl="In de lijst van de uitgever staat iets over dit bewijs dat we niet begrijpen.",
        en="The issuer's list says something about this credential that we do not understand.",
    ),
    Code.STATUS_TYPE_UNKNOWN: Text(
        nl="We kennen de manier niet waarop intrekking bij dit bewijs is geregeld.",
        en="We do not know the way in which this credential shows revocation.",
    ),
    Code.STATUS_ENTRY_MALFORMED: Text(
        nl="De verwijzing naar de lijst met intrekkingen klopt niet.",
        en="The reference to the list of revocations is not right.",
    ),
    Code.STATUS_PURPOSE_DIFFERS: Text(
        nl="De lijst waar het bewijs naar verwijst, gaat niet over intrekking.",
        en="The list the credential refers to is not about revocation.",
    ),
    Code.STATUS_INDEX_OUT_OF_RANGE: Text(
        nl="De plek in de lijst met intrekkingen bestaat niet.",
        en="The place in the list of revocations does not exist.",
    ),
    Code.STATUS_LIST_UNKNOWN: Text(
        nl="We hebben de lijst met intrekkingen van deze uitgever niet.",
        en="We do not have this issuer's list of revocations.",
    ),
    Code.STATUS_LIST_UNSIGNED: Text(
        nl="De handtekening onder de lijst met intrekkingen klopt niet.",
        en="The signature under the list of revocations is not right.",
    ),
    Code.STATUS_LIST_OF_ANOTHER: Text(
        nl="De lijst met intrekkingen is niet van deze uitgever.",
        en="The list of revocations is not this issuer's.",
    ),
    Code.STATUS_LIST_MALFORMED: Text(
        nl="De lijst met intrekkingen is niet te lezen.",
        en="The list of revocations cannot be read.",
    ),
    Code.STATUS_LIST_TOO_SHORT: Text(
        nl="De lijst met intrekkingen is te kort om te gebruiken.",
        en="The list of revocations is too short to be used.",
    ),
    Code.STATUS_LIST_EXPIRED: Text(
        nl="De lijst met intrekkingen die we hebben, is te oud.",
        en="The list of revocations we have is too old.",
    ),
    Code.STATUS_LIST_NOT_YET_VALID: Text(
        nl="De lijst met intrekkingen is nog niet ingegaan.",
        en="The list of revocations is not in force yet.",
    ),
    Code.REGISTERED: Text(
        nl="Precies dit bewijs staat in het landelijke register.",
        en="Exactly this credential is in the national register.",
    ),
    Code.REGISTRATION_UNKNOWN: Text(
        nl="We vinden dit bewijs niet in onze kopie van het landelijke register. Het kan er net "
        "aan komen.",
        en="We do not find this credential in our copy of the national register. It may still be "
        "on its way.",
    ),
    Code.REGISTRATION_ERASED: Text(
        nl="De inschrijving in het landelijke register is gewist.",
        en="The entry in the national register was erased.",
    ),
    Code.REGISTRATION_DIFFERS: Text(
        nl="In het landelijke register staat een bewijs met dit nummer, maar met andere inhoud.",
        en="The national register has a credential with this number, but with other content.",
    ),
    Code.REGISTRATION_OF_ANOTHER: Text(
        nl="In het landelijke register staat dit nummer op naam van een andere uitgever.",
        en="In the national register this number belongs to another issuer.",
    ),
    Code.REGISTRATION_SUSPENDED: Text(
        nl="In het landelijke register is dit bewijs tijdelijk opgeschort.",
        en="In the national register this credential is suspended for now.",
    ),
    Code.REGISTRATION_REVOKED: Text(
        nl="In het landelijke register is dit bewijs ingetrokken.",
        en="In the national register this credential is revoked.",
    ),
    Code.REGISTRATION_REPLACED: Text(
        nl="In het landelijke register staat nu een verbeterde versie van dit bewijs.",
        en="The national register now holds a corrected version of this credential.",
    ),
    Code.REGISTRATION_EXPIRED: Text(
        nl="In het landelijke register is dit bewijs verlopen.",
        en="In the national register this credential has expired.",
    ),
    Code.KNOWLEDGE_OLD: Text(
        nl="Onze kopie van het landelijke register is te oud om zeker te zijn.",
        en="Our copy of the national register is too old to be certain.",
    ),
    Code.NO_ENDORSEMENTS: Text(
        nl="Er zijn geen aanbevelingen bij dit bewijs.",
        en="There are no endorsements with this credential.",
    ),
    Code.ENDORSEMENTS_HOLD: Text(
        nl="De aanbevelingen zijn getekend door organisaties uit het landelijke overzicht.",
        en="The endorsements were signed by organisations of the national list.",
    ),
    Code.ENDORSEMENTS_SET_ASIDE: Text(
        nl="Er zijn aanbevelingen bij van organisaties die we niet kennen. Die tellen we niet mee.",
        en="There are endorsements by organisations we do not know. We do not count them.",
    ),
    Code.ENDORSEMENT_REVOKED: Text(
        nl="Een aanbeveling bij dit bewijs is ingetrokken. Die tellen we niet mee.",
        en="An endorsement with this credential was revoked. We do not count it.",
    ),
    Code.ENDORSEMENT_UNCHECKED: Text(
        nl="Van een aanbeveling bij dit bewijs weten we niet of die is ingetrokken. Die tellen we "
        "niet mee.",
        en="Of an endorsement with this credential we do not know whether it was revoked. We do "
        "not count it.",
    ),
    Code.ENDORSEMENT_BROKEN: Text(
        nl="Een aanbeveling bij dit bewijs klopt niet.",
        en="An endorsement with this credential is not right.",
    ),
    Code.NOT_ASKED: Text(
        nl="U heeft niet gevraagd van wie het bewijs is.",
        en="You did not ask whose credential it is.",
    ),
    Code.HOLDER_MATCHES: Text(
        nl="Het bewijs is van de persoon die u noemt.",
        en="The credential is of the person you name.",
    ),
    Code.HOLDER_DIFFERS: Text(
        nl="Het bewijs is van iemand anders dan de persoon die u noemt.",
        en="The credential is of somebody other than the person you name.",
    ),
    Code.HOLDER_NOT_NAMED: Text(
        nl="Het bewijs zegt niets waaraan we de persoon die u noemt kunnen herkennen.",
        en="The credential says nothing by which we could know the person you name.",
    ),
    Code.HOLDER_BOUND: Text(
        nl="Het bewijs zit in een verklaring van de eigenaar zelf.",
        en="The credential comes in a statement by its holder.",
    ),
    Code.BINDING_FOR_ANOTHER: Text(
        nl="Dit is aan iemand anders getoond, of door iemand die we niet kennen. Van wie het is, "
        "weten we niet.",
        en="This was shown to somebody else, or by somebody we do not know. Whose it is, we do "
        "not know.",
    ),
    Code.BINDING_BROKEN: Text(
        nl="Wie dit toont, heeft niet bewezen de eigenaar te zijn.",
        en="Whoever shows this has not proved to be its holder.",
    ),
}
