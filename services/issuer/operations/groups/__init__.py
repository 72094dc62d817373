"""Awarding together what is asked for at the same moment: two commits for all of it, not for each.

Apart from granting, which stays the way of a request that comes alone, and the way back whenever a
group comes to nothing: then each of its requests goes by itself, so no sender meets another's
fault.

1. While groups are on their way, what comes in waits, and goes with the next one.
2. Keys that were used before, and twins within a group, go alone: there the answer is kept. Who
   comes while the first is under way waits for its answer, some two seconds, out of others' way.
3. One transaction claims the keys, decides, keeps learners, takes places and keeps the intents;
   what a rule forbids gives back its key, and is refused to its own sender only.
4. Everything is signed with no transaction open; one transaction grants and keeps the answers.
Whoever dies in between leaves what a single request would leave: intents, each with its key.
"""

from services.issuer.operations.groups.gathering import Groups

__all__ = ["Groups"]
