"""What checks 7 to 9 found: what it says, when it counts, and what the catalogue says of it."""

from typing import Final

from services.verifier.domain.findings import Code
from services.verifier.domain.text import Text

CONTENT: Final = {
    Code.CLAIMS_EQUAL: Text(
        nl="De gegevens in het bewijs spreken elkaar niet tegen.",
        en="The claims in the credential do not contradict each other.",
    ),
    Code.CLAIMS_ONCE: Text(
        nl="Alles staat er één keer, dus niets spreekt elkaar tegen.",
        en="Everything is said once, so nothing contradicts.",
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
    Code.SCHEMA_FOREIGN: Text(
        nl="Dit bewijs volgt niet de Nederlandse afspraken. Wat het waard is, weten we niet.",
        en="This credential does not follow the Dutch agreements. What it is worth, we do not "
        "know.",
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
}
