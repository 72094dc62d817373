"""What a credential means, in plain words, and what its reader should mind.

Separate from titles and explanations: this is made from what the credential says, and says nothing
that is not in it.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from services.verifier.domain.findings import Code
from services.verifier.domain.text import Text, both, number
from services.verifier.domain.verdict import State, Verdict
from services.verifier.domain.words import (
    ASSESSMENTS,
    BASES,
    COMPARISONS,
    LEVELS,
    SUPERVISIONS,
    UNITS,
)
from shared.contracts.credential import Achievement
from shared.contracts.vocabulary import (
    AssessmentType,
    LevelBasis,
    QualificationLevel,
    StudyLoadUnit,
    Supervision,
)

NO_DIPLOMA: Final = Text(
    nl="Het is geen diploma en geen graad, en heeft nog geen wettelijke status.",
    en="It is not a diploma and not a degree, and has no legal status yet.",
)
_LEVEL: Final = Text(
    nl="Op {level} (NLQF/EQF), te vergelijken met {comparison}. Dit niveau is {basis}.",
    en="At {level} (NLQF/EQF), comparable with {comparison}. This level was {basis}.",
)
_TESTED: Final = Text(nl="Getoetst met: {assessments}.", en="Assessed by: {assessments}.")
_UNITS: Final = {unit.value: unit for unit in StudyLoadUnit}
_BASES: Final = {basis.value: basis for basis in LevelBasis}
_ASSESSMENTS: Final = {kind.value: ASSESSMENTS[kind] for kind in AssessmentType}
_SUPERVISIONS: Final = {kind.value: SUPERVISIONS[kind] for kind in Supervision}


def size_of(achievement: Achievement) -> Text | None:
    """Say how big it is, with hours beside the credits: `5 EC, ongeveer 140 uur`."""
    unit = _UNITS.get(achievement.study_load_unit or "")
    if unit is None:
        return None
    return _size(unit, achievement.credits_available, achievement.study_load_hours)


# There are few sizes and levels, so nearly every sentence about one was made before.
@lru_cache(maxsize=1024)
def _size(unit: StudyLoadUnit, credits_: float | None, hours: float | None) -> Text | None:
    if not hours:
        return None
    amount = number(hours)
    if unit is not StudyLoadUnit.ECTS:
        name = UNITS[unit]
        return Text(nl=f"{amount.nl} {name.nl}", en=f"{amount.en} {name.en}")
    if not credits_:
        return None
    points = number(credits_)
    return Text(
        nl=f"{points.nl} EC, ongeveer {amount.nl} uur",
        en=f"{points.en} EC, about {amount.en} hours",
    )


def basis_of(said: str | None) -> LevelBasis | None:
    """Return who claims the level, when it is a word we know."""
    return _BASES.get(said or "")


@lru_cache(maxsize=256)
def level_sentence(level: QualificationLevel | None, basis: LevelBasis | None) -> Text | None:
    """Say the level, what it compares with, and who claims it."""
    if level is None or basis is None:
        return None
    values = {"level": LEVELS[level], "comparison": COMPARISONS[level], "basis": BASES[basis]}
    return _LEVEL.with_(values)


def assessment_sentence(types: tuple[str, ...]) -> Text | None:
    """Say how it was tested; a word we do not know is left as it is."""
    if not types:
        return None
    names = [_ASSESSMENTS.get(one) or both(one) for one in types]
    joined = Text(nl=", ".join(n.nl for n in names), en=", ".join(n.en for n in names))
    return _TESTED.with_({"assessments": joined})


def supervision_sentence(achievement: Achievement) -> Text | None:
    """Say whether somebody watched, and whether identity was checked."""
    return _SUPERVISIONS.get(achievement.supervision_type or "")


def meaning_of(achievement: Achievement, level: QualificationLevel | None) -> tuple[Text, ...]:
    """Return what it means, sentence by sentence, and what it is not."""
    size = size_of(achievement)
    sentences = (
        Text(nl=f"De omvang is {size.nl}.", en=f"Its size is {size.en}.") if size else None,
        level_sentence(level, basis_of(achievement.level_basis)),
        assessment_sentence(achievement.assessment_type or ()),
        supervision_sentence(achievement),
        NO_DIPLOMA,
    )
    return tuple(sentence for sentence in sentences if sentence is not None)


_WHO: Final = Text(
    nl="Vraag de persoon om een identiteitsbewijs: wij controleren het bewijs, niet wie het laat "
    "zien.",
    en="Ask the person to show who they are: we check the credential, not who shows it.",
)
_FROM_THE_OWNER: Final = Text(
    nl="Vraag de persoon om het bewijs opnieuw te sturen, als bestand en niet als foto of "
    "overgetypte tekst.",
    en="Ask the person to send the credential again, as a file and not as a photo or retyped text.",
)
_ASK_THE_ISSUER: Final = Text(
    nl="Vraag de uitgever hoe het zit. Gebruik adressen die u zelf opzoekt.",
    en="Ask the issuer about it. Use addresses you look up yourself.",
)
ADVICE: Final = {
    State.VALID: (_WHO,),
    State.ISSUER_LEFT: (
        _WHO,
        Text(
            nl="De uitgever is nu niet meer erkend. Wat toen is uitgereikt, telt nog.",
            en="The issuer is no longer recognised. What was awarded then still counts.",
        ),
    ),
    State.PAPER_IN_DOUBT: (
        Text(
            nl="Vergelijk wat hier staat met wat u in de PDF leest. Staat er iets anders, vraag "
            "het dan aan de persoon en aan de uitgever.",
            en="Compare what is said here with what you read in the PDF. Where they differ, ask "
            "the person and the issuer.",
        ),
        _WHO,
    ),
    State.EXPIRED: (
        Text(
            nl="Het is echt behaald, maar de uitgever gaf het een einddatum. Vraag of er een "
            "nieuwer bewijs is.",
            en="It was really earned, but the issuer gave it an end date. Ask for a newer one.",
        ),
        _WHO,
    ),
    State.NOT_YET_VALID: (
        Text(
            nl="Wacht tot de begindatum en controleer dan opnieuw.",
            en="Wait for the starting date and check again.",
        ),
    ),
    State.REPLACED: (
        Text(
            nl="Vraag om het verbeterde bewijs: wat hier staat, is niet meer wat de uitgever zegt.",
            en="Ask for the corrected credential: this is no longer what the issuer says.",
        ),
        _WHO,
    ),
    State.ERASED: (
        Text(
            nl="Dit zegt niets over de persoon. Vraag haar of hem om een ander bewijs.",
            en="This says nothing about the person. Ask them for other evidence.",
        ),
    ),
    State.SUSPENDED: (
        Text(
            nl="Reken er nu niet op. De uitgever zoekt iets uit; controleer het later opnieuw.",
            en="Do not rely on it now. The issuer is looking into it; check again later.",
        ),
    ),
    State.REVOKED: (
        Text(
            nl="Reken er niet op: de uitgever zegt dat dit bewijs niet meer geldt.",
            en="Do not rely on it: the issuer says that this credential no longer counts.",
        ),
    ),
    State.ISSUER_UNKNOWN: (
        Text(
            nl="Iedereen kan een bewijs maken en ondertekenen. Reken er alleen op als u de "
            "uitgever zelf kent en vertrouwt.",
            en="Anybody can make and sign a credential. Rely on it only if you know and trust the "
            "issuer yourself.",
        ),
        _ASK_THE_ISSUER,
    ),
    State.OTHER_HOLDER: (
        Text(
            nl="Het bewijs zelf kan goed zijn. Vraag de persoon om een bewijs dat van hem of haar "
            "is, of controleer of u het gegeven goed heeft overgenomen.",
            en="The credential itself may be right. Ask the person for one of their own, or check "
            "that you entered their details correctly.",
        ),
    ),
    State.NOT_FOUND: (
        Text(
            nl="Controleer of u de code of de link goed heeft overgenomen, of vraag om het "
            "bewijs zelf.",
            en="Check that you copied the code or the link correctly, or ask for the credential "
            "itself.",
        ),
    ),
    State.NOT_SHARED: (
        Text(
            nl="Dit zegt niets over de persoon of het bewijs. Vraag de persoon om een nieuwe link, "
            "of om het bewijs zelf.",
            en="This says nothing about the person or the credential. Ask them for a new link, or "
            "for the credential itself.",
        ),
    ),
    State.ALTERED: (_FROM_THE_OWNER, _ASK_THE_ISSUER),
    State.CANNOT_CHECK: (
        Text(
            nl="Dit zegt niets over de persoon of het bewijs: wij missen iets. Probeer het straks "
            "opnieuw.",
            en="This says nothing about the person or the credential: we miss something. Try "
            "again later.",
        ),
    ),
    State.NOT_A_CREDENTIAL: (
        Text(
            nl="Kopieer de hele tekst van het bewijs, of kies het bestand zoals u het kreeg.",
            en="Copy the whole text of the credential, or choose the file as you were given it.",
        ),
        _FROM_THE_OWNER,
    ),
}
ADVICE_BY_CODE: Final = {
    Code.BINDING_FOR_ANOTHER: (
        Text(
            nl="Vraag de persoon om het bewijs zelf, of vul in van wie het moet zijn.",
            en="Ask the person for the credential itself, or enter whose it should be.",
        ),
        _WHO,
    ),
    Code.HOLDER_NOT_NAMED: (
        Text(
            nl="In dit bewijs staat niets waaraan we deze persoon herkennen. Heeft u iets over de "
            "persoon ingevuld? Vul iets anders in, zoals het e-mailadres van de inschrijving, of "
            "laat het leeg.",
            en="This credential holds nothing by which we know this person. Did you enter a detail "
            "of theirs? Enter another, such as the e-mail address they enrolled with, or leave it "
            "empty.",
        ),
        _WHO,
    ),
    Code.BINDING_BROKEN: (
        Text(
            nl="Vraag de persoon om het bewijs opnieuw te sturen vanuit de eigen wallet.",
            en="Ask the person to send the credential again from their own wallet.",
        ),
    ),
    Code.OTHER_ADDRESS: (
        Text(
            nl="Vraag om het bewijs zelf: het bestand, of de afbeelding met de QR-code. Wat op een "
            "andere website staat, kan iedereen daar gezet hebben.",
            en="Ask for the credential itself: the file, or the picture with the QR code. What is "
            "on another website may have been put there by anybody.",
        ),
    ),
    Code.OPEN_BADGES_2: (
        Text(
            nl="Vraag de persoon of de uitgever om een bewijs volgens Open Badges 3.",
            en="Ask the person or the issuer for a credential of Open Badges 3.",
        ),
    ),
    Code.EUROPEAN_MODEL: (
        Text(
            nl="Controleer dit bewijs op de website van Europass (europass.europa.eu).",
            en="Check this credential at the website of Europass (europass.europa.eu).",
        ),
    ),
    Code.UNSIGNED: (_FROM_THE_OWNER, _ASK_THE_ISSUER),
}
"""Where the advice of the state would not help."""


def advice_for(verdict: Verdict, *, is_test: bool) -> Sequence[Text]:
    """Return what to mind, given the verdict."""
    advice = ADVICE_BY_CODE.get(verdict.code, ADVICE.get(verdict.state, ()))
    if is_test:
        return (_TEST, *advice)
    return advice


_TEST: Final = Text(
    nl="Dit komt uit een proefomgeving. Niemand heeft hier iets mee behaald.",
    en="This comes from a test environment. Nobody has earned anything with it.",
)
