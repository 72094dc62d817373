"""Proofs over HTTP: that a fact stands in the log, and who vouches for the log."""

from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import PlainTextResponse, Response
from pydantic import AwareDatetime

from services.registry.domain.registrations import (
    RegistrationErasedError,
    RegistrationUnknownError,
    VersionUnknownError,
)
from services.registry.operations import proofs, witnesses
from services.registry.operations.proofs import NotLoggedError, NotWitnessedThenError
from services.registry.operations.witnesses import WitnessView
from shared.runtime.api_model import ApiAnswer
from shared.runtime.problems import refusals

_ID: Final = "01890a5d-ac96-774b-bcce-b302099a8057"
_TEXT: Final = "text/plain; charset=utf-8"
_HASH: Final = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
_PROOF: Final = f"""c2sp.org/tlog-proof@v1
extra eyJlbnRyeSI6IuKApiJ9
index 0
{_HASH}

register.example.nl/log
2
{_HASH}

— register.example.nl/log Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGz
"""
_VIEW: Final[dict[str, Any]] = {
    "origin": "register.example.nl/log",
    "size": 1024,
    "vkeys": [f"register.example.nl/log+3df8ae58+AQ{_HASH[:-2]}"],
    "items": [
        {
            "name": "witness.example/w1",
            "vkey": f"witness.example/w1+aab52393+BA{_HASH[:-2]}",
            "stand": "agrees",
            "seenSize": 1024,
            "cosignedSize": 1024,
            "cosignedAt": "2026-11-20T09:30:02Z",
            "askedAt": "2026-11-20T09:30:02Z",
            "behind": 0,
            "isBehind": False,
        }
    ],
}

Answers: TypeAlias = dict[int | str, dict[str, Any]]
_PROVEN: Final[Answers] = {200: {"content": {"text/plain": {"example": _PROOF}}}}
_WATCHED: Final[Answers] = {200: {"content": {"application/json": {"example": _VIEW}}}}

router = APIRouter(tags=["log"])


class WitnessAnswer(ApiAnswer):
    """A witness of the log: what it said when it was asked last, and what it cosigned last."""

    name: str
    vkey: str
    stand: str
    fault: str | None = None
    seen_size: int | None = None
    cosigned_size: int | None = None
    cosigned_at: datetime | None = None
    asked_at: datetime | None = None
    behind: int
    is_behind: bool


class WitnessesAnswer(ApiAnswer):
    """The log, the keys it is known by, and every witness that is asked to cosign it."""

    origin: str | None = None
    size: int
    vkeys: tuple[str, ...]
    items: tuple[WitnessAnswer, ...]


@router.get(
    "/registrations/{registrationId}/proof",
    response_class=PlainTextResponse,
    responses=_PROVEN
    | refusals(
        RegistrationUnknownError,
        RegistrationErasedError,
        VersionUnknownError,
        NotLoggedError,
        NotWitnessedThenError,
    ),
)
async def read_proof(
    registration_id: Annotated[
        UUID, Path(alias="registrationId", description="the award's own id", examples=[_ID])
    ],
    request: Request,
    record_version: Annotated[
        int | None, Query(alias="recordVersion", ge=1, le=2**31 - 1, examples=[1])
    ] = None,
    witnessed_before: Annotated[
        AwareDatetime | None,
        Query(
            alias="witnessedBefore",
            description="that it stood in the log before this moment, as when a key was lost later",
            examples=["2026-11-20T09:30:00Z"],
        ),
    ] = None,
) -> Response:
    """Return the proof that a version stands in the log (C2SP tlog-proof), to keep for decades.

    Its `extra` line opens what the entry commits to; `waarmerk verify --offline` checks it all.
    """
    proof = await proofs.prove(
        request.app.state.prover,
        registration_id,
        record_version,
        witnessed_before=witnessed_before,
    )
    name = f'attachment; filename="{registration_id}.tlog-proof"'
    return Response(proof, media_type=_TEXT, headers={"Content-Disposition": name})


@router.get(
    "/log/witnesses",
    response_model_exclude_none=True,
    responses=_WATCHED,
)
async def list_witnesses(request: Request) -> WitnessesAnswer:
    """Return who is asked to cosign the log, what each has seen of it, and who is behind."""
    state = request.app.state
    view = await witnesses.read_view(state.database, state.settings)
    return WitnessesAnswer(
        origin=view.origin,
        size=view.size,
        vkeys=view.vkeys,
        items=tuple(_witness(one, size=view.size, now=state.clock()) for one in view.witnesses),
    )


def _witness(one: WitnessView, *, size: int, now: datetime) -> WitnessAnswer:
    said = one.said
    return WitnessAnswer(
        name=one.key.name,
        vkey=one.key.vkey,
        stand=said.stand.value if said else "unheard",
        fault=said.fault if said else None,
        seen_size=said.seen_size if said else None,
        cosigned_size=said.cosigned_size if said else None,
        cosigned_at=said.cosigned_at if said else None,
        asked_at=said.asked_at if said else None,
        behind=one.behind(size),
        is_behind=one.is_behind(size, now=now),
    )
