"""Judge whether a provider may award on behalf of another organisation, on a day.

Apart from the framework's rules: it is no policy that asks this, but whoever reads two names.
"""

from datetime import date
from typing import Final

from services.catalog.domain.mandates import Mandate
from services.catalog.policy.judgement import Finding
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import LocalText

POINTER: Final = "/onBehalfOf"
MANDATE: Final = LocalText(
    nl="Namens een ander uitreiken vraagt een mandaat van die organisatie dat op de dag van"
    " publicatie geldt: een werkgever moet erop kunnen rekenen dat zij ervan weet.",
    en="Awarding on behalf of another takes a mandate of that organisation which holds on the day"
    " of publication: an employer must be able to rely on its knowing.",
)
RECOGNISED: Final = LocalText(
    nl="De organisatie namens wie u uitreikt, moet op de dag van publicatie erkend zijn: haar naam"
    " geeft het bewijs gewicht.",
    en="The organisation you award for must be recognised on the day of publication: its name is"
    " what gives the credential weight.",
)


def judge_behalf(
    mandator: Organisation | None, mandate: Mandate | None, *, day: date
) -> tuple[Finding, ...]:
    """Judge whether the other organisation is recognised, and lets the provider award for it."""
    recognised = mandator is not None and mandator.recognition_on(day) is not None
    mandated = mandate is not None and mandate.holds_on(day)
    return (
        Finding("on-behalf-of-recognised", POINTER, recognised, RECOGNISED),
        Finding("mandate", POINTER, mandated, MANDATE),
    )
