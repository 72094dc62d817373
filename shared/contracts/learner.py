"""How somebody outside names a learner: by e-mail address, or by what eduID calls them.

Separate, because awards are made out and looks are asked for with the same two, by two services.
"""

from typing import Annotated, Final

from pydantic import Field, StringConstraints

_EMAIL: Final = r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$"
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=_EMAIL),
    Field(examples=["j.devries@example.nl"]),
]
EduId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=8, max_length=200, pattern=r"^[!-~]+$"),
    Field(
        description="identifier of the learner at eduID",
        examples=["urn:uuid:2f6a1c52-7a09-4f3f-8c71-0d7a3d4f9c11"],
    ),
]
