"""Runs that must leak: with a guard taken away, a harness that still finds nothing measures nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field

from explorer.browser.chromium import Kind
from explorer.egress import browser_background
from tests.attacks.egress.attack import Outcome
from tests.attacks.egress.vectors import Vector

PROXY = ("--proxy-server=*", "--proxy-bypass-list=*")
RULES = ("--host-resolver-rules=*",)
#: Where the hostile names are without a proxy. No packet leaves the machine for them.
HERE = "--host-resolver-rules=MAP *.test 127.0.0.1"
ELSEWHERE = "--host-resolver-rules=MAP *.test 127.0.0.9"


@dataclass(frozen=True, slots=True)
class Canary:
    """`removed` flags are gone; `sings` says whether the run has shown it, and `families` where to look."""

    name: str
    removed: tuple[str, ...]
    sings: Callable[[Outcome], bool]
    shows: Callable[[Outcome], str]
    families: tuple[str, ...] = field(default=())
    added: tuple[str, ...] = ()
    #: Only this kind of browser has what the flags are against.
    kind: Kind | None = None

    def of(self, vectors: list[Vector]) -> list[Vector]:
        """Those of the vectors that it is tried with: all, or those of its families."""
        return [one for one in vectors if not self.families or one.family in self.families]


def _leaks(outcome: Outcome) -> str:
    return f"{outcome.leaked_tcp} TCP, {outcome.leaked_udp} UDP"


CANARIES = (
    Canary(
        "the proxy",
        (*PROXY, *RULES),
        lambda outcome: outcome.leaked_tcp > len(outcome.vectors) // 3 and outcome.leaked_udp > 0,
        _leaks,
        added=(HERE,),
    ),
    Canary(
        "the bypass list",
        ("--proxy-bypass-list=*", *RULES),
        lambda outcome: outcome.leaked_tcp > 0,
        _leaks,
        ("elements", "disguises"),
        added=(ELSEWHERE,),
    ),
    Canary(
        "the WebRTC policy",
        ("--webrtc-ip-handling-policy=*", "--force-webrtc-ip-handling-policy=*"),
        lambda outcome: outcome.leaked_udp > 0,
        _leaks,
        ("WebRTC servers", "WebRTC candidates"),
    ),
    Canary(
        "the resolver rules",
        RULES,
        lambda outcome: any("127.0.0.9" in name for name in outcome.names_asked),
        lambda outcome: f"{len(outcome.names_asked)} names asked for",
        ("names ahead of need",),
        added=(ELSEWHERE,),
    ),
    Canary(
        "the flags against calls home",
        tuple(f"{flag.partition('=')[0]}=*" for flag in browser_background.FLAGS if "=" in flag),
        lambda outcome: bool(outcome.calls_home),
        lambda outcome: ", ".join(sorted(outcome.calls_home)) or "nothing",
        ("styles", "redirects"),
        kind="chromium",
    ),
)
