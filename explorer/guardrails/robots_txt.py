"""What a site asks robots to leave alone: its robots.txt (RFC 9309)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import quote, unquote, urlsplit

from playwright.async_api import Error as PlaywrightError

from explorer.errors import ExplorerError

#: RFC 9309, section 2.5: at least this much has to be read, so nobody may count on more.
MAX_BYTES = 512 * 1024
AGENT = "sitereel"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of a group: a path with `*` and `$`, and whether it allows."""

    path: str
    allows: bool

    def matches(self, path: str) -> bool:
        """Without a regular expression, which a hostile file could make run for ever."""
        anchored = self.path.endswith("$")
        first, *parts = self.path.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        at = len(first)
        last = parts.pop() if anchored and parts else None
        for part in parts:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        if last is not None:
            return path.endswith(last) and len(path) - len(last) >= at
        return not anchored or at == len(path)


@dataclass(frozen=True, slots=True)
class Robots:
    """The groups of a robots.txt: rules by agent in lower case. Without any, everything is allowed."""

    groups: tuple[tuple[str, Rule], ...] = ()
    named: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads what can be read; unknown and broken lines are passed over.

        `urllib.robotparser` is not used: before Python 3.14 it takes the first matching rule instead of the
        longest, and knows no wildcards.
        """
        agents: list[str] = []
        rules: list[tuple[str, Rule]] = []
        named: set[str] = set()
        in_rules = False
        for line in text.removeprefix("\ufeff").splitlines():
            name, colon, value = line.partition("#")[0].partition(":")
            name, value = name.strip().lower(), value.strip()
            if not colon:
                continue
            if name == "user-agent":
                agents = [value.lower()] if in_rules else [*agents, value.lower()]
                named.add(value.lower())
                in_rules = False
            elif name in {"allow", "disallow"}:
                in_rules = True
                # An empty path matches nothing.
                rules += [(agent, Rule(_normal(value), name == "allow")) for agent in agents if value]
        return cls(tuple(rules), frozenset(named))

    def allows(self, url: str, agent: str = AGENT) -> bool:
        """Whether `agent` may fetch `url`: by its own rules, else by those for `*`; the longest path wins."""
        mine = agent.lower() if agent.lower() in self.named else "*"
        parts = urlsplit(url)
        path = _normal((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        found = [rule for name, rule in self.groups if name == mine and rule.matches(path)]
        best = max(found, key=lambda rule: (len(rule.path), rule.allows), default=None)
        return best is None or best.allows


async def fetch_robots(get: Callable[[str], Awaitable[str]], url: str) -> Robots:
    """The rules of the site that `url` is on; `get` gives an address's text, or raises when there is none.

    What is missing or cannot be read allows everything: the pages themselves will tell.
    """
    parts = urlsplit(url)
    try:
        text = await get(f"{parts.scheme}://{parts.netloc}/robots.txt")
    except (OSError, ValueError, PlaywrightError, ExplorerError):
        return Robots()
    return Robots.parse(text.encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore"))


def _normal(path: str) -> str:
    """One spelling for each path, percent-encoded but for what has a meaning."""
    return quote(unquote(path), safe="/?&=*$:;,@!'()+~")
