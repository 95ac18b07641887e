"""Budget of requests and tokens that a take may spend on a language model, and its usage."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """The cost of planning so far.

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
        """Whether one more request of about so many tokens is within the budget."""
        return self.calls < self.max_calls and self.tokens + tokens <= self.max_tokens

    def spend(self, tokens: int) -> None:
        """Counts one request."""
        self.calls += 1
        self.tokens += tokens

    def correct(self, estimated: int, reported: int) -> None:
        """Replaces an estimate by what the server reports."""
        self.tokens += reported - estimated
