"""What a person sees at a terminal, or finds in a file: plain tables, readable without colour."""

from rich import box
from rich.console import Console
from rich.table import Table

FILE_WIDTH = 120


def open_console() -> Console:
    """Return where we tell: a terminal in its own width, a file in a fixed one."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=FILE_WIDTH)


def a_table(*columns: str) -> Table:
    """Return a table with these columns; what does not fit is folded, never cut off."""
    table = Table(box=box.SIMPLE, show_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
