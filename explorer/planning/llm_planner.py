"""Plans by a language model: asks which of the offered elements to click. The only importer of `openai`."""

import asyncio
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from explorer.errors import PlannerFailed
from explorer.planning.completion import parse_index, parse_plans, reported_tokens
from explorer.planning.llm_budget import Budget
from explorer.planning.prompt import IDENTIFY, describe, describe_lost, instruct, offer, picture_url
from explorer.types import ActionPlan, Scene

if TYPE_CHECKING:
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionContentPartParam, ChatCompletionMessageParam

DEFAULT_MODEL = "gpt-4o-mini"
#: Five plans take some 250 tokens; more is not an answer to what was asked.
MAX_ANSWER_TOKENS = 600
#: An answer of so many tokens has 3 KB.
MAX_ANSWER_BYTES = 256 * 1024
#: English has four bytes a token; JSON and other scripts have fewer.
BYTES_PER_TOKEN = 3
#: What gpt-4o-mini counts for a picture at low detail; gpt-4o counts 85.
PICTURE_TOKENS = 2_833
#: The cause given when nothing was requested, since the budget is spent.
BUDGET_SPENT = "budget spent"
_TYPES = {"index": "integer", "priority": "integer", "reason": "string", "caption": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    """The JSON Schema of an object that has just these properties."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
    }


_PLAN = _object(**{name: {"type": kind} for name, kind in _TYPES.items()})
_PLANS = _object(plans={"type": "array", "items": _PLAN})
_IDENTITY = _object(index={"type": "integer"})


class LlmPlanner:
    """Makes one request per scan to an OpenAI-compatible chat completions endpoint, within `budget`.

    With `vision` the model also sees the scene's picture.
    """

    def __init__(
        self,
        api_key: str,
        model: str = DEFAULT_MODEL,
        base_url: str | None = None,
        timeout_s: float = 10.0,
        *,
        vision: bool = False,
        budget: Budget | None = None,
    ) -> None:
        self._api_key = api_key
        self._model = model
        self._base_url = base_url
        self._timeout_s = timeout_s
        self._vision = vision
        self.budget = budget or Budget()

    async def plan(self, scene: Scene) -> list[ActionPlan]:
        """At most `MAX_PLANS` plans for offered elements, best first; empty if there is nothing to offer.

        Raises PlannerFailed, its text a short cause such as `timeout`, `HTTP 429` or `budget spent`, whenever
        no usable answer is there within `timeout_s`, counting everything.
        """
        offered = offer(scene)
        if not offered:
            return []
        system, data = instruct(scene.wishes), describe(scene, offered)
        picture = picture_url(scene) if self._vision else ""
        body = await self._answer(system, data, picture, "plans", _PLANS)
        return parse_plans(body, offered, scene.wishes.interact)

    async def identify(self, lost: Mapping[str, Any], candidates: Sequence[Mapping[str, Any]]) -> int | None:
        """Which of the candidates is the lost element, by index; None for none of them.

        Raises PlannerFailed as `plan` does.
        """
        body = await self._answer(IDENTIFY, describe_lost(lost, candidates), "", "identity", _IDENTITY)
        return parse_index(body, len(candidates))

    async def _answer(self, system: str, data: str, picture: str, name: str, schema: dict[str, Any]) -> bytes:
        """The model's answer, as the budget allows. Raises PlannerFailed."""
        tokens = _estimate(system, data) + (PICTURE_TOKENS if picture else 0)
        if not self.budget.allows(tokens + MAX_ANSWER_TOKENS):
            raise PlannerFailed(BUDGET_SPENT)
        self.budget.spend(tokens)
        # Takes 0.4 s, which would freeze the camera, and on a busy machine longer than a model may take.
        await asyncio.to_thread(import_module, "openai")
        try:
            async with asyncio.timeout(self._timeout_s):
                body = await self._ask(_messages(system, data, picture), name, schema)
        except TimeoutError as exc:
            raise PlannerFailed("timeout") from exc
        self.budget.correct(tokens, reported_tokens(body) or tokens + MAX_ANSWER_TOKENS)
        return body

    async def _ask(
        self, messages: "list[ChatCompletionMessageParam]", name: str, schema: dict[str, Any]
    ) -> bytes:
        """Returns the raw body of the response, which is validated here rather than by the SDK."""
        from openai import APIConnectionError, APIStatusError, APITimeoutError

        try:
            async with (
                await asyncio.to_thread(self._connect) as client,
                client.chat.completions.with_streaming_response.create(
                    model=self._model,
                    messages=messages,
                    response_format={
                        "type": "json_schema",
                        "json_schema": {"name": name, "strict": True, "schema": schema},
                    },
                    max_completion_tokens=MAX_ANSWER_TOKENS,
                ) as answer,
            ):
                return await _read_body(answer)
        except PlannerFailed:
            raise
        except APITimeoutError as exc:
            raise PlannerFailed("timeout") from exc
        except APIStatusError as exc:
            raise PlannerFailed(f"HTTP {exc.status_code}") from exc
        except APIConnectionError as exc:
            raise PlannerFailed("no connection") from exc
        except Exception as exc:
            # The SDK lets through whatever lies under it: a key outside ASCII gives a UnicodeEncodeError,
            # port 999999 an OverflowError in a group. None of it may cost a take that keywords can plan too.
            raise PlannerFailed("the request failed") from exc

    def _connect(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI

        return AsyncOpenAI(
            api_key=self._api_key, base_url=self._base_url, timeout=self._timeout_s, max_retries=0
        )


async def _read_body(answer: Any) -> bytes:
    """Reads a streamed response. Raises PlannerFailed when it is too large."""
    body = bytearray()
    async for piece in answer.iter_bytes():
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise PlannerFailed("answer too large")
    return bytes(body)


def _messages(system: str, data: str, picture: str) -> "list[ChatCompletionMessageParam]":
    """Trusted text is the system's message; what comes from a page is the user's."""
    content: list[ChatCompletionContentPartParam] = [{"type": "text", "text": data}]
    if picture:
        content.append({"type": "image_url", "image_url": {"url": picture, "detail": "low"}})
    # Text alone is sent as a string: servers without vision do not accept parts.
    return [{"role": "system", "content": system}, {"role": "user", "content": content if picture else data}]


def _estimate(*texts: str) -> int:
    """Estimates their tokens, rather too many than too few."""
    return sum(len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN + 1 for text in texts)
