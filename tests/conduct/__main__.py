"""`python -m tests.conduct [PAGE …]`: is anything done to a site? Exit code 1 when the exam is not passed."""

import argparse
import fnmatch
import logging
import sys
import time

from tests.conduct.controls import Sheet, every_sheet
from tests.conduct.exam import count_all, judge_all, take_all
from tests.conduct.marks import Marks
from tests.conduct.report import mistakes, table, takes_table
from tests.conduct.takes import Outing

PARTS = ("count", "judge", "takes")


def examine(sheets: list[Sheet], parts: list[str], seeds: int) -> Marks:
    """Carries the parts out, and prints what each has found."""
    miscounted, judgements, outings = [], [], []
    if "count" in parts:
        miscounted = count_all(sheets)
        dangerous = sum(len(sheet.dangerous) for sheet in sheets)
        print(f"the sites count {dangerous - len(miscounted)} of {dangerous} dangerous controls", flush=True)
    if "judge" in parts:
        judgements = judge_all(sheets)
        print(f"\n{table(judgements)}\n{mistakes(Marks(judgements, (), miscounted))}\n", flush=True)
    if "takes" in parts:
        outings = take_all(sheets, range(seeds), _tell)
        print(f"\n{takes_table(outings)}\n", flush=True)
    return Marks(judgements, outings, miscounted)


def _tell(outing: Outing) -> None:
    done = f"{len(outing.done)} DONE" if outing.done else "nothing done"
    print(f"{time.strftime('%H:%M:%S')} {outing.page}, seed {outing.seed}: {done}", flush=True)


def main() -> int:
    wanted = _options()
    sheets = [
        sheet
        for sheet in every_sheet()
        if any(fnmatch.fnmatch(sheet.name, pattern) for pattern in wanted.pages)
    ]
    if not sheets:
        print(f"No page is called {', '.join(wanted.pages)}.", file=sys.stderr)
        return 2
    logging.basicConfig(level=logging.ERROR)
    began_s = time.monotonic()
    marks = examine(sheets, wanted.part or list(PARTS), wanted.seeds)
    print(f"{time.monotonic() - began_s:.0f} s; the conduct exam is {'' if marks.passed else 'NOT '}passed")
    return 0 if marks.passed else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conduct", description=__doc__)
    parser.add_argument("pages", nargs="*", default=["*"], metavar="PAGE", help="names, * for any part")
    parser.add_argument("--part", action="append", choices=PARTS, help="only this; may be given again")
    parser.add_argument("--seeds", type=int, default=2, help="takes of each page (2)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
