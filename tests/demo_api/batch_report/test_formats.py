"""Reports of batches as JSON and CSV: nothing secret, nothing that a spreadsheet would run."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as some

from actors.batches.csv_reader import read_csv
from actors.batches.report import percentile
from actors.batches.states import ItemStatus
from demo_api.batch_report.formats import Archived, as_json, csv_text, json_text
from demo_api.batch_report.page import page
from tests.demo_api.batch_report.examples import SECRET_PLACE, every_state, item, report


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_totals_say_how_good_and_how_fast_a_batch_was() -> None:
    done = [item(number, steps=number % 2 + 1) for number in range(1, 41)]
    failed = [item(number, ItemStatus.FAILED, steps=1, attempts=3, retries=2) for number in range(41, 51)]
    totals = as_json(report(*done, *failed, item(51, ItemStatus.SKIPPED, attempts=0)))["totals"]

    assert (totals["total"], totals["completed"], totals["failed"], totals["skipped"]) == (51, 40, 10, 1)
    assert (totals["success_rate"], totals["mean_s"], totals["p95_s"]) == (0.8, 20.5, 38.0)
    assert totals["steps_per_job"] == (60 + 10) / 50
    assert (totals["attempts"], totals["retries"], totals["steps"]) == (70, 20, 70)
    assert (totals["film_s"], totals["bytes"]) == (820.0, 64_000_000)


def test_a_batch_of_which_nothing_was_tried_has_no_rates() -> None:
    totals = as_json(report(item(1, ItemStatus.WAITING, attempts=0)))["totals"]

    assert [totals[name] for name in ("success_rate", "mean_s", "p95_s", "steps_per_job")] == [None] * 4


@pytest.mark.parametrize(("count", "expected"), [(1, 1), (19, 19), (20, 19), (100, 95)])
def test_a_percentile_is_a_value_that_was_measured(count: int, expected: int) -> None:
    assert percentile(range(count, 0, -1), 0.95) == expected


def test_each_item_is_told_with_its_row_and_its_earlier_errors() -> None:
    told = as_json(every_state())["items"]

    assert [one["item"] for one in told] == list(range(1, 11))
    assert told[0]["values"] == {"company": "Company 1"}
    assert (told[0]["exported"], told[1]["exported"]) == (True, False)
    assert (told[1]["healed"], told[1]["retries"], told[1]["history"][0]["error_code"]) == (
        2,
        1,
        "step_failed",
    )
    assert told[2]["error"].startswith("No button")
    assert told[0]["screenshots"][0] == "cart"
    assert "file" not in told[0]


def test_where_a_film_is_delivered_to_is_told_nowhere() -> None:
    report = every_state()

    for text in (json_text(report), csv_text(report), page(report)):
        assert SECRET_PLACE not in text
        assert "deliver_to" not in text


def test_an_archive_has_a_file_or_a_reason_for_each_item() -> None:
    archived = Archived({1: "01-company-1.mp4"}, {2: "already_fetched"})
    text = csv_text(report(item(1), item(2)), archived)

    assert [(row["file"], row["left_out"]) for row in rows(text)] == [
        ("01-company-1.mp4", ""),
        ("", "already_fetched"),
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_no_cell_is_taken_for_a_formula(start: str) -> None:
    evil = f'{start}HYPERLINK("http://evil.example","x")'
    found = item(1, ItemStatus.FAILED, error=evil, name=evil, values={"company": evil})

    [row] = rows(csv_text(report(found)))
    assert row["error"] == row["name"] == row["row.company"] == f"'{evil}"


CELL = some.text(alphabet=some.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@trials(max_examples=100, deadline=None)
@given(some.dictionaries(some.sampled_from(["a", "b", "item"]), CELL, min_size=1))
def test_whatever_a_row_holds_the_csv_can_be_read_again(values: dict[str, str]) -> None:
    [row] = rows(csv_text(report(item(1, values=values))))

    for name, value in values.items():
        cell = row[f"row.{name}"]
        assert cell in (value, f"'{value}")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert row["item"] == "1"


def test_our_own_reader_takes_a_report_for_a_table() -> None:
    table = read_csv(csv_text(every_state()).encode(), columns={"row.company": "company"})

    assert table.names[:3] == ("item", "name", "status")
    assert table.rows[0].values["company"] == "Company 1"
