"""The `waarmerk` command: try everything on one machine, and run and mend one service at a time.

`waarmerk demo` needs nothing; `serve`, `work`, `migrate`, `seed`, `replay`, `topics` and `doctor`
read the same `WAARMERK_…` variables as the processes they belong to.
"""

from services.demo.commands import command


def main() -> None:
    """Run the command."""
    command()


if __name__ == "__main__":
    main()
