"""Every question the catalogue asks its database; contracts and desks come out. By subject."""

from services.catalog.repository.desks import find_desk, keep_desk, lock_desk
from services.catalog.repository.microcredentials import (
    add_version,
    find_version,
    keep_archived,
    list_versions,
)
from services.catalog.repository.organisations import (
    find_organisation,
    get_organisation,
    keep_organisation,
    list_organisations,
    name_providers,
)
from services.catalog.repository.policies import (
    POLICIES,
    add_policy,
    get_document,
    get_policy,
    list_policies,
)
from services.catalog.repository.records import lock

__all__ = [
    "POLICIES",
    "add_policy",
    "add_version",
    "find_desk",
    "find_organisation",
    "find_version",
    "get_document",
    "get_organisation",
    "get_policy",
    "keep_archived",
    "keep_desk",
    "keep_organisation",
    "list_organisations",
    "list_policies",
    "list_versions",
    "lock",
    "lock_desk",
    "name_providers",
]
