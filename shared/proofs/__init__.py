"""What makes a claim checkable by a stranger: signatures, seals, status lists, pseudonyms.

Separate from the services because every one of them must agree on these bytes to the last bit.
"""

from shared.errors import RuleError


class ProofRefusedError(RuleError):
    """The proof does not hold."""

    code = "proof-refused"
    dutch = "Het bewijs klopt niet."
