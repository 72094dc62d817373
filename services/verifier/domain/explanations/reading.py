"""What checks 1 to 3 found: could it be read, and is it in a form that was agreed."""

from typing import Final

from services.verifier.domain.findings import Code
from services.verifier.domain.text import Text

READING: Final = {
    Code.NOT_RUN: Text(
        nl="Niet gecontroleerd, omdat een eerdere controle al niet lukte.",
        en="Not checked, because an earlier check did not succeed.",
    ),
    Code.CONTAINER_READ: Text(
        nl="We hebben het bewijs gevonden in wat u gaf.",
        en="We found the credential in what you gave.",
    ),
    Code.CONTAINER_REFUSED: Text(
        nl="We kunnen niet lezen wat u gaf.",
        en="We cannot read what you gave.",
    ),
    Code.NOTHING_FOUND: Text(
        nl="We vinden geen bewijs in wat u gaf. Misschien is niet alles gekopieerd.",
        en="We find no credential in what you gave. Perhaps not all of it was copied.",
    ),
    Code.LINK_OPENED: Text(
        nl="We hebben het bewijs gevonden achter de deellink die u gaf.",
        en="We found the credential behind the share link you gave.",
    ),
    Code.CODE_OPENED: Text(
        nl="We hebben het bewijs gevonden achter de korte code die u gaf.",
        en="We found the credential behind the short code you gave.",
    ),
    Code.CODE_UNKNOWN: Text(
        nl="Niemand heeft een bewijs met deze code gedeeld, of de code is verkeerd overgenomen.",
        en="Nobody shared a credential with this code, or the code was copied wrongly.",
    ),
    Code.CODE_MISTYPED: Text(
        nl="Het laatste teken past niet bij de rest. Er is een teken verkeerd overgenomen, of er "
        "zijn er twee verwisseld.",
        en="The last character does not fit the others. One was copied wrongly, or two were "
        "swapped.",
    ),
    Code.CODE_ENDED: Text(
        nl="Dit bewijs was met deze code te zien. De eigenaar is gestopt met delen, of de "
        "einddatum is voorbij.",
        en="This credential could be seen with this code. The holder stopped sharing it, or the "
        "last day has passed.",
    ),
    Code.LINK_UNKNOWN: Text(
        nl="Achter deze link is geen bewijs te vinden. Misschien is niet de hele link gekopieerd.",
        en="There is no credential behind this link. Perhaps not all of it was copied.",
    ),
    Code.LINK_CUT: Text(
        nl="Het stuk achter het hekje (#) ontbreekt. Dat stuk is de sleutel: kopieer de hele link.",
        en="The part after the # is missing. That part is the key: copy the whole link.",
    ),
    Code.LINK_ENDED: Text(
        nl="Dit bewijs was achter deze link te zien. De eigenaar is gestopt met delen, of de "
        "einddatum is voorbij.",
        en="This credential could be seen behind this link. The holder stopped sharing it, or the "
        "last day has passed.",
    ),
    Code.OTHER_ADDRESS: Text(
        nl="Dit is een adres van een andere website. We openen het niet; vraag om het bewijs zelf.",
        en="This is an address of another website. We do not open it; ask for the credential "
        "itself.",
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
    Code.UNSIGNED: Text(
        nl="Er staat geen handtekening onder. Zonder handtekening is niets te controleren.",
        en="There is no signature under it. Without one nothing can be checked.",
    ),
    Code.OPEN_BADGES_2: Text(
        nl="Dit is een badge volgens Open Badges 2. Die heeft geen handtekening: alleen de website "
        "van de uitgever kan zeggen of hij klopt. Vraag om het bewijs volgens Open Badges 3.",
        en="This is a badge of Open Badges 2. It has no signature: only the issuer's website can "
        "say whether it is right. Ask for the credential of Open Badges 3.",
    ),
    Code.EUROPEAN_MODEL: Text(
        nl="Dit is een Europees digitaal bewijs (Europass). Het zegel ervan kunnen we niet zeker "
        "lezen; de website van Europass kan dat wel.",
        en="This is a European digital credential (Europass). We cannot surely read its seal; the "
        "website of Europass can.",
    ),
    Code.MEANINGLESS: Text(
        nl="Er staat iets in dat buiten de handtekening valt.",
        en="It says something that the signature does not cover.",
    ),
    Code.PROOF_REFUSED: Text(
        nl="De ingesloten handtekening is niet van een soort die is afgesproken.",
        en="The embedded signature is not of a kind that was agreed.",
    ),
    Code.DISCLOSURES_BROKEN: Text(
        nl="De onthulde gegevens horen niet bij dit bewijs.",
        en="The disclosed claims do not belong to this credential.",
    ),
    Code.PRESENTATION_REFUSED: Text(
        nl="Het bewijs zit in een verpakking die we niet kunnen lezen.",
        en="The credential is in a presentation that we cannot read.",
    ),
}
