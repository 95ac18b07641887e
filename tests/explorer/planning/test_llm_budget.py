"""What a take may spend on a model, and what is told of it."""

import asyncio

import pytest

from explorer.planning.llm_budget import Budget, Usage
from explorer.planning.llm_planner import MAX_ANSWER_TOKENS, PICTURE_TOKENS, LlmPlanner
from explorer.planning.planner import choose_planner, usage_of
from explorer.types import ActionPlan, Scene
from tests.explorer.planning.test_llm_planner import SCENE
from tests.support import llm_server
from tests.support.llm_server import Behaviour, LlmServer

REPORTED = {"prompt_tokens": 900, "completion_tokens": 100, "total_tokens": 1000}


def planned(behave: Behaviour, budget: Budget, scans: int) -> tuple[list[ActionPlan], Usage, int]:
    """The best plan of each scan, what they have cost, and how many requests came in."""
    with LlmServer(behave) as server:
        planner = choose_planner("key", "m", server.base_url, budget=budget)
        plans = [asyncio.run(planner.plan(SCENE))[0] for _ in range(scans)]
        return plans, usage_of(planner), len(server.requests)


@pytest.mark.thorough
def test_calls_and_tokens_are_counted_as_the_server_reports_them() -> None:
    answer = llm_server.answers((0, 1, "x"), usage=REPORTED)

    _, usage, requests = planned(answer, Budget(), 3)

    assert usage == Usage(calls=3, tokens=3000, fallbacks=0)
    assert requests == 3


def test_when_the_calls_are_spent_keywords_plan_and_say_so() -> None:
    plans, usage, requests = planned(llm_server.answers((0, 1, "x")), Budget(max_calls=2), 4)

    assert [plan.reason.partition(":")[0] for plan in plans] == [
        *["llm"] * 2,
        *["keywords (llm budget spent)"] * 2,
    ]
    # It was not asked, so it has not failed
    assert (usage.calls, usage.fallbacks, usage.failures, requests) == (2, 2, 0, 2)


def test_requests_without_a_usable_answer_are_failures() -> None:
    _, usage, requests = planned(llm_server.fails(500), Budget(max_calls=2), 3)

    assert (usage.calls, usage.failures, usage.fallbacks, requests) == (2, 2, 3, 2)


def test_when_the_tokens_are_spent_nothing_more_is_asked() -> None:
    answer = llm_server.answers((0, 1, "x"), usage=REPORTED)

    plans, usage, requests = planned(answer, Budget(max_tokens=3000), 5)

    assert plans[-1].reason.startswith("keywords (llm budget spent): ")
    assert usage.tokens <= 3000
    assert (usage.calls, usage.fallbacks) == (requests, 5 - requests)
    assert 0 < requests < 3


@pytest.mark.parametrize(
    "usage", [None, {}, {"total_tokens": 0}, {"total_tokens": -50_000}, {"total_tokens": "many"}, "nonsense"]
)
def test_a_server_that_does_not_say_what_it_took_is_counted_all_the_same(usage: object) -> None:
    plans, spent, _ = planned(llm_server.answers((0, 1, "x"), usage=usage), Budget(), 1)

    assert plans[0].reason == "llm: x"
    assert MAX_ANSWER_TOKENS < spent.tokens < 3000


def test_a_failed_request_counts_and_so_does_its_fallback() -> None:
    plans, usage, _ = planned(llm_server.fails(429), Budget(), 2)

    assert all(plan.reason.startswith("keywords (llm failed: HTTP 429): ") for plan in plans)
    assert (usage.calls, usage.fallbacks) == (2, 2)
    assert usage.tokens > 0


def test_a_picture_is_counted_before_it_is_sent() -> None:
    scene = Scene(SCENE.url, "t", SCENE.elements, picture=b"jpeg")
    with LlmServer(llm_server.fails(500)) as server:
        planner = choose_planner(
            "k", "m", server.base_url, vision=True, budget=Budget(max_tokens=PICTURE_TOKENS)
        )
        asyncio.run(planner.plan(scene))

    assert server.requests == []


def test_keywords_cost_nothing() -> None:
    assert usage_of(choose_planner(None)) == Usage()


def test_a_planner_has_a_budget_of_its_own() -> None:
    assert LlmPlanner("a").budget is not LlmPlanner("b").budget
