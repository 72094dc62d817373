"""The picture of a microcredential: what it says, whether it bears the mark, and drawing it. Pure.

Separate from baking (`shared.proofs.baking`), because a picture is the same for every learner and
holds nothing about any of them.
"""

from services.issuer.picture.drawing import Drawing, draw
from services.issuer.picture.facts import Facts, bears_mark, facts_of

__all__ = ["Drawing", "Facts", "bears_mark", "draw", "facts_of"]
