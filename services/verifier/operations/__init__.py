"""Judging what people show us; keeping copies of what others announce is `listening`."""

from services.verifier.operations.desk import Desk, open_desk
from services.verifier.operations.sharing import (
    WantedShare,
    gives_codes,
    is_shareable,
    make_share,
    share_handed,
    withdraw,
)
from services.verifier.operations.verifying import (
    Verified,
    refuse,
    verify_all,
    verify_handed,
    verify_one,
)

__all__ = [
    "Desk",
    "Verified",
    "WantedShare",
    "gives_codes",
    "is_shareable",
    "make_share",
    "open_desk",
    "refuse",
    "share_handed",
    "verify_all",
    "verify_handed",
    "verify_one",
    "withdraw",
]
