"""The base classes of HTTP bodies: camelCase, exact about types, deaf to nothing.

Apart from the routes, because a service's `schemas` need the shape of a body, not a framework.
"""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class ApiModel(BaseModel):
    """A body we receive: camelCase names only, no unknown members, no guessing of types.

    A request is judged by JSON's own types, also inside contracts that are lenient to events
    (`json_body` sees to it): `true` is no number, `"5"` is no number, and `5` is no date.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
    )


class ApiAnswer(BaseModel):
    """A body we send: camelCase names."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        frozen=True,
    )
