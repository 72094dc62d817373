"""How the story reads at a terminal: tables that need no colour, and fit in a file as well."""

from collections.abc import Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from services.demo.class_list import ClassList
from services.demo.console import a_table
from services.demo.supervisor import RunningDemo
from services.demo.tale import AwardedRow, Publication, Revocation, Verdict


class TerminalTeller:
    """Tells the story step by step, as it happens."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def started(self, demo: RunningDemo) -> None:
        """Tell where everything is."""
        self._console.print(
            f"[bold]Waarmerk[/bold] runs at [bold]{demo.address}/[/bold]"
            f" (first page after {demo.first_page_seconds:.1f} s; data in {demo.folder})"
        )

    def published(self, publication: Publication) -> None:
        """Tell that the microcredential is there."""
        what = "published" if publication.is_new else "published before"
        self._step(
            1,
            f"University of Twente: “{publication.title}”, version {publication.version} {what}",
            publication.seconds,
        )

    def awarded(self, listed: ClassList, rows: Sequence[AwardedRow]) -> None:
        """Tell what became of every row of the class list."""
        total = len(rows) + len(listed.wrong) + len(listed.empty)
        read = f"{listed.encoding}, separated by {listed.delimiter!r}"
        self._step(2, f"Class list read: {total} rows, {len(listed.wrong)} wrong ({read})")
        self._console.print(_rows(listed, rows))
        self._tell_faults(listed)
        awarded = [row for row in rows if row.award_id]
        if not awarded:
            return
        new = sum(row.is_new for row in awarded)
        self._step(
            3,
            f"{new} awarded and signed, {len(awarded) - new} were awarded before",
            sum(row.seconds for row in awarded),
        )
        for place, seconds in (
            ("in the national register", [row.registered_after or 0 for row in awarded]),
            ("verified by anybody", [row.verifiable_after or 0 for row in awarded]),
        ):
            self._console.print(
                f"     {len(awarded)} {place}: after {_ms(median(seconds))} (median),"
                f" {_ms(max(seconds))} (slowest)"
            )

    def revoked(self, revocation: Revocation | None) -> None:
        """Tell of the revocation, or that there is nothing left to revoke."""
        if revocation is None:
            self._step(
                4, "Every award of this list is revoked by now; begin anew in another folder"
            )
            return
        self._step(4, f"Row {revocation.row} verified: {_said(revocation.before)}")
        self._step(
            5,
            f"Revoked by the institution; the register knew it after"
            f" {_ms(revocation.registered_after)}",
        )
        self._step(6, f"Row {revocation.row} verified again: {_said(revocation.after)}")

    def pointed(self, demo: RunningDemo, rows: Sequence[AwardedRow]) -> None:
        """Print the addresses to click."""
        shown = next((row.award_id for row in reversed(rows) if row.award_id), None)
        places = [
            ("Start here", f"{demo.address}/"),
            ("Verify a credential", f"{demo.address}/verifier/"),
            ("What can be earned", f"{demo.address}/catalog/"),
            ("The register", f"{demo.address}/registry/" + (f"?id={shown}" if shown else "")),
            ("For programs", f"{demo.address}/issuer/v1/openapi.json"),
        ]
        table = a_table("Open", "Address")
        for name, address in places:
            table.add_row(name, address)
        self._console.print(table)

    def _tell_faults(self, listed: ClassList) -> None:
        for wrong in listed.wrong:
            for fault in wrong.faults:
                self._console.print(f"     NL  {fault.say('nl')}", soft_wrap=True, markup=False)
                self._console.print(f"     EN  {fault.say('en')}", soft_wrap=True, markup=False)

    def _step(self, number: int, sentence: str, seconds: float | None = None) -> None:
        took = "" if seconds is None else f"  ({_ms(seconds)})"
        self._console.print(f"  {number}. {sentence}{took}", soft_wrap=True, markup=False)


def _rows(listed: ClassList, rows: Sequence[AwardedRow]) -> Table:
    """Return a table in which every row of the list stands once, in the order of the list."""
    told: dict[int, tuple[str, str, str, str]] = {}
    for row in rows:
        what = "awarded" if row.is_new else "already awarded" if row.award_id else "refused"
        told[row.learner.row] = (
            what,
            row.award_id or row.refusal,
            _ms(row.seconds),
            _ms(row.verifiable_after) if row.verifiable_after is not None else "",
        )
    for wrong in listed.wrong:
        faults = ", ".join(f"{fault.cell} {fault.code}" for fault in wrong.faults)
        told[wrong.row] = ("WRONG", faults, "", "")
    for number in listed.empty:
        told[number] = ("empty", "", "", "")
    table = a_table(
        "Row", "What happened", "Award, or what is wrong", "Signed in", "Verifiable after"
    )
    for number in sorted(told):
        table.add_row(str(number), *told[number])
    return table


def _said(verdict: Verdict) -> str:
    title = verdict.title
    return f"{verdict.state.upper()}: “{title['nl']}” / “{title['en']}”  ({_ms(verdict.seconds)})"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
