"""The command of a service: `python -m services.issuer serve | work | migrate`.

Apart from the services, which differ in what they do and not in how they are started and stopped.
"""

import asyncio
import gc
import importlib
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer
import uvicorn
import uvloop
from pydantic import ValidationError
from starlette.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from shared.runtime.certificates import KeepPeer
from shared.runtime.observability import configure_logging
from shared.runtime.settings import ServiceSettings

if TYPE_CHECKING:
    from shared.runtime.worker import Worker

STOP_SECONDS: Final = 20
KEEP_ALIVE_SECONDS: Final = 75
NOT_CONFIGURED: Final = 2
COLLECT_AFTER: Final = 50_000
"""Containers made and not yet gone; Python's own 700 is one request of ours."""


def service_command(package: str) -> typer.Typer:
    """Return the command of the service in a package such as `services.issuer`."""
    command = typer.Typer(
        help=f"Run {package.rpartition('.')[2]}.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @command.command()
    def serve(
        behind: Annotated[
            str, typer.Option(help="Addresses of proxies whose X-Forwarded headers count.")
        ] = "",
    ) -> None:
        """Answer HTTP requests until told to stop."""
        settings = _read_settings(package)
        app = _room(package, "app").create_app(settings)
        app.is_alone = True
        leave_in_peace()
        uvicorn.Server(server_config(app, settings, behind=behind)).run()

    @command.command()
    def work() -> None:
        """Publish and consume events and do the chores until told to stop."""
        settings = _read_settings(package)
        _work_and_end(_room(package, "app").create_worker(settings))

    @command.command()
    def migrate() -> None:
        """Bring the database to this version."""
        from shared.runtime import migrations  # noqa: PLC0415 - a server starts 0.1 s sooner without

        settings = _read_settings(package)
        asyncio.run(migrations.upgrade(settings.database_url, package))

    return command


def leave_in_peace() -> None:
    """Let the garbage collector pass over what a process is made of, and come by less often.

    Modules, models and routes are two hundred thousand objects that never go: going through them
    again and again took a tenth of a worker's processor time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)


def server_config(app: ASGIApp, settings: ServiceSettings, *, behind: str = "") -> uvicorn.Config:
    """Return how uvicorn serves us: it says and logs nothing of its own, and stops in order."""
    # Not uvicorn's own switch: who is at the other end is asked before X-Forwarded-For says more.
    proxied: Any = ProxyHeadersMiddleware(app, trusted_hosts=behind) if behind else app  # type: ignore[arg-type] # uvicorn's own ASGI type is narrower
    return uvicorn.Config(
        KeepPeer(proxied),
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )


def _work_and_end(worker: "Worker") -> NoReturn:
    """Work until told to stop, and end the process with everything in it.

    uvloop's `close` waits for ever on what a Kafka client let go of half-way, so nothing is closed
    once the worker has stopped: a worker that ends itself must end.
    """
    status = 0
    try:
        leave_in_peace()
        worker.prepare()
        uvloop.new_event_loop().run_until_complete(worker.serve())
    except BaseException:  # noqa: BLE001 - whatever it was, it is shown and ends the process
        sys.excepthook(*sys.exc_info())
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _read_settings(package: str) -> ServiceSettings:
    """Read the settings from the environment, or say everything that is wrong with them."""
    try:
        settings: ServiceSettings = _room(package, "settings").Settings()
    except ValidationError as error:
        for fault in error.errors(include_input=False, include_url=False, include_context=False):
            name = "_".join(str(part) for part in fault["loc"]).upper()
            typer.echo(f"WAARMERK_{name}: {fault['msg']}", err=True)
        raise typer.Exit(NOT_CONFIGURED) from None
    configure_logging(level=settings.log_level)
    return settings


def _room(package: str, name: str) -> Any:  # noqa: ANN401 - a module
    return importlib.import_module(f"{package}.{name}")
