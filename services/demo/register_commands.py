"""Sub-commands of `waarmerk register`: the national register, looked at from outside.

Apart from the other commands, because these trust neither the register nor this machine's services.
"""

import typer

from services.demo.log_audit_command import audit
from services.demo.reconciling import reconcile

command = typer.Typer(
    help="Look at the national register from outside: audit its log, compare what you have.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@command.callback()
def register() -> None:
    """Look at the national register from outside: audit its log, compare what you have."""


command.command()(audit)
command.command()(reconcile)
