"""`python -m tests.attacks.egress`: what a hostile page reaches against the policy. Exit code 1 if any."""

import argparse
import asyncio
import logging
import time

from explorer.browser.chromium import Chromium, find_chromium
from tests.attacks.egress.all import every_vector
from tests.attacks.egress.attack import Outcome, Run, attack
from tests.attacks.egress.canaries import CANARIES
from tests.attacks.egress.report import details, table
from tests.attacks.egress.vectors import Vector


async def examine(chromium: Chromium, vectors: list[Vector], settle_s: float) -> bool:
    """True when the fence holds, and each canary shows that it would have been noticed if it did not."""
    began_s = time.monotonic()
    held = await attack(Run("fenced", chromium, settle_s=settle_s), vectors)
    print(f"{chromium.path}\n{details(held)}", flush=True)
    gated = await attack(Run("gated", chromium, gate=True, settle_s=settle_s), _some(vectors))
    sang: list[bool] = []
    without: Outcome | None = None
    for canary in CANARIES:
        if canary.kind not in (None, chromium.kind):
            continue
        run = Run(canary.name, chromium, canary.removed, canary.added, settle_s=settle_s)
        outcome = await attack(run, canary.of(vectors))
        without = without or outcome
        sang.append(canary.sings(outcome))
        silent = "" if sang[-1] else "SHOWS NOTHING: "
        print(f"without {canary.name}: {silent}{canary.shows(outcome)}", flush=True)
    assert without is not None
    print(f"\n{table(held, without)}\n")
    verdict = "nothing leaked" if gated.holds else "LEAKED"
    print(f"behind the gate as well, {len(gated.vectors)} vectors: {verdict}")
    if not gated.holds:
        print(details(gated))
    print(f"{time.monotonic() - began_s:.0f} s\n", flush=True)
    return held.holds and gated.holds and all(sang)


def _some(vectors: list[Vector]) -> list[Vector]:
    """A third of them, of all families: the gate can only take away from what reaches the proxy."""
    return vectors[::3]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.egress", description=__doc__)
    parser.add_argument("--browser", action="append", help="path of a Chromium; may be given more than once")
    parser.add_argument("--settle", type=float, default=2.0, help="seconds that each page gets (2)")
    wanted = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    vectors = every_vector()
    browsers = [find_chromium(path) for path in wanted.browser or [None]]
    held = [asyncio.run(examine(chromium, vectors, wanted.settle)) for chromium in browsers]
    print("the fence holds" if all(held) else "THE FENCE DOES NOT HOLD")
    return 0 if all(held) else 1


if __name__ == "__main__":
    raise SystemExit(main())
