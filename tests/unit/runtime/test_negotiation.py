"""What `Accept` asks for is given, and nothing else is."""

import pytest

from shared.runtime.negotiation import choose_form
from shared.runtime.problems import NotAcceptableError

OFFERED = {"*/*": "json", "application/json": "json", "text/*": "csv", "text/csv": "csv"}


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (None, "json"),
        ("", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/csv, application/json", "csv"),
        ("application/json, text/csv", "json"),
        ("application/json;q=0.5, text/csv", "csv"),
        ("text/csv;q=0, */*", "json"),
        ("image/png, text/*;q=0.1", "csv"),
        ("text/csv; header=present; q=0.9, application/json; q=0.1", "csv"),
        ("text/csv;q=often, application/json;q=0.9", "json"),
        ("text/csv;q=7, application/json", "csv"),
    ],
)
def test_the_form_asked_most_is_given(accept: str | None, form: str) -> None:
    assert choose_form(accept, OFFERED) == form


@pytest.mark.parametrize("accept", ["image/png", "text/csv;q=0", "text/csv;q=nan", ",", "/"])
def test_a_form_we_do_not_have_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptableError):
        choose_form(accept, OFFERED)
