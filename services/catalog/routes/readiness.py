"""The readiness meter over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from services.catalog.domain import MicrocredentialUnknownError
from services.catalog.operations import readiness
from services.catalog.readiness import Gap, Reading
from services.catalog.routes.edge import Reader
from services.catalog.schemas import examples, examples_readiness
from services.catalog.schemas.readiness import (
    GapAnswer,
    ReadinessAnswer,
    ReadingAnswer,
    RemarkAnswer,
)
from shared.runtime.clock import Now
from shared.runtime.database import Session
from shared.runtime.problems import refusals

router = APIRouter(tags=["readiness"])


@router.get(
    "/microcredentials/{microcredentialId}/readiness",
    response_model_exclude_none=True,
    responses=examples.answer(examples_readiness.READINESS) | refusals(MicrocredentialUnknownError),
)
async def read_readiness(
    microcredential_id: Annotated[UUID, Path(alias="microcredentialId")],
    reader: Reader,
    session: Session,
    now: Now,
    version: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="a published version")
    ] = None,
) -> ReadinessAnswer:
    """Return what is still missing, for whom, why it is asked, and an example of each.

    Its own provider gets the meter of the draft, everybody else that of the latest version.
    """
    found = await readiness.read_readiness(
        session, microcredential_id, version=version, reader=reader, now=now
    )
    return ReadinessAnswer(
        microcredential_id=found.microcredential_id,
        version=found.version,
        parts=[_render(one) for one in found.meter.readings],
    )


def _render(reading: Reading) -> ReadingAnswer:
    return ReadingAnswer(
        part=reading.part,
        title=reading.title,
        summary=reading.summary,
        present=reading.present,
        total=reading.total,
        ready=reading.is_ready,
        missing=[_render_gap(gap) for gap in reading.gaps],
        remarks=[
            RemarkAnswer(pointer=one.pointer, sentence=one.sentence) for one in reading.remarks
        ],
    )


def _render_gap(gap: Gap) -> GapAnswer:
    return GapAnswer(
        pointer=gap.pointer,
        name=gap.name,
        called=gap.called,
        mandatory=gap.mandatory,
        why=gap.why,
        used_by=gap.used_by,
        example=gap.example,
        example_reads=gap.example_reads,
    )
