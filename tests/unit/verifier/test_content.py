"""A credential is read in parts, and what comes of it is what the whole contract says."""

import copy
import json
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.verifier.checks.content import read_credential
from services.verifier.checks.familiar import said_of
from shared.contracts.credential import AchievementCredential
from tests.unit.verifier.forge import a_payload

VALUES: Final = st.sampled_from(
    [None, True, 0, -1.5, 5, "", "x", "NL", "https://example.nl/", [], ["x"], {}, {"id": "x"}]
)
"""What may stand in the place of any member: of the right type, or of none that fits."""


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    """Change or leave out a few members of a credential, at any depth."""
    payload = a_payload()
    for _ in range(draw(st.integers(0, 3))):
        place: Any = payload
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys))
            inner = place[key]
            if not inner or not isinstance(inner, dict | list) or draw(st.booleans()):
                break
            place = inner
        if draw(st.booleans()) and len(place) > 1:
            del place[key]
        else:
            place[key] = copy.deepcopy(draw(VALUES))
    return payload


def read_whole(payload: dict[str, Any]) -> AchievementCredential | None:
    rest = {name: value for name, value in payload.items() if name != "credentialStatus"}
    try:
        return AchievementCredential.model_validate_json(
            json.dumps(rest), strict=True, by_alias=True, by_name=False
        )
    except ValidationError:
        return None


def said(credential: AchievementCredential | None) -> object:
    return credential.to_wire() if credential else None


@given(payloads())
def test_its_parts_say_what_the_whole_says(payload: dict[str, Any]) -> None:
    assert said(read_credential(payload, said_of(payload))) == said(read_whole(payload))
