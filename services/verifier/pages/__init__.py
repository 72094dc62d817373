"""The verifier for people: one box, one answer, without an account and without JavaScript.

`handing` reads what somebody hands in, `telling` is what a page is told of a verdict, `checking` is
the pages themselves, `sharing` those of links. The answer is the same object a program gets; a page
only arranges it (people.md 2a).
"""

from services.verifier.pages.checking import router
from services.verifier.pages.sharing import router as sharing_router

__all__ = ["router", "sharing_router"]
