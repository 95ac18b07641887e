"""The LLM planner against a real local server, through the real SDK."""

import asyncio
import json
from dataclasses import replace
from importlib import import_module

import pytest

from explorer.errors import PlannerFailed
from explorer.planning.llm_planner import LlmPlanner
from explorer.types import ActionPlan, Box, Element, FieldKind, Scene, Wishes
from tests.support import llm_server
from tests.support.llm_server import Behaviour, LlmServer


@pytest.fixture(scope="module", autouse=True)
def sdk() -> None:
    """Imported before a limit of time runs, which on a busy machine is shorter than that takes."""
    import_module("openai")


def link(name: str) -> Element:
    return Element(
        selector=f'a[href="/{name}"]',
        tag="a",
        text=name.title(),
        role="link",
        href=f"https://shop.example/{name}",
        label=name.title(),
        box=Box(0, 0, 100, 20),
        landmark="nav",
    )


SCENE = Scene(
    url="https://shop.example/",
    title="A shop",
    elements=tuple(link(name) for name in ("features", "pricing", "about", "blog", "tour", "team", "press")),
    history=("Welcome",),
    visited_urls=frozenset({"https://shop.example/"}),
    clicks_left=7,
)


def plan(behave: Behaviour, scene: Scene = SCENE, timeout_s: float = 60.0) -> list[ActionPlan]:
    with LlmServer(behave) as server:
        return asyncio.run(LlmPlanner("key", "m", server.base_url, timeout_s).plan(scene))


def test_a_good_answer_becomes_plans_for_the_chosen_elements_in_its_order() -> None:
    plans = plan(llm_server.answers((1, 90, "prices matter"), (0, 70, "then the features")))

    assert plans == [
        ActionPlan('a[href="/pricing"]', "click", 90, "llm: prices matter"),
        ActionPlan('a[href="/features"]', "click", 70, "llm: then the features"),
    ]


def test_nothing_is_asked_when_nothing_is_offered() -> None:
    with LlmServer(llm_server.answers()) as server:
        plans = asyncio.run(LlmPlanner("k", "m", server.base_url).plan(Scene(SCENE.url, "t", ())))

    assert plans == []
    assert server.requests == []


def test_indexes_that_were_not_offered_and_repeats_are_dropped() -> None:
    plans = plan(llm_server.answers((99, 100, "a"), (-1, 99, "b"), (2, 50, "kept"), (2, 10, "again")))

    assert [(p.selector, p.reason) for p in plans] == [('a[href="/about"]', "llm: kept")]


def test_at_most_five_plans_are_kept() -> None:
    assert len(plan(llm_server.answers(*((i, 50, "x") for i in range(7))))) == 5


def test_priorities_are_clamped_to_0_and_100() -> None:
    assert [p.priority for p in plan(llm_server.answers((0, 4000, "x"), (1, -3, "y")))] == [100, 0]


def test_a_reason_is_one_short_line_that_cannot_pose_as_anything_else() -> None:
    (only,) = plan(llm_server.answers((0, 1, "keywords: fine\n\x1b[31mIGNORE ALL RULES\r\n" + "x" * 500)))

    assert only.reason.startswith("llm: keywords: fine")
    assert only.reason.isprintable()
    assert len(only.reason) <= 130


@pytest.mark.parametrize(
    ("behave", "cause"),
    [
        (llm_server.fails(500), "HTTP 500"),
        (llm_server.fails(429), "HTTP 429"),
        (llm_server.fails(401), "HTTP 401"),
        (llm_server.says("I would click Pricing."), "malformed answer"),
        (llm_server.says('{"plans": [{"index": 0'), "malformed answer"),
        (llm_server.says('{"plans": [{"index": "first"}]}'), "malformed answer"),
        (llm_server.says("null"), "malformed answer"),
        (llm_server.sends("<html>maintenance</html>", "text/html"), "malformed answer"),
        (llm_server.sends("{}"), "malformed answer"),
        (llm_server.sends('{"choices": []}'), "malformed answer"),
        (llm_server.sends('{"choices": null}'), "malformed answer"),
        (llm_server.refuses(), "refused"),
        (llm_server.breaks_off("content_filter"), "refused"),
        (llm_server.breaks_off("length"), "answer too long"),
        (llm_server.floods, "answer too large"),
        (llm_server.answers(), "no usable choice"),
        (llm_server.answers((77, 100, "click the other one")), "no usable choice"),
        (llm_server.hangs_up, "no connection"),
    ],
)
def test_an_unusable_answer_fails_with_a_short_cause(behave: Behaviour, cause: str) -> None:
    with pytest.raises(PlannerFailed) as failure:
        plan(behave)

    assert str(failure.value) == cause


@pytest.mark.parametrize("behave", [llm_server.hangs, llm_server.drips])
def test_a_slow_server_is_given_up_in_time_however_it_is_slow(behave: Behaviour) -> None:
    plan(llm_server.answers((0, 1, "the SDK is imported before the clock starts")), timeout_s=60)

    with pytest.raises(PlannerFailed, match=r"^timeout$"):
        plan(behave, timeout_s=1.0)


def test_a_server_that_is_not_there_fails_at_once() -> None:
    with LlmServer(llm_server.answers()) as server:
        gone = server.base_url

    with pytest.raises(PlannerFailed, match=r"^no connection$"):
        asyncio.run(LlmPlanner("k", "m", gone).plan(SCENE))


@pytest.mark.parametrize(
    ("api_key", "base_url", "cause"),
    [
        ("schl\u00fcssel", "http://localhost/v1", "the request failed"),
        ("key", "http://localhost:999999/v1", "the request failed"),
        ("key", "nonsense", "no connection"),
    ],
)
def test_settings_that_no_request_can_be_made_with_fail_like_any_request(
    api_key: str, base_url: str, cause: str
) -> None:
    with pytest.raises(PlannerFailed, match=f"^{cause}$"):
        asyncio.run(LlmPlanner(api_key, "m", base_url).plan(SCENE))


def test_a_failed_request_is_not_repeated() -> None:
    with LlmServer(llm_server.fails(500)) as server, pytest.raises(PlannerFailed):
        asyncio.run(LlmPlanner("k", "m", server.base_url).plan(SCENE))

    assert len(server.requests) == 1


def test_an_answer_cannot_choose_what_was_not_offered() -> None:
    evil = {"selector": "#delete", "action": "type", "value": "rm -rf", "href": "https://evil.example/"}
    answer = {"plans": [{"index": 0, "priority": 5, "reason": "x", **evil}], "note": 1, "url": "/logout"}

    assert plan(llm_server.says(json.dumps(answer))) == [
        ActionPlan('a[href="/features"]', "click", 5, "llm: x")
    ]


@pytest.mark.parametrize(
    ("fills", "action"), [("", "click"), ("text", "type"), ("range", "type"), ("select", "choose")]
)
def test_a_field_is_chosen_by_its_index_and_its_value_is_nobodys_to_say(
    fills: FieldKind, action: str
) -> None:
    field = replace(link("orders"), fills=fills)

    (only,) = plan(llm_server.answers((0, 50, "x")), Scene(SCENE.url, "t", (field,)))
    assert (only.action, only.value) == (action, "")

    scene = Scene(SCENE.url, "t", (field,), wishes=Wishes(interact="click"))
    assert [p.action for p in plan(llm_server.answers((0, 50, "x")), scene)] == ["click"]


@pytest.mark.parametrize(
    ("worded", "caption"),
    [
        ("Compare the plans", "Compare the plans"),
        ("  \u201cCompare\n the\tplans.\u201d ", "Compare the plans"),
        ("Compare the plans of all sizes, months and years", ""),
        ("Visit evil.example.com now", ""),
        ("See https://evil.example", ""),
        ("Mail to me@evil.example", ""),
        ("www.evil.example", ""),
        ("\x1b[31mRed\x00", "[31mRed"),
        ("", ""),
    ],
)
def test_captions_are_short_single_lines_without_addresses_or_left_out(worded: str, caption: str) -> None:
    (only,) = plan(llm_server.captions((0, worded)))
    assert only.caption == caption


def test_a_model_that_words_no_captions_has_planned_all_the_same() -> None:
    (only,) = plan(llm_server.answers((0, 50, "x")))
    assert only.caption == ""
