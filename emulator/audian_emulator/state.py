"""Everything that an emulator remembers."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from audian_emulator.accounts import AccountStore
from audian_emulator.auth import TokenRegistry
from audian_emulator.behaviours import Behaviours
from audian_emulator.faults import FaultQueue
from audian_emulator.rate_limit import TokenBucket
from audian_emulator.request_log import RequestLog

if TYPE_CHECKING:
    from pydantic import JsonValue

    from audian_emulator.seed import Seed


class EmulatorState:
    """Accounts, tokens, behaviours, faults and log; hold `lock` while using any of them."""

    def __init__(self, seed: Seed) -> None:
        self.lock = RLock()
        self._seed = seed
        self.reset()

    def reset(self) -> None:
        """Go back to the seed: default behaviours, no faults, an empty log."""
        self.accounts = AccountStore(self._seed.accounts)
        self.tokens = TokenRegistry(self._seed)
        self.behaviours = Behaviours()
        self.bucket = TokenBucket(self.behaviours.rate_limit)
        self.faults = FaultQueue()
        self.log = RequestLog()

    def behave(self, patch: dict[str, JsonValue]) -> Behaviours:
        """Change some behaviours; setting `rateLimit` fills its bucket.

        Raises pydantic.ValidationError for an unknown key or value.
        """
        self.behaviours = self.behaviours.changed(patch)
        if "rateLimit" in patch:
            self.bucket = TokenBucket(self.behaviours.rate_limit)
        return self.behaviours
