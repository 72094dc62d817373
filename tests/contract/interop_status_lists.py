"""npm `@sd-jwt/jwt-status-list`: asked to `read` places of a token, or to `write` a list."""

from pathlib import Path
from typing import Final

from tests.support.npm import NodeProgram

STATUS_LISTS: Final = NodeProgram(
    sources=Path(__file__).parent / "js_status_lists",
    program="read.mjs",
    integrity={
        "@sd-jwt/jwt-status-list": (
            "sha512-Xhh0n0DKe3paEtNNQSScy4dtA0ZVKF2OrmDcIB2jm77Doh4x"
            "sSs1pOseGEWBs9fmAe5Y0m082wgkmQnWEV53IQ=="
        ),
    },
)
