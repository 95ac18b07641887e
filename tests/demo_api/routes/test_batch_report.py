"""The report of a batch as it is served, from items that jobs have left behind."""

import csv
import io
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from actors.batches.feeder import feed
from actors.batches.store import BatchStore
from actors.batches.template import JobTemplate
from actors.jobs.states import Stage
from actors.jobs.store import Store
from actors.options import ExplorationOptions, FilmOptions
from actors.settings import Settings
from demo_api.batch_report.page import POLICY
from tests.actors.batches.support import batch_of, fail_next, film_next, hurry
from tests.conftest import Serve

pytestmark = pytest.mark.anyio
HOSTS = ["1.1.1.1", "1.0.0.1", "8.8.8.8"]
SCRIPT = JobTemplate(
    ExplorationOptions(),
    FilmOptions(),
    script={
        "url": "https://1.1.1.1/{{page}}",
        "variables": {"host": "", "page": ""},
        "steps": [{"screenshot": "cart"}, {"press": "Enter"}],
    },
)
STEPS = [
    {"number": 1, "verb": "screenshot", "target": "cart", "state": "done"},
    {"number": 2, "verb": "click", "target": "Buy", "state": "healed"},
    {"number": 3, "verb": "screenshot", "target": "receipt", "state": "skipped"},
]


def send(queue: str, job_id: str) -> None:
    """Tickets are not what is tested here: the jobs are claimed by hand."""


@pytest.fixture
async def client(settings: Settings, serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    with serve(settings) as url:
        async with httpx.AsyncClient(base_url=url) as opened:
            yield opened


async def ended(store: Store) -> str:
    """The id of a batch: one film was fetched, one has succeeded with the second attempt, one has failed."""
    batch = await batch_of(store, HOSTS, SCRIPT, max_concurrency=3)
    await feed(store, send)
    retries = json.dumps([{"kind": "element"}])
    steps = json.dumps(STEPS)
    fetched = await film_next(store, b"film", {"pictures": b"zip"}, script_steps=steps, retries=retries)
    for _ in range(2):
        await fail_next(store, '=cmd("<b>")')
    await hurry(store)
    await BatchStore(store).retry(batch.id, [2])
    await feed(store, send)
    await film_next(store, b"a film", {"pictures": b"zip"}, script_steps=steps)
    claim = await store.claim(fetched.id, Stage.READY, Stage.EXPORTING)
    assert claim is not None
    assert await store.finish(claim)
    return batch.id


async def test_a_report_tells_of_each_item_and_of_all(store: Store, client: httpx.AsyncClient) -> None:
    batch_id = await ended(store)

    answer = await client.get(f"/demo/batch/report/{batch_id}")

    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    totals = told["totals"]
    assert (told["batch_id"], told["status"]) == (batch_id, "completed")
    assert (totals["total"], totals["completed"], totals["failed"], totals["exported"]) == (3, 2, 1, 1)
    assert (totals["attempts"], totals["retries"], totals["healed"], totals["bytes"]) == (4, 1, 2, 10)
    assert (totals["success_rate"], totals["film_s"], totals["steps_per_job"]) == (0.6667, 17.0, 2.0)
    fetched, retried, failed = told["items"]
    # Screenshots go with their job, all else stays.
    assert (fetched["exported"], fetched["screenshots"], fetched["steps"]) == (True, [], 3)
    assert (retried["exported"], retried["screenshots"], retried["attempts"]) == (False, ["cart"], 2)
    assert [past["error"] for past in retried["history"]] == ['=cmd("<b>")']
    assert (failed["status"], failed["error"], failed["error_code"]) == ("failed", '=cmd("<b>")', "x")
    assert failed["values"] == {"host": HOSTS[2], "page": "3"}


async def test_a_report_comes_as_a_table_and_as_a_page(store: Store, client: httpx.AsyncClient) -> None:
    path = f"/demo/batch/report/{await ended(store)}"

    table = await client.get(path, params={"format": "csv"})
    page = await client.get(path, params={"format": "html"})

    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.headers["content-disposition"].startswith("attachment; ")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert [row["name"] for row in rows] == ["1", "2", "3"]
    assert (rows[1]["screenshots"], rows[1]["row.host"]) == ("cart", HOSTS[1])
    assert rows[2]["error"] == '\'=cmd("<b>")'
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-security-policy"] == POLICY
    assert "=cmd(&quot;&lt;b&gt;&quot;)" in page.text


async def test_what_is_no_format_and_no_batch_is_refused(store: Store, client: httpx.AsyncClient) -> None:
    batch_id = await ended(store)

    unknown = await client.get(f"/demo/batch/report/{batch_id}", params={"format": "pdf"})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "format")
    nobody = await client.get("/demo/batch/report/nobody")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "batch_unknown")
    looked = await client.head(f"/demo/batch/report/{batch_id}")
    assert (looked.status_code, looked.content) == (200, b"")


async def test_a_report_of_more_than_one_page_has_every_item(store: Store, client: httpx.AsyncClient) -> None:
    batch = await batch_of(store, ["1.1.1.1"] * 230)

    told = (await client.get(f"/demo/batch/report/{batch.id}")).json()

    assert [one["item"] for one in told["items"]] == list(range(1, 231))
    assert told["totals"]["success_rate"] is None
