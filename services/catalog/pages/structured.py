"""A microcredential in schema.org's words, for search engines: what its page says, nothing more.

Apart from the page, because it is a format with rules of its own (schema.org 29: Course,
CourseInstance, Offer, EducationalOccupationalCredential). Absent facts are left out.
"""

from collections.abc import Mapping
from typing import Any, Final

from services.catalog.domain.offerings import Phase
from services.catalog.pages import telling, words
from services.catalog.pages.runs import JOINABLE, Run, Runs
from services.catalog.pages.words import Words
from shared.contracts.microcredential import Microcredential
from shared.contracts.offering import Price
from shared.contracts.policy import Organisation
from shared.contracts.vocabulary import ModeOfDelivery, StudyLoadUnit

Node = dict[str, Any]
CONTEXT: Final = "https://schema.org"
MOST_INSTANCES: Final = 50
_MODES: Final[Mapping[ModeOfDelivery, str]] = {
    ModeOfDelivery.BLENDED: "Blended",
    ModeOfDelivery.HYBRID: "Blended",
    ModeOfDelivery.ONLINE: "Online",
    ModeOfDelivery.COIL: "Online",
    ModeOfDelivery.PRESENTIAL: "Onsite",
    ModeOfDelivery.RESEARCH_LAB_BASED: "Onsite",
    ModeOfDelivery.WORK_BASED: "Onsite",
}
_AVAILABILITY: Final = {
    Phase.ENROLLING: "https://schema.org/InStock",
    Phase.ANNOUNCED: "https://schema.org/PreOrder",
    Phase.FULL: "https://schema.org/SoldOut",
}
_STATUS: Final = {Phase.CANCELLED: "https://schema.org/EventCancelled"}


def describe_course(
    one: Microcredential, provider: Organisation, runs: Runs, *, language: str, public_url: str
) -> Node:
    """Describe a microcredential with what runs of it are ahead, in one language."""
    content = one.content
    organisation = _organisation(provider, language, public_url)
    instances = [_instance(one, run, language) for run in runs.ahead[:MOST_INSTANCES]]
    return _without_absent(
        {
            "@context": CONTEXT,
            "@type": "Course",
            "@id": str(one.page),
            "url": str(one.page),
            "name": content.title.best(language),
            "description": content.description and content.description.best(language),
            "courseCode": content.primary_code,
            "inLanguage": content.in_language,
            "provider": organisation,
            "numberOfCredits": _credits(one),
            "timeRequired": _duration(one),
            "educationalLevel": _level(one, language),
            "coursePrerequisites": content.admission_requirements
            and content.admission_requirements.best(language),
            "teaches": _teaches(one, language),
            "about": content.field_of_study
            and {
                "@type": "DefinedTerm",
                "termCode": content.field_of_study,
                "inDefinedTermSet": "ISCED-F 2013",
            },
            "audience": content.target_group
            and {
                "@type": "EducationalAudience",
                "audienceType": content.target_group.best(language),
            },
            "datePublished": one.published_at.date().isoformat(),
            "educationalCredentialAwarded": _credential(one, organisation, language),
            "hasCourseInstance": instances,
            "offers": [offer for each in instances for offer in each.get("offers", [])],
        }
    )


def _organisation(provider: Organisation, language: str, public_url: str) -> Node:
    return _without_absent(
        {
            "@type": "EducationalOrganization",
            "@id": f"{public_url}/organisations/{provider.oin}",
            "name": provider.name.best(language),
            "url": provider.website and str(provider.website),
        }
    )


def _credits(one: Microcredential) -> Node | None:
    load = one.content.study_load
    if load is None or load.unit is not StudyLoadUnit.ECTS:
        return None
    return {"@type": "QuantitativeValue", "value": float(load.value), "unitText": "ECTS"}


def _duration(one: Microcredential) -> str | None:
    hours = telling.hours_of(one.content.study_load)
    return None if hours is None else f"PT{hours}H"


def _level(one: Microcredential, language: str) -> Node | None:
    level = one.content.level
    if level is None:
        return None
    return {
        "@type": "DefinedTerm",
        "name": _in(words.LEVELS[level.value], language),
        "termCode": level.value.value,
        "description": _in(words.BASES[level.basis], language),
    }


def _teaches(one: Microcredential, language: str) -> list[str | Node]:
    outcomes: list[str | Node] = [each.best(language) for each in one.content.learning_outcomes]
    skills = [
        {
            "@type": "DefinedTerm",
            "@id": str(skill.uri),
            "name": skill.label.best(language),
            "inDefinedTermSet": "ESCO",
        }
        for skill in one.content.skills
    ]
    return [*outcomes, *skills]


def _credential(one: Microcredential, organisation: Node, language: str) -> Node:
    return _without_absent(
        {
            "@type": "EducationalOccupationalCredential",
            "name": one.content.title.best(language),
            "credentialCategory": "MicroCredential",
            "educationalLevel": _level(one, language),
            "competencyRequired": [each.best(language) for each in one.content.learning_outcomes],
            "publisher": {"@id": organisation["@id"]},
        }
    )


def _instance(one: Microcredential, run: Run, language: str) -> Node:
    offering = run.offering
    days = offering.runs
    location = offering.location
    modes = offering.modes_of_delivery or one.content.modes_of_delivery
    return _without_absent(
        {
            "@type": "CourseInstance",
            "name": (offering.name or one.content.title).best(language),
            "courseMode": sorted({_MODES[mode] for mode in modes if mode in _MODES}),
            "courseWorkload": _duration(one),
            "startDate": days and days.first_day.isoformat(),
            "endDate": days and days.last_day and days.last_day.isoformat(),
            "eventStatus": _STATUS.get(run.phase),
            "inLanguage": offering.in_language or one.content.in_language,
            "maximumAttendeeCapacity": offering.places,
            "location": location
            and _without_absent(
                {
                    "@type": "Place",
                    "name": location.name and location.name.best(language),
                    "address": {
                        "@type": "PostalAddress",
                        "addressLocality": location.city,
                        "addressCountry": location.country,
                    },
                }
            ),
            "offers": [_offer(run, offering.price)] if offering.price else [],
        }
    )


def _offer(run: Run, price: Price) -> Node:
    first, last = run.enrolment[0] if run.enrolment and run.phase in JOINABLE else (None, None)
    return _without_absent(
        {
            "@type": "Offer",
            "category": "Paid" if price.amount else "Free",
            "price": f"{price.amount:.2f}",
            "priceCurrency": price.currency,
            "availability": _AVAILABILITY.get(run.phase),
            "validFrom": first and first.isoformat(),
            "validThrough": last and last.isoformat(),
            "url": run.offering.enrol_at and str(run.offering.enrol_at),
        }
    )


def _in(named: Words, language: str) -> str:
    dutch, english = named
    return english if language == "en" else dutch


def _without_absent(node: Node) -> Node:
    return {name: value for name, value in node.items() if value is not None and value != []}
