"""What a form needs to know of a table before it can be started."""

import json
from typing import Any

import httpx

from actors.settings import Settings
from tests.conftest import Serve

STEPS = [{"caption": "Prices for {{company}}"}]


def test_a_check_tells_headers_of_wrong_tables_and_takes_the_start_of_a_script_from_its_rows(
    settings: Settings, serve: Serve
) -> None:
    script = {"variables": {"company": {"required": True}}, "steps": STEPS}
    with serve(settings) as address, httpx.Client(base_url=address) as client:

        def check(table: str, **columns: str) -> Any:
            fields = {"template": json.dumps({"script": script}), "columns": json.dumps(columns)}
            answer = client.post("/demo/batch/check", data=fields, files={"csv": ("rows.csv", table)})
            assert answer.status_code == 200, answer.text
            return answer.json()

        wrong = check("Company Name; url \nAcme\n")
        assert wrong["headers"] == ["Company Name", "url"]
        assert [row["line"] for row in wrong["problems"]] == [1, 2]

        right = check("Company Name;url\nAcme;https://8.8.8.8/\n", **{"Company Name": "company"})
        assert (right["problems"], right["rows"][0]["host"]) == ([], "8.8.8.8")
        assert (right["headers"], right["columns"]) == (["Company Name", "url"], ["company", "url"])

        missing = check("company,url\nAcme,https://8.8.8.8/\nGlobex,\n")
        assert {row["line"] for row in missing["problems"]} == {3}
