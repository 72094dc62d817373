"""Words: without accents, in weights, as trigrams, and how far two of them are apart.

PostgreSQL stems them; what it has no extension for everywhere, such as unaccent and pg_trgm,
is done here, on both sides the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from services.catalog.search.labels import label_of, size_of
from services.catalog.search.question import LONGEST_WORDS, Facet, Listing
from shared.contracts.isced import broad_of
from shared.contracts.vocabulary import LocalText

SHORTEST_WORD: Final = 3
LONGEST_WORD: Final = 40
_WORD: Final = re.compile(r"[^\W_]+")
_LAST: Final = re.compile(r"(?:^|(?<=\s))([a-z0-9]{3,40})$")
# A sign before a word or a quotation leaves it out; anywhere else it says nothing, and PostgreSQL
# gives up on a heap of them.
_IDLE_SIGN: Final = re.compile(r"(?<![^\W_])-+(?![\w\"])|(?<=[^\s\w])-+|(?<=-)-+")
_LEAVING_OUT: Final = re.compile(r"(?<!\S)-")
_MOST_LEFT_OUT: Final = 8
_LENGTHS_WITHOUT_ANOTHER_ERROR: Final = (3, 5)
# Letters that Unicode does not take apart into a letter and an accent.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
)


def fold(text: str) -> str:
    """Return a text in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_in(text: str) -> Iterator[str]:
    """Return the words of a folded text that a typing error can be mended to."""
    for word in _WORD.findall(text):
        if SHORTEST_WORD <= len(word) <= LONGEST_WORD and not word.isdigit():
            yield word


@dataclass(frozen=True, slots=True)
class Weighed:
    """Texts of one language by what they weigh: title; what is learnt; what is told of it."""

    title: str
    learnt: str
    told: str


@dataclass(frozen=True, slots=True)
class ListedWords:
    """All texts of a listing, folded; names and codes stand in both languages."""

    dutch: Weighed
    english: Weighed

    def vocabulary(self) -> list[str]:
        """Return every word once, in the order of the alphabet."""
        texts = (
            text
            for language in (self.dutch, self.english)
            for text in (language.title, language.learnt, language.told)
        )
        return sorted({word for text in texts for word in words_in(text)})


def words_of(listing: Listing) -> ListedWords:
    """Return the texts of a listing that words are looked for in."""
    content, provider = listing.microcredential.content, listing.provider
    title = [content.title]
    learnt = [*content.learning_outcomes, *(skill.label for skill in content.skills)]
    told = [content.description, content.target_group, provider.name, *_called(listing)]
    names = [content.abbreviation, content.primary_code]
    cities = {one.location.city for one in listing.offerings if one.location is not None}
    places = [provider.name.nl, provider.name.en, provider.city, *sorted(cities)]

    def in_language(language: str) -> Weighed:
        return Weighed(
            title=_joined([*_said(title, language), *names]),
            learnt=_joined([*_said(learnt, language), *content.keywords]),
            told=_joined([*_said(told, language), *places]),
        )

    return ListedWords(dutch=in_language("nl"), english=in_language("en"))


def _called(listing: Listing) -> Iterator[LocalText]:
    """Return what the closed words of a listing are called: people look for those as well."""
    content, provider = listing.microcredential.content, listing.provider
    yield label_of(Facet.SECTOR, provider.sector, {})
    yield LocalText(nl=provider.sector.value, en=provider.sector.value)
    if content.level is not None:
        yield label_of(Facet.LEVEL, content.level.value, {})
    if content.study_load is not None:
        yield size_of(content.study_load)
    for mode in content.modes_of_delivery:
        yield label_of(Facet.FORM, mode, {})
    if content.field_of_study is not None:
        for code in {content.field_of_study, broad_of(content.field_of_study)}:
            yield label_of(Facet.FIELD, code, {})
    locations = [one.location for one in listing.offerings if one.location is not None]
    for region in {provider.region, *(one.region for one in locations)} - {None}:
        name = label_of(Facet.REGION, str(region), {})
        # A province has two names in the Netherlands, and both are written on either side.
        both = f"{name.nl} {name.en}"
        yield LocalText(nl=both, en=both)


def _said(texts: Iterable[LocalText | None], language: str) -> Iterator[str | None]:
    for text in texts:
        if text is not None:
            yield text.nl if language == "nl" else text.en


def _joined(texts: Iterable[str | None]) -> str:
    return fold("\n".join(dict.fromkeys(text for text in texts if text)))


@dataclass(frozen=True, slots=True)
class AskedWords:
    """The words of a question: all of them, and the last one apart if it may be unfinished."""

    text: str
    before: str
    begun: str

    @property
    def prefix(self) -> str:
        """Return the last word as the beginning of others, for `to_tsquery`; '' without one."""
        return f"{self.begun}:*" if self.begun else ""

    def single(self) -> list[str]:
        """Return the words one by one, as they stand."""
        return list(dict.fromkeys(words_in(self.text)))

    def mended(self, instead: dict[str, str]) -> "AskedWords":
        """Return the question with other words in the place of these."""
        return read_words(_WORD.sub(lambda found: instead.get(found[0], found[0]), self.text))


def read_words(words: str) -> AskedWords:
    """Read the words of a question; within quotes the last one is finished."""
    text = " ".join(_signs(fold(words.replace("\0", " "))[:LONGEST_WORDS]).split())
    last = _LAST.search(text)
    if last is None or '"' in text:
        return AskedWords(text, "", "")
    return AskedWords(text, text[: last.start()].rstrip(), last[1])


def _signs(text: str) -> str:
    """Keep the signs that mean something, and no more of them than anybody means."""
    text = _IDLE_SIGN.sub(" ", text)
    kept = _LEAVING_OUT.findall(text)[:_MOST_LEFT_OUT]
    return _LEAVING_OUT.sub(lambda _: kept.pop() if kept else " ", text)


def trigrams_of(word: str) -> list[str]:
    """Return the trigrams of a word, which begins with two spaces and ends with one."""
    padded = f"  {word} "
    return sorted({padded[at : at + 3] for at in range(len(padded) - 2)})


def similarity(one: str, other: str) -> float:
    """Return which part of their trigrams two words share."""
    here, there = set(trigrams_of(one)), set(trigrams_of(other))
    return len(here & there) / len(here | there)


def nearest(word: str, candidates: Iterable[str]) -> list[str]:
    """Return the candidates near enough to be meant, the nearest first."""
    found: list[tuple[int, float, str]] = []
    for other in candidates:
        most = _most_errors(min(len(word), len(other)))
        distance = typing_errors(word, other, most=most)
        if distance <= most:
            found.append((distance, -similarity(word, other), other))
    return [other for _, _, other in sorted(found)]


def _most_errors(length: int) -> int:
    # A short word is soon another word: whoever writes hbo means no mbo.
    return sum(length > each for each in _LENGTHS_WITHOUT_ANOTHER_ERROR)


def typing_errors(one: str, other: str, *, most: int) -> int:
    """Count the letters to add, leave out, replace or swap; more than `most` is not counted on."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, start=1):
        earlier, before, row = before, row, [at]
        for to, facing in enumerate(other, start=1):
            least = min(before[to] + 1, row[-1] + 1, before[to - 1] + (letter != facing))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == facing:
                least = min(least, earlier[to - 2] + 1)
            row.append(least)
        if min(row) > most:
            return most + 1
    return row[-1]
