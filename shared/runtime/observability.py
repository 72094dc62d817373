"""What we write down about ourselves: one JSON line per fact, with an allow-list of fields.

Apart from what is logged, because nobody must have to remember privacy: a field that is not on
the list is dropped, an exception loses its message, and a stranger's text never gets in.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import getrandbits
from typing import Any, Final, TextIO
from uuid import UUID

import structlog

FIELDS: Final = frozenset(
    {
        *("time", "level", "event", "logger", "service", "request_id", "trace_id", "span_id"),
        *("method", "route", "status", "duration_ms", "code", "organisation", "client"),
        *("error", "at", "attempt", "seconds", "count", "size", "port", "reason", "check"),
        *("topic", "partition", "offset", "lag", "consumer", "worker", "chore", "event_id"),
        *("event_type", "subject", "version", "record_version", "sequence", "migration", "table"),
        *("award_id", "batch_id", "credential_id", "microcredential_id", "offering_id"),
        *("policy_id", "registration_id", "verification_id", "kid", "status_list", "verdict"),
    }
)
"""Every field a log line may have; an id here is a random or public one, never a person's."""

_TRACEPARENT: Final = re.compile(r"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_EVENT: Final = re.compile(r"[\w .,:;()'/+-]{1,160}")
_WORD: Final = re.compile(r"[^\s@]{1,256}")
_TEXT: Final = re.compile(r"[^@\r\n]{1,256}")
_WORDY: Final = frozenset({"reason"})
_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
_MAX_FRAMES: Final = 12


@dataclass(frozen=True, slots=True)
class RequestContext:
    """Which request, in which service, as part of which trace (W3C Trace Context)."""

    service: str
    request_id: str
    trace_id: str
    span_id: str

    @property
    def traceparent(self) -> str:
        """Return the header that lets the next in line continue this trace."""
        return f"00-{self.trace_id}-{self.span_id}-01"


_context: ContextVar[RequestContext | None] = ContextVar("waarmerk_request", default=None)


def new_context(
    service: str, *, request_id: str | None = None, traceparent: str | None = None
) -> RequestContext:
    """Begin or continue a trace; ids that strangers sent are kept only if well-formed."""
    span_id = f"{getrandbits(64) or 1:016x}"
    continued = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
    trace_id = continued[1] if continued else f"{getrandbits(128) or 1:032x}"
    if request_id is None or not _REQUEST_ID.fullmatch(request_id):
        request_id = f"{getrandbits(128):032x}"
    return RequestContext(service, request_id, trace_id, span_id)


def current_context() -> RequestContext | None:
    """Return the request we are in, if any."""
    return _context.get()


enter_context: Final = _context.set
leave_context: Final = _context.reset


class _Output:
    """Where lines go and from which level on; one per process."""

    def __init__(self) -> None:
        self.threshold = 20
        self.stream: TextIO | None = None

    def write(self, line: str) -> None:
        # Looked up each time: whoever redirects stderr (a test, a terminal) means us too.
        # A log that cannot be written is no reason to fail a request.
        with suppress(OSError, ValueError):
            (self.stream or sys.stderr).write(line)


_output = _Output()


def configure_logging(*, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send everything in this process, of libraries too, through the allow-list to one stream."""
    _output.threshold = _LEVELS[level.lower()]
    write_to(stream)
    structlog.configure(
        processors=[_drop_quiet, _render],
        logger_factory=_LineFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [LibraryLines()]
    root.setLevel(max(_output.threshold, logging.WARNING))
    for name in ("uvicorn.error", "alembic"):
        logging.getLogger(name).setLevel(_output.threshold)
    # It tells at import that e-mail fields are not checked; we have none.
    logging.getLogger("fastapi").setLevel(logging.ERROR)


def write_to(stream: TextIO | None) -> None:
    """Send lines to a stream, or back to wherever stderr goes."""
    _output.stream = stream


class _Line:
    """The end of the line: takes finished text of any level."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name

    def write(self, line: str) -> None:
        _output.write(line)

    debug = info = warning = error = critical = exception = msg = write


class _LineFactory:
    def __call__(self, *names: object) -> _Line:
        return _Line(str(names[0]) if names else None)


def write_request_lines(
    answered: Iterable[tuple[RequestContext, str, str, int, float, float]],
) -> None:
    """Write the lines of answered requests; by hand, for there is one for each.

    Of each its context, method, route, status, how long it took, and when it was answered. Nothing
    in it comes from a stranger: the method is a known one, the route is our own template.
    """
    if _output.threshold > logging.INFO:
        return
    lines = [
        f'{{"time":"{datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")}",'
        f'"level":"info","event":"request","service":"{context.service}",'
        f'"request_id":"{context.request_id}","trace_id":"{context.trace_id}",'
        f'"span_id":"{context.span_id}","method":"{method}","route":"{route}","status":{status},'
        f'"duration_ms":{seconds * 1000:.2f}}}\n'
        for context, method, route, status, seconds, at in answered
    ]
    if lines:
        _output.write("".join(lines))


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return a logger whose lines hold allowed fields only, configured or not."""
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        _Line(name),
        processors=[_drop_quiet, _render],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=True,
    )
    return logger


def _drop_quiet(
    _logger: object, method: str, fields: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    if _LEVELS.get(method, 40) < _output.threshold:
        raise structlog.DropEvent
    return fields


def _render(logger: object, method: str, fields: MutableMapping[str, Any]) -> str:
    """Write one line out of the fields that are allowed."""
    line: dict[str, Any] = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": "error" if method == "exception" else method,
    }
    name = getattr(logger, "name", None)
    if name:
        line["logger"] = name
    context = _context.get()
    if context is not None:
        line["service"] = context.service
        line["request_id"] = context.request_id
        line["trace_id"] = context.trace_id
        line["span_id"] = context.span_id
    line.update(allowed_fields(fields))
    error = fields.get("exc_info")
    if error:
        line.update(
            describe_error(error if isinstance(error, BaseException) else sys.exc_info()[1])
        )
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def allowed_fields(fields: Mapping[str, object]) -> dict[str, object]:
    """Return what may be written down: known names, small plain values, no sentences or e-mails."""
    kept: dict[str, object] = {}
    for name, value in fields.items():
        if name == "event":
            text = str(value)
            kept["event"] = text if _EVENT.fullmatch(text) else "(text not fit for a log)"
        elif name in FIELDS:
            plain = _plain(value, fit=_TEXT if name in _WORDY else _WORD)
            if plain is not None:
                kept[name] = plain
    return kept


def _plain(value: object, *, fit: re.Pattern[str]) -> object:
    match value:
        case bool() | int() | float():
            return value
        case str():
            return value if fit.fullmatch(value) else None
        case UUID():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return [plain for item in value[:20] if (plain := _plain(item, fit=fit)) is not None]
        case _:
            return None


def describe_error(error: BaseException | None) -> dict[str, object]:
    """Name an exception and where it was raised; its message may hold what somebody sent."""
    if error is None:
        return {}
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    return {
        "error": _chain(error),
        "at": [f"{_module(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _chain(error: BaseException) -> str:
    names: list[str] = []
    link: BaseException | None = error
    while link is not None and len(names) < 4:  # noqa: PLR2004 - enough to see a cause
        state = getattr(link, "sqlstate", None)
        names.append(type(link).__name__ + (f"[{state}]" if state else ""))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return " < ".join(names)


def _module(filename: str) -> str:
    return "/".join(filename.split("/")[-3:])


class LibraryLines(logging.Handler):
    """Lines of libraries: their constant text without the values they would put into it."""

    TRUSTED = ("uvicorn", "alembic")

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line through the allow-list."""
        trusted = record.name.startswith(self.TRUSTED)
        text = record.getMessage() if trusted else str(record.msg)
        fields: dict[str, Any] = {"event": text if _EVENT.fullmatch(text) else "library message"}
        if record.exc_info and record.exc_info[1] is not None:
            fields["exc_info"] = record.exc_info[1]
        method = record.levelname.lower()
        if _LEVELS.get(method, 40) >= _output.threshold:
            _output.write(_render(record, method, fields))
