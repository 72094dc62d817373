"""The issuer's rows, on metadata of its own. By subject.

Names, e-mail addresses and eduIDs stand in `sealed_…` columns only, under the data key of the
learner; `wrapped_key` columns hold data keys under the key-encryption key, which is not in here.
"""

from services.issuer.tables.awards import award, credential, embedded_proof, learner
from services.issuer.tables.batches import (
    batch,
    batch_decision,
    batch_row,
    batch_slice,
    delivered,
    issuing_rule,
    registered,
)
from services.issuer.tables.catalogue import microcredential, organisation, policy
from services.issuer.tables.changes import (
    award_change,
    correction,
    learner_erasure,
    revocation_batch,
    revocation_batch_row,
)
from services.issuer.tables.keys import key_reissue, signature, signing_key
from services.issuer.tables.metadata import METADATA
from services.issuer.tables.status_lists import status_list
from services.issuer.tables.triggers import (
    association,
    association_source,
    badge_class,
    direct_award_bundle,
    offering,
)

__all__ = [
    "METADATA",
    "association",
    "association_source",
    "award",
    "award_change",
    "badge_class",
    "batch",
    "batch_decision",
    "batch_row",
    "batch_slice",
    "correction",
    "credential",
    "delivered",
    "direct_award_bundle",
    "embedded_proof",
    "issuing_rule",
    "key_reissue",
    "learner",
    "learner_erasure",
    "microcredential",
    "offering",
    "organisation",
    "policy",
    "registered",
    "revocation_batch",
    "revocation_batch_row",
    "signature",
    "signing_key",
    "status_list",
]
