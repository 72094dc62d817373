"""The ids under which OEAPI knows what we have: UUIDs that can be read back, so none is stored.

Apart from the mapping, because an address must find its row again: a hash (UUID v5) would need a
column and an index for every kind of thing. An organisation's OIN fits in a UUID v8 (RFC 9562
§5.8); what belongs to a microcredential is its own UUID with the free bits of its kind turned over.
"""

from typing import Final
from uuid import UUID

MOST_OUTCOMES: Final = 30
_FREE: Final = 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF
"""Every bit of a UUID but its version and variant (RFC 9562 §4)."""
_DELIVERY: Final = 0xA6F1C3D2_58B7_4E91_9C64_7D20E5B83F1A & _FREE
_OUTCOME: Final = 0x5D38E9A4_C16B_4072_A5F3_18B94C6E2DE0 & _FREE

_OIN_LENGTH: Final = 20
_OIN_BITS: Final = 104
_OIN_TAG: Final = 0x2B3C5
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def delivery_id(microcredential_id: UUID) -> UUID:
    """Return the id of what is taught for a microcredential; of that id, the first one again."""
    return UUID(int=microcredential_id.int ^ _DELIVERY)


def outcome_id(microcredential_id: UUID, at: int) -> UUID:
    """Return the id of the learning outcome at a place in the list of a microcredential."""
    return UUID(int=microcredential_id.int ^ _OUTCOME ^ at)


def owners_of(learning_outcome_id: UUID) -> dict[UUID, int]:
    """Return whose outcome this may be, and at which place; only one of them exists."""
    turned = learning_outcome_id.int ^ _OUTCOME
    return {UUID(int=turned ^ at): at for at in range(MOST_OUTCOMES)}


def organisation_id(oin: str) -> UUID:
    """Return the id of an organisation."""
    value = _OIN_TAG << _OIN_BITS | int(oin, 36)
    high, middle, low = value >> 74, value >> 62 & 0xFFF, value & (1 << 62) - 1
    return UUID(int=high << 80 | 8 << 76 | middle << 64 | 2 << 62 | low)


def oin_of(organisation: UUID) -> str | None:
    """Return the OIN in an organisation's id, or None when it is not one of ours."""
    number = organisation.int
    value = number >> 80 << 74 | (number >> 64 & 0xFFF) << 62 | number & (1 << 62) - 1
    rest = value & (1 << _OIN_BITS) - 1
    oin = ""
    while rest:
        rest, digit = divmod(rest, 36)
        oin = _DIGITS[digit] + oin
    oin = oin.rjust(_OIN_LENGTH, "0")
    is_ours = len(oin) == _OIN_LENGTH and organisation_id(oin) == organisation
    return oin if is_ours else None
