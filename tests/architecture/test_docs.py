"""What the pages say of settings, errors, links and messages is what the code has."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import AliasChoices

from actors.settings import Settings
from actors.webhook_signing import new_secret, signed
from demo_api.problems import STATUS
from demo_api.routes.events import EVENTS
from demo_api.routes.table import OPERATIONS
from demo_api.schemas.jobs import RunRequest
from demo_api.schemas.status import WARNING_CODES
from explorer.blocks.start_errors import TABLE
from tests.architecture.option_tables import TABLE as GENERATED

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
DEPLOY = ROOT / "deploy"
API = DOCS / "guide/api.md"
SETTINGS = DOCS / "operations/settings.md"
DEPLOYMENT = DOCS / "operations/deployment.md"
TROUBLESHOOTING = DOCS / "operations/troubleshooting.md"
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")), ROOT / "examples/README.md")
#: Settings that are read into models of options.
OPTION_GROUPS = {"exploration", "film"}
#: What stands for whatever differs from case to case, in the pages and here in the code's own texts.
GAP = "…"
#: Codes that no error class has: the framework's own, and what is no error that we know.
FRAMEWORK = {(404, "not_found"), (405, "method_not_allowed"), (500, "internal_error")}


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    assert sorted(documented_settings()) == sorted(settings_by_variable())


def test_a_documented_setting_has_the_default_and_the_bounds_of_the_code() -> None:
    told = documented_settings()

    assert {name: default for name, (default, _) in told.items()} == {
        name: shown(field.default) for name, field in settings_by_variable().items()
    }
    for name, field in settings_by_variable().items():
        numbers = set(re.findall(r"[\w.]+", told[name][1]))
        assert set(map(shown, choices(field))) <= numbers, name


def test_the_table_of_errors_has_every_code_with_its_status_and_no_other() -> None:
    errors = section(API, "Errors")

    told = [(int(status), code) for status, code in re.findall(r"^\| (\d{3}) \| `(\w+)` \|", errors, re.M)]

    codes = {(status, str(getattr(kind, "code"))) for kind, status in STATUS.items()}  # noqa: B009
    assert sorted(told) == sorted(codes | FRAMEWORK)


def test_the_table_of_warnings_has_every_code_and_no_other() -> None:
    told = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", section(API, "Warnings"), re.M)))

    assert sorted(told) == sorted(WARNING_CODES)


def test_every_way_in_which_a_start_page_cannot_be_filmed_is_documented_and_told_on_the_page() -> None:
    codes = {row.error.code for row in TABLE.values()} | {"address_refused", "certificate_invalid"}
    told = section(API, "Errors").partition("| error_code | when |")[2]
    failures = (
        (ROOT / "demo_api/static/js/text/error_messages.js").read_text().partition("const FAILURES = {")[2]
    )

    assert codes <= first_column(told)
    assert codes <= set(re.findall(r"^  (\w+): \[", failures, re.M))


def test_what_can_be_asked_for_and_what_is_told_is_documented_whole() -> None:
    asked, told = section(API, "Ask for a film"), section(API, "Live events")
    addresses = set(re.findall(r"`(?:GET |POST )?(/[\w./]*|[a-z]+)", API.read_text().partition("## ")[0]))

    assert first_column(asked) == set(RunRequest.model_fields)
    assert first_column(told) == set(EVENTS)
    for operation in OPERATIONS:
        path = re.sub("{[a-z_]+}", "", operation.path)
        assert addresses & {path, operation.name}, path


def test_every_metric_that_is_named_is_one_that_is_told() -> None:
    for page in (DEPLOYMENT, *sorted(DEPLOY.iterdir())):
        named = set(re.findall(r"sitereel_\w+", page.read_text()))
        assert {re.sub("_(total|bucket)$", "", name) for name in named} <= set(texts()), page.name
        assert len(named) > 6 or page != DEPLOYMENT


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{page.name} links to {target}"
        assert not anchor or anchor in anchors(there.read_text()), f"{page.name} links to {target}"


def test_every_quoted_message_is_one_that_the_code_can_say() -> None:
    quoted = list(quoted_messages(TROUBLESHOOTING.read_text()))

    assert len(quoted) > 30
    unsaid = [message for message in quoted if not any(fits(message, text) for text in texts())]
    assert not unsaid


def test_a_message_that_nobody_says_is_noticed() -> None:
    assert fits("The stage took … MB of memory", "The stage took … MB of memory, … MB are the most.")
    assert not fits("The stage took … GB", "The stage took … MB of memory")
    assert not any(fits("The worker has gone on holiday", text) for text in texts())


def test_the_signature_is_checked_as_the_page_says() -> None:
    page = API.read_text()
    shown_code = next(
        code for code in re.findall(r"```python\n(.*?)```", page, re.S) if "def is_ours" in code
    )
    names: dict[str, Any] = {}
    exec(shown_code, names)
    body, now_s = b'{"type": "demo.completed"}', int(names["time"].time())

    for secret in (new_secret(), "a text of twenty-four or more".replace(" ", "-")):
        headers = signed(secret, "msg_1_1", now_s, body)
        assert names["is_ours"](secret, headers, body)
        assert not names["is_ours"](secret, headers, body + b" ")
        assert not names["is_ours"](secret, signed(secret, "msg_1_1", now_s - 600, body), body)


def settings_by_variable() -> dict[str, Any]:
    """The fields by the names that they have in the environment, without options: `test_option_tables`."""
    named = {}
    for name, field in Settings.model_fields.items():
        if name in OPTION_GROUPS:
            continue
        alias = field.validation_alias
        named[str(alias.choices[0]) if isinstance(alias, AliasChoices) else name.upper()] = field
    return named


def documented_settings() -> dict[str, tuple[str, str]]:
    """Default and values by variable, from all tables of the page but the generated one."""
    written = GENERATED.sub("", SETTINGS.read_text())
    rows = re.findall(r"^\| `([A-Z_]+)` \|([^|]*)\|([^|]*)\|", written, re.M)
    return {name: (default.strip(), values.strip()) for name, default, values in rows}


def shown(value: Any) -> str:
    if value is None or value == frozenset():
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def choices(field: Any) -> Iterator[Any]:
    """What a field may be: its choices, or its least and its most."""
    for bound in field.metadata:
        yield from (getattr(bound, name) for name in ("ge", "le") if hasattr(bound, name))
    if field.annotation is bool:
        yield from (True, False)
    yield from (choice for choice in get_args(field.annotation) if isinstance(choice, (str, int)))


def first_column(text: str) -> set[str]:
    """The names in backquotes with which the rows of a table begin."""
    rows = re.findall(r"^\| (`.*?`) \|", text, re.M)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def section(page: Path, title: str) -> str:
    """From a heading of the second level to the next one."""
    return page.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))


def anchors(text: str) -> set[str]:
    """What a page's headings are called in links, as GitHub makes it of them."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def quoted_messages(page: str) -> Iterator[str]:
    """What stands in backquotes in the first column of the tables."""
    for row in re.findall(r"^\| (.*?) \| ", page, re.M):
        yield from re.findall(r"`([^`]+)`", row)


def fits(message: str, text: str) -> bool:
    """Whether a text of the code, with its gaps, has all parts of a message in their order."""
    at = 0
    for part in message.split(GAP):
        at = text.find(part.strip(), at)
        if at < 0:
            return False
        at += len(part.strip())
    return True


@cache
def texts() -> tuple[str, ...]:
    """Every text that may be said: our modules' strings, with a gap for what is filled in, and setup's."""
    said = [(ROOT / ".ci/setup").read_text()]
    for package in ("actors", "demo_api", "explorer", "video"):
        for path in (ROOT / package).rglob("*.py"):
            said += strings(ast.parse(path.read_text()))
    return tuple(said)


def strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"\{\w*\}", GAP, node.value)
