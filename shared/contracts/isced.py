"""The fields of study of ISCED-F 2013: which codes exist, and what each is called.

UNESCO-UIS, ISCED Fields of Education and Training 2013, Appendix I: two digits name a broad field,
three a narrow and four a detailed one. Apart from the contracts, because a list is data: a field
that is not further defined ends in 0, one between fields in 8, one found nowhere else in 9.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import Final

from shared.contracts.vocabulary import LocalText

_BROAD_DIGITS: Final = 2
_NARROW_DIGITS: Final = 3
_UNKNOWN: Final = "99"
# What a name is followed by when a code says no more than the field above it.
_NOT_FURTHER: Final = LocalText(nl="algemeen", en="not further defined")
_ACROSS: Final = LocalText(nl="vakoverstijgend", en="inter-disciplinary")
_ELSEWHERE: Final = LocalText(nl="overig", en="not elsewhere classified")

# code | Dutch name | English name
_NAMED: Final = """
00|Algemene programma's en kwalificaties|Generic programmes and qualifications
001|Basisprogramma's|Basic programmes and qualifications
0011|Basisprogramma's|Basic programmes and qualifications
002|Lezen, schrijven en rekenen|Literacy and numeracy
0021|Lezen, schrijven en rekenen|Literacy and numeracy
003|Persoonlijke vaardigheden en ontwikkeling|Personal skills and development
0031|Persoonlijke vaardigheden en ontwikkeling|Personal skills and development
01|Onderwijs|Education
011|Onderwijs|Education
0111|Onderwijskunde en pedagogiek|Education science
0112|Opleiding voor leraren van jonge kinderen|Training for pre-school teachers
0113|Lerarenopleiding zonder vakspecialisatie|Teacher training without subject specialisation
0114|Lerarenopleiding met vakspecialisatie|Teacher training with subject specialisation
02|Kunst en geesteswetenschappen|Arts and humanities
021|Kunst|Arts
0211|Audiovisuele techniek en mediaproductie|Audio-visual techniques and media production
0212|Mode, interieur en industrieel ontwerp|Fashion, interior and industrial design
0213|Beeldende kunst|Fine arts
0214|Ambachten|Handicrafts
0215|Muziek en podiumkunsten|Music and performing arts
022|Geesteswetenschappen (zonder talen)|Humanities (except languages)
0221|Religie en theologie|Religion and theology
0222|Geschiedenis en archeologie|History and archaeology
0223|Filosofie en ethiek|Philosophy and ethics
023|Talen|Languages
0231|Taalverwerving|Language acquisition
0232|Literatuur en taalkunde|Literature and linguistics
03|Sociale wetenschappen, journalistiek en informatie|Social sciences, journalism and information
031|Sociale en gedragswetenschappen|Social and behavioural sciences
0311|Economie|Economics
0312|Politicologie en burgerschap|Political sciences and civics
0313|Psychologie|Psychology
0314|Sociologie en cultuurwetenschappen|Sociology and cultural studies
032|Journalistiek en informatie|Journalism and information
0321|Journalistiek en verslaggeving|Journalism and reporting
0322|Bibliotheek, informatie en archief|Library, information and archival studies
04|Bedrijf, bestuur en recht|Business, administration and law
041|Bedrijf en bestuur|Business and administration
0411|Boekhouding en belastingen|Accounting and taxation
0412|Financiën, bank- en verzekeringswezen|Finance, banking and insurance
0413|Management en bestuur|Management and administration
0414|Marketing en reclame|Marketing and advertising
0415|Secretarieel en kantoorwerk|Secretarial and office work
0416|Groothandel en detailhandel|Wholesale and retail sales
0417|Werknemersvaardigheden|Work skills
042|Recht|Law
0421|Recht|Law
05|Natuurwetenschappen, wiskunde en statistiek|Natural sciences, mathematics and statistics
051|Biologie en verwante wetenschappen|Biological and related sciences
0511|Biologie|Biology
0512|Biochemie|Biochemistry
052|Milieu|Environment
0521|Milieuwetenschappen|Environmental sciences
0522|Natuur en wilde dieren en planten|Natural environments and wildlife
053|Natuurkunde, scheikunde en aardwetenschappen|Physical sciences
0531|Scheikunde|Chemistry
0532|Aardwetenschappen|Earth sciences
0533|Natuurkunde|Physics
054|Wiskunde en statistiek|Mathematics and statistics
0541|Wiskunde|Mathematics
0542|Statistiek|Statistics
06|Informatie- en communicatietechnologie (ICT)|Information and communication technologies (ICTs)
061|Informatie- en communicatietechnologie (ICT)|Information and communication technologies (ICTs)
0611|Computergebruik|Computer use
0612|Ontwerp en beheer van databanken en netwerken|Database and network design and administration
0613|Ontwikkeling en analyse van software|Software and applications development and analysis
07|Techniek, industrie en bouw|Engineering, manufacturing and construction
071|Techniek|Engineering and engineering trades
0711|Chemische technologie en processen|Chemical engineering and processes
0712|Milieutechnologie|Environmental protection technology
0713|Elektriciteit en energie|Electricity and energy
0714|Elektronica en automatisering|Electronics and automation
0715|Werktuigbouw en metaal|Mechanics and metal trades
0716|Motorvoertuigen, schepen en vliegtuigen|Motor vehicles, ships and aircraft
072|Industrie en verwerking|Manufacturing and processing
0721|Voedingsmiddelen|Food processing
0722|Materialen (glas, papier, kunststof en hout)|Materials (glass, paper, plastic and wood)
0723|Textiel (kleding, schoenen en leer)|Textiles (clothes, footwear and leather)
0724|Mijnbouw en winning|Mining and extraction
073|Architectuur en bouw|Architecture and construction
0731|Architectuur en stedenbouw|Architecture and town planning
0732|Bouwkunde en civiele techniek|Building and civil engineering
08|Landbouw, bosbouw, visserij en diergeneeskunde|Agriculture, forestry, fisheries and veterinary
081|Landbouw|Agriculture
0811|Akkerbouw en veeteelt|Crop and livestock production
0812|Tuinbouw|Horticulture
082|Bosbouw|Forestry
0821|Bosbouw|Forestry
083|Visserij|Fisheries
0831|Visserij|Fisheries
084|Diergeneeskunde|Veterinary
0841|Diergeneeskunde|Veterinary
09|Gezondheid en welzijn|Health and welfare
091|Gezondheid|Health
0911|Tandheelkunde|Dental studies
0912|Geneeskunde|Medicine
0913|Verpleging en verloskunde|Nursing and midwifery
0914|Medische diagnostiek en behandeltechniek|Medical diagnostic and treatment technology
0915|Therapie en revalidatie|Therapy and rehabilitation
0916|Farmacie|Pharmacy
0917|Traditionele en aanvullende geneeswijzen|Traditional and complementary medicine and therapy
092|Welzijn|Welfare
0921|Zorg voor ouderen en volwassenen met een beperking|Care of the elderly and of disabled adults
0922|Kinderopvang en jeugdwerk|Child care and youth services
0923|Maatschappelijk werk en begeleiding|Social work and counselling
10|Dienstverlening|Services
101|Persoonlijke diensten|Personal services
1011|Huishoudelijke diensten|Domestic services
1012|Haar- en schoonheidsverzorging|Hair and beauty services
1013|Hotels, restaurants en catering|Hotel, restaurants and catering
1014|Sport|Sports
1015|Reizen, toerisme en vrije tijd|Travel, tourism and leisure
102|Hygiëne en gezondheid op het werk|Hygiene and occupational health services
1021|Openbare hygiëne|Community sanitation
1022|Gezondheid en veiligheid op het werk|Occupational health and safety
103|Beveiliging|Security services
1031|Krijgsmacht en defensie|Military and defence
1032|Bescherming van personen en eigendommen|Protection of persons and property
104|Vervoer|Transport services
1041|Vervoer|Transport services
99|Onbekend|Field unknown
999|Onbekend|Field unknown
9999|Onbekend|Field unknown
"""
_NOT_FURTHER_DEFINED: Final = (
    "000 020 030 040 050 070 080 090 100 "
    "0000 0200 0300 0400 0500 0700 0800 0900 1000 "
    "0110 0210 0220 0230 0310 0320 0410 0510 0520 0530 0540 0610 0710 0720 0730 0810 0910 0920 "
    "1010 1020 1030"
)
_BETWEEN_FIELDS: Final = (
    "018 028 038 048 058 068 078 088 098 108 0188 0288 0388 0488 0588 0688 0788 0888 0988 1088"
)
_NOWHERE_ELSE: Final = (
    "009 029 039 049 059 079 089 099 109 "
    "0099 0299 0399 0499 0599 0799 0899 0999 1099 "
    "0119 0219 0229 0239 0319 0329 0419 0519 0529 0539 0619 0719 0729 0819 0919 0929 "
    "1019 1029 1039"
)


def _read_named() -> Iterator[tuple[str, LocalText]]:
    for line in _NAMED.split("\n"):
        if line:
            code, nl, en = line.split("|")
            yield code, LocalText(nl=nl, en=en)


def _name_others(
    named: Mapping[str, LocalText], codes: str, said: LocalText
) -> Iterator[tuple[str, LocalText]]:
    """Name the codes that say no more than the field above them, after that field."""
    for code in codes.split():
        above = named.get(code[:_NARROW_DIGITS], named[code[:_BROAD_DIGITS]])
        yield code, LocalText(nl=f"{above.nl}, {said.nl}", en=f"{above.en}, {said.en}")


@cache
def fields_of_study() -> Mapping[str, LocalText]:
    """Return every code of ISCED-F 2013 with its names, broad, narrow and detailed."""
    named = dict(_read_named())
    others = chain(
        _name_others(named, _NOT_FURTHER_DEFINED, _NOT_FURTHER),
        _name_others(named, _BETWEEN_FIELDS, _ACROSS),
        _name_others(named, _NOWHERE_ELSE, _ELSEWHERE),
    )
    return MappingProxyType(dict(sorted([*named.items(), *others])))


def broad_fields() -> Mapping[str, LocalText]:
    """Return the broad fields that say something, in the order of their codes."""
    return {
        code: name
        for code, name in fields_of_study().items()
        if len(code) == _BROAD_DIGITS and code != _UNKNOWN
    }


def broad_of(code: str) -> str:
    """Return the broad field that a code is in."""
    return code[:_BROAD_DIGITS]


def narrow_of(code: str) -> str | None:
    """Return the narrow field that a code is in or names (RIO: ISCED), if it is that precise."""
    return code[:_NARROW_DIGITS] if len(code) >= _NARROW_DIGITS else None
