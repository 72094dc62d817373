"""What other catalogues and search engines read: DCAT-AP-NL, robots.txt and a sitemap."""

from typing import Final

import pytest
from defusedxml import ElementTree
from pyld import jsonld
from rdflib import DCTERMS, FOAF, RDF, Graph, Namespace
from rdflib.compare import isomorphic
from rdflib.term import Node, URIRef

from services.catalog.pages.crawling import PARTS, SITEMAP
from tests.integration.catalog.conftest import PROVIDER, PUBLIC_URL, Catalogue
from tests.integration.catalog.reading import visit
from tests.unit.catalog.builders import content

pytestmark = pytest.mark.anyio

DCAT: Final = Namespace("http://www.w3.org/ns/dcat#")
VCARD: Final = Namespace("http://www.w3.org/2006/vcard/ns#")
AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"
OWN: Final = f"{PUBLIC_URL}/dcat"
# DCAT-AP-NL 3.0, what each class must have.
MUST: Final[dict[URIRef, set[URIRef]]] = {
    DCAT.Catalog: {
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.publisher,
        DCAT.contactPoint,
        DCAT.dataset,
        DCAT.service,
    },
    DCAT.Dataset: {
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.identifier,
        DCTERMS.publisher,
        DCTERMS.creator,
        DCTERMS.accessRights,
        DCAT.contactPoint,
        DCAT.theme,
        DCAT.distribution,
    },
    DCAT.Distribution: {DCTERMS.title, DCAT.accessURL, DCTERMS.license},
    DCAT.DataService: {
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.identifier,
        DCTERMS.publisher,
        DCTERMS.accessRights,
        DCTERMS.license,
        DCAT.contactPoint,
        DCAT.endpointURL,
        DCAT.endpointDescription,
        DCAT.theme,
        DCAT.servesDataset,
    },
    FOAF.Agent: {FOAF.name},
    VCARD.Organization: {VCARD.fn, VCARD.hasURL},
}


async def read_graph(catalogue: Catalogue, accept: str, path: str = "/dcat") -> Graph:
    answer = await catalogue.http.get(path, headers={"Accept": accept})
    assert answer.status_code == 200
    if answer.headers["content-type"].startswith("text/turtle"):
        return Graph().parse(data=answer.text, format="turtle")
    assert answer.headers["content-type"] == "application/ld+json"
    triples = jsonld.to_rdf(answer.json(), {"format": "application/n-quads"})
    return Graph().parse(data=triples, format="nt")


async def test_everything_has_what_dcat_ap_nl_asks(catalogue: Catalogue) -> None:
    graph = await read_graph(catalogue, "application/ld+json")

    for kind, properties in MUST.items():
        described = set(graph.subjects(RDF.type, kind))
        assert described, kind
        for subject in described:
            assert properties <= set(graph.predicates(subject)), subject
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 4


async def test_whatever_is_named_is_described_or_is_an_authoritys(catalogue: Catalogue) -> None:
    graph = await read_graph(catalogue, "text/turtle")
    described: set[Node] = set(graph.subjects())

    named = {each for each in graph.objects() if isinstance(each, URIRef)}
    ours = {each for each in named if each.startswith(OWN)}

    assert ours <= described
    assert graph.value(URIRef(OWN), DCTERMS.publisher) in described
    for term, name in (
        (DCTERMS.license, "licence/"),
        (DCAT.theme, "data-theme/"),
        (DCTERMS.accessRights, "access-right/"),
        (DCTERMS.language, "language/"),
    ):
        assert all(str(each).startswith(AUTHORITY + name) for each in graph.objects(None, term))


async def test_every_address_in_it_answers(catalogue: Catalogue) -> None:
    await catalogue.published(content())
    graph = await read_graph(catalogue, "application/ld+json")

    addresses = {
        str(each)
        for term in (DCAT.accessURL, DCAT.endpointDescription, DCAT.landingPage)
        for each in graph.objects(None, term)
    }

    assert len(addresses) > 8
    for address in addresses:
        answer = await catalogue.http.get(address.removeprefix(PUBLIC_URL))
        assert answer.status_code == 200, address


@pytest.mark.parametrize(
    ("accept", "path", "media_type"),
    [
        ("*/*", "/dcat", "application/ld+json"),
        ("application/ld+json", "/dcat", "application/ld+json"),
        ("text/turtle, */*;q=0.1", "/dcat", "text/turtle; charset=utf-8"),
        ("text/html", "/dcat", "text/html; charset=utf-8"),
        ("text/html", "/dcat.ttl", "text/turtle; charset=utf-8"),
        ("text/html", "/dcat.jsonld", "application/ld+json"),
    ],
)
async def test_each_reader_gets_their_own_form(
    catalogue: Catalogue, accept: str, path: str, media_type: str
) -> None:
    answer = await catalogue.http.get(path, headers={"Accept": accept})

    assert answer.headers["content-type"] == media_type
    assert "Accept" in answer.headers["vary"]


async def test_the_operator_is_named_as_it_is_recorded_and_no_person_is(
    catalogue: Catalogue,
) -> None:
    before = await read_graph(catalogue, "text/turtle")
    await catalogue.record("00000099000000000000", name={"nl": 'De "Beheerder"'})
    after = await read_graph(catalogue, "text/turtle")

    assert not isomorphic(before, after)
    assert 'De "Beheerder"' in {str(each) for each in after.objects(None, FOAF.name)}
    assert not list(after.subjects(RDF.type, VCARD.Individual))
    assert not list(after.objects(None, VCARD.hasEmail))


async def test_a_person_reads_which_data_there_are(catalogue: Catalogue) -> None:
    page = await visit(catalogue, "/dcat?lang=en")

    assert "Microcredentials in the Netherlands" in page.text
    assert page.links["JSON-LD"] == "/dcat.jsonld"


async def test_robots_may_read_all_but_the_endless(catalogue: Catalogue) -> None:
    answer = await catalogue.http.get("/robots.txt")

    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "Disallow: /compare\n" in answer.text
    assert f"Sitemap: {PUBLIC_URL}/sitemap.xml" in answer.text
    assert "Disallow: /\n" not in answer.text


async def locations(catalogue: Catalogue, path: str) -> list[str]:
    answer = await catalogue.http.get(path)
    assert answer.status_code == 200
    found = ElementTree.fromstring(answer.content).iter(f"{{{SITEMAP}}}loc")
    return [node.text or "" for node in found]


async def test_the_sitemap_leads_to_every_page_and_to_nothing_closed(catalogue: Catalogue) -> None:
    ids = {await catalogue.published(content(title={"nl": f"Nr {n}"})) for n in range(5)}
    closed = await catalogue.published(content(title={"nl": "Dicht"}))
    await catalogue.archive(closed)
    await catalogue.draft(content())

    parts = await locations(catalogue, "/sitemap.xml")
    found = [
        each for part in parts for each in await locations(catalogue, part.removeprefix(PUBLIC_URL))
    ]

    assert len(parts) == len(PARTS) + 1
    assert {f"{PUBLIC_URL}/microcredentials/{one}" for one in ids} == {
        each for each in found if "/microcredentials/" in each
    }
    assert f"{PUBLIC_URL}/policies" in found


@pytest.mark.parametrize("part", ["g", "00", "pagesx", "%2e%2e"])
async def test_there_are_no_other_parts(catalogue: Catalogue, part: str) -> None:
    answer = await catalogue.http.get(f"/sitemap-{part}.xml")

    assert answer.status_code == 404


async def test_an_organisation_in_dcat_is_an_address_that_answers_in_both_forms(
    catalogue: Catalogue,
) -> None:
    path = f"/organisations/{PROVIDER}"

    page = await visit(catalogue, path)
    record = await catalogue.http.get(path, headers={"Accept": "application/json"})

    assert "Universiteit Twente" in page.text
    assert record.json()["oin"] == PROVIDER
