"""What `waarmerk award` shows: how the file is read, its faults by cell, and how far it has come.

Apart from what it does. In Dutch unless English is asked; readable without colour, in a file too.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from services.demo.console import a_table
from services.issuer.batches import ColumnMapping, Notice, RawRow
from services.issuer.batches.columns import Field, Guess
from services.issuer.batches.sentences import Sentence, quoted

WORDS: Final[Mapping[str, Sentence]] = {
    "columns": Sentence("Zo lezen we de kolommen:", "This is how the columns are read:"),
    "column": Sentence("Kolom", "Column"),
    "header": Sentence("Kop", "Header"),
    "holds": Sentence("Bevat", "Holds"),
    "why": Sentence("Hoe zeker", "How sure"),
    "rows": Sentence("Eerste rijen", "First rows"),
    "not-read": Sentence("wordt niet gelezen", "is not read"),
    "sending": Sentence("Versturen", "Sending"),
    "checking": Sentence("Controleren", "Checking"),
    "signed": Sentence("Getekend", "Signed"),
    "registered": Sentence("Geregistreerd", "Registered"),
    "corrected": Sentence("Gecorrigeerd", "Corrected"),
    "cell": Sentence("Cel", "Cell"),
    "fault": Sentence("Wat is er mis", "What is wrong"),
    "code": Sentence("Code", "Code"),
    "more": Sentence("… en nog {hint} rijen met fouten.", "… and {hint} more rows with faults."),
    "ready": Sentence("gereed", "ready"),
    "alreadyAwarded": Sentence("al toegekend", "already awarded"),
    "correction": Sentence("correctie", "correction"),
    "duplicateInFile": Sentence("dubbel in het bestand", "duplicate in the file"),
    "error": Sentence("fout", "error"),
    "again": Sentence(
        "Let op: {hint} rijen zijn gereed van wie deze microcredential al heeft, onder een ander "
        "kenmerk (award.exists.other-reference).",
        "Note: {hint} rows are ready of who has this microcredential already, under another "
        "reference (award.exists.other-reference).",
    ),
    "ask": Sentence("{hint} toekennen? [j/N]", "Award {hint}? [y/N]"),
    "uncorrected": Sentence(
        "Niet gecorrigeerd: {hint}. Geef --corrections om dat wel te doen.",
        "Not corrected: {hint}. Give --corrections to have that done.",
    ),
    "before": Sentence(
        "Dit bestand is eerder zo gestuurd; we gaan daar verder. Opnieuw beginnen: --anew.",
        "This file was sent like this before; we go on from there. To begin again: --anew.",
    ),
    "nothing": Sentence("Er is niets toe te kennen.", "There is nothing to award."),
    "checked": Sentence("Alleen gecontroleerd; er is niets toegekend.", "Only checked."),
    "waits": Sentence(
        "Een tweede persoon moet akkoord gaan. De stand: {hint}",
        "A second person must agree. How it stands: {hint}",
    ),
    "saved": Sentence("Bewaard: {hint}", "Saved: {hint}"),
    "resume": Sentence(
        "Afgebroken. Geef dezelfde opdracht opnieuw: het gaat verder waar het was, niets dubbel.",
        "Interrupted. Give the same command again: it goes on where it was, nothing twice.",
    ),
    "ended": Sentence("De partij is {hint}.", "The batch is {hint}."),
    "no-answer": Sentence("Geen antwoord van {hint}.", "No answer from {hint}."),
    "no-access": Sentence(
        "Geef --client en --key (zie `waarmerk clients`), of zet WAARMERK_TOKEN; bij een demo op "
        "deze machine: --organisation.",
        "Give --client and --key (see `waarmerk clients`), or set WAARMERK_TOKEN; with a demo on "
        "this machine: --organisation.",
    ),
}
_STATES: Final[Mapping[str, str]] = {
    "finished": "klaar",
    "rejected": "afgewezen",
    "recalled": "teruggehaald",
    "lapsed": "verlopen",
    "running": "bezig",
}
_FIELDS: Final[Mapping[Field, str]] = {
    Field.MICROCREDENTIAL: "microcredential",
    Field.MICROCREDENTIAL_VERSION: "versie",
    Field.ENROLMENT_REFERENCE: "kenmerk",
    Field.STUDENT_NUMBER: "studentnummer",
    Field.AWARDED_ON: "datum resultaat",
    Field.EDU_ID: "eduID",
    Field.EMAIL: "e-mail",
    Field.NAME: "hele naam",
    Field.GIVEN_NAME: "voornaam",
    Field.FAMILY_PREFIX: "tussenvoegsel",
    Field.FAMILY_NAME: "achternaam",
    Field.GRADE: "cijfer",
    Field.VALID_UNTIL: "geldig tot",
    Field.NARRATIVE: "toelichting",
}
_YES: Final = frozenset({"y", "yes", "j", "ja"})
_OUTCOMES: Final = ("ready", "correction", "alreadyAwarded", "duplicateInFile", "error")
_GUESSES: Final[Mapping[Guess, Sentence]] = {
    Guess.EXACT: Sentence("bekende naam", "known name"),
    Guess.TYPO: Sentence("lijkt op een bekende naam", "like a known name"),
    Guess.VALUES: Sentence("aan de inhoud te zien", "by its content"),
    Guess.GIVEN: Sentence("door u opgegeven", "as you said"),
    Guess.UNKNOWN: Sentence("onbekend", "unknown"),
    Guess.NOT_NEEDED: Sentence("niet nodig", "not needed"),
    Guess.TWICE: Sentence("een andere kolom is zekerder", "another column is surer"),
    Guess.FORBIDDEN: Sentence("mag niet", "not allowed"),
}
_SHOWN_ROWS: Final = 3


class Screen:
    """A terminal, or a file, in one language."""

    def __init__(self, console: Console, language: str) -> None:
        self._console = console
        self._language = language

    def say(self, word: str, hint: object = "") -> None:
        """Say one sentence."""
        self.tell(self.word(word, hint))

    def tell(self, text: str) -> None:
        """Write a text as it is."""
        self._console.print(text, markup=False, soft_wrap=True)

    def word(self, word: str, hint: object = "") -> str:
        """Return one sentence."""
        return WORDS[word].filled(hint=str(hint))[self._language]

    def show_reading(
        self, mapping: ColumnMapping, rows: Sequence[RawRow], notices: Sequence[Notice]
    ) -> None:
        """Show what each column is taken to hold, beside the first rows."""
        for notice in notices:
            self.tell(f"· {notice.sentence[self._language]}")
        self.say("columns")
        table = a_table(*(self.word(one) for one in ("column", "header", "holds", "why", "rows")))
        for column in mapping.columns:
            values = [
                row.cells[column.index]
                for row in rows[:_SHOWN_ROWS]
                if len(row.cells) > column.index
            ]
            shown = ", ".join(quoted(value)[1:-1] for value in values if value)
            holds = self._held(column.field)
            sure = _GUESSES[column.guess][self._language]
            table.add_row(column.letters, column.header, holds, sure, shown if column.field else "")
        self._console.print(table)

    def _held(self, field: Field | None) -> str:
        """Say what a column holds; in Dutch with the name behind that --column asks."""
        if field is None:
            return f"({self.word('not-read')})"
        said = _FIELDS[field] if self._language == "nl" else field.value
        return said if said == field.value else f"{said} ({field.value})"

    def say_end(self, state: str) -> None:
        """Say in which state a batch ended."""
        self.say("ended", _STATES.get(state, state) if self._language == "nl" else state)

    def is_agreed(self, count: int) -> bool:
        """Ask whether so many may be awarded; silence is no."""
        told = typer.prompt(self.word("ask", count), default="", show_default=False)
        return str(told).strip().casefold() in _YES

    def show_outcomes(self, batch: Mapping[str, Any]) -> None:
        """Show how many rows came to what."""
        counted = batch.get("outcomes", {})
        table = a_table(*(self.word(one) for one in _OUTCOMES))
        table.add_row(*(f"{counted.get(one, 0):,}".replace(",", ".") for one in _OUTCOMES))
        self._console.print(table)
        if batch.get("readyAgain"):
            self.say("again", batch["readyAgain"])

    def show_faults(self, rows: Sequence[Mapping[str, Any]], *, total: int) -> None:
        """Show the faults by cell, and how many rows have more."""
        if not rows:
            return
        table = a_table(self.word("cell"), self.word("fault"), self.word("code"))
        for row in rows:
            for fault in row.get("faults", ()):
                message = str(fault["message"][self._language])
                said = message.removeprefix(f"{fault['cell']}: ")
                table.add_row(str(fault["cell"]), said, str(fault["code"]))
        self._console.print(table)
        if total > len(rows):
            self.say("more", total - len(rows))

    @contextmanager
    def sending(self, size: int) -> Iterator["Bars"]:
        """Show how much of a file was sent."""
        with self._progress(DownloadColumn()) as progress:
            yield Bars(progress, {"sending": progress.add_task(self.word("sending"), total=size)})

    @contextmanager
    def following(self, *bars: str, total: int) -> Iterator["Bars"]:
        """Show how many rows came how far, a bar for each state."""
        with self._progress(MofNCompleteColumn()) as progress:
            yield Bars(
                progress, {bar: progress.add_task(self.word(bar), total=total) for bar in bars}
            )

    def _progress(self, amount: DownloadColumn | MofNCompleteColumn) -> Progress:
        return Progress(
            TextColumn("{task.description:<14}"),
            BarColumn(),
            amount,
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )


class Bars:
    """Progress bars by name."""

    def __init__(self, progress: Progress, tasks: Mapping[str, TaskID]) -> None:
        self._progress = progress
        self._tasks = tasks

    def show(self, **done: int) -> None:
        """Show how far each is."""
        for name, count in done.items():
            if name in self._tasks:
                self._progress.update(self._tasks[name], completed=count)
