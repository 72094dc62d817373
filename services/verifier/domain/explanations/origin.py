"""What checks 4 to 6 found: who says it, with which key, and is the signature theirs."""

from typing import Final

from services.verifier.domain.findings import Code
from services.verifier.domain.text import Text

ORIGIN: Final = {
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
    Code.NOTHING_KNOWN_YET: Text(
        nl="We zijn net begonnen en kennen nog niet alle uitgevers.",
        en="We have only just begun, and do not know all issuers yet.",
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
        nl="De uitgever meldt dat deze sleutel in verkeerde handen is gekomen. Dit telt alleen nog "
        "met een bewijs uit het logboek van het register van daarvoor. Iedereen kan dat daar "
        "opvragen.",
        en="The issuer says that this key has fallen into the wrong hands. This counts only with a "
        "proof from the log of the register from before that. Anybody can ask for it there.",
    ),
    Code.KEY_LOST_LATER: Text(
        nl="De sleutel is later in verkeerde handen gekomen. Het bewijs uit het logboek van het "
        "register laat zien dat dit er toen al in stond. Getuigen hebben dat gezien.",
        en="The key fell into the wrong hands later. The proof from the log of the register shows "
        "that this stood in it before. Witnesses saw that.",
    ),
    Code.KEY_OF_ANOTHER: Text(
        nl="De sleutel is niet van de uitgever die het bewijs noemt.",
        en="The key does not belong to the issuer the credential names.",
    ),
    Code.KEY_UNKNOWN: Text(
        nl="We kennen deze sleutel niet. De uitgever heeft hem niet bekendgemaakt, of pas net.",
        en="We do not know this key. The issuer has not published it, or only just now.",
    ),
    Code.KEY_LOOKED_UP: Text(
        nl="Deze sleutel staat op het eigen adres van de uitgever. Wie dat is, weten we niet.",
        en="This key is at the issuer's own address. Who that is, we do not know.",
    ),
    Code.KEY_REFUSED: Text(
        nl="De sleutel is niet gepubliceerd zoals is afgesproken.",
        en="The key was not published in the way that was agreed.",
    ),
    Code.KEY_OUT_OF_REACH: Text(
        nl="We kunnen de sleutel van deze uitgever niet ophalen.",
        en="We cannot get this issuer's key.",
    ),
    Code.SIGNATURE_HOLDS: Text(
        nl="De uitgever heeft dit ondertekend en er is daarna niets veranderd.",
        en="The issuer signed this, and nothing was changed afterwards.",
    ),
    Code.SIGNATURE_BROKEN: Text(
        nl="De handtekening hoort niet bij deze inhoud. Er is iets veranderd.",
        en="The signature does not belong to this content. Something was changed.",
    ),
}
