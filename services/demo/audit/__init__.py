"""The independent checker of credentials, as Boulder has one: the verifier's rules on all of them.

It reads every credential as its organisation does and shows it to the verifier as an employer does,
so that no code of the issuer vouches for the issuer. `rules` says what ought to come out, `walking`
goes through them all, and `progress` remembers how far it came.
"""

from services.demo.audit.progress import Progress
from services.demo.audit.walking import AuditPlan, AuditStoppedError, audit

__all__ = ["AuditPlan", "AuditStoppedError", "Progress", "audit"]
