"""What is gone or covered just when the pointer comes: looked for afresh, and never clicked through."""

import pytest

from explorer.types import Wishes
from tests.explorer.support.clocks import RealClock
from tests.explorer.support.exploration import Clicks, Harness
from tests.support.markers import first, thorough

COVER = """
const cover = (ms) => {
  const veil = document.createElement("div");
  veil.style = "position:fixed;inset:0;background:#0008";
  veil.textContent = "Loading";
  veil.onclick = () => fetch("/clicked-the-veil");
  document.body.append(veil);
  if (ms) setTimeout(() => veil.remove(), ms);
};
"""
#: A button, and a line that only it can bring up.
BUTTON = "<button id=it>Show</button><p id=line style='height:200px'></p>"
WORKS = "it.onclick = () => { line.textContent = 'Here it is'; line.style.background = '#fc0'; };"


def reasons(harness: Harness, html: str, labels: list[str]) -> tuple[list[str], list[str], list[str]]:
    """The labels that were clicked, what came of them, and why something was tried again."""
    harness.pages["/"] = html
    take = harness.explore(harness.url, Clicks(labels), clock=RealClock())
    assert {(retry.kind, retry.limit) for retry in take.retries} <= {("element", 2)}
    assert [retry.attempt for retry in take.retries] == [*range(1, len(take.retries) + 1)]
    assert "GET /clicked-the-veil" not in harness.asked
    return (
        [step.label for step in take.steps],
        [step.outcome for step in take.steps],
        [retry.reason for retry in take.retries],
    )


@pytest.mark.parametrize(
    ("trap", "said"),
    first(
        1,
        [
            ("it.addEventListener('mouseover', () => cover(900), {once: true})", "covered by"),
            thorough(
                "it.addEventListener('mouseover', () => { const old = it; old.remove();"
                "setTimeout(() => document.body.prepend(old), 900) }, {once: true})",
                "gone",
            ),
            (
                "it.addEventListener('mouseover', () => { const old = it, anew = old.cloneNode(true);"
                "old.remove(); anew.onclick = old.onclick;"
                "setTimeout(() => document.body.append(anew), 900) }, {once: true})",
                "gone",
            ),
        ],
    ),
)
def test_what_comes_back_is_found_afresh_and_clicked(
    harness: Harness, pages: dict[str, str], trap: str, said: str
) -> None:
    html = f"{BUTTON}<script>{COVER}{WORKS}{trap}</script>"

    clicked, outcomes, why = reasons(harness, html, ["Show"])

    assert (clicked, outcomes) == (["Show"], ["scene"])
    assert len(why) in (1, 2)
    assert said in why[0]


@pytest.mark.thorough
def test_what_stays_covered_is_left_alone_after_two_more_tries_and_another_is_clicked(
    harness: Harness, pages: dict[str, str]
) -> None:
    pages["/other"] = "<h1>Other</h1>"
    html = (
        "<a href=/other style='position:fixed;z-index:9;left:600px'>Other</a>"
        f"{BUTTON}<script>{COVER}{WORKS}it.onmouseover = () => cover(0)</script>"
    )

    clicked, _, why = reasons(harness, html, ["Show", "Other"])

    assert clicked == ["Other"]
    assert len(why) == 2


@pytest.mark.thorough
def test_what_is_covered_after_the_last_question_is_not_clicked_through(
    harness: Harness, pages: dict[str, str]
) -> None:
    # Links to new tabs are made to open in place: a page can notice that, just before the click.
    pages["/other"] = "<h1>Other</h1>"
    html = (
        "<a id=it href=/other target=_blank>Other</a>"
        f"<script>{COVER}new MutationObserver(() => cover(0)).observe(it, {{attributes: true}})</script>"
    )

    clicked, _, why = reasons(harness, html, ["Other"])

    assert clicked == []
    assert len(why) == 2


def test_what_lies_in_a_part_to_be_avoided_when_it_is_found_afresh_is_refused(
    harness: Harness, pages: dict[str, str]
) -> None:
    harness.pages["/"] = (
        f"{BUTTON}<script>{COVER}{WORKS}it.addEventListener('mouseover', () => "
        "{ cover(900); document.body.className = 'no' }, {once: true})</script>"
    )

    take = harness.explore(harness.url, Clicks(["Show"]), RealClock(), wishes=Wishes(avoid=("css=.no",)))

    assert take.steps == []
    assert ("avoid", "Show") in take.rules
    assert len(take.retries) >= 1
