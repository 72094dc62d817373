"""RFC 9110 §12.5.1: which of the forms we have is asked most.

Separate, because every route that answers in several forms reads `Accept` in the same way.
"""

from collections.abc import Mapping
from typing import TypeVar

from shared.runtime.problems import NotAcceptableError

Form = TypeVar("Form")


def choose_form(accept: str | None, offered: Mapping[str, Form]) -> Form:
    """Return the form asked most, the first of equals; `offered` is by media type or range.

    Parameters other than `q` are passed over, and a `q` that is no number counts as none.
    Raises NotAcceptableError.
    """
    weighed: list[tuple[float, str]] = []
    for part in (accept or "*/*").lower().split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, number = parameter.partition("=")
            if name == "q":
                weight = _weight(number)
        if weight > 0 and kind in offered:
            weighed.append((weight, kind))
    if not weighed:
        raise NotAcceptableError
    return offered[max(weighed, key=lambda one: one[0])[1]]


def _weight(number: str) -> float:
    try:
        return max(0.0, min(float(number), 1.0))  # in this order, what is not a number is nothing
    except ValueError:
        return 0.0
