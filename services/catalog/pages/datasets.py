"""Which data this catalogue gives and where, described in DCAT's words. Pure.

DCAT-AP 3.0 and DCAT-AP-NL 3.0: for each dataset and data service title, description, identifier,
publisher, creator, contact point, theme, licence and access rights, by the EU's authority lists.
"""

from dataclasses import dataclass
from typing import Any, Final

from shared.contracts.vocabulary import LocalText

Node = dict[str, Any]

CONTEXT: Final[dict[str, Any]] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
LICENCE: Final = "http://publications.europa.eu/resource/authority/licence/CC0"
_AUTHORITY: Final = "http://publications.europa.eu/resource/authority"
_PUBLIC: Final = {"@id": f"{_AUTHORITY}/access-right/PUBLIC"}
_THEME: Final = {"@id": f"{_AUTHORITY}/data-theme/EDUC"}
_CONTINUOUSLY: Final = {"@id": f"{_AUTHORITY}/frequency/UPDATE_CONT"}
_LANGUAGES: Final = [{"@id": f"{_AUTHORITY}/language/{code}"} for code in ("NLD", "ENG")]
_NETHERLANDS: Final = {"@id": f"{_AUTHORITY}/country/NLD"}
_MEDIA: Final = "http://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class Form:
    """One form in which a dataset can be had."""

    name: str
    title: LocalText
    path: str
    media_type: str
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Dataset:
    """A set of records that is open to everybody."""

    name: str
    title: LocalText
    description: LocalText
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """An API that gives datasets a part at a time."""

    name: str
    title: LocalText
    description: LocalText
    path: str
    described_at: str
    conforms_to: str
    serves: tuple[str, ...]


_API: Final = LocalText(nl="JSON, per bladzijde", en="JSON, a page at a time")
_OEAPI: Final = LocalText(nl="OEAPI versie 6", en="OEAPI version 6")
DATASETS: Final = (
    Dataset(
        "microcredentials",
        LocalText(nl="Microcredentials in Nederland", en="Microcredentials in the Netherlands"),
        LocalText(
            nl="Alle gepubliceerde microcredentials van erkende aanbieders, publiek en privaat:"
            " leeruitkomsten, omvang, niveau, toetsing en de afspraken waaraan zij voldoen.",
            en="All published microcredentials of recognised providers, public and private:"
            " learning outcomes, size, level, assessment and the agreements they meet.",
        ),
        (
            Form("json", _API, "/v1/microcredentials", "application/json", "api"),
            Form("oeapi", _OEAPI, "/oeapi/v6/programmes", "application/json", "oeapi"),
            Form(
                "atom",
                LocalText(nl="Atom-feed van het nieuwste", en="Atom feed of the newest"),
                "/feed.atom",
                "application/atom+xml",
            ),
            Form(
                "feed",
                LocalText(nl="JSON-feed van het nieuwste", en="JSON feed of the newest"),
                "/feed.json",
                "application/feed+json",
            ),
        ),
    ),
    Dataset(
        "offerings",
        LocalText(nl="Aanbod van microcredentials", en="Offerings of microcredentials"),
        LocalText(
            nl="Wanneer, waar, in welke vorm en voor welke prijs een microcredential wordt"
            " gegeven, en tot wanneer u zich kunt inschrijven. Ook wat voorbij is.",
            en="When, where, in which form and at what price a microcredential runs, and until"
            " when one can enrol. What is over is kept as well.",
        ),
        (Form("json", _API, "/v1/offerings", "application/json", "api"),),
    ),
    Dataset(
        "organisations",
        LocalText(
            nl="Erkende aanbieders van microcredentials",
            en="Recognised providers of microcredentials",
        ),
        LocalText(
            nl="Wie microcredentials mag uitreiken, en door wie en in welke periode de aanbieder"
            " is erkend.",
            en="Who may award microcredentials, and by whom and in which period the provider is"
            " recognised.",
        ),
        (
            Form("json", _API, "/v1/organisations", "application/json", "api"),
            Form("oeapi", _OEAPI, "/oeapi/v6/organisations", "application/json", "oeapi"),
            Form(
                "trust-list",
                LocalText(nl="Vertrouwenslijst met sleutels", en="Trust list with keys"),
                "/v1/trust-list",
                "application/json",
                "api",
            ),
            Form(
                "dcc",
                LocalText(
                    nl="Register van het Digital Credentials Consortium",
                    en="Registry of the Digital Credentials Consortium",
                ),
                "/registries/dcc.json",
                "application/json",
            ),
        ),
    ),
    Dataset(
        "policies",
        LocalText(nl="Afspraken over microcredentials", en="Agreements on microcredentials"),
        LocalText(
            nl="De regels van elke sector per periode, met de tekst van het kwaliteitskader."
            " Elke versie blijft bewaard.",
            en="The rules of each sector in each period, with the text of the quality framework."
            " Every version is kept.",
        ),
        (Form("json", _API, "/v1/policies", "application/json", "api"),),
    ),
)
SERVICES: Final = (
    Service(
        "api",
        LocalText(nl="API van de catalogus", en="API of the catalogue"),
        LocalText(
            nl="Zoeken en lezen zonder account, volgens de NL API Design Rules.",
            en="Search and read without an account, by the Dutch API Design Rules.",
        ),
        "/v1",
        "/v1/openapi.json",
        "https://gitdocumentatie.logius.nl/publicatie/api/adr/2.1/",
        ("microcredentials", "offerings", "organisations", "policies"),
    ),
    Service(
        "oeapi",
        LocalText(nl="Open Education API", en="Open Education API"),
        LocalText(
            nl="Dezelfde gegevens zoals onderwijssystemen ze al lezen.",
            en="The same records as education systems read them already.",
        ),
        "/oeapi/v6",
        "/v1/openapi.json",
        "https://openonderwijsapi.nl/specification/v6/",
        ("microcredentials", "organisations"),
    ),
)


def describe(base: str, *, operator: str, name: LocalText) -> Node:
    """Describe the whole catalogue, as one JSON-LD document that needs nothing from elsewhere."""
    own = f"{base}/dcat"
    publisher = {"@id": f"{base}/organisations/{operator}"}
    contact = {"@id": f"{own}#contact"}
    shared = {
        "dct:publisher": publisher,
        "dcat:contactPoint": contact,
        "dct:license": {"@id": LICENCE},
        "dcat:theme": _THEME,
        "dct:accessRights": _PUBLIC,
        "dct:language": _LANGUAGES,
    }
    return {
        "@context": CONTEXT,
        "@graph": [
            _catalogue(base, own, shared),
            {
                "@id": publisher["@id"],
                "@type": "foaf:Agent",
                "foaf:name": _texts(name),
                "dct:identifier": operator,
            },
            {
                "@id": contact["@id"],
                "@type": "vcard:Organization",
                "vcard:fn": _texts(name),
                "vcard:hasURL": {"@id": f"{base}/"},
            },
            *(_dataset(base, own, each, shared) for each in DATASETS),
            *(_form(base, own, each, form) for each in DATASETS for form in each.forms),
            *(_service(base, own, each, shared) for each in SERVICES),
        ],
    }


def _catalogue(base: str, own: str, shared: Node) -> Node:
    return {
        "@id": own,
        "@type": "dcat:Catalog",
        "dct:title": _texts(
            LocalText(
                nl="Open data van de catalogus van microcredentials",
                en="Open data of the catalogue of microcredentials",
            )
        ),
        "dct:description": _texts(
            LocalText(
                nl="Wat er in Nederland aan microcredentials is, van wie, en volgens welke regels.",
                en="Which microcredentials there are in the Netherlands, from whom, and by which"
                " rules.",
            )
        ),
        "dct:identifier": own,
        "foaf:homepage": {"@id": f"{base}/"},
        "dct:spatial": _NETHERLANDS,
        "dcat:dataset": [{"@id": f"{own}#{each.name}"} for each in DATASETS],
        "dcat:service": [{"@id": f"{own}#service-{each.name}"} for each in SERVICES],
        **shared,
    }


def _dataset(base: str, own: str, dataset: Dataset, shared: Node) -> Node:
    return {
        "@id": f"{own}#{dataset.name}",
        "@type": "dcat:Dataset",
        "dct:title": _texts(dataset.title),
        "dct:description": _texts(dataset.description),
        "dct:identifier": f"{own}#{dataset.name}",
        "dct:creator": shared["dct:publisher"],
        "dct:accrualPeriodicity": _CONTINUOUSLY,
        "dct:spatial": _NETHERLANDS,
        "dcat:landingPage": {"@id": f"{base}/"},
        "dcat:distribution": [
            {"@id": f"{own}#{dataset.name}-{form.name}"} for form in dataset.forms
        ],
        **shared,
    }


def _form(base: str, own: str, dataset: Dataset, form: Form) -> Node:
    service = {"@id": f"{own}#service-{form.service}"} if form.service else None
    return {
        "@id": f"{own}#{dataset.name}-{form.name}",
        "@type": "dcat:Distribution",
        "dct:title": _texts(form.title),
        "dcat:accessURL": {"@id": base + form.path},
        "dcat:mediaType": {"@id": _MEDIA + form.media_type},
        "dct:license": {"@id": LICENCE},
        **({"dcat:accessService": service} if service else {}),
    }


def _service(base: str, own: str, service: Service, shared: Node) -> Node:
    return {
        "@id": f"{own}#service-{service.name}",
        "@type": "dcat:DataService",
        "dct:title": _texts(service.title),
        "dct:description": _texts(service.description),
        "dct:identifier": f"{own}#service-{service.name}",
        "dcat:endpointURL": {"@id": base + service.path},
        "dcat:endpointDescription": {"@id": base + service.described_at},
        "dct:conformsTo": {"@id": service.conforms_to},
        "dcat:servesDataset": [{"@id": f"{own}#{name}"} for name in service.serves],
        **shared,
    }


def _texts(text: LocalText) -> list[Node]:
    given = (("nl", text.nl), ("en", text.en))
    return [{"@value": value, "@language": tag} for tag, value in given if value is not None]
