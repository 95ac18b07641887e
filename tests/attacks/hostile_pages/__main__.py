"""`python -m tests.attacks.hostile_pages [PATTERN …]`: films hostile pages within bounds."""

import argparse
import fnmatch
import logging
import sys
import time
from collections import Counter

from tests.attacks.hostile_pages.catalogue import BOMBS
from tests.attacks.hostile_pages.field import MAX_RUNTIME_S, Result, proving_ground

HEAD = f"{'':8} {'bomb':28} {'ended as':20} {'s':>6} {'explored':>8} {'MiB':>6}  left over"


def line(result: Result) -> str:
    """A row of the table; what is wrong with it at its end."""
    rules = Counter(refusal["rule"] for refusal in result.job.refused)
    told = [f"{count} {rule}" for rule, count in rules.most_common()]
    faults = f"  <-- {'; '.join(result.faults)}" if result.faults else ""
    return (
        f"{time.strftime('%H:%M:%S')} {result.bomb.name:28} {result.end:20} {result.took_s:6.1f}"
        f" {result.explored_s:8.1f} {result.peak_mib:6.0f}  {len(result.left_over) or '-'}"
        f"  {result.job.stop_reason or result.said[:150]}  {', '.join(told)}{faults}"
    )


def main() -> int:
    options = _options()
    chosen = [name for name in BOMBS if any(fnmatch.fnmatch(name, pattern) for pattern in options.patterns)]
    if not chosen:
        print(f"No bomb is called {', '.join(options.patterns)}.", file=sys.stderr)
        return 2
    if options.verbose:
        logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    failed = []
    with proving_ground({name: BOMBS[name] for name in chosen}, options.runtime) as ground:
        print(HEAD, flush=True)
        for name in chosen:
            result = ground.film(BOMBS[name])
            print(line(result), flush=True)
            if result.faults:
                failed.append(name)
    print(f"{len(chosen)} bombs, {len(failed)} out of bounds{': ' if failed else ''}{', '.join(failed)}")
    return int(bool(failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.attacks.hostile_pages", description="Film hostile pages."
    )
    parser.add_argument("patterns", nargs="*", default=["*"], metavar="PATTERN", help="names, * for any part")
    parser.add_argument("--runtime", type=int, default=MAX_RUNTIME_S, help="seconds that a take may explore")
    parser.add_argument("--verbose", action="store_true", help="show the log")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
