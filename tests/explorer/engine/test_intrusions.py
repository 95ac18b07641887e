"""What comes over a page during an exploration is closed before each look, and nothing stays lost by it."""

import pytest

from explorer.engine.warnings import OBSTACLES
from tests.explorer.support.exploration import Clicks, Harness, Take

STYLE = """<style>body { font: 40px sans-serif } nav a { margin: 20px } .veil { position: fixed; inset: 0;
  background: #0008; z-index: 9 } .box { position: fixed; left: 340px; top: 200px; width: 600px;
  padding: 24px; background: #fff; z-index: 10; font-size: 16px }</style>"""
NAV = "<nav><a href=/blue>Blue</a><a href=/red>Red</a></nav>"


def colours(pages: dict[str, str], more: str) -> None:
    for path, colour in {"/": "white", "/blue": "blue", "/red": "red"}.items():
        pages[path] = f"{STYLE}<body style='background: {colour}'>{NAV}{more}"


def labels(take: Take) -> list[str]:
    return [step.label for step in take.steps]


def test_a_late_banner_in_a_closed_root_is_refused_and_what_it_covered_is_clicked(
    harness: Harness, pages: dict[str, str]
) -> None:
    banner = """<script>if (!document.cookie.includes("no=1")) setTimeout(() => {
      const root = document.body.appendChild(document.createElement("x-a1")).attachShadow({mode: "closed"});
      root.innerHTML = `<div class=v style="position:fixed;inset:0;z-index:99;background:#000a"><div
        style="margin:200px;padding:40px;background:#fff;font-size:16px">This site keeps cookies.
        <button id=y>Fine by me, accept</button> <button id=n>Decline</button></div></div>`;
      root.querySelector("#n").onclick = () => { document.cookie = "no=1;path=/"; location.reload(); };
      root.querySelector("#y").onclick = () => fetch("/accepted");
    }, 900)</script>"""
    colours(pages, banner)

    take = harness.explore(harness.url, scout=True, max_clicks=2)

    assert sorted(labels(take)) == ["Blue", "Red"]
    assert "GET /accepted" not in harness.asked
    assert take.trace.warnings == ()


@pytest.mark.thorough
def test_boxes_that_come_on_scrolling_and_later_are_closed_and_are_no_steps(
    harness: Harness, pages: dict[str, str]
) -> None:
    boxes = """<div style="height:2400px"></div><script>
      const pop = (name, text) => { if (sessionStorage[name]) return; sessionStorage[name] = 1;
        const veil = document.createElement("div"); veil.className = "veil";
        veil.innerHTML = `<div class=box>${text}<form method=post action=/news><input type=email>
          <button>Sign me up</button></form><button class=x aria-label=Close>x</button></div>`;
        veil.querySelector(".x").onclick = () => veil.remove(); document.body.append(veil); };
      addEventListener("scroll", () => scrollY > 200 && pop("scroll", "Our newsletter, once a week"));
      setTimeout(() => pop("late", "10 % off: join our newsletter"), 1500);
    </script>"""
    colours(pages, boxes)

    take = harness.explore(harness.url, scout=True, max_clicks=2)

    assert sorted(labels(take)) == ["Blue", "Red"]
    assert [step.outcome for step in take.steps] == ["page", "page"]


@pytest.mark.thorough
def test_a_dialog_that_a_click_has_opened_is_left_open(harness: Harness, pages: dict[str, str]) -> None:
    pages["/"] = f"""{STYLE}<button onclick="g.hidden = false">Plans</button><div id=g class=veil hidden>
      <div class=box role=dialog aria-modal=true><button onclick="g.hidden = true" aria-label=Close>x</button>
      <p>By month or by year</p><button onclick="n.style.background='#fc0'; n.style.height='300px'">Yearly
      </button><p id=n>12</p></div></div>"""

    take = harness.explore(harness.url, Clicks(["Plans", "Yearly"]), max_clicks=2)

    assert labels(take) == ["Plans", "Yearly"]


def test_nothing_in_a_wall_that_only_payment_opens_is_clicked_and_the_take_says_so(
    harness: Harness, pages: dict[str, str]
) -> None:
    colours(
        pages,
        """<div id=g class=veil><div class=box>We use cookies. Accept them, or read without advertising.
        <button onclick="fetch('/accepted'); g.remove()">Accept and continue</button>
        <a href=/abo>Subscribe for 4 € a month</a> <a href=/about>About us</a></div></div>""",
    )
    pages["/abo"] = pages["/about"] = "<h1>Other</h1>"

    take = harness.explore(harness.url, scout=True)

    assert labels(take) == []
    assert "GET /accepted" not in harness.asked
    said = {warning.code: warning.message for warning in take.trace.warnings}
    assert OBSTACLES["consent"].capitalize()[:15] in said["obstacle_left"]


@pytest.mark.thorough
def test_where_setting_something_is_saved_at_once_nothing_more_is_set_there(
    harness: Harness, pages: dict[str, str]
) -> None:
    fields = "".join(
        f"<p><label>Mails {n} <select><option>never<option>daily<option>hourly</select></label>"
        for n in range(3)
    )
    pages["/"] = f"""{STYLE}{fields}<button onclick="alert('3 notes')">Count</button><script>
      for (const one of document.querySelectorAll("select"))
        one.oninput = () => fetch("/keep?v=" + one.value);
      addEventListener("click", () => {{ new Image().src = "/seen?" + Math.random(); }});</script>"""

    take = harness.explore(harness.url, scout=True)

    assert len(take.steps) <= 1
    assert "Count" not in labels(take)
    assert not [one for one in harness.asked if "/keep" in one]
