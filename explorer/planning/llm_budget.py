"""What a take may spend on a language model, and what it has spent."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """What planning has cost so far.

    `failures` are requests without a usable answer, `fallbacks` scans that keywords planned in the model's
    place: after a failure, or since the budget is spent.
    """

    calls: int = 0
    tokens: int = 0
    fallbacks: int = 0
    failures: int = 0


@dataclass(slots=True)
class Budget:
    """Requests and tokens of one take. A request that fails is counted as well: it may have been paid for."""

    max_calls: int = 40
    max_tokens: int = 60_000
    calls: int = 0
    tokens: int = 0

    def allows(self, tokens: int) -> bool:
        """Whether one more request of about so many tokens is still within it."""
        return self.calls < self.max_calls and self.tokens + tokens <= self.max_tokens

    def spend(self, tokens: int) -> None:
        """Counts one request."""
        self.calls += 1
        self.tokens += tokens

    def correct(self, estimated: int, reported: int) -> None:
        """Puts what the server says that it took in the place of what was estimated."""
        self.tokens += reported - estimated
