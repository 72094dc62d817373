"""What a microcredential means, in plain Dutch and English sentences made from its facts. Pure.

Apart from the pages, because nothing may be said here that the record does not say: what is not
stated is called not stated. Dutch at B1.
"""

from decimal import Decimal
from typing import Final

from services.catalog.pages import words
from services.catalog.pages.words import Words
from shared.contracts.microcredential import Level, Microcredential, StudyLoad
from shared.contracts.vocabulary import AssessmentType, LevelBasis, StudyLoadUnit

HOURS_PER_CREDIT: Final = 28

NOT_A_DIPLOMA: Final[Words] = (
    (
        "Het is geen diploma en geen graad. Over een vrijstelling beslist altijd de examencommissie"
        " van de instelling waar u die vraagt."
    ),
    (
        "It is not a diploma and not a degree. An exemption is always decided by the examination"
        " board of the institution where you ask for it."
    ),
)
_NO_LEVEL: Final[Words] = (
    "De aanbieder vermeldt geen niveau.",
    "The provider states no level.",
)
_NO_ASSESSMENT: Final[Words] = (
    "De aanbieder vermeldt niet hoe er wordt getoetst.",
    "The provider does not state how it is assessed.",
)
_NOT_REGISTERED: Final[dict[LevelBasis, Words]] = {
    LevelBasis.SELF_DECLARED: (
        "De aanbieder geeft dat zelf op; het NCP NLQF heeft het niet bevestigd.",
        "The provider declares this itself; the NCP NLQF has not confirmed it.",
    ),
    LevelBasis.ACCREDITED_PROGRAMME: (
        "Het komt van een geaccrediteerde opleiding van de aanbieder.",
        "It comes from an accredited programme of the provider.",
    ),
}


def hours_of(load: StudyLoad | None) -> int | None:
    """Return how many hours of work it is for an average learner, or None when not stated."""
    if load is None:
        return None
    per_unit = HOURS_PER_CREDIT if load.unit is StudyLoadUnit.ECTS else 1
    return round(load.value * per_unit)


def tell(one: Microcredential) -> list[Words]:
    """Say what it means to have this: how much, which level, what was shown, and what it is not."""
    content = one.content
    told = [_size(content.study_load)] if content.study_load else []
    told.append(_level(content.level) if content.level else _NO_LEVEL)
    told.append(_assessed(content.assessment.types) if content.assessment else _NO_ASSESSMENT)
    supervision = content.supervision
    told.append(words.IDENTITY[supervision] if supervision else words.NO_SUPERVISION_STATED)
    told.append(NOT_A_DIPLOMA)
    return told


def _size(load: StudyLoad) -> Words:
    hours = hours_of(load)
    if load.unit is StudyLoadUnit.ECTS:
        dutch, english = written(load.value)
        unit = "credit" if load.value == 1 else "credits"
        return (
            f"Het is {dutch} EC. Dat is ongeveer {hours} uur werk voor een gemiddelde lerende.",
            (
                f"It is {english} ECTS {unit}. That is about {hours} hours of work for an average"
                " learner."
            ),
        )
    return (
        f"Een gemiddelde lerende werkt er {hours} uur aan.",
        f"An average learner works on it for {hours} hours.",
    )


def _level(level: Level) -> Words:
    name = level.value.rpartition("_")[2].replace("4plus", "4+")
    like = words.LIKE.get(level.value, ("", ""))
    dutch, english = (f", {each}" if each else "" for each in like)
    if level.basis is LevelBasis.NCP_REGISTERED:
        basis = (
            f"Dat is ingeschreven bij het NCP NLQF, onder nummer {level.registration_id}.",
            f"This is registered with the NCP NLQF, under number {level.registration_id}.",
        )
    else:
        basis = _NOT_REGISTERED[level.basis]
    return (
        f"Het niveau is {name}{dutch}. {basis[0]}",
        f"The level is {name}{english}. {basis[1]}",
    )


def _assessed(types: tuple[AssessmentType, ...]) -> Words:
    named = [words.ASSESSMENTS[each] for each in types]
    return (
        f"Wat u kunt, laat u zien met: {listed([each[0] for each in named], 'en')}.",
        f"You show what you can do by: {listed([each[1] for each in named], 'and')}.",
    )


def written(value: Decimal) -> Words:
    """Write a number as people do: with a comma in Dutch, a point in English."""
    plain = f"{value.normalize():f}"
    return plain.replace(".", ","), plain


def listed(items: list[str], last: str) -> str:
    """Read a list aloud: `a, b and c`."""
    return f" {last} ".join([*([", ".join(items[:-1])] if items[1:] else []), items[-1]])
