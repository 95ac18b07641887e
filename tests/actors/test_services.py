"""The services beside a worker never keep its process from ending."""

import subprocess
import sys

from actors.settings import Settings

WITHIN_S = 60
#: Ends without a word to its services, as after an error while it stops.
FAILING_WORKER = """
import sys, time
from actors.broker import make_broker, ticket_sender
from actors.monitoring.worker_registry import WorkerRegistration
from actors.services import ServiceThread
from actors.settings import Settings

url = sys.argv[1]
services = ServiceThread(Settings(redis_url=url), ticket_sender(make_broker(url)), WorkerRegistration(1))
services.start()
time.sleep(1.5)
sys.exit(3)
"""


def test_a_process_ends_though_nobody_has_stopped_its_services(settings: Settings) -> None:
    command = [sys.executable, "-c", FAILING_WORKER, settings.redis or ""]

    assert subprocess.run(command, timeout=WITHIN_S, check=False).returncode == 3
