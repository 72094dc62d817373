"""What can be read of a body that was refused, so that its rules are judged in the same answer.

Apart from reading bodies, because it is asked only once something is wrong. A member that does not
fit is absent from its record: a rule that needs it meets AttributeError, and says nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, cast, get_args, get_origin

from pydantic import AfterValidator, BaseModel, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, to_json
from starlette.requests import Request

from shared.contracts.requests import REQUEST
from shared.errors import Fault
from shared.strict_json import JsonValue

UNREAD: Final = object()
"""What stands in a list where an item does not fit; it has no members either."""

_LONGEST: Final = 1000

Place = tuple[int | str, ...]


class BodyRules:
    """What is asked of a body and no single member can say: `Annotated[…, Body(), BodyRules(…)]`.

    Each rule is judged apart, so that what cannot be read silences no other; `of_request` are those
    that look at the rest of the request as well: its path, its moment, who sends it.
    """

    def __init__(
        self,
        *rules: Callable[[Any], Iterable[Fault]],
        of_request: Iterable[Callable[[Any, Request], Iterable[Fault]]] = (),
    ) -> None:
        self._rules = rules
        self._of_request = tuple(of_request)

    def judge(self, body: object, request: Request) -> Iterator[Fault]:
        """Give the faults of a body, whole or as far as it could be read."""
        for rule in self._rules:
            yield from _as_far_as_read(rule, body)
        for of_request in self._of_request:
            yield from _as_far_as_read(of_request, body, request)


def _as_far_as_read(rule: Callable[..., Iterable[Fault]], *asked: object) -> Iterator[Fault]:
    try:
        yield from rule(*asked)
    except AttributeError:
        return


class Legible:
    """A refused body as far as it fits, and the faults its first judgement did not come to."""

    def __init__(self, form: "Form", value: JsonValue) -> None:
        self.errors: list[ErrorDetails] = []
        self.body = self._read_partly(form, value, ())

    def _read(self, form: "Form", value: JsonValue, place: Place) -> object:
        whole = form.fitting(value)
        return self._read_partly(form, value, place) if whole is UNREAD else whole

    def _read_partly(self, form: "Form", value: JsonValue, place: Place) -> object:
        if isinstance(value, dict) and form.record is not None:
            return self._read_record(form.record, value, place)
        if isinstance(value, list) and form.item is not None and len(value) <= form.longest:
            return self._read_list(form, form.item, value, place)
        return UNREAD

    def _read_record(
        self, kind: type[BaseModel], value: Mapping[str, JsonValue], place: Place
    ) -> BaseModel:
        members: dict[str, Any] = {}
        unread = set()
        for name, (alias, form) in _members(kind).items():
            if alias in value:
                members[name] = self._read(form, value[alias], (*place, alias))
            if members.get(name) is UNREAD or _is_missing(kind, name, alias, value):
                unread.add(name)
        record = kind.model_construct(**members)
        for name in unread:
            record.__dict__.pop(name, None)
        return record

    def _read_list(
        self, form: "Form", item: "Form", value: list[JsonValue], place: Place
    ) -> tuple[object, ...]:
        """Read items one by one; what is asked of a list is asked of those that fit."""
        read = [item.fitting(one) for one in value]
        fitting = [at for at, one in enumerate(read) if one is not UNREAD]
        try:
            form.rules.validate_python(tuple(read[at] for at in fitting), context=REQUEST)
        except ValidationError as error:
            for found in error.errors(include_url=False):
                at, *rest = found["loc"]
                self.errors.append({**found, "loc": (*place, fitting[cast("int", at)], *rest)})
        return tuple(
            self._read_partly(item, value[at], (*place, at)) if one is UNREAD else one
            for at, one in enumerate(read)
        )


def _is_missing(
    kind: type[BaseModel], name: str, alias: str, value: Mapping[str, JsonValue]
) -> bool:
    return alias not in value and kind.model_fields[name].is_required()


@dataclass(frozen=True, slots=True)
class Form:
    """What is asked in one place: its judgement, and the record or the list that it is."""

    judged: TypeAdapter[Any]
    rules: TypeAdapter[object]
    record: type[BaseModel] | None = None
    item: "Form | None" = None
    longest: int = _LONGEST

    def read(self, text: bytes) -> Any:  # noqa: ANN401 - what is asked can be anything
        """Return a JSON text as what is asked, exactly that; or raise every fault in its form."""
        return self.judged.validate_json(
            text, strict=True, extra="forbid", context=REQUEST, by_alias=True, by_name=False
        )

    def fitting(self, value: JsonValue) -> object:
        """Return a value as what is asked, or UNREAD when it does not fit."""
        try:
            return self.read(to_json(value))
        except ValidationError:
            return UNREAD


@cache
def _members(kind: type[BaseModel]) -> Mapping[str, tuple[str, Form]]:
    """Return the name on the wire and the form of each member of a record."""
    return {
        name: (field.alias or name, form_of(Annotated[field.annotation, *field.metadata, None]))
        for name, field in kind.model_fields.items()
    }


def form_of(wanted: Any) -> Form:  # noqa: ANN401 - an annotation can be anything
    """Return what an annotation asks."""
    kind, metadata = _inside(wanted)
    rules = [rule for rule in metadata if isinstance(rule, AfterValidator)]
    is_list = get_origin(kind) is tuple
    return Form(
        judged=TypeAdapter(wanted),
        rules=TypeAdapter(Annotated[tuple[Any, ...], *rules, None]),
        record=kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None,
        item=form_of(get_args(kind)[0]) if is_list else None,
        longest=min(getattr(one, "max_length", None) or _LONGEST for one in (*metadata, None)),
    )


def _inside(wanted: Any) -> tuple[Any, list[object]]:  # noqa: ANN401 - an annotation
    """Return what an annotation is about, without "or none", and what is said of it."""
    metadata: list[object] = []
    while True:
        if get_origin(wanted) is Annotated:
            wanted, *said = get_args(wanted)
            metadata += said
        elif get_origin(wanted) in {Union, UnionType}:
            some = [one for one in get_args(wanted) if one is not NoneType]
            if len(some) > 1:
                return wanted, metadata
            wanted = some[0]
        else:
            return wanted, metadata
