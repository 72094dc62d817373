"""The base of every contract: camelCase on the wire, immutable, deaf to what it does not know.

Consumers ignore unknown members, so that a sender may add optional ones within v1.
"""

from decimal import Decimal
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticKnownError


class Contract(BaseModel):
    """A record that crosses a border."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
    )


def _number(value: Decimal) -> int | float:
    """Give the number JSON knows; every half is exact in binary, so nothing is rounded."""
    return int(value) if value == value.to_integral_value() else float(value)


def _only_a_number(value: object) -> object:
    """Refuse what is no number, also what pydantic would make one: a text, or true and false."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticKnownError("decimal_type")
    # A request is judged strictly, and once Python saw a number only a Decimal is one.
    return Decimal(str(value)) if isinstance(value, int | float) else value


Credits = Annotated[
    Decimal,
    # Before the other, or pydantic judges each limit in Python.
    Field(gt=0, le=10_000, max_digits=6, decimal_places=1),
    BeforeValidator(_only_a_number, json_schema_input_type=float),
    PlainSerializer(_number, return_type=int | float, when_used="json"),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 10000, "multipleOf": 0.1}),
]
"""An amount of study load in some unit: exact, at most one decimal, a JSON number on the wire."""
