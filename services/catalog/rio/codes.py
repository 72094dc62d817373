"""The identifiers of RIO that concern us, and the patterns each must have (RIO V4)."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class RioCode(StrEnum):
    """A kind of identifier, by RIO's own word."""

    OPLEIDINGSEENHEIDCODE = "opleidingseenheidcode"
    AANGEBODEN_OPLEIDINGCODE = "aangebodenOpleidingCode"
    ONDERWIJSAANBIEDERCODE = "onderwijsaanbiedercode"
    ONDERWIJSBESTUURCODE = "onderwijsbestuurcode"
    ONDERWIJSLOCATIECODE = "onderwijslocatiecode"
    ERKENDE_ORGANISATIECODE = "erkendeOrganisatiecode"
    ERKENDE_OPLEIDINGSCODE = "erkendeOpleidingscode"
    COHORTCODE = "cohortcode"
    EIGEN_SLEUTEL = "eigenSleutel"
    BRIN = "brin"
    BRIN_VESTIGING = "brinVestiging"


_LINE: Final = r"[^\r\n\t]"
PATTERNS: Final[Mapping[RioCode, re.Pattern[str]]] = {
    RioCode.OPLEIDINGSEENHEIDCODE: re.compile(r"[0-9]{4}O[0-9]{4}"),
    RioCode.AANGEBODEN_OPLEIDINGCODE: re.compile(
        r"[a-fA-F0-9]{8}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{4}-[a-fA-F0-9]{12}"
    ),
    RioCode.ONDERWIJSAANBIEDERCODE: re.compile(r"[0-9]{3}A[0-9]{3}"),
    RioCode.ONDERWIJSBESTUURCODE: re.compile(r"[0-9]{3}B[0-9]{3}"),
    RioCode.ONDERWIJSLOCATIECODE: re.compile(r"[0-9]{3}X[0-9]{3}"),
    RioCode.ERKENDE_ORGANISATIECODE: re.compile(rf"{_LINE}{{1,22}}"),
    RioCode.ERKENDE_OPLEIDINGSCODE: re.compile(rf"{_LINE}{{1,8}}"),
    RioCode.COHORTCODE: re.compile(rf"{_LINE}{{1,60}}"),
    RioCode.EIGEN_SLEUTEL: re.compile(rf"{_LINE}{{1,60}}"),
    RioCode.BRIN: re.compile(r"[0-9]{2}[A-Z]{2}"),
    RioCode.BRIN_VESTIGING: re.compile(r"[0-9]{2}[A-Z]{2}[0-9]{2}"),
}

OTHER_CODE_TYPES: Final[Mapping[str, RioCode]] = {
    "x-rio-opleidingseenheidcode": RioCode.OPLEIDINGSEENHEIDCODE,
    "x-rio-aangebodenopleidingcode": RioCode.AANGEBODEN_OPLEIDINGCODE,
}
"""Under which `codeType` a description carries what RIO calls it."""


def is_rio_code(kind: RioCode, code: str) -> bool:
    """Say whether a code has the pattern that RIO asks of its kind."""
    return PATTERNS[kind].fullmatch(code) is not None
