"""What subscribers send, and what they see of their subscriptions and deliveries."""

from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from services.registry.domain.deliveries import Failing, Reason, State
from services.registry.domain.feed import EventFilter, FeedType
from services.registry.domain.subscriptions import DeliveryState
from shared.contracts.identifiers import Oin
from shared.contracts.requests import fault
from shared.contracts.vocabulary import Sector
from shared.runtime.api_model import ApiAnswer, ApiModel

_ID: Final = "0b7d5c9f-3b1e-4a57-9a0e-7f3d2b8c4e61"
_AT: Final = f"https://register.waarmerk.example/v1/subscriptions/{_ID}"
_DELIVERY: Final = "3f0c8f7e-6a55-4f0d-9a43-0b7d5c9f3b1e"
_TARGET: Final = "https://results.university.example/webhooks/register"
_MOST_OVERLAP: Final = 168

Target = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2048,
        description="a public https address, without a user name and without a fragment",
        examples=[_TARGET],
    ),
]


class FilterBody(ApiModel):
    """Which events are sent; what is left out asks for all, and erasures are sent in any case."""

    types: Annotated[tuple[FeedType, ...], Field(max_length=4)] = ()
    issuers: Annotated[tuple[Oin, ...], Field(max_length=100)] = ()
    sectors: Annotated[tuple[Sector, ...], Field(max_length=4)] = ()

    def as_filter(self) -> EventFilter:
        """Return it in the words of the domain."""
        return EventFilter.of(types=self.types, issuers=self.issuers, sectors=self.sectors)


class StartBody(ApiModel):
    """Where to begin: after a sequence (0 is the beginning of the feed), or at a moment."""

    after_sequence: Annotated[int | None, Field(ge=0, le=2**53)] = None
    since: AwareDatetime | None = None

    @model_validator(mode="after")
    def _is_said_one_way(self) -> Self:
        if (self.after_sequence is None) == (self.since is None):
            raise fault(
                "one-position",
                "Give either afterSequence or since.",
                "Geef afterSequence of since, niet allebei.",
            )
        return self


class SubscribeBody(ApiModel):
    """Where events go, which, and from where on; without `start`, from now on."""

    target: Target
    filter: FilterBody = FilterBody()
    start: StartBody | None = None


class ChangeSubscriptionBody(ApiModel):
    """What is to be otherwise; what is left out stays."""

    target: Target | None = None
    filter: FilterBody | None = None
    state: State | None = Field(default=None, description="active or paused")

    @model_validator(mode="after")
    def _is_a_choice_of_the_subscriber(self) -> Self:
        if self.state not in {None, State.ACTIVE, State.PAUSED}:
            raise fault(
                "state-not-chosen",
                "Choose active or paused; the other states follow from what the receiver says.",
                "Kies active of paused; de andere toestanden volgen uit wat de ontvanger zegt.",
            )
        return self


class NoMembers(ApiModel):
    """Nothing is asked in the body; what is sent there all the same would be passed over."""


class RotateKeyBody(ApiModel):
    """How long the key before signs as well; 0 when it is in wrong hands."""

    overlap_hours: Annotated[int, Field(ge=0, le=_MOST_OVERLAP)] = 24


class FilterAnswer(ApiAnswer):
    """Which events are sent; an empty list asks for all."""

    types: tuple[FeedType, ...]
    issuers: tuple[Oin, ...]
    sectors: tuple[Sector, ...]


class SubscriptionLinks(ApiAnswer):
    """Where a subscription and its deliveries are, and the keys of all of them."""

    self: str = Field(examples=[_AT])
    deliveries: str = Field(examples=[f"{_AT}/deliveries"])
    keys: str = Field(examples=["https://register.waarmerk.example/.well-known/webhook-keys"])


class SubscriptionAnswer(ApiAnswer):
    """A subscription: what it asks, how far it is, and how it goes."""

    subscription_id: UUID
    target: str = Field(examples=[_TARGET])
    filter: FilterAnswer
    state: State
    reason: Reason | None = Field(default=None, description="why it sends nothing")
    failing_since: datetime | None = None
    failures: int = Field(description="attempts in a row that failed")
    next_attempt_at: datetime | None = Field(default=None, description="while something failed")
    after_sequence: str = Field(description="up to which sequence it is", examples=["0" * 16])
    lag: int = Field(ge=0, description="how many events there are after that")
    allowed_rate: int | None = Field(
        default=None, description="deliveries a minute that the receiver allows"
    )
    validated_at: datetime | None = Field(
        default=None, description="when the receiver said that it wants this"
    )
    public_keys: tuple[str, ...] = Field(
        description="Ed25519 keys that sign now (`v1a`), the newest first", examples=[["whpk_…"]]
    )
    secret: str | None = Field(
        default=None, description="only when it was just made (`v1`)", examples=["whsec_…"]
    )
    created_at: datetime
    changed_at: datetime
    links: SubscriptionLinks


class DeliveryAnswer(ApiAnswer):
    """What became of one event; of what was answered only the status and the time are kept."""

    delivery_id: UUID
    sequence: str = Field(examples=["0000000000004711"])
    event_id: UUID
    state: DeliveryState
    attempts: int
    last_attempt_at: datetime
    last_status: int | None = None
    last_failing: Failing | None = Field(default=None, description="why there was no answer")
    asked_again_at: datetime | None = Field(
        default=None, description="when it was asked to be sent again, until it is"
    )


class AttemptAnswer(ApiAnswer):
    """One time that the event was sent."""

    number: int
    attempted_at: datetime
    status: int | None = None
    failing: Failing | None = None
    milliseconds: int


class DeliveryWithAttemptsAnswer(DeliveryAnswer):
    """What became of one event, attempt by attempt, the last one first; at most a hundred."""

    log: tuple[AttemptAnswer, ...]


SUBSCRIBE: Final[dict[str, Any]] = {
    "target": _TARGET,
    "filter": {"types": ["nl.microcredentials.registration-recorded.v1"], "sectors": ["wo"]},
    "start": {"afterSequence": 0},
}
CHANGE: Final[dict[str, Any]] = {"state": "paused"}
REPLAY: Final[dict[str, Any]] = {"since": "2026-11-20T00:00:00Z"}
ROTATE: Final[dict[str, Any]] = {"overlapHours": 48}
SUBSCRIPTION: Final[dict[str, Any]] = {
    "subscriptionId": _ID,
    "target": _TARGET,
    "filter": {
        "types": ["nl.microcredentials.registration-recorded.v1"],
        "issuers": [],
        "sectors": ["wo"],
    },
    "state": "active",
    "failures": 0,
    "afterSequence": "0000000000004711",
    "lag": 0,
    "validatedAt": "2026-11-22T09:30:01Z",
    "publicKeys": ["whpk_mYf0XkD2nq6mZ8vV3mR6b0b9m1b4G1mQ2mYf0XkD2no="],
    "createdAt": "2026-11-22T09:30:00Z",
    "changedAt": "2026-11-22T09:30:00Z",
    "links": {
        "self": _AT,
        "deliveries": f"{_AT}/deliveries",
        "keys": "https://register.waarmerk.example/.well-known/webhook-keys",
    },
}
NEW_SUBSCRIPTION: Final[dict[str, Any]] = {
    **{name: value for name, value in SUBSCRIPTION.items() if name != "validatedAt"},
    "state": "validating",
    "afterSequence": "0" * 16,
    "lag": 4711,
    "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfMmFjb2kY=",
}
DELIVERY: Final[dict[str, Any]] = {
    "deliveryId": _DELIVERY,
    "sequence": "0000000000004711",
    "eventId": "7d1f0b1e-4f0f-4d27-9a52-5b8f0c7f4a10",
    "state": "failed",
    "attempts": 2,
    "lastAttemptAt": "2026-11-22T09:35:05Z",
    "lastStatus": 500,
}
DELIVERY_LOG: Final[dict[str, Any]] = {
    **DELIVERY,
    "log": [
        {
            "number": 2,
            "attemptedAt": "2026-11-22T09:35:05Z",
            "status": 500,
            "milliseconds": 41,
        },
        {
            "number": 1,
            "attemptedAt": "2026-11-22T09:35:00Z",
            "failing": "unreachable",
            "milliseconds": 3,
        },
    ],
}
