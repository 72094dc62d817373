"""What each finding means, for people: plain Dutch (B1) and English, one sentence per code.

Separate from the checks, so that words can be bettered without touching what is decided.
"""

from typing import Final

from services.verifier.domain.explanations.content import CONTENT
from services.verifier.domain.explanations.origin import ORIGIN
from services.verifier.domain.explanations.reading import READING
from services.verifier.domain.explanations.sealing import SEALING
from services.verifier.domain.explanations.standing import STANDING

EXPLANATIONS: Final = {**READING, **ORIGIN, **CONTENT, **STANDING, **SEALING}
