"""The bodies around offerings; what a provider says of one is a contract."""

from services.catalog.domain.offerings import Phase
from shared.contracts.offering import Offering
from shared.contracts.vocabulary import LocalText
from shared.runtime.api_model import ApiModel


class CancelOffering(ApiModel):
    """Why an offering does not take place; whoever enrolled reads it."""

    reason: LocalText | None = None


class OfferingAnswer(Offering):
    """An offering, and what it is to a learner today."""

    phase: Phase
