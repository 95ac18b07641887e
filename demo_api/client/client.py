"""Speaks to a Sitereel server as any other program does: over HTTP, with the token or a job's key."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self, cast

import httpx2

from demo_api.addresses import JobAddress, Server, is_here
from demo_api.client.output_files import part_of
from demo_api.client.status_events import ENDS, Event, Json, StatusDiff
from demo_api.errors import ApiError
from explorer.retry_after import parse_retry_after

CONNECT_S = 5.0
#: A run is answered within 2.5 s; before the last byte of a film a server may wait for 26 s.
ANSWER_S, FILM_S = 30.0, 60.0
#: A stream of events says something at least every 15 s.
EVENTS_S = 45.0
#: Between two looks, where a server has no events.
POLL_S = 1.0
#: First pause before a broken stream is asked for again; each further one is twice as long.
AGAIN_S, LONGEST_PAUSE_S = 0.25, 5.0
#: A server that is restarted is back by then.
PATIENCE_S = 60.0

#: Told how many bytes have come, and how many there are.
Counted = Callable[[int, int | None], None]


class Client:
    """One server. Every method raises ApiError."""

    def __init__(self, http: httpx2.AsyncClient, patience_s: float = PATIENCE_S) -> None:
        self._http = http
        self._patience_s = patience_s

    @classmethod
    @asynccontextmanager
    async def opened(cls, server: Server, patience_s: float = PATIENCE_S) -> AsyncIterator[Self]:
        headers = {"user-agent": f"sitereel/{version('sitereel')}"}
        if server.token:
            headers["authorization"] = f"Bearer {server.token}"
        async with httpx2.AsyncClient(
            base_url=server.url,
            headers=headers,
            timeout=httpx2.Timeout(ANSWER_S, connect=CONNECT_S),
            # A proxy of the environment does not lead to this machine.
            trust_env=not is_here(server.url),
        ) as http:
            yield cls(http, patience_s)

    async def run(self, wish: Mapping[str, Any]) -> Json:
        """Asks for a film; answers the job's id and links."""
        return _json(await self._ask("POST", "/demo/run", json=dict(wish)))

    async def status(self, job: JobAddress) -> Json:
        return _json(await self._ask("GET", f"/demo/status/{job.id}", params=_key(job)))

    async def cancel(self, job: JobAddress) -> Json:
        return _json(await self._ask("POST", f"/demo/cancel/{job.id}"))

    async def retry(self, job: JobAddress) -> Json:
        return _json(await self._ask("POST", f"/demo/retry/{job.id}"))

    async def film_name(self, job: JobAddress) -> str:
        """What the server calls the film's file. Uses nothing up; the export says what is in the way."""
        response = await self._send("HEAD", f"/demo/export/{job.id}", params=_key(job))
        return _file_name(response) or f"sitereel-{job.id[:8]}.mp4"

    async def extra(self, job: JobAddress, name: str) -> bytes:
        """What lies beside the film, such as its poster."""
        return (await self._ask("GET", f"/demo/{name}/{job.id}", params=_key(job))).content

    async def export(self, job: JobAddress, out: Path, counted: Counted = lambda *_: None) -> None:
        """Saves the film, which then is no longer on the server, into the file `out`.

        That is written beside it and put in place when it is whole. A download that breaks off leaves the
        film on the server: ask again. Raises OSError too, when the file cannot be written.
        """
        part = part_of(out)
        timeout = httpx2.Timeout(FILM_S, connect=CONNECT_S)
        come = 0
        try:
            # Unbuffered, so that a full disk is met while the server still has the film.
            with part.open("wb", buffering=0) as file:
                async with self._stream(f"/demo/export/{job.id}", _key(job), timeout) as response:
                    size = response.headers.get("content-length", "")
                    async for piece in response.aiter_raw():
                        file.write(piece)
                        counted(come := come + len(piece), int(size) if size.isdecimal() else None)
            part.replace(out)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as exc:
            raise _unreachable(exc, str(self._http.base_url)) from exc
        except httpx2.TransportError as exc:
            raise ApiError(
                f"The download broke off after {come / 1e6:.1f} MB ({_cause(exc)}). "
                "The film is still on the server: ask for it again.",
                "download_broken",
            ) from exc
        finally:
            part.unlink(missing_ok=True)

    async def events(self, job: JobAddress) -> AsyncGenerator[Event, None]:
        """All that has happened to the job and will, up to `done` or `gone`.

        A stream that breaks is taken up where it broke, for as long as there is patience. A server without
        events is asked for the status instead.
        """
        last, failing_since, pause_s = "", _now(), AGAIN_S
        while True:
            try:
                async with self._open_events(job, last) as response:
                    if response.status_code == 204:
                        return
                    async for sent in httpx2.EventSource(response):
                        last, failing_since, pause_s = sent.id or last, _now(), AGAIN_S
                        if not sent.data:  # it only says when to come back
                            continue
                        event = Event(sent.event, cast(Json, sent.json()))
                        yield event
                        if event.kind in ENDS:
                            return
            except httpx2.TransportError as exc:
                failure = _unreachable(exc, str(self._http.base_url))
            except ApiError as exc:
                if exc.code in _NO_EVENTS:
                    break
                failure = exc
            else:
                failure = ApiError("The server has ended its events too early.", "events_ended")
            if not failure.passing or _now() - failing_since > self._patience_s:
                raise failure
            await asyncio.sleep(max(pause_s, failure.retry_after_s or 0))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
        async for event in self._looks(job):
            yield event

    async def _looks(self, job: JobAddress) -> AsyncIterator[Event]:
        changes, failing_since = StatusDiff(), _now()
        while True:
            try:
                status = await self.status(job)
                failing_since = _now()
            except ApiError as exc:
                if not exc.passing or _now() - failing_since > self._patience_s:
                    raise
            else:
                for event in changes.since(status):
                    yield event
                    if event.kind in ENDS:
                        return
            await asyncio.sleep(POLL_S)

    @asynccontextmanager
    async def _open_events(self, job: JobAddress, last: str) -> AsyncIterator[httpx2.Response]:
        headers = {"accept": "text/event-stream"} | ({"last-event-id": last} if last else {})
        timeout = httpx2.Timeout(EVENTS_S, connect=CONNECT_S)
        asked = {**_key(job), "frames": "0"}
        async with self._stream(f"/demo/events/{job.id}", asked, timeout, headers) as response:
            yield response

    @asynccontextmanager
    async def _stream(
        self,
        path: str,
        params: Mapping[str, str],
        timeout: httpx2.Timeout,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx2.Response]:
        """An answer whose body is still to come. Raises TransportError too: the caller knows what broke."""
        async with self._http.stream(
            "GET", path, params=params, timeout=timeout, headers=dict(headers or {})
        ) as response:
            if not response.is_success:
                await response.aread()
                raise _problem(response)
            yield response

    async def _ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        response = await self._send(method, path, **more)
        if not response.is_success:
            raise _problem(response)
        return response

    async def _send(self, method: str, path: str, **more: Any) -> httpx2.Response:
        try:
            return await self._http.request(method, path, **more)
        except httpx2.TransportError as exc:
            raise _unreachable(exc, str(self._http.base_url)) from exc


#: How a server answers that has no such address, instead of no such job.
_NO_EVENTS = frozenset({"not_found", "method_not_allowed"})


def _json(response: httpx2.Response) -> Json:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _stranger(response)
    return body


def _problem(response: httpx2.Response) -> ApiError:
    """The server's own sentence, where it is one of ours."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("detail"), str):
        return _stranger(response)
    again_s = parse_retry_after(response.headers.get("retry-after", ""))
    return ApiError(body["detail"], str(body.get("code", "error")), response.status_code, again_s)


def _stranger(response: httpx2.Response) -> ApiError:
    """An answer as Sitereel does not give it: from a proxy, or from quite another program."""
    url = response.request.url
    place = f"{url.scheme}://{url.netloc.decode()}"
    return ApiError(
        f"{place} answered {response.status_code}, and not as Sitereel does. "
        "Is --server (or SITEREEL_SERVER) the address of a Sitereel server?",
        "no_sitereel",
        response.status_code,
    )


def _unreachable(exc: httpx2.TransportError, url: str) -> ApiError:
    url = url.rstrip("/")
    if isinstance(exc, httpx2.ReadTimeout | httpx2.WriteTimeout | httpx2.PoolTimeout):
        return ApiError(f"{url} has not answered in time. Look at its /health, then try again.", "too_slow")
    return ApiError(
        f"{url} could not be reached: {_cause(exc)}. Check that the server runs (`sitereel serve`), and that "
        "--server (or SITEREEL_SERVER) is its address.",
        "unreachable",
    )


def _cause(exc: Exception) -> str:
    return str(exc).rstrip(".") or type(exc).__name__


def _key(job: JobAddress) -> dict[str, str]:
    return {"key": job.key} if job.key else {}


def _file_name(response: httpx2.Response) -> str:
    """As the server says it, without any folder."""
    said = response.headers.get("content-disposition", "")
    return Path(said.partition('filename="')[2].partition('"')[0]).name


def _now() -> float:
    return asyncio.get_running_loop().time()
