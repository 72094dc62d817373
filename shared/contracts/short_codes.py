"""Short public codes that people read aloud and type over, such as `7Q4K-M2XD-9HT7`.

Apart from who gives one out or looks one up, because both must agree on what a typing error is.
Eleven characters of Crockford's base 32 (no I, L, O, U) and one by ISO/IEC 7064 MOD 37-2, which
notices every single wrong character and every swap of two neighbours. A code whose check character
would fall outside the alphabet is not given out: `check_character` returns None.
"""

import re
from collections.abc import Iterator
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 12
DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014"
"""What a word processor makes of a hyphen."""
_GROUP: Final = 4
_VALUES: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
_MODULUS: Final = 37
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN: Final = str.maketrans(dict.fromkeys(" \t.\u00a0" + DASHES, ""))
_CODE: Final = re.compile(rf"[{ALPHABET}U]{{{LENGTH}}}")
_PAIRS: Final = "8B 5S 2Z 0D 0Q DQ 6G 17 1T 7T VY UV UY MN 4A 3E CG EF PR KX"
_ALIKE: Final = {
    one: [pair.replace(one, "") for pair in _PAIRS.split() if one in pair] for one in f"{ALPHABET}U"
}
_LONGEST: Final = 40


def check_character(body: str) -> str | None:
    """Return the check character of eleven characters, or None where the alphabet has none."""
    # ISO/IEC 7064: the sum over the whole must be 1, each place weighing twice the next.
    found = _VALUES[(1 - 2 * _sum(body)) % _MODULUS]
    return found if found in ALPHABET else None


def normal_form(text: str) -> str | None:
    """Return a code as it is written, `7Q4K-M2XD-9HT7`, or None when this is not the form of one.

    Takes lower case, any dash, spaces, and the letters that look like digits (Crockford). Its check
    character may be wrong: ask `is_short_code`.
    """
    if len(text) > _LONGEST:
        return None
    bare = text.upper().translate(_BETWEEN).translate(_READ_AS)
    return _written(bare) if _CODE.fullmatch(bare) else None


def is_short_code(text: str) -> bool:
    """Say whether this is a code, in any way of writing it, with the right check character."""
    written = normal_form(text)
    return written is not None and _holds(written.replace("-", ""))


def likely_meant(text: str) -> tuple[str, ...]:
    """Return the codes that a slip of eye or finger could have made this of, likeliest first.

    One character that looks like another, or two neighbours swapped; none for a right code.
    """
    written = normal_form(text)
    if written is None or is_short_code(written):
        return ()
    bare = written.replace("-", "")
    return tuple(dict.fromkeys(_written(one) for one in _slips(bare) if _holds(one)))


def _slips(bare: str) -> Iterator[str]:
    for at, character in enumerate(bare):
        yield from (bare[:at] + other + bare[at + 1 :] for other in _ALIKE[character])
    for at in range(len(bare) - 1):
        yield bare[:at] + bare[at + 1] + bare[at] + bare[at + 2 :]


def _holds(bare: str) -> bool:
    return "U" not in bare and _sum(bare) == 1


def _sum(characters: str) -> int:
    total = 0
    for character in characters:
        total = (2 * total + _VALUES.index(character)) % _MODULUS
    return total


def _written(bare: str) -> str:
    return "-".join(bare[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))
