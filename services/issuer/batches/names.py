"""A person's name out of one cell: `Jansen, Anna van` and `Anna van Jansen` are the same person.

Apart from judging, because taking a Dutch name apart is a rule of its own.
"""

from typing import Final

PREFIXES: Final = frozenset(
    {
        *("'s", "'t", "aan", "af", "al", "bij", "bin", "da", "das", "de", "del", "den", "der"),
        *("des", "di", "do", "dos", "du", "el", "en", "het", "ibn", "in", "la", "las", "le"),
        *("les", "los", "of", "op", "onder", "over", "te", "ten", "ter", "tot", "uit", "van"),
        *("vom", "von", "voor", "zu", "zum", "zur"),
    }
)


def split_name(name: str) -> tuple[str, str]:
    """Return given and family name; one is empty when it is not there."""
    family, comma, rest = name.partition(",")
    words = (rest if comma else name).split()
    if comma:
        at = len(words)
        while at > 1 and is_prefix(words[at - 1]):
            at -= 1
        return " ".join(words[:at]), " ".join([*words[at:], *family.split()])
    at = next((i for i, word in enumerate(words) if i and is_prefix(word)), 1)
    return " ".join(words[:at]), " ".join(words[at:])


def family_name(name: str) -> str:
    """Return a family name with its prefix in front: `Vries, de` is `de Vries`."""
    family, comma, rest = name.partition(",")
    words = rest.split()
    if comma and words and all(map(is_prefix, words)):
        return " ".join([*words, *family.split()])
    return name


def is_prefix(word: str) -> bool:
    """Say whether a word is a prefix of family names."""
    return word.lower().replace("\u2019", "'") in PREFIXES
