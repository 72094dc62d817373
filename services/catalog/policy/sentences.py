"""Why each rule is asked and who uses the answer, in plain Dutch and English.

Apart from the rules, so that an editor can mend a sentence without reading code.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from shared.contracts.policy import Policy
from shared.contracts.vocabulary import Element, LocalText, StudyLoadUnit

WHY: Final[dict[Element, LocalText]] = {
    Element.TITLE: LocalText(
        nl="Een titel is nodig: de lerende en de werkgever noemen het bewijs zo.",
        en="A title is needed: learners and employers call the credential by it.",
    ),
    Element.DESCRIPTION: LocalText(
        nl="Een beschrijving is nodig: een lerende beslist hiermee of dit iets voor hem is.",
        en="A description is needed: a learner decides by it whether this is the one to take.",
    ),
    Element.LEARNING_OUTCOMES: LocalText(
        nl="Leeruitkomsten zijn nodig: een werkgever leest eraan af wat iemand kan, en een"
        " examencommissie vergelijkt ermee (EU-standaard, verplicht).",
        en="Learning outcomes are needed: an employer reads from them what somebody can do, and an"
        " examination board compares by them (EU standard, mandatory).",
    ),
    Element.STUDY_LOAD: LocalText(
        nl="De studielast is nodig: een lerende plant ermee, en een examencommissie weegt ermee"
        " hoeveel het is (EU-standaard, verplicht).",
        en="The study load is needed: a learner plans by it, and an examination board weighs by it"
        " how much this is (EU standard, mandatory).",
    ),
    Element.LEVEL: LocalText(
        nl="Het niveau (EQF of NLQF) is nodig: werkgevers en instellingen in heel Europa"
        " vergelijken hierop (EU-standaard, verplicht).",
        en="The level (EQF or NLQF) is needed: employers and institutions all over Europe compare"
        " by it (EU standard, mandatory).",
    ),
    Element.ASSESSMENT: LocalText(
        nl="De manier van toetsen is nodig: een werkgever ziet hieraan wat er echt is aangetoond"
        " (EU-standaard, verplicht).",
        en="The type of assessment is needed: an employer sees from it what was really shown (EU"
        " standard, mandatory).",
    ),
    Element.MODES_OF_DELIVERY: LocalText(
        nl="De vorm van deelname is nodig: een lerende wil weten of het online, op locatie of op"
        " het werk is (EU-standaard, verplicht).",
        en="The form of participation is needed: a learner wants to know whether it is online, on"
        " site or at work (EU standard, mandatory).",
    ),
    Element.QUALITY_ASSURANCE: LocalText(
        nl="Een zin over de kwaliteitszorg is nodig: zij staat onder elk bewijs, zodat een andere"
        " instelling weet waarop het rust (EU-standaard, verplicht).",
        en="A statement of quality assurance is needed: it stands under each credential, so that"
        " another institution knows what it rests on (EU standard, mandatory).",
    ),
    Element.IN_LANGUAGE: LocalText(
        nl="De taal van het onderwijs is nodig: een lerende kiest erop, en een werkgever in het"
        " buitenland ziet waarin iemand kan werken.",
        en="The language of instruction is needed: a learner chooses by it, and an employer abroad"
        " sees in which language somebody can work.",
    ),
    Element.SUPERVISION: LocalText(
        nl="Het toezicht bij de toets is nodig: een werkgever wil weten of de identiteit is"
        " gecontroleerd.",
        en="Supervision during the assessment is needed: an employer wants to know whether the"
        " identity was checked.",
    ),
    Element.ADMISSION_REQUIREMENTS: LocalText(
        nl="De toelatingseisen zijn nodig: een lerende ziet eraan of hij kan beginnen"
        " (kwaliteitskader, punt 8).",
        en="The admission requirements are needed: a learner sees from them whether to begin"
        " (quality framework, point 8).",
    ),
    Element.STACKABILITY: LocalText(
        nl="De stapelbaarheid is nodig: een lerende ziet eraan waar dit bewijs in meetelt.",
        en="Stackability is needed: a learner sees from it what this credential counts towards.",
    ),
}

RECOGNISED: Final = LocalText(
    nl="De aanbieder moet op de dag van publicatie erkend zijn (OCW, NRTO of EVC): een werkgever"
    " vertrouwt het bewijs omdat iemand op de aanbieder let.",
    en="The provider must be recognised on the day of publication (OCW, NRTO or EVC): an employer"
    " trusts the credential because somebody watches over the provider.",
)
LEVEL_BASIS: Final = LocalText(
    nl="Een private aanbieder geeft een niveau zelf op of laat het inschrijven bij het NCP NLQF;"
    " een geaccrediteerde opleiding heeft alleen een erkende instelling. De werkgever ziet wie"
    " het niveau noemt.",
    en="A private provider declares a level itself or has it registered with the NCP NLQF; only a"
    " recognised institution has an accredited programme. The employer sees who claims the level.",
)
LEVEL_REGISTRATION: Final = LocalText(
    nl="Bij een niveau dat is ingeschreven bij het NCP NLQF hoort het nummer van die inschrijving:"
    " een werkgever kan het daarmee nazoeken.",
    en="A level registered with the NCP NLQF comes with the number of that registration: an"
    " employer can look it up by it.",
)

_UNITS_NL: Final = {
    StudyLoadUnit.ECTS: "EC",
    StudyLoadUnit.SBU: "studiebelastingsuren (SBU)",
    StudyLoadUnit.HOUR: "uur",
}
_UNITS_EN: Final = {
    StudyLoadUnit.ECTS: "ECTS credits",
    StudyLoadUnit.SBU: "hours of study load (SBU)",
    StudyLoadUnit.HOUR: "hours",
}


def period(policy: Policy) -> LocalText:
    """Say that the policy must hold on the day of publication."""
    return LocalText(
        nl=f"De afspraken {policy.policy_id}@{policy.version} moeten gelden op de dag van"
        " publicatie: een controleur zoekt later op waaraan het bewijs moest voldoen.",
        en=f"The policy {policy.policy_id}@{policy.version} must hold on the day of publication: a"
        " verifier looks up later what the credential had to meet.",
    )


def unit(policy: Policy) -> LocalText:
    """Say in which unit this sector counts."""
    return LocalText(
        nl=f"De studielast wordt in deze sector geteld in {_UNITS_NL[policy.unit]}: zo kan een"
        " instelling haar vergelijken met het eigen onderwijs.",
        en=f"Study load is counted in {_UNITS_EN[policy.unit]} in this sector, so that an"
        " institution can compare it with its own education.",
    )


def minimum(policy: Policy, *, met: bool) -> LocalText:
    """Say what the smallest size is; below it this is an edubadge."""
    least_nl, least_en = _amount(policy, policy.minimum)
    if met:
        return LocalText(
            nl=f"Een microcredential is minstens {least_nl}: een werkgever weet dan dat er meer is"
            " gedaan dan een korte cursus.",
            en=f"A microcredential is at least {least_en}, so that an employer knows that it was"
            " more than a short course.",
        )
    return LocalText(
        nl=f"Dit is een edubadge, geen microcredential: een microcredential is minstens"
        f" {least_nl}, zodat een werkgever weet dat er meer is gedaan dan een korte cursus. Geef"
        " het als edubadge uit, of voeg onderdelen samen.",
        en="This is an edubadge, not a microcredential: a microcredential is at least"
        f" {least_en}, so that an employer knows that it was more than a short course. Issue it as"
        " an edubadge, or join parts together.",
    )


def maximum(policy: Policy, most: Decimal) -> LocalText:
    """Say what the largest size is."""
    most_nl, most_en = _amount(policy, most)
    return LocalText(
        nl=f"Een microcredential is hoogstens {most_nl}: wat groter is, hoort voor de lerende in"
        " delen die elk op zich tellen.",
        en=f"A microcredential is at most {most_en}: what is larger belongs in parts, each of which"
        " counts for the learner by itself.",
    )


def step(policy: Policy, nearest: Sequence[Decimal] = ()) -> LocalText:
    """Say in which steps sizes go, and which sizes are near to one that does not fit."""
    step_nl, step_en = _amount(policy, policy.step)
    choose_nl = choose_en = ""
    if nearest:
        dutch, english = zip(*(_amount(policy, size) for size in nearest), strict=True)
        choose_nl = f" Kies {' of '.join(dutch)}."
        choose_en = f" Choose {' or '.join(english)}."
    return LocalText(
        nl=f"De omvang gaat in stappen van {step_nl}: zo kan een examencommissie bewijzen bij"
        f" elkaar optellen.{choose_nl}",
        en=f"Sizes go in steps of {step_en}, so that an examination board can add credentials"
        f" up.{choose_en}",
    )


def guideline(policy: Policy, advised: Decimal) -> LocalText:
    """Say which size is advised; smaller is allowed, with a reason."""
    advised_nl, advised_en = _amount(policy, advised)
    return LocalText(
        nl=f"De richtlijn is minstens {advised_nl}. Kleiner mag, met een goede reden in de"
        " beschrijving: de lerende en de werkgever willen weten waarom.",
        en=f"The guideline is at least {advised_en}. Smaller is allowed, with a good reason in the"
        " description: learner and employer want to know why.",
    )


def _amount(policy: Policy, value: Decimal) -> tuple[str, str]:
    plain = f"{value.normalize():f}"
    return (
        f"{plain.replace('.', ',')} {_UNITS_NL[policy.unit]}",
        f"{plain} {_UNITS_EN[policy.unit]}",
    )
