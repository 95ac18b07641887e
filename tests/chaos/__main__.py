"""`python -m tests.chaos`: real browsers and encoders under random signals, and what became of their jobs."""

import argparse
import logging
import secrets
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

from rich.console import Console

from tests.chaos.fleet import adopt_orphans
from tests.chaos.report import show
from tests.chaos.run import Plan, chaos


def main() -> None:
    given = _given()
    plan, keep, console = _plan(given), given.keep, Console(width=None if sys.stdout.isatty() else 140)
    signal.signal(signal.SIGTERM, _interrupt)
    adopt_orphans()
    # Short: a unix socket's path is to fit into it.
    folder = Path(tempfile.mkdtemp(prefix="chaos-"))
    logging.basicConfig(filename=folder / "chaos.log", level=logging.INFO, format="%(asctime)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    console.print(f"{plan.kills} kills and {plan.redis_kills} of Redis, seed {plan.seed}, logs in {folder}")
    began_s, good = time.monotonic(), False
    try:
        verdict = chaos(plan, folder)
        show(plan, verdict, time.monotonic() - began_s, console)
        good = verdict.good
    except KeyboardInterrupt:
        console.print("Interrupted; everything that was started is stopped.")
    finally:
        if good and not keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            console.print(f"Logs, films and all that Redis wrote are kept in {folder}")
    sys.exit(0 if good else 1)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="signals to send, besides Redis's kills")
    parser.add_argument("--redis-kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=None, help="default: another one each time")
    parser.add_argument("--jobs", type=int, default=0, help="least number of jobs")
    parser.add_argument("--minutes", type=float, default=60.0, help="no more signals after so long")
    parser.add_argument("--clients", type=int, default=2, help="jobs at a time")
    parser.add_argument("--workers", type=int, default=4, help="two more than clients, for free slots")
    parser.add_argument("--lease", type=float, default=10.0, help="LEASE_S, as the product has it")
    parser.add_argument("--keep", action="store_true", help="keep logs and films also when all went well")
    return parser.parse_args()


def _plan(given: argparse.Namespace) -> Plan:
    return Plan(
        kills=given.kills,
        redis_kills=given.redis_kills,
        seed=secrets.randbelow(1_000_000) if given.seed is None else given.seed,
        jobs=given.jobs,
        limit_s=given.minutes * 60,
        clients=given.clients,
        workers=given.workers,
        lease_s=given.lease,
    )


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
