"""Checks 1 to 3 of what is no credential we judge: each kind is told apart, and explained.

Separate, because these end here: nothing is looked up, and nobody is asked, about an address, a
badge without a signature or a text that only looks like something.
"""

from typing import Final

from services.verifier.checks.reading import CONTAINER_READ, Reading
from services.verifier.checks.token import READABLE
from services.verifier.domain.findings import Check, Code, Finding, failed, unknown
from services.verifier.domain.handed import Form
from shared.strict_json import JsonObject

_NOTHING: Final[JsonObject] = {}
_OTHER_PROFILES: Final = {
    Form.UNSIGNED: Code.UNSIGNED,
    Form.OPEN_BADGES_2: Code.OPEN_BADGES_2,
    Form.ELM: Code.EUROPEAN_MODEL,
    Form.PRESENTATION: Code.PRESENTATION_REFUSED,
    Form.PRESENTATION_JWT: Code.PRESENTATION_REFUSED,
}


def read_unreadable(form: Form) -> Reading:
    """Read something of another form: what it is, and no further."""
    return Reading(findings=_findings(form), claims=_NOTHING, form=form)


def read_unshared(form: Form, code: Code) -> Reading:
    """Read a link or a short code behind which nothing is found: why, and no further."""
    return Reading(findings=(unknown(Check.CONTAINER, code),), claims=_NOTHING, form=form)


def _findings(form: Form) -> tuple[Finding, ...]:
    if form is Form.URL:
        return (failed(Check.CONTAINER, Code.OTHER_ADDRESS),)
    if form in _OTHER_PROFILES:
        return CONTAINER_READ, READABLE, failed(Check.PROFILE, _OTHER_PROFILES[form])
    return (failed(Check.CONTAINER, Code.NOTHING_FOUND),)
