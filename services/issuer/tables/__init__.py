"""The issuer's rows, on metadata of its own. By subject.

Names, e-mail addresses and eduIDs stand in `sealed_…` columns only, under the data key of the
learner; `wrapped_key` columns hold data keys under the key-encryption key, which is not in here.
"""

from services.issuer.tables.awards import award, credential, learner
from services.issuer.tables.catalogue import microcredential, organisation
from services.issuer.tables.keys import signing_key
from services.issuer.tables.metadata import METADATA
from services.issuer.tables.status_lists import status_list

__all__ = [
    "METADATA",
    "award",
    "credential",
    "learner",
    "microcredential",
    "organisation",
    "signing_key",
    "status_list",
]
