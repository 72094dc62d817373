"""What ought to come out when a credential is verified, by what became of its award."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.demo.audit.progress import Progress
from services.demo.audit.rules import LIST_MAY_LAG, Place, is_sampled, judge, place_of

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
NAMES = (
    *("container", "parse", "profile", "issuer", "key", "signature"),
    *("claims", "dates", "schema", "status", "register", "endorsements"),
)
LIST = "https://issuer.example.nl/status-lists/1/1"


def checks(codes: dict[str, str]) -> list[dict[str, str]]:
    """Return all checks passed, but for those given by name; nobody asked whose it is."""
    made = [
        {"name": name, "outcome": "failed" if name in codes else "ok", "code": codes.get(name, "x")}
        for name in NAMES
    ]
    return [*made, {"name": "holder", "outcome": "not-run", "code": "not-asked"}]


def judged(
    state: str, codes: dict[str, str] | None = None, *, age: timedelta = timedelta(hours=1)
) -> list[str]:
    return judge(state, checks(codes or {}), changed_at=NOW - age, now=NOW)


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        ("granted", {}),
        ("revoked", {"status": "revoked", "register": "registration-revoked"}),
        ("replaced", {"status": "raised-for-replaced", "register": "registration-replaced"}),
        ("replaced", {"status": "revoked", "register": "registration-revoked"}),
        ("replaced", {"status": "revoked", "register": "registration-suspended"}),
        ("suspended", {"register": "registration-suspended"}),
        ("expired", {"dates": "expired"}),
        ("expired", {"dates": "expired", "register": "registration-expired"}),
    ],
)
def test_what_became_of_an_award_is_what_its_checks_say(status: str, codes: dict[str, str]) -> None:
    assert judged(status, codes) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("status", ["granted", "revoked", "suspended", "expired", "replaced"])
def test_any_other_fault_is_a_finding_whatever_became_of_the_award(status: str, name: str) -> None:
    assert f"{name}:broken" in judged(status, {name: "broken"})


def test_a_revoked_award_that_nobody_refuses_is_a_finding() -> None:
    assert judged("revoked") == ["missing:register:registration-revoked", "missing:status:revoked"]
    assert judged("revoked", {"register": "registration-revoked"}) == ["missing:status:revoked"]


def test_the_list_may_come_a_little_after_the_register() -> None:
    assert judged("revoked", {"register": "registration-revoked"}, age=LIST_MAY_LAG) == []


def test_a_granted_award_that_is_refused_is_a_finding() -> None:
    assert judged("granted", {"status": "revoked"}) == ["status:revoked"]
    assert judged("granted", {"register": "registration-unknown"}) == [
        "register:registration-unknown"
    ]


def test_an_end_that_came_is_no_fault_of_what_was_revoked_before() -> None:
    codes = checks({"status": "revoked", "register": "registration-revoked", "dates": "expired"})

    def judged_with(ends_at: datetime | None) -> list[str]:
        return judge("revoked", codes, changed_at=NOW, ends_at=ends_at, now=NOW)

    assert judged_with(NOW) == []
    assert judged_with(NOW + timedelta(seconds=1)) == ["dates:expired"]
    assert judged_with(None) == ["dates:expired"]


def test_a_replaced_credential_that_still_counts_is_a_finding() -> None:
    [missing, status] = judged("replaced")

    assert "register:registration-replaced" in missing
    assert status == "missing:status:revoked"


LOST = {"key": "key-compromised"} | dict.fromkeys(NAMES[5:], "not-run")


@pytest.mark.parametrize("status", ["revoked", "replaced", "expired"])
def test_what_a_lost_key_signed_may_say_just_that_once_it_counts_no_more(status: str) -> None:
    assert judged(status, LOST) == []
    assert judged(status, LOST | {"issuer": "issuer-unknown"}) == ["issuer:issuer-unknown"]


@pytest.mark.parametrize("status", ["granted", "suspended"])
def test_what_a_lost_key_signed_and_still_counts_is_a_finding(status: str) -> None:
    assert "key:key-compromised" in judged(status, LOST)


def test_a_state_without_a_rule_is_a_finding() -> None:
    assert judged("invented") == ["award:unknown-state-invented"]


def test_a_sample_is_always_the_same_part() -> None:
    awards = [uuid4() for _ in range(4000)]

    sampled = [one for one in awards if is_sampled(one, part=0.25)]

    assert 800 < len(sampled) < 1200
    assert sampled == [one for one in awards if is_sampled(one, part=0.25)]
    assert all(is_sampled(one, part=0.5) for one in sampled)
    assert all(is_sampled(one, part=1) for one in awards)


def a_token(**claims: object) -> str:
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{payload}.c2ln"


def test_the_place_is_read_from_the_credential() -> None:
    entry = {"statusListCredential": LIST, "statusListIndex": "42"}

    assert place_of(a_token(credentialStatus=entry)) == Place(LIST, 42)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "e30.a.b",
        "e30.e30.b",
        a_token(credentialStatus=None),
        a_token(credentialStatus={"statusListCredential": LIST}),
        a_token(credentialStatus={"statusListCredential": LIST, "statusListIndex": "x"}),
    ],
)
def test_a_credential_without_a_place_has_none(token: str) -> None:
    assert place_of(token) is None


def test_a_place_comes_once_also_after_the_audit_was_stopped(tmp_path: Path) -> None:
    file, about = tmp_path / "audit.json", {"organisation": "1"}
    progress = Progress(about)
    assert progress.take(Place(LIST, 131_071))
    assert progress.take(Place(LIST, 7))
    assert progress.take(Place("another", 7))
    progress.counts["granted"] += 3
    progress.keep(file)

    again = Progress.load(file, about)

    assert not again.take(Place(LIST, 131_071))
    assert not again.take(Place("another", 7))
    assert again.take(Place(LIST, 8))
    assert again.counts == {"granted": 3}
    assert not again.take(Place(LIST, -1))
    assert [path.name for path in tmp_path.iterdir()] == ["audit.json"]


def test_another_audit_does_not_go_on_with_this_ones_progress(tmp_path: Path) -> None:
    Progress({"organisation": "1"}).keep(tmp_path / "audit.json")

    with pytest.raises(ValueError, match="another audit"):
        Progress.load(tmp_path / "audit.json", {"organisation": "2"})
