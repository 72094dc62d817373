"""A catalogue of a whole country, made up: 20,000 microcredentials with 100,000 offerings.

Words follow Zipf's law, as words do: a few stand nearly everywhere, most hardly anywhere. Dutch
ones are put together, which makes the vocabulary as large as a real one.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

import asyncpg

from shared.contracts.isced import fields_of_study
from shared.contracts.vocabulary import (
    Admission,
    LevelBasis,
    ModeOfDelivery,
    Province,
    QualificationLevel,
)

MICROCREDENTIALS: Final = 20_000
OFFERINGS_OF_EACH: Final = 5
PROVIDERS: Final = 120
SKILLS: Final = 3_000
TODAY: Final = date(2026, 11, 25)
PUBLISHED: Final = datetime(2024, 1, 1, tzinfo=UTC)


def _words(text: str) -> list[str]:
    return text.split()


SMALL_DUTCH: Final = _words(
    """
    de het een van en in op voor met u naar over bij is wordt niet ook aan
    """
)

SMALL_ENGLISH: Final = _words(
    """
    the a of and in on for with you to about at is are not also from by
    """
)
DUTCH: Final = _words(
    """
    zorg techniek onderwijs leiding bestuur water energie kennis markt recht taal gedrag
    veiligheid data systeem proces project beleid gezondheid ouderen jeugd bedrijf product
    klant keten stad bodem natuur klimaat bouw wind zon warmte chemie biologie statistiek
    wiskunde logistiek inkoop verkoop financiën belasting verzekering subsidie aanbesteding
    ontwerp onderzoek advies toezicht kwaliteit risico crisis netwerk wonen mobiliteit
    voeding landbouw dier plant medicijn therapie verpleging diagnose robot sensor software
    beveiliging privacy ethiek communicatie media design verandering samenwerking innovatie
    duurzaamheid inclusie diversiteit burger gemeente school leraar toets lesplan
    begeleiding coaching training ontwikkeling organisatie strategie
    """
)
ENGLISH: Final = _words(
    """
    health technology education management governance water energy knowledge market law
    language behaviour safety data systems process project policy care ageing youth business
    product customer chain city soil nature climate construction wind solar heat chemistry
    biology statistics mathematics logistics purchasing sales finance tax insurance grants
    tender design research advice supervision quality risk crisis network housing mobility
    food farming animal plant medicine therapy nursing diagnosis robotics sensors software
    security privacy ethics communication media change collaboration innovation
    sustainability inclusion diversity citizen municipality school teacher assessment
    coaching training development organisation strategy learning analysis
    """
)
VERBS: Final = _words(
    """
    ontwerpt past toe beoordeelt analyseert begeleidt programmeert onderbouwt meet verbetert
    vergelijkt
    """
)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words of a language, the commonest first."""

    words: Sequence[str]
    weights: Sequence[float]

    def text(self, random: Random, length: int) -> str:
        """Write so many words."""
        return " ".join(random.choices(self.words, cum_weights=self.weights, k=length))


def _vocabulary(random: Random, small: Sequence[str], large: Sequence[str]) -> Vocabulary:
    large = [*dict.fromkeys(large)]
    random.shuffle(large)
    words = [*small, *large]
    weights = itertools.accumulate(1 / (rank + 2) ** 0.95 for rank in range(len(words)))
    return Vocabulary(words, list(weights))


def dutch(random: Random) -> Vocabulary:
    """Return Dutch words: small ones, plain ones, and two put together."""
    pairs = [one + other for one in DUTCH for other in DUTCH if one != other]
    return _vocabulary(random, [*SMALL_DUTCH, *VERBS, *DUTCH[:40]], [*DUTCH[40:], *pairs])


def english(random: Random) -> Vocabulary:
    """Return English words; technical ones have an ending more."""
    ends = ("", "ing", "ist", "based", "wide", "er", "ology", "metrics", "craft", "ware")
    made = [one + end for one in ENGLISH for end in ends]
    return _vocabulary(random, [*SMALL_ENGLISH, *ENGLISH[:40]], made)


def oin_of(number: int) -> str:
    """Return the test OIN of a provider."""
    return f"00000099{number + 1:08d}0000"


def providers(random: Random) -> Iterator[tuple[str, int, str]]:
    """Yield rows of organisations."""
    for number in range(PROVIDERS):
        oin = oin_of(number)
        sector = random.choice(["hbo", "wo", "mbo", "private"])
        state = {
            "oin": oin,
            "name": {"nl": f"Instelling {number}", "en": f"Institution {number}"},
            "sector": sector,
            "city": random.choice(["Enschede", "Utrecht", "Amsterdam", "Zwolle", "Breda"]),
            "region": random.choice(list(Province)).value,
            "recognitions": [{"recogniser": "OCW", "validFrom": "2021-10-01"}],
        }
        yield oin, 1, json.dumps(state)


def skill_of(random: Random) -> dict[str, Any]:
    """Return a skill; some are named often, most hardly ever."""
    number = min(int(random.paretovariate(0.5)), SKILLS) - 1
    return {
        "uri": f"http://data.europa.eu/esco/skill/00000000-0000-4000-8000-{number:012d}",
        "label": {"nl": f"vaardigheid {number}", "en": f"skill {number}"},
    }


class Country:
    """Everything that is published in the made-up country."""

    def __init__(self, microcredentials: int = MICROCREDENTIALS) -> None:
        self.random = Random(2026)
        self.dutch = dutch(self.random)
        self.english = english(self.random)
        self.ids = [
            UUID(int=self.random.getrandbits(128), version=4) for _ in range(microcredentials)
        ]
        self.owners = [oin_of(self.random.randrange(PROVIDERS)) for _ in self.ids]

    def content(self) -> dict[str, Any]:
        """Describe a microcredential at the length of those of the pilot."""
        random = self.random
        in_english = random.random() < 0.5
        both = (("nl", self.dutch), ("en", self.english))
        languages = both if in_english else both[:1]

        def text(length: int) -> dict[str, str]:
            return {name: words.text(random, length) for name, words in languages}

        outcomes = [text(14) for _ in range(random.randint(2, 6))]
        return {
            "title": text(random.randint(3, 7)),
            "description": text(70),
            "learningOutcomes": outcomes,
            "studyLoad": {"unit": "ects", "value": random.choice([1, 2, 3, 4, 5, 7.5, 10, 15, 30])},
            "level": {
                "value": random.choice(list(QualificationLevel)[3:8]).value,
                "basis": random.choice(list(LevelBasis)[:2]).value,
            },
            "modesOfDelivery": [random.choice(list(ModeOfDelivery)).value],
            "inLanguage": "en" if in_english and random.random() < 0.7 else "nl",
            "fieldOfStudy": random.choice([one for one in fields_of_study() if len(one) == 4]),
            "admission": random.choice(list(Admission)).value,
            "skills": [skill_of(random) for _ in range(random.randint(0, 5))],
            "keywords": [random.choice(DUTCH) for _ in range(3)],
        }

    def microcredentials(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows of published versions."""
        pin = {
            "policyId": "wo",
            "version": 1,
            "framework": {
                "name": {"nl": "Kader"},
                "version": "1",
                "url": "https://catalog.example.nl/frameworks/wo/1",
                "sha256": "0" * 64,
            },
        }
        for number, (one, owner) in enumerate(zip(self.ids, self.owners, strict=True)):
            published = PUBLISHED + timedelta(minutes=number)
            content = self.content()
            state = {
                "microcredentialId": str(one),
                "version": 1,
                "provider": owner,
                "page": f"https://catalog.example.nl/microcredentials/{one}/versions/1",
                "content": content,
                "policy": pin,
                "publishedAt": published.isoformat(),
            }
            level = content["level"]["value"]
            yield one, 1, owner, level, True, True, 1, published, json.dumps(state)

    def offerings(self) -> Iterator[tuple[Any, ...]]:
        """Yield rows of offerings, some past and some to come."""
        random = self.random
        for one, owner in zip(self.ids, self.owners, strict=True):
            for number in range(OFFERINGS_OF_EACH):
                first = TODAY + timedelta(days=random.randint(-200, 400))
                last = first + timedelta(days=60)
                price = random.choice(["0.00", "195.00", "450.00", "750.00", "1250.00"])
                offering_id = UUID(int=random.getrandbits(128), version=4)
                record = {
                    "offeringId": str(offering_id),
                    "recordVersion": 1,
                    "microcredentialId": str(one),
                    "provider": owner,
                    "primaryCode": f"{one}-{number}",
                    "state": "active",
                    "runs": {"firstDay": first.isoformat(), "lastDay": last.isoformat()},
                    "price": {"amount": price, "currency": "EUR"},
                    "inLanguage": "nl",
                    "modesOfDelivery": ["blended"],
                    "location": {"city": "Enschede", "region": random.choice(list(Province)).value},
                    "recordedAt": PUBLISHED.isoformat(),
                }
                enrolment = [asyncpg.Range(None, first, upper_inc=False)]
                yield (
                    offering_id,
                    one,
                    owner,
                    record["primaryCode"],
                    "active",
                    first,
                    last,
                    enrolment,
                    None,
                    1,
                    PUBLISHED,
                    json.dumps(record),
                )

    async def move_in(self, url: str) -> None:
        """Copy everything into a migrated database; the URL is of a superuser."""
        connection = await asyncpg.connect(url)
        try:
            desks = [
                (one, owner, 1, PUBLISHED) for one, owner in zip(self.ids, self.owners, strict=True)
            ]
            for table, columns, rows in (
                ("organisation", ("oin", "record_version", "state"), providers(self.random)),
                ("desk", ("microcredential_id", "organisation", "versions", "changed_at"), desks),
                ("microcredential", _MICROCREDENTIAL, self.microcredentials()),
                ("offering", _OFFERING, self.offerings()),
            ):
                await connection.copy_records_to_table(table, columns=columns, records=rows)
            await connection.execute("ANALYZE")
        finally:
            await connection.close()


_MICROCREDENTIAL: Final = (
    "microcredential_id",
    "version",
    "provider",
    "level",
    "is_latest",
    "is_open",
    "record_version",
    "first_published_at",
    "state",
)
_OFFERING: Final = (
    "offering_id",
    "microcredential_id",
    "provider",
    "primary_code",
    "state",
    "first_day",
    "last_day",
    "enrolment",
    "places_left",
    "record_version",
    "recorded_at",
    "record",
)
