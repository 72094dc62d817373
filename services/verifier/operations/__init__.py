"""Judging what people show us; keeping copies of what others announce is `listening`."""

from services.verifier.operations.desk import Desk, open_desk
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
    "open_desk",
    "refuse",
    "verify_all",
    "verify_handed",
    "verify_one",
]
