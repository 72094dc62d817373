"""The log of a register in tests: a key for it, and putting in it whatever is pending."""

from pydantic import SecretStr

from services.registry.operations.log import Sequencer, begin_log, sequence
from services.registry.operations.telling import tell_again, untold_of
from services.registry.settings import Settings
from services.registry.signing import LogSigner
from shared.runtime.database import EVERY_ORGANISATION, Database
from shared.runtime.relay import Outgoing

LOG_KEY = SecretStr("bG9nLWtleS1mb3ItdGVzdHMtb25seS1hYWFhYWFhYWE")
REGISTER = "https://register.example.nl"


def register_settings(database_url: str, **changes: object) -> Settings:
    """Return the settings of a register in a test."""
    told: dict[str, object] = {
        "database_url": database_url,
        "public_url": REGISTER,
        "log_key": LOG_KEY,
    }
    return Settings.model_validate(told | changes)


def a_sequencer(database: Database, **changes: object) -> Sequencer:
    """Return the sequencer of this register's log."""
    return Sequencer(database, LogSigner.of(register_settings(database.url, **changes)))


async def put_in_log(database: Database) -> int:
    """Log everything that is pending; return how much it was."""
    sequencer, logged = a_sequencer(database), 0
    await begin_log(sequencer)
    while added := await sequence(sequencer):
        logged += added
    return logged


async def tell_all(database: Database) -> list[Outgoing]:
    """Return all that an empty broker would be told of the log, and remember that it was."""
    read, told = untold_of(database.source), list[Outgoing]()
    await tell_again(database)
    while True:
        async with database.acting_for(EVERY_ORGANISATION) as straight:
            waiting = await read(straight.connection)
            if waiting.mark is None:
                return told
            told += waiting.messages
            await waiting.mark()
