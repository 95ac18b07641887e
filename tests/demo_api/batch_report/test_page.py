"""The page of a report: text is text, and a browser runs and loads nothing."""

import base64
import hashlib
import re

from demo_api.batch_report.page import POLICY, page
from tests.demo_api.batch_report.examples import MARKUP, every_state, item, report

ALLOWED = frozenset(
    {"body", "header", "h1", "h2", "p", "time", "main", "dl", "div", "dt", "dd", "span"}
    | {"table", "thead", "tbody", "tr", "th", "td"}
)


def test_no_text_of_strangers_becomes_markup() -> None:
    found = page(every_state())

    assert MARKUP not in found
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in found
    tags = set(re.findall(r"<([a-z0-9]+)", found.partition("</style>")[2]))
    assert tags <= ALLOWED
    assert not re.search(r"<[^>]*\s(style|on\w+|src|href)=", found)


def test_the_policy_allows_its_style_sheet_and_nothing_else() -> None:
    css = page(report(item(1))).partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()

    assert f"style-src 'sha256-{digest}';" in POLICY
    assert POLICY.startswith("default-src 'none';")
    assert "unsafe" not in POLICY
    assert "url(" not in css
    assert "@import" not in css


def test_each_item_has_a_row_with_what_there_is_to_say() -> None:
    found = page(every_state())

    assert found.count("<tbody ") == 10
    for state in ("waiting", "running", "needs operator", "completed", "failed", "cancelled", "skipped"):
        assert f">{state}</td>" in found
    assert "3 (2 healed)" in found
    assert "2 (1 retry)" in found
    assert "Before, failed: Timed out" in found
    assert "Screenshots: cart, " in found
    assert "60.0%" in found
