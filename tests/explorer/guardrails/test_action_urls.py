"""Addresses that order something, and addresses that only sound like it, as tables."""

import pytest

from explorer.guardrails.action_urls import find_suspicious_word, find_url_action, is_page_url
from explorer.guardrails.static_files import is_file_path, is_harmless_file


@pytest.mark.parametrize(
    "part",
    [
        "/demo/reset",
        "/notices/read-all",
        "/orders/1042/approve",
        "/orders/1042?do=close",
        "/machines/1/stop",
        "/machines/2/start",
        "/machines/3/firmware?install=4.2",
        "/reports/rebuild",
        "/session/end",
        "/account/switch",
        "/bye",
        "/impersonation/stop",
        "/orders/1042/publish",
        "/logout",
        "/items/7/delete",
        "/cart/add/7",
        "/rename?n=a",
        "/x?action=mark_read",
        "/update.php?action=install-plugin&id=3",
        "/vm/100/start.do",
        "/stop/12",
        "#/machines/1/stop",
        "/users/anna/suspend",
        "/api/v1/cache/flush",
        "/queue/clear",
        "/orders/7/complete",
        "/lights/3/toggle",
        "/plugins/3/activate",
        "/node/3/clone",
        "/poll/3?vote=2",
        "/tickets/ABC-17/reopen",
        "/watchlist/add/7",
        "/courses/3/enroll",
        "/de/cache/clear",
        "/index.php?option=content&task=article.publish&id=3",
        "/jobs/5f3c9a1be0a14/run",
        "/account/leave",
        "/posts/7/publish",
        "/artikel/7/löschen",
        "/commandes/9/annuler",
        "/konto/l%C3%B6schen",
    ],
)
def test_these_addresses_order_something(part: str) -> None:
    assert find_url_action(part) is not None


@pytest.mark.parametrize(
    "part",
    [
        "/s/0",
        "/orders/1042/details",
        "/docs/install",
        "/install",
        "/start",
        "/archive/2024",
        "/blog/archive",
        "/en/start",
        "/2024/05/why-we-stopped-shipping",
        "/cli/stop",
        "/reference/restart/",
        "/items?start=20&order=asc",
        "/docs/4/upgrade",
        "/deploy",
        "/check-out-our-blog",
        "/orders/new",
        "/wiki/Stop",
        "/hr/leave-policy",
        "/watch?v=3",
        "/apply",
        "/issues?label=bug",
        "/a/b?mode=list",
        "/projects/alpha/settings",
        "/thread/3/reply",
        "/settings/theme",
        "/products/exit-sign",
        "/articles/exit",
        "/stop.html",
        "/search?q=delete+files+in+bulk",
        "/features/merge",
        "/releases/4.2/upgrade",
        "/resets",
        "/x?sort=votes",
        "/news/2024/stop",
        "/guide/3/install",
    ],
)
def test_these_only_sound_like_it(part: str) -> None:
    assert find_url_action(part) is None


def test_a_word_that_names_pages_is_suspicious_where_nobody_has_asked() -> None:
    assert find_suspicious_word("/install") == "install"
    assert find_suspicious_word("/docs/install") == "install"
    assert find_suspicious_word("/autosave?key=public&value=true") == "save"
    assert find_suspicious_word("/about-us") is None


@pytest.mark.parametrize(
    ("part", "is_page"),
    [
        ("/docs/install", True),
        ("/install.html", True),
        ("/about-us", True),
        ("/install", False),
        ("/orders/7", False),
        ("/orders?page=2", False),
        ("/machines/1/stop", False),
        ("/", False),
    ],
)
def test_an_address_is_a_page_by_all_that_it_says(part: str, is_page: bool) -> None:
    assert is_page_url(part) is is_page


@pytest.mark.parametrize(
    ("part", "is_file", "is_harmless"),
    [
        ("/assets/app-3fa9.js", True, True),
        ("/assets/app.js?v=3fa9", True, True),
        ("/fonts/a.woff2?h=1", True, True),
        ("/rows.json", True, True),
        ("/icons/delete.svg", True, False),
        ("/pixel.gif?open=1", False, False),
        ("/vote.js?id=7&up=1", False, False),
        ("/rows", False, False),
    ],
)
def test_files_are_told_from_messages(part: str, is_file: bool, is_harmless: bool) -> None:
    assert is_file_path(part) is is_file
    assert is_harmless_file(part) is is_harmless
