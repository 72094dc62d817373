"""`waarmerk award FILE`: show how a file is read, check it, ask, award, and keep what came of it.

Exit codes: 0 all is awarded, 1 rows are left that must be mended, 2 it could not be done, 3 a
second person must agree, 130 interrupted. The same command again goes on where it was.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer

from services.demo.award_screen import Screen
from services.demo.batch_client import (
    PATIENCE,
    SCOPES,
    BatchClient,
    KeyTokens,
    NoAccessError,
    RefusedError,
    Upload,
    read_key,
)
from services.demo.console import open_console
from services.demo.sandbox import NoSandboxError, SandboxUnreadableError, find_sandbox
from services.issuer.batches import (
    TYPES,
    Choices,
    ColumnMapping,
    Delimiter,
    Encoding,
    FileRefusedError,
    OpenedRows,
    detect_format,
    open_rows,
    propose_mapping,
)

DONE, TO_MEND, IMPOSSIBLE, WAITS, INTERRUPTED = 0, 1, 2, 3, 130
DATA: Final = Path(".demo")
_FIRST_BYTES: Final = 1024
_PREVIEW: Final = 5
_SHOWN_FAULTS: Final = 40
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHECKING: Final = frozenset({"checking"})
_AS_FOUND: Final = Choices()


class Speech(StrEnum):
    """What the command speaks."""

    NL = "nl"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Access:
    """In whose name this is done, as far as it was said."""

    catalog: str
    client: str | None
    key: Path | None
    token: str | None = field(repr=False)
    organisation: str | None
    demo: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked on the command line."""

    file: Path
    columns: Mapping[str, str | None]
    wishes: Mapping[str, str]
    is_check: bool
    is_agreed: bool
    with_corrections: bool
    anew: str
    reading: Choices = _AS_FOUND


def award(  # noqa: PLR0913 - each is an option of the command
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)],
    *,
    issuer: Annotated[
        str, typer.Option(envvar="WAARMERK_ISSUER", help="Address of the issuer.")
    ] = "http://127.0.0.1:8000/issuer",
    catalog: Annotated[
        str, typer.Option(envvar="WAARMERK_CATALOG", help="Address of the catalogue, for tokens.")
    ] = "http://127.0.0.1:8000/catalog",
    client: Annotated[
        str | None, typer.Option(envvar="WAARMERK_CLIENT", help="The client id.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(envvar="WAARMERK_KEY", help="File with its private key, a JWK.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="WAARMERK_TOKEN", help="Or else an access token.")
    ] = None,
    organisation: Annotated[
        str | None, typer.Option(help="Or else, with a demo here: the OIN to act for.")
    ] = None,
    demo: Annotated[Path, typer.Option("--data", help="Folder of the demo's data.")] = DATA,
    microcredential: Annotated[
        str | None, typer.Option(help="Id (id@version) for rows that name none.")
    ] = None,
    awarded_on: Annotated[
        str | None, typer.Option(help="Day (yyyy-mm-dd) for rows that have none.")
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="HEADER=field, or HEADER= to leave it unread.")
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Of XLSX and ODS: the name or number of the sheet.")
    ] = None,
    delimiter: Annotated[Delimiter | None, typer.Option(help="Of CSV, when not as found.")] = None,
    encoding: Annotated[Encoding | None, typer.Option(help="Of CSV, when not as found.")] = None,
    language: Annotated[Speech, typer.Option(help="Of what is said.")] = Speech.NL,
    check: Annotated[bool, typer.Option("--check", help="Only check.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    corrections: Annotated[
        bool, typer.Option("--corrections", help="Also correct what was awarded and differs.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="Begin again, though this file was sent before.")
    ] = False,
) -> None:
    """Award a file of results: CSV, XLSX, ODS, JSON or NDJSON; nothing is signed unasked."""
    screen = Screen(open_console(), language.value)
    access = Access(catalog, client, key, token, organisation, demo)
    order = Order(
        file=file,
        columns=_columns(column or ()),
        reading=Choices(sheet=sheet, delimiter=delimiter, encoding=encoding),
        wishes=_wishes(microcredential, awarded_on),
        is_check=check,
        is_agreed=yes,
        with_corrections=corrections,
        anew=secrets.token_hex(8) if anew else "",
    )
    try:
        upload = show_reading(screen, order)
        with httpx.Client(timeout=PATIENCE) as http:
            tokens = _tokens(access, http=http)
            batches = BatchClient(issuer, tokens, language=language.value, http=http)
            code = carry_out(screen, order, batches, upload)
    except NoAccessError:
        screen.say("no-access")
        code = IMPOSSIBLE
    except FileRefusedError as refused:
        for fault in refused.faults:
            screen.tell(fault.dutch if language is Speech.NL else fault.detail)
        code = IMPOSSIBLE
    except RefusedError as refused:
        for text in dict.fromkeys([refused.title, refused.detail, *refused.faults]):
            screen.tell(text)
        code = IMPOSSIBLE
    except httpx.HTTPError as error:
        screen.say("no-answer", f"{issuer} ({type(error).__name__})")
        code = IMPOSSIBLE
    except KeyboardInterrupt:
        screen.say("resume")
        code = INTERRUPTED
    raise typer.Exit(code)


def _tokens(access: Access, *, http: httpx.Client) -> Callable[[], str]:
    """Return where tokens come from: a key, since it gives new ones; or a token; or the demo."""
    if access.client is not None and access.key is not None:
        return KeyTokens(access.catalog, access.client, read_key(access.key), http=http)
    given, organisation = access.token, access.organisation
    if given:
        return lambda: given
    if organisation is None:
        raise NoAccessError
    try:
        sandbox = find_sandbox(access.demo)
    except (NoSandboxError, SandboxUnreadableError) as error:
        raise NoAccessError from error
    return lambda: sandbox.token(organisation, SCOPES)


def show_reading(screen: Screen, order: Order) -> Upload:
    """Show how the file is read here, before a byte of it leaves; return what will be sent."""
    with order.file.open("rb") as content:
        format_ = detect_format(_said_type(order.file), content.read(_FIRST_BYTES))
        content.seek(0)
        rows = open_rows(content, format_, choices=order.reading)
        first = rows.peek(_PREVIEW)
        mapping = _mapping(rows).overruled(order.columns)
        screen.show_reading(mapping, first, rows.notices)
    chosen = asdict(order.reading)
    wishes = {**order.wishes, **{name: str(value) for name, value in chosen.items() if value}}
    if order.columns:
        wishes["mapping"] = json.dumps(order.columns)
    media_type = next(name for name, one in TYPES.items() if one is format_)
    return Upload(file=order.file, media_type=media_type, wishes=wishes)


def carry_out(screen: Screen, order: Order, batches: BatchClient, upload: Upload) -> int:
    """Send, check, ask, run and fetch; return the exit code."""
    key = upload.key(anew=order.anew)
    with screen.sending(order.file.stat().st_size) as bars:
        batch = batches.send(upload, key=key, sent=lambda done: bars.show(sending=done))
    if batch["state"] not in _CHECKING:
        screen.say("before")
    batch = _follow(screen, batches, batch, "checking", until=_CHECKING)
    screen.show_outcomes(batch)
    errors = _show_faults(screen, batches, batch, order)
    if batch["state"] == "checked":
        if order.is_check:
            screen.say("checked")
            return TO_MEND if errors else DONE
        count = _to_award(batch, order)
        if not count:
            screen.say("nothing")
            return TO_MEND if errors else DONE
        if not order.is_agreed and not screen.is_agreed(count):
            return TO_MEND
        batch = batches.run(batch, key=key, corrections=order.with_corrections)
    return _finish(screen, order, batches, batch)


def _show_faults(
    screen: Screen, batches: BatchClient, batch: Mapping[str, Any], order: Order
) -> int:
    """Show which rows will not be awarded, and why; return how many must be mended."""
    counted = batch["outcomes"]
    for outcome, name in (("duplicate-in-file", "duplicateInFile"), ("error", "error")):
        if count := int(counted.get(name, 0)):
            screen.show_faults(
                batches.rows(batch, outcome=outcome, most=_SHOWN_FAULTS), total=count
            )
    if (left := int(counted.get("correction", 0))) and not order.with_corrections:
        screen.say("uncorrected", left)
    errors = int(counted.get("error", 0))
    if errors:
        _save(screen, batches, batch, "failures", media_type=_XLSX, file=order.file)
    return errors


def _finish(screen: Screen, order: Order, batches: BatchClient, batch: Mapping[str, Any]) -> int:
    if batch["state"] == "waiting-for-approval":
        screen.say("waits", batch["links"]["page"])
        return WAITS
    batch = _follow(screen, batches, batch, "signed", "registered", "corrected", until=None)
    _save(screen, batches, batch, "results", media_type="text/csv", file=order.file)
    screen.say_end(batch["state"])
    progress = batch["progress"]
    is_whole = batch["state"] == "finished" and not progress.get("failed")
    return DONE if is_whole and not batch["outcomes"].get("error") else TO_MEND


def _follow(
    screen: Screen,
    batches: BatchClient,
    batch: Mapping[str, Any],
    *bars: str,
    until: frozenset[str] | None,
) -> Mapping[str, Any]:
    """Follow a batch while it is in one of these states; without any, until it is done."""
    if until is not None and batch["state"] not in until:
        return batch
    total = batch["rows"] if until else batch["progress"]["toDo"]
    with screen.following(*bars, total=total) as shown:
        for told in batches.follow(batch):
            shown.show(
                checking=told["checked"],
                signed=told["signed"],
                registered=told["registered"],
                corrected=told["corrected"],
            )
            if until is not None and told["state"] not in until:
                break
    return batches.read(batch)


def _save(
    screen: Screen,
    batches: BatchClient,
    batch: Mapping[str, Any],
    what: str,
    *,
    media_type: str,
    file: Path,
) -> None:
    ending = "xlsx" if media_type == _XLSX else "csv"
    saved = file.with_name(f"{file.stem}.{what}.{ending}")
    part = saved.with_name(f"{saved.name}.part")
    with part.open("wb") as written:
        batches.fetch(batch, what, written, media_type=media_type)
    part.replace(saved)
    screen.say("saved", saved)


def _to_award(batch: Mapping[str, Any], order: Order) -> int:
    counted = batch["outcomes"]
    corrections = counted.get("correction", 0) if order.with_corrections else 0
    return int(counted.get("ready", 0)) + int(corrections)


def _mapping(rows: OpenedRows) -> ColumnMapping:
    return propose_mapping(rows.header, rows.peek(_PREVIEW), is_table=rows.format.is_table)


def _said_type(file: Path) -> str | None:
    """Return the media type that the file's name promises."""
    said = {".ndjson": "application/x-ndjson", ".jsonl": "application/x-ndjson"}
    ods = "application/vnd.oasis.opendocument.spreadsheet"
    return {**said, ".json": "application/json", ".csv": "text/csv", ".ods": ods}.get(
        file.suffix.lower()
    )


def _columns(given: tuple[str, ...] | list[str]) -> dict[str, str | None]:
    columns: dict[str, str | None] = {}
    for one in given:
        header, _, field = one.rpartition("=")
        if not header:
            raise typer.BadParameter(one, param_hint="--column")
        columns[header] = field or None
    return columns


def _wishes(microcredential: str | None, awarded_on: str | None) -> dict[str, str]:
    wishes = {}
    if microcredential is not None:
        wishes["microcredentialId"], _, version = microcredential.partition("@")
        if version:
            wishes["microcredentialVersion"] = version
    if awarded_on is not None:
        wishes["awardedOn"] = awarded_on
    return wishes
