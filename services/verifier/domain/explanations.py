"""What each finding means, for people: plain Dutch (B1) and English, one sentence per code.

Separate from the checks, so that words can be bettered without touching what is decided.
"""

from typing import Final

from services.verifier.domain.findings import Code
from services.verifier.domain.text import Text

EXPLANATIONS: Final = {
    Code.NOT_RUN: Text(
        nl="Niet gecontroleerd, omdat een eerdere controle al niet lukte.",
        en="Not checked, because an earlier check did not succeed.",
    ),
    Code.READABLE: Text(
        nl="We kunnen het bewijs lezen.",
        en="We can read the credential.",
    ),
    Code.TOO_LARGE: Text(
        nl="Dit is veel groter dan een bewijs ooit is.",
        en="This is far larger than a credential ever is.",
    ),
    Code.NOT_A_JWS: Text(
        nl="Dit is geen digitaal ondertekend bewijs. Misschien is niet alles gekopieerd.",
        en="This is not a digitally signed credential. Perhaps not all of it was copied.",
    ),
    Code.NOT_CANONICAL: Text(
        nl="Er staan tekens in die er niet horen. Misschien is er iets veranderd bij het kopiëren.",
        en="It has characters that do not belong there. Perhaps copying changed something.",
    ),
    Code.HEADER_UNREADABLE: Text(
        nl="Het begin van het bewijs is niet te lezen.",
        en="The beginning of the credential cannot be read.",
    ),
    Code.CONTENT_UNREADABLE: Text(
        nl="De inhoud is niet te lezen, of kan op twee manieren gelezen worden.",
        en="The content cannot be read, or can be read in two ways.",
    ),
    Code.PROFILE_FOLLOWED: Text(
        nl="Het bewijs heeft de vorm die in Nederland is afgesproken.",
        en="The credential has the form that was agreed in the Netherlands.",
    ),
    Code.ALGORITHM_REFUSED: Text(
        nl="Het bewijs is niet ondertekend op de manier die is afgesproken (ES256).",
        en="The credential is not signed in the way that was agreed (ES256).",
    ),
    Code.KEY_IN_HEADER: Text(
        nl="Het bewijs brengt zijn eigen sleutel mee. Wij vertrouwen alleen sleutels die de "
        "uitgever bekend heeft gemaakt.",
        en="The credential brings its own key. We only trust keys the issuer has published.",
    ),
    Code.HEADER_REFUSED: Text(
        nl="Het begin van het bewijs vraagt iets wat niet is afgesproken.",
        en="The beginning of the credential asks for something that was not agreed.",
    ),
    Code.KEY_ID_MISSING: Text(
        nl="Het bewijs zegt niet met welke sleutel het is ondertekend.",
        en="The credential does not say with which key it was signed.",
    ),
    Code.TYP_REFUSED: Text(
        nl="Dit is wel digitaal ondertekend, maar het is iets anders dan een bewijs.",
        en="This is digitally signed, but it is something other than a credential.",
    ),
    Code.ENVELOPE_CLAIM: Text(
        nl="Er zit een tweede bewijs in verpakt. We kunnen niet zeggen welk van de twee geldt.",
        en="A second credential is wrapped inside. We cannot say which of the two counts.",
    ),
    Code.DISCLOSURE_CUT: Text(
        nl="Dit is een deel van een ander soort bewijs; de rest ontbreekt.",
        en="This is part of another kind of credential; the rest is missing.",
    ),
    Code.CONTEXT_REFUSED: Text(
        nl="Het bewijs gebruikt woorden die anders zijn vastgelegd dan is afgesproken.",
        en="The credential uses words that are defined in another way than was agreed.",
    ),
    Code.TYPE_REFUSED: Text(
        nl="Dit is geen bewijs van een behaalde prestatie.",
        en="This is not a credential for something that was achieved.",
    ),
    Code.RECOGNISED: Text(
        nl="De uitgever was erkend op de dag van uitgifte en is dat nu nog.",
        en="The issuer was recognised on the day of the award, and still is.",
    ),
    Code.RECOGNISED_THEN: Text(
        nl="De uitgever was erkend op de dag van uitgifte. Nu is de uitgever dat niet meer; het "
        "bewijs blijft goed.",
        en="The issuer was recognised on the day of the award. It no longer is; the credential "
        "stays good.",
    ),
    Code.NOT_RECOGNISED_THEN: Text(
        nl="De uitgever was niet erkend op de dag van uitgifte.",
        en="The issuer was not recognised on the day of the award.",
    ),
    Code.ISSUER_UNLISTED: Text(
        nl="Deze uitgever staat niet in het landelijke overzicht van erkende aanbieders.",
        en="This issuer is not in the national list of recognised providers.",
    ),
    Code.ISSUER_UNKNOWN: Text(
        nl="We kennen deze uitgever niet. Daarom kunnen we ook de handtekening niet controleren.",
        en="We do not know this issuer. So we cannot check the signature either.",
    ),
    Code.KEY_PUBLISHED: Text(
        nl="De uitgever heeft deze sleutel zelf bekendgemaakt.",
        en="The issuer itself has published this key.",
    ),
    Code.KEY_RETIRED: Text(
        nl="De uitgever heeft deze sleutel bekendgemaakt en gebruikt nu een nieuwere. Wat ermee "
        "is ondertekend, blijft goed.",
        en="The issuer published this key and now uses a newer one. What it signed stays good.",
    ),
    Code.KEY_COMPROMISED: Text(
        nl="De uitgever meldt dat deze sleutel in verkeerde handen is gekomen.",
        en="The issuer says that this key has fallen into the wrong hands.",
    ),
    Code.KEY_OF_ANOTHER: Text(
        nl="De sleutel is niet van de uitgever die het bewijs noemt.",
        en="The key does not belong to the issuer the credential names.",
    ),
    Code.KEY_UNKNOWN: Text(
        nl="We kennen deze sleutel niet. De uitgever heeft hem niet bekendgemaakt, of pas net.",
        en="We do not know this key. The issuer has not published it, or only just now.",
    ),
    Code.SIGNATURE_HOLDS: Text(
        nl="De uitgever heeft dit ondertekend en er is daarna niets veranderd.",
        en="The issuer signed this, and nothing was changed afterwards.",
    ),
    Code.SIGNATURE_BROKEN: Text(
        nl="De handtekening hoort niet bij deze inhoud. Er is iets veranderd.",
        en="The signature does not belong to this content. Something was changed.",
    ),
    Code.CLAIMS_EQUAL: Text(
        nl="De gegevens in het bewijs spreken elkaar niet tegen.",
        en="The claims in the credential do not contradict each other.",
    ),
    Code.ISS_DIFFERS: Text(
        nl="Het bewijs noemt twee verschillende uitgevers.",
        en="The credential names two different issuers.",
    ),
    Code.JTI_DIFFERS: Text(
        nl="Het bewijs heeft twee verschillende nummers.",
        en="The credential has two different numbers.",
    ),
    Code.SUB_DIFFERS: Text(
        nl="Het bewijs gaat over twee verschillende personen.",
        en="The credential is about two different persons.",
    ),
    Code.NBF_DIFFERS: Text(
        nl="Het bewijs noemt twee verschillende begindatums.",
        en="The credential names two different starting dates.",
    ),
    Code.EXP_DIFFERS: Text(
        nl="Het bewijs noemt twee verschillende einddatums.",
        en="The credential names two different end dates.",
    ),
    Code.AUDIENCE_NAMED: Text(
        nl="Dit is gemaakt voor één bepaalde ontvanger. Een bewijs is er voor iedereen.",
        en="This was made for one particular receiver. A credential is for everybody.",
    ),
    Code.IN_FORCE: Text(
        nl="Het bewijs is ingegaan en niet verlopen.",
        en="The credential is in force and has not expired.",
    ),
    Code.DATE_MALFORMED: Text(
        nl="Een van de datums is geen echte datum.",
        en="One of the dates is not a real date.",
    ),
    Code.DATES_REVERSED: Text(
        nl="Het bewijs eindigt voordat het begint.",
        en="The credential ends before it begins.",
    ),
    Code.NOT_YET_VALID: Text(
        nl="Het bewijs is nog niet ingegaan.",
        en="The credential is not in force yet.",
    ),
    Code.EXPIRED: Text(
        nl="De geldigheid van het bewijs is voorbij.",
        en="The credential is past its end date.",
    ),
    Code.MATCHES_CATALOGUE: Text(
        nl="Het bewijs is volledig, klopt met de landelijke catalogus en past binnen de "
        "afspraken over omvang.",
        en="The credential is complete, agrees with the national catalogue and keeps to the "
        "rules on size.",
    ),
    Code.SCHEMA_BROKEN: Text(
        nl="Er ontbreekt iets in het bewijs, of er staat iets op een verkeerde plek.",
        en="Something is missing from the credential, or is in the wrong place.",
    ),
    Code.ACHIEVEMENT_UNKNOWN: Text(
        nl="We vinden deze microcredential niet in onze kopie van de landelijke catalogus.",
        en="We do not find this microcredential in our copy of the national catalogue.",
    ),
    Code.ACHIEVEMENT_DIFFERS: Text(
        nl="Het bewijs zegt iets anders dan de landelijke catalogus over deze microcredential.",
        en="The credential says something else than the national catalogue does.",
    ),
    Code.POLICY_UNKNOWN: Text(
        nl="We kennen de afspraken niet waar dit bewijs naar verwijst.",
        en="We do not know the rules this credential refers to.",
    ),
    Code.POLICY_DIFFERS: Text(
        nl="Het bewijs verwijst naar andere afspraken dan de landelijke catalogus.",
        en="The credential refers to other rules than the national catalogue does.",
    ),
    Code.OUTSIDE_POLICY: Text(
        nl="De omvang past niet bij de afspraken voor microcredentials.",
        en="The size does not fit the rules for microcredentials.",
    ),
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
}
