"""A stranger with an OpenAPI document and time to try: schemathesis, over a real socket."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Final

import anyio
import uvicorn
from anyio import to_thread
from fastapi import FastAPI

MAX_EXAMPLES: Final = int(os.environ.get("WAARMERK_FUZZ_EXAMPLES", "6"))
PHASES: Final = "examples,coverage,fuzzing,stateful"
# What a schema allows can still break a rule, such as a text with HTML; 400 is a right answer then.
NOT_ASKED: Final = "positive_data_acceptance"


@asynccontextmanager
async def served_on_a_socket(app: FastAPI) -> AsyncIterator[str]:
    """Serve an application on a free port, from a thread; give its address."""
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        while not server.started:
            await anyio.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await to_thread.run_sync(thread.join)


def fuzz(
    address: str,
    token: str,
    folder: Path,
    known: Mapping[str, str],
    *,
    left_out: Sequence[str] = (),
) -> str:
    """Ask everything, the same questions on every run; return what was found.

    With what is known only paths with an id are asked. Operations are left out by their id.
    """
    config = folder / "schemathesis.toml"
    lines = [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in known.items()]
    config.write_text("\n".join(["[parameters]", *lines]))
    found = subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            f"--config-file={config}",
            "run",
            f"{address}/v1/openapi.json",
            f"--url={address}/v1",
            f"--header=Authorization: Bearer {token}",
            f"--phases={PHASES}",
            f"--exclude-checks={NOT_ASKED}",
            f"--max-examples={MAX_EXAMPLES}",
            # What is known replaces what is forbidden too, so only what is allowed is asked then.
            *(["--include-path-regex={", "--mode=positive"] if known else []),
            *(f"--exclude-operation-id={operation}" for operation in left_out),
            "--generation-deterministic",
            "--suppress-health-check=all",
            "--continue-on-failure",
            "--warnings=off",
            "--no-color",
        ],
        cwd=folder,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if found.returncode == 0 else found.stdout + found.stderr
