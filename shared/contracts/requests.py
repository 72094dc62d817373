"""What is asked of a request and not of an event: rules that bind who sends, never who listens.

Apart from the contracts, because a rule that is new today must not make a consumer refuse what was
announced yesterday: it is judged only under the validation context REQUEST. Every rule answers with
faults that have their own code and their sentence in English and in Dutch.
"""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pydantic import (
    AfterValidator,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

REQUEST: Final[Mapping[str, bool]] = MappingProxyType({"request": True})
"""Validate with `context=REQUEST` what a caller sends, or what somebody else's system gave."""

DUTCH: Final = "dutch"
"""Where a fault of ours keeps its sentence in Dutch, in the context of pydantic's error."""

_SAID_BETTER: Final = frozenset({"string_pattern_mismatch"})


class Broken(NamedTuple):
    """A broken rule, and where inside the value: the positions and names that lead there."""

    fault: PydanticCustomError
    at: tuple[int | str, ...] = ()


Rule = Callable[[Any], Iterable[Broken]]


def fault(code: str, detail: str, dutch: str) -> PydanticCustomError:
    """Return what a validator raises: a code and its sentence in both languages, no value in it."""
    return PydanticCustomError(code, detail, {DUTCH: dutch})


def is_request(info: ValidationInfo) -> bool:
    """Say whether a value is judged as a request."""
    return info.context is REQUEST


def judge(found: Iterable[Broken], info: ValidationInfo) -> None:
    """Refuse with all the rules that are broken, in a request only."""
    if is_request(info) and (every := [*found]):
        raise _refusal(every)


def when_asked(rule: Rule) -> AfterValidator:
    """Judge a value that has its type by a rule, in a request only."""

    def judge_value(value: object, info: ValidationInfo) -> object:
        judge(rule(value), info)
        return value

    return AfterValidator(judge_value)


def text_when_asked(
    rule: Callable[[str], Iterable[Broken]], *, first: Callable[[str], str] = str
) -> WrapValidator:
    """Judge a text by a rule in a request, and name what is wrong with its length as well."""

    def judge_text(
        value: object, accept: ValidatorFunctionWrapHandler, info: ValidationInfo
    ) -> object:
        if not is_request(info) or not isinstance(value, str):
            return accept(value)
        value = first(value)
        found = [*rule(value)]
        try:
            accepted: object = accept(value)
        except ValidationError as error:
            if not found:
                raise
            raise _refusal(found, also=error) from None
        if found:
            raise _refusal(found)
        return accepted

    return WrapValidator(judge_text)


def _refusal(found: Iterable[Broken], *, also: ValidationError | None = None) -> ValidationError:
    """Return all faults as one error; pydantic puts each at its place in the whole."""
    lines = [InitErrorDetails(type=one.fault, loc=one.at, input=None) for one in found]
    for error in also.errors(include_url=False) if also else ():
        if error["type"] not in _SAID_BETTER:
            context = error.get("ctx", {})
            lines.append(
                InitErrorDetails(type=error["type"], loc=error["loc"], input=None, ctx=context)
            )
    return ValidationError.from_exception_data("request", lines, hide_input=True)
