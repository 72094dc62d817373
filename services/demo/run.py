"""`waarmerk demo` from the first signal to the last: start, seed, play, serve, stop.

Apart from the supervisor, because here it is decided what a person sees and with which exit code.
"""

import asyncio
import signal
from datetime import UTC, datetime
from pathlib import Path

import httpx
from rich.console import Console

from services.catalog.settings import SEED_FOLDER
from services.demo.class_list import ClassList, ClassListError, read_class_list
from services.demo.console import open_console
from services.demo.sandbox import SandboxUnreadableError
from services.demo.story import StoryBrokenOffError, play
from services.demo.supervisor import (
    FolderBusyError,
    FolderUnusableError,
    PortBusyError,
    RunningDemo,
    running_demo,
)
from services.demo.telling import TerminalTeller
from shared.runtime.embedded.broker import BrokerStartError
from shared.runtime.embedded.postgres import PostgresStartError

CLASS_LIST = SEED_FOLDER / "class-list.csv"
DONE, BROKEN_OFF, NOT_STARTED = 0, 1, 2
NOT_STARTED_BY = (
    PortBusyError,
    FolderBusyError,
    SandboxUnreadableError,
    PostgresStartError,
    BrokerStartError,
    FolderUnusableError,
)


def run_demo(folder: Path, *, port: int, once: bool, class_list: Path = CLASS_LIST) -> int:
    """Run the demo until it is told to stop, or once; return the exit code."""
    console = open_console()
    try:
        listed = read_class_list(class_list.read_bytes(), today=datetime.now(UTC).date())
    except ClassListError as error:
        console.print(f"{error.sentence.nl} / {error.sentence.en}", markup=False)
        return NOT_STARTED
    return asyncio.run(_run(folder.absolute(), console, listed, port=port, once=once))


async def _run(folder: Path, console: Console, listed: ClassList, *, port: int, once: bool) -> int:
    teller = TerminalTeller(console)
    stopped = _stop_on_signals()
    try:
        async with running_demo(folder, port=port) as demo:
            teller.started(demo)
            code = await _play(demo, console, listed, teller)
            if not once:
                console.print("Press Ctrl-C to stop; the data stay.")
                await asyncio.Event().wait()
            return code
    except asyncio.CancelledError:
        if not stopped.is_set():
            raise
        console.print("Stopped. The data stay where they are.")
        return DONE
    except NOT_STARTED_BY as error:
        console.print(f"{error}", markup=False)
        return NOT_STARTED


async def _play(
    demo: RunningDemo, console: Console, listed: ClassList, teller: TerminalTeller
) -> int:
    """Play the story; a story that breaks off is told, and what runs goes on."""
    try:
        rows = await play(demo.places, demo.sandbox, listed, teller=teller)
    except (StoryBrokenOffError, httpx.HTTPError) as error:
        told = str(error) or type(error).__name__
        console.print(f"The story broke off: {told}. The log is {demo.folder}/log.", markup=False)
        return BROKEN_OFF
    teller.pointed(demo, rows)
    return DONE


def _stop_on_signals() -> asyncio.Event:
    """Cancel the demo at the first Ctrl-C or SIGTERM; everything is then stopped in order."""
    stopped = asyncio.Event()
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not stopped.is_set() and task is not None:
            stopped.set()
            task.cancel()

    for ending in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(ending, stop)
    return stopped
