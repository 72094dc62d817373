"""All that is put to others beside ourselves: the corpus, the seventy, and SD-JWTs of every kind.

Apart from the comparison, because here is decided what counts as believed by us: a green verdict,
but of an SD-JWT, which no register here knows, that its signature, dates and holder hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.verifier.domain.findings import Check, Code, Outcome
from services.verifier.domain.verdict import Look
from services.verifier.operations import Verified
from shared.strict_json import JsonObject, JsonValue
from tests.support.corpus import corpus
from tests.unit.proofs.sd_jwts import HOLDER, STRANGER, bound, digest, disclosure, signed
from tests.unit.verifier.cases.entry import (
    DOCUMENT,
    WITH_DOCUMENT,
    Neighbours,
    a_document,
    registered_as,
)
from tests.unit.verifier.cases.test_all_seventy import CASES
from tests.unit.verifier.forge import DID, KEY, KID, NOW, OTHER_KEY, payload_of, sign
from tests.unit.verifier.world import finding

_SECONDS: Final = int(NOW.timestamp())
_DAY: Final = 86_400
_NAME: Final = disclosure("c2FsdC0x", "given_name", "Sam")
_TOWN: Final = disclosure("c2FsdC0y", "town", "Enschede")
_CLAIMS: Final[JsonObject] = {
    "iss": DID,
    "vct": "https://issuer.example.nl/vct/1",
    "iat": _SECONDS - _DAY,
    "cnf": {"jwk": {**HOLDER.public.jwk}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Something that everybody is asked about, in a world that holds for all of them."""

    name: str
    content: bytes
    world: Neighbours

    @property
    def is_sd_jwt(self) -> bool:
        """Say whether it is one of ours to judge by its proofs alone."""
        return self.name.startswith("sd-jwt")


def all_inputs() -> Iterator[Asked]:
    """Give all of them; of the seventy those that nobody is named with."""
    token = sign(payload_of(registered_as(DOCUMENT)))
    for one in corpus(token, a_document()):
        yield Asked(name=one.name, content=one.content, world=WITH_DOCUMENT)
    for case in CASES:
        if case.asked is None:
            made = case.made() if callable(case.made) else case.made
            content = made.encode() if isinstance(made, str) else made
            yield Asked(name=str(case), content=content, world=case.world)
    for name, text in _sd_jwts().items():
        yield Asked(name=f"sd-jwt {name}", content=text.encode(), world=Neighbours())


def believed(asked: Asked, verified: Verified) -> tuple[bool, Code]:
    """Return whether we believe it, and the code that says why or why not."""
    judgement = verified.verification.judgement
    if not asked.is_sd_jwt:
        return judgement.verdict.look is Look.GREEN, judgement.verdict.code
    made = [finding(judgement, check) for check in (*_PROOFS, Check.DATES, Check.HOLDER)]
    broken = [one for one in made if one.outcome is Outcome.FAILED]
    unmade = [one for one in made[:-1] if one.outcome is not Outcome.OK]
    decisive = (broken or unmade or [finding(judgement, Check.SIGNATURE)])[0]
    return not (broken or unmade), decisive.code


_PROOFS: Final = (Check.PARSE, Check.PROFILE, Check.KEY, Check.SIGNATURE)


def _sd_jwts() -> dict[str, str]:
    return {**_shown(), **_misshapen(), **_claimed(), **_bound()}


def _shown() -> dict[str, str]:
    nested = disclosure("c2FsdC0z", "address", {"_sd": [digest(_TOWN)]})
    element = disclosure("c2FsdC00", "NL")
    return {
        "as it should be": _hiding(_NAME),
        "with everything kept back": _hiding(_NAME, shown=()),
        "without anything hidden": _presented({}),
        "with a decoy": _presented({"_sd": [digest(_NAME), digest("decoy")]}, _NAME),
        "with one inside another": _presented({"_sd": [digest(nested)]}, nested, _TOWN),
        "with an element of a list": _presented({"in": [{"...": digest(element)}]}, element),
        "with SHA-384": _presented({"_sd": [digest(_NAME, "sha384")], "_sd_alg": "sha-384"}, _NAME),
        "of the older type": _hiding(_NAME, typ="vc+sd-jwt"),
        "with a chain of certificates that is not used": _hiding(_NAME, x5c=["MAo="]),
    }


def _misshapen() -> dict[str, str]:
    element = disclosure("c2FsdC00", "NL")
    reserved = disclosure("c2FsdC01", "_sd", "x")
    return {
        "with a disclosure that nobody signed": _hiding(_NAME, shown=(_NAME, _TOWN)),
        "with a disclosure that was changed": _hiding(
            _NAME, shown=(disclosure("c2FsdC0x", "given_name", "Kim"),)
        ),
        "with a disclosure twice": _hiding(_NAME, shown=(_NAME, _NAME)),
        "with a digest twice": _presented({"_sd": [digest(_NAME)] * 2}, _NAME),
        "with a claim that is there already": _presented(
            {"_sd": [digest(_NAME)], "given_name": "Kim"}, _NAME
        ),
        "with an element in place of a claim": _presented({"_sd": [digest(element)]}, element),
        "with a claim in place of an element": _presented({"in": [{"...": digest(_NAME)}]}, _NAME),
        "with a claim named _sd": _presented({"_sd": [digest(reserved)]}, reserved),
        "with a padded disclosure": _presented({"_sd": [digest(f"{_NAME}=")]}, f"{_NAME}="),
        "with a weak hash": _presented({"_sd": [digest(_NAME, "md5")], "_sd_alg": "md5"}, _NAME),
        "with a digest that is a number": _presented({"_sd": [1]}),
        "without its last tilde": _hiding(_NAME).rstrip("~"),
        "with an empty disclosure": f"{_hiding(_NAME)}~",
    }


def _claimed() -> dict[str, str]:
    status = disclosure("c2FsdC02", "status", {"status_list": {"idx": 1, "uri": "https://a.nl/"}})
    changes: dict[str, JsonObject] = {
        "without vct": {"vct": None},
        "without iss": {"iss": None},
        "of another issuer": {"iss": "did:web:issuer.example.com"},
        "that has ended": {"exp": _SECONDS - _DAY},
        "that ends with a text": {"exp": str(_SECONDS + _DAY)},
        "that has not begun": {"nbf": _SECONDS + _DAY},
        "made tomorrow": {"iat": _SECONDS + _DAY},
        "made on no day": {"iat": "today"},
        "whose status can be left out": {"_sd": [digest(status)]},
    }
    heads: dict[str, dict[str, JsonValue]] = {
        "of the type of a JWT": {"typ": "JWT"},
        "of no type": {"typ": None},
        "by a key of nobody": {"kid": f"{DID}#nobody"},
        "that names no key": {"kid": None},
        "that demands an extension": {"crit": ["exp"], "exp": 1},
        "not signed": {"alg": "none"},
    }
    return {
        **{name: _presented(change) for name, change in changes.items()},
        **{name: _hiding(_NAME, shown=None, **head) for name, head in heads.items()},
        "signed by somebody else": f"{signed(_CLAIMS, OTHER_KEY, **_head())}~",
        "with another signature": _presented({}).replace(".", ".e30", 1),
    }


def _bound() -> dict[str, str]:
    token, now = _hiding(_NAME), _SECONDS - 60
    return {
        "bound": bound(token, iat=now),
        "bound by a stranger": bound(token, STRANGER, iat=now),
        "bound to other disclosures": bound(_hiding(_NAME, shown=()), iat=now).replace(
            "~", f"~{_NAME}~", 1
        ),
        "bound long ago": bound(token, iat=now - 30 * _DAY),
        "bound tomorrow": bound(token, iat=now + _DAY),
        "bound for nobody": bound(token, iat=now, aud=None),
        "bound for two": bound(token, iat=now, aud=["a", "b"]),
        "bound without a nonce": bound(token, iat=now, nonce=None),
        "bound by another type": bound(token, iat=now, typ="JWT"),
        "bound without a holder's key": bound(_presented({"cnf": None}), iat=now),
    }


def _hiding(*hidden: str, shown: tuple[str, ...] | None = None, **head: JsonValue) -> str:
    return _presented(
        {"_sd": [digest(one) for one in hidden]}, *(hidden if shown is None else shown), **head
    )


def _presented(changes: JsonObject, *disclosures: str, **head: JsonValue) -> str:
    full: JsonObject = {**_CLAIMS, **changes}
    claims: JsonObject = {name: it for name, it in full.items() if it is not None}
    return "".join(f"{part}~" for part in (signed(claims, KEY, **_head(**head)), *disclosures))


def _head(**changes: JsonValue) -> dict[str, JsonValue]:
    usual: dict[str, JsonValue] = {"kid": KID, "typ": "dc+sd-jwt", **changes}
    return {name: it for name, it in usual.items() if it is not None}
