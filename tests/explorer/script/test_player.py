"""A script is played as it says: what it does, what it shows, and how it ends."""

import base64
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import pytest

from explorer.browser.sign_in import SignIn
from explorer.errors import AuthRequired, PasswordRequired
from explorer.guardrails.rules import Site
from explorer.lookahead.scout_browser import scouting
from explorer.planning.keyword_planner import KeywordPlanner
from explorer.retry_policy import RetryPolicy
from explorer.script.composition import build_player
from explorer.script.loading import read_script
from explorer.script.progress import ScriptStep, StepFailed
from explorer.script.redaction import Redactor
from explorer.script.variables import bind
from explorer.trace import Trace
from explorer.types import Brief, Step, Wishes
from tests.explorer.support.exploration import PAUSES, Harness, HastyClock, SeeingClock

APP = """<style>body{font:16px sans-serif} [hidden]{display:none} #box{height:2000px}</style>
<h1>Sign in</h1>
<nav><a href=/two>Prices</a> <a href=/logout>Log out</a></nav>
<label>Name <input id=name></label> <label>Password <input id=pass type=password></label>
<label><input id=terms type=checkbox> I agree</label>
<label>Country <select id=country><option>Chile<option value=de>Germany</select></label>
<button onclick="out.textContent = 'Hello ' + document.getElementById('name').value">Sign in</button>
<button class=a onclick="out.textContent = 'first'">Save</button>
<button class=b onclick="out.textContent = 'second'">Save</button>
<button onclick="setTimeout(() => { late.hidden = false }, 900)">Load</button> <button id=late hidden
 onclick="out.textContent = 'late'">Come on</button>
<button ondblclick="out.textContent = 'twice'">Twice</button>
<button onclick="out.textContent = 'deleted'">Delete all</button>
<p id=out>Nothing yet</p><div id=box></div><p>The end</p>"""


@dataclass
class Played:
    """What one playing has told, and what the page was at its end."""

    events: list[Any] = field(default_factory=list)
    page: dict[str, str] = field(default_factory=dict)
    failed: StepFailed | None = None
    writes: int = 0
    fingerprints: dict[str, dict[str, Any]] = field(default_factory=dict)
    redactor: Redactor = field(default_factory=Redactor)

    @property
    def trace(self) -> Trace:
        return next(event for event in self.events if isinstance(event, Trace))

    @property
    def steps(self) -> list[Step]:
        return [event for event in self.events if isinstance(event, Step)]

    @property
    def log(self) -> dict[int, ScriptStep]:
        """Each step of the script as it stands at the end."""
        return {event.number: event for event in self.events if isinstance(event, ScriptStep)}

    @property
    def states(self) -> list[str]:
        return [self.log[number].state for number in sorted(self.log)]


READ = """() => ({out: document.getElementById('out')?.textContent ?? '', url: location.pathname,
  name: document.getElementById('name')?.value ?? '', top: String(Math.round(scrollY)),
  pass: document.getElementById('pass')?.value ?? '',
  terms: String(document.getElementById('terms')?.checked),
  country: document.getElementById('country')?.value ?? ''})"""


def play(
    harness: Harness,
    script: dict[str, Any],
    values: dict[str, str] | None = None,
    secrets: dict[str, str] | None = None,
    scout: bool = False,
    seeing: bool = False,
    sign_in: SignIn | None = None,
    trusted: bool = True,
    runtime_s: float = 300.0,
    **wishes: Any,
) -> Played:
    """Plays a script whose `url` is the harness's unless it says another."""

    async def whole() -> Played:
        bound = bind(read_script({"url": harness.url, **script}), values or {})
        bound = bound if trusted else bound.untrusted()
        brief = Brief(bound.script.start, max_runtime_s=runtime_s, wishes=Wishes(**wishes))
        played, writes = Played(), list[int]()
        async with AsyncExitStack() as opened:
            session = await opened.enter_async_context(harness.session(brief))
            scouted = (
                await opened.enter_async_context(scouting(brief, harness.second_browser)) if scout else None
            )
            policy = RetryPolicy(lambda _: None, *PAUSES)
            planner = KeywordPlanner()
            if sign_in:
                await sign_in.apply(session, Site.of(brief.url), brief.url)
            clock = SeeingClock(session.page) if seeing else HastyClock()
            player = build_player(
                *(bound, brief, session, clock, planner, harness.proxy, scouted, policy, secrets),
                redactor=played.redactor,
                on_write=lambda: writes.append(1),
            )
            try:
                async for event in player.play():
                    played.events.append(event)
            except StepFailed as exc:
                played.failed = exc
                played.events += player.log
            played.writes, played.fingerprints = len(writes), player.fingerprints
            played.page = await session.page.evaluate(READ)
        return played

    done: Played = harness.run(whole)
    return done


@pytest.fixture
def app(harness: Harness) -> Harness:
    harness.pages["/"] = APP
    harness.pages["/two"] = "<h1>Prices</h1><p id=out>9 a month</p><a href=/>Home</a>"
    return harness


def test_each_verb_does_what_it_says(app: Harness) -> None:
    played = play(
        app,
        {
            "steps": [
                {"fill": {"target": "Name", "value": "Ann"}},
                {"select": {"target": "Country", "value": "Germany"}},
                {"check": "I agree"},
                {"click": "Sign in"},
                {"assert": {"text": "Hello Ann"}},
            ]
        },
    )
    assert played.failed is None
    assert played.states == ["done"] * 5
    assert played.page | {"top": ""} == {
        "out": "Hello Ann",
        "url": "/",
        "name": "Ann",
        "top": "",
        "pass": "",
        "terms": "true",
        "country": "de",
    }
    assert [step.label for step in played.steps] == ["Name", "Country", "I agree", "Sign in"]
    assert played.trace.stop_reason == "script_ended"


def test_a_secret_is_typed_and_shown_as_dots_and_told_nowhere(app: Harness) -> None:
    steps = [
        {"fill": {"target": "Name", "value": "{{pin}}"}},
        {"fill": {"target": "Password", "value": "x{{pin}}"}},
    ]
    played = play(app, {"secrets": ["pin"], "steps": steps}, secrets={"pin": "s3cret"})

    assert (played.page["name"], played.page["pass"]) == ("s3cret", "xs3cret")
    assert "s3cret" not in repr(played.events)


def test_what_comes_late_is_waited_for_and_hidden_things_are_not_taken(app: Harness) -> None:
    played = play(app, {"steps": [{"click": "Load"}, {"click": "Come on"}, {"assert": {"text": "late"}}]})

    assert played.states == ["done"] * 3


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (
            {"click": "Save"},
            "'Save' fits 2 elements: button 'Save', button 'Save'; say role=button[name='Save'] >> nth=0",
        ),
        ({"click": "Nowhere", "timeout": 0.5}, "nothing visible is called 'Nowhere'"),
        ({"click": "css=#nowhere", "timeout": 0.5}, "'css=#nowhere' fits nothing that is visible"),
        ({"click": "css=:::", "timeout": 0.5}, "'css=:::' is no valid selector"),
        ({"assert": {"text": "Bye"}, "timeout": 0.5}, "the page does not show 'Bye'"),
        ({"wait": {"expression": "false"}, "timeout": 0.5}, "its expression is not true"),
        ({"wait": {"expression": "nothing.at.all"}}, "its expression failed: "),
        ({"select": {"target": "Country", "value": "Mars"}}, "its list has no option 'Mars'"),
        ({"press": "Kontrol"}, "there is no key 'Kontrol'"),
        ({"navigate": "https://elsewhere.example/"}, "refused (off_domain)"),
        ({"navigate": "/nowhere"}, "does not exist there"),
    ],
)
def test_a_step_that_fails_ends_the_script_and_says_why(
    app: Harness, step: dict[str, Any], reason: str
) -> None:
    played = play(app, {"steps": [{"click": "Sign in"}, step, {"click": "Sign in"}]})

    assert played.failed is not None
    failed = played.failed.failed
    assert (failed.index, failed.of, failed.type) == (2, 3, next(iter(step)))
    assert reason in failed.reason
    assert played.states == ["done", "failed", "waiting"]


def test_an_optional_step_is_skipped_and_the_film_goes_on(app: Harness) -> None:
    step: dict[str, Any] = {"click": "Nowhere", "timeout": 0.3}
    played = play(app, {"steps": [{**step, "optional": True}, {"click": "Sign in"}]})
    all_skipped = play(app, {"on_error": "skip", "steps": [step, {"click": "Sign in"}]})

    assert played.states == all_skipped.states == ["skipped", "done"]
    assert "nothing visible" in played.log[1].did
    assert [warning.code for warning in played.trace.warnings] == ["steps_skipped"]
    assert "step 1, click 'Nowhere': nothing visible" in played.trace.warnings[0].message


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ({"click": "role=button[name='save'] >> nth=1"}, "second"),
        ({"click": ["css=#gone", "css=.a"]}, "first"),
        ({"click": "css=nav >> Prices"}, "9 a month"),
        ({"click": "SIGN IN"}, "Hello "),
        ({"double_click": "Twice"}, "twice"),
        ({"click": "Delete all"}, "deleted"),
        ({"press": {"keys": "Enter", "target": "Delete all"}}, "deleted"),
        ({"navigate": "/two"}, "9 a month"),
    ],
)
def test_targets_are_found_and_used(app: Harness, step: dict[str, Any], found: str) -> None:
    played = play(app, {"steps": [step]})

    assert played.states == ["done"]
    assert played.page["out"] == found


def test_the_blacklist_yields_to_the_authors_own_words_only(app: Harness) -> None:
    script = {"variables": {"what": "Delete all"}, "steps": [{"click": "{{what}}"}]}
    played = play(app, script)

    assert played.failed is not None
    assert "refused (blacklist)" in played.failed.failed.reason
    assert played.page["out"] == "Nothing yet"


def test_nothing_yields_to_an_author_who_is_not_trusted(app: Harness) -> None:
    with pytest.raises(AuthRequired):
        play(app, {"steps": [{"hold": 0.1}]}, trusted=False)
    app.pages["/"] = (
        "<h1>Shop</h1><p id=out>Nothing yet</p><button>Prices</button><button>Delete all</button>"
    )
    played = play(app, {"steps": [{"click": "Prices"}, {"click": "Delete all"}]}, trusted=False)

    assert played.failed is not None
    assert (played.failed.failed.index, played.page["out"]) == (2, "Nothing yet")
    assert "refused (blacklist)" in played.failed.failed.reason


def test_before_and_off_camera_are_not_in_the_film(app: Harness) -> None:
    played = play(
        app,
        {
            "before": [{"fill": {"target": "Password", "value": "x"}}, {"click": "Prices"}],
            "steps": [
                {"assert": {"url": "/two"}},
                {"click": "Home", "off_camera": True},
                {"click": "Sign in"},
            ],
        },
    )
    assert [step.label for step in played.steps] == ["Sign in"]
    assert [visit.url.rpartition("/")[2] for visit in played.trace.visits] == ["two", ""]
    assert len(played.trace.cuts) == 1
    assert played.trace.start_ms > 0
    assert [played.log[number].off_camera for number in sorted(played.log)] == [
        True,
        True,
        False,
        True,
        False,
    ]


@pytest.mark.thorough
def test_scrolling_and_words_are_directed(app: Harness) -> None:
    steps = [{"scroll": "bottom"}, {"caption": "This is the end"}, {"chapter": "Two"}, {"hold": 0.5}]
    played = play(app, {"steps": steps})
    to_top = play(app, {"steps": [{"scroll": "The end"}, {"scroll": "top"}]})

    assert int(played.page["top"]) > 500
    assert to_top.page["top"] == "0"
    assert [note.text for note in played.trace.captions] == ["This is the end"]
    assert [note.text for note in played.trace.chapters] == ["Two"]
    assert len(played.trace.holds) == 2


def test_exploring_is_a_step(app: Harness) -> None:
    app.pages["/"] = """<h1>Shop</h1><nav><a href=/two>Prices</a></nav><button>Delete all</button>
    <button onclick="document.body.style.background = 'teal'">Colour</button>"""
    steps = [{"explore": {"max_clicks": 2}}, {"navigate": "/"}, {"click": "Colour"}]
    played = play(app, {"steps": steps})

    assert played.states == ["done"] * 3
    assert (played.steps[0].label, played.steps[-1].label) == ("Prices", "Colour")
    assert "Delete all" not in {step.label for step in played.steps}


@pytest.mark.thorough
def test_what_the_explorer_must_not_show_is_cut_out_and_the_script_goes_on(app: Harness) -> None:
    app.pages["/"] = "<h1>Shop</h1><button onclick=\"location = '/in'\">Account</button><p id=out>Shop</p>"
    app.pages["/in"] = (
        "<center><h1>Members only</h1><input><input type=password><button>Enter</button></center>"
    )
    played = play(app, {"steps": [{"explore": {"max_clicks": 2}}, {"assert": {"text": "Shop"}}]})

    assert played.states == ["done"] * 2
    assert played.trace.stop_reason == "script_ended"
    assert played.trace.cuts
    assert {visit.url.rpartition("/")[2] for visit in played.trace.visits} == {""}


@pytest.mark.thorough
def test_attention_is_drawn_and_pictures_are_taken(app: Harness) -> None:
    steps = [
        {"highlight": "The end", "caption": "See this"},
        {"zoom": "css=h1"},
        {"screenshot": "at the top"},
        {"zoom": "out"},
    ]
    played = play(app, {"steps": steps}, seeing=True)
    highlight, closer = played.trace.focuses

    assert (highlight.kind, closer.kind) == ("highlight", "zoom")
    assert highlight.from_ms < highlight.to_ms <= closer.from_ms < closer.to_ms < played.trace.end_ms
    assert 0 <= highlight.box.y <= 720 - highlight.box.height
    assert [note.text for note in played.trace.captions] == ["See this"]
    assert played.trace.pictures["at the top"].startswith(b"\xff\xd8")


def test_a_mask_fills_its_target_from_the_first_picture_on_wherever_it_moves(app: Harness) -> None:
    app.pages["/"] = """<style>body{margin:0;background:#fff;height:3000px} p{margin:40px 0 0;width:400px;
    height:60px;background:#e00} #later{background:#0a0}</style><p data-testid=iban>DE89 3704</p>
    <p id=later>shown</p><my-box></my-box><script>customElements.define("my-box", class extends HTMLElement {
    connectedCallback() {
    this.attachShadow({mode: "closed"}).innerHTML = "<p class=in>deep</p>"; } });</script>"""
    script = {
        "mask": ["testid=iban", "css=.in"],
        "steps": [{"screenshot": "top"}, {"scroll": "60"}, {"hold": 0.2}, {"screenshot": "scrolled"}],
    }
    played = play(app, script, seeing=True)

    for name, shift in (("top", 0), ("scrolled", 60)):
        picture = cv2.imdecode(np.frombuffer(played.trace.pictures[name], np.uint8), cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture[max(0, 45 - shift) : 95 - shift, 10:390].max() < 40
        assert picture[150 - shift, 300, 1] > 100, "what is not masked is seen"


def test_a_mask_by_words_fills_what_comes_late_too_and_its_words_are_in_no_text(app: Harness) -> None:
    app.pages["/"] = """<title>Ann Smith</title><style>body{margin:0}
    p,input,h2{display:block;margin:0;height:50px;width:300px;background:#e00}</style>
    <p><b>Ann</b> Smith</p><input aria-label=Phone value=5550100><p id=late></p><p>shown</p><h2>Balance</h2>
    <button onclick="late.textContent = 'Owes 4711 to Bob'">Load</button>"""
    names = ["ann smith", "label=Phone", "text=4711", "role=heading[name=Balance]"]
    steps = [{"click": "Load"}, {"hold": 0.2}, {"screenshot": "all"}]
    played = play(app, {"mask": names, "steps": steps}, seeing=True)

    picture = cv2.imdecode(np.frombuffer(played.trace.pictures["all"], np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    rows = [int(picture[y : y + 30, 10:290].max()) < 40 for y in range(10, 260, 50)]
    assert rows == [True, True, True, False, True]
    told = played.redactor.text("Ann Smith, 5550100, owes 4711 to bob, shown, Balance")
    assert told == "•••, •••, •••, shown, •••"


@pytest.mark.thorough
def test_storage_state_and_http_credentials_sign_in_on_the_site_alone(app: Harness) -> None:
    app.pages["/"] = (
        "<h1>Hello</h1><p id=out></p><script>out.textContent = document.cookie + localStorage.a</script>"
    )
    host = f"127.0.0.1:{app.port}"
    cookie = {"name": "sid", "value": "abc", "path": "/", "expires": -1, "httpOnly": False, "secure": False}
    state = {
        "cookies": [{**cookie, "domain": "127.0.0.1"}, {**cookie, "domain": "elsewhere.example"}],
        "origins": [{"origin": f"http://{host}", "localStorage": [{"name": "a", "value": "kept"}]}],
    }
    sign_in = SignIn(storage_state=state, username="ann", password="pass word")
    played = play(app, {"steps": [{"assert": {"text": "sid=abckept"}}]}, sign_in=sign_in)

    assert played.states == ["done"]


def test_a_server_that_asks_by_http_is_given_the_credentials(app: Harness) -> None:
    app.needs_auth["/"] = "Basic " + base64.b64encode(b"ann:pass word").decode()
    app.pages["/"] = "<h1>Members</h1><img src=/two>"
    sign_in = SignIn(username="ann", password="pass word")

    assert play(app, {"steps": [{"assert": {"text": "Members"}}]}, sign_in=sign_in).states == ["done"]
    with pytest.raises(PasswordRequired):
        play(app, {"steps": [{"hold": 0.1}]}, sign_in=SignIn(username="ann", password="wrong"))


def test_writes_leave_while_an_authors_step_runs_if_at_all(app: Harness) -> None:
    app.pages["/"] = """<h1>Shop</h1><p id=out>Shop</p><button onclick="fetch('/order', {method: 'POST'})
      .then(() => { out.textContent = 'sent' }, () => { out.textContent = 'held back' })">Order</button>"""
    script = {"steps": [{"click": "Order"}, {"wait": {"expression": "fetch('/other', {method: 'POST'})"}}]}

    held = play(app, script)
    sent = play(app, script, allow_writes=True)

    assert (held.page["out"], held.writes) == ("held back", 0)
    assert (sent.page["out"], sent.writes) == ("sent", 1)
    assert [one for one in app.asked if one.startswith("POST")] == ["POST /order"]


def test_the_film_so_far_is_kept_when_the_time_is_up(app: Harness) -> None:
    steps = [{"click": "Sign in"}, {"wait": {"expression": "false"}, "timeout": 60}, {"click": "Load"}]
    played = play(app, {"steps": steps}, runtime_s=8.0)

    assert played.failed is None
    assert played.states == ["done", "skipped"]
    assert played.trace.stop_reason == "runtime"
    assert [warning.code for warning in played.trace.warnings] == ["steps_skipped", "stopped_early"]
    assert [step.label for step in played.trace.steps] == ["Sign in"]


@pytest.mark.thorough
def test_a_page_that_hangs_is_brought_back_and_its_step_is_tried_again(app: Harness) -> None:
    app.pages["/"] = """<h1>Shop</h1><p id=out></p><button onclick="if (!window.spun) { window.spun = 1;
      setTimeout(() => { while (true); }, 50) } else out.textContent = 'again'">Spin</button>"""
    played = play(app, {"on_error": "skip", "steps": [{"click": "Spin"}, {"click": "Spin"}]})

    assert played.trace.stop_reason in {"script_ended", "page_lost"}
    assert played.states[0] in {"done", "skipped"}
    assert any(refusal.rule == "runaway_page" for refusal in played.trace.refused)
