"""HTTP client of a Sitereel server, authenticated by the API token or a job's key."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self, cast

import httpx2

from demo_api.addresses import JobAddress, Server, is_local
from demo_api.client.output_files import part_of
from demo_api.client.status_events import EVENT_STREAM, LAST_EVENTS, Event, Json, StatusDiff
from demo_api.errors import ApiError
from explorer.retry_after import parse_retry_after

CONNECT_S = 5.0
#: A run is accepted within 2.5 s; before the last byte of a film a server may wait for 26 s.
RESPONSE_S, FILM_S = 30.0, 60.0
#: An event stream sends a ping at least every 15 s.
EVENTS_S = 45.0
#: Between two polls of the status, where a server has no event stream.
POLL_S = 1.0
#: Backoff before a broken stream is reconnected; each further pause is twice as long.
FIRST_PAUSE_S, MAX_PAUSE_S = 0.25, 5.0
#: How long transient failures are retried: longer than a server takes to restart.
RETRY_LIMIT_S = 60.0

#: Called with the bytes received so far, and the total if it is known.
OnProgress = Callable[[int, int | None], None]


class Client:
    """Client of one server. Every method raises ApiError."""

    def __init__(self, http: httpx2.AsyncClient, retry_limit_s: float = RETRY_LIMIT_S) -> None:
        self._http = http
        self._retry_limit_s = retry_limit_s

    @classmethod
    @asynccontextmanager
    async def opened(cls, server: Server, retry_limit_s: float = RETRY_LIMIT_S) -> AsyncIterator[Self]:
        headers = {"user-agent": f"sitereel/{version('sitereel')}"}
        if server.token:
            headers["authorization"] = f"Bearer {server.token}"
        async with httpx2.AsyncClient(
            base_url=server.url,
            headers=headers,
            timeout=httpx2.Timeout(RESPONSE_S, connect=CONNECT_S),
            # A proxy of the environment does not reach this machine.
            trust_env=not is_local(server.url),
        ) as http:
            yield cls(http, retry_limit_s)

    async def run(self, body: Mapping[str, Any]) -> Json:
        """Requests a film; returns the job's id and links."""
        return await self._call("POST", "/demo/run", json=dict(body))

    async def status(self, job: JobAddress) -> Json:
        return await self._call("GET", f"/demo/status/{job.id}", params=_key(job))

    async def cancel(self, job: JobAddress) -> Json:
        return await self._call("POST", f"/demo/cancel/{job.id}")

    async def retry(self, job: JobAddress) -> Json:
        return await self._call("POST", f"/demo/retry/{job.id}")

    async def film_name(self, job: JobAddress) -> str:
        """Returns the server's name for the film's file; a default when there is no film."""
        response = await self._request("HEAD", f"/demo/export/{job.id}", params=_key(job))
        return _file_name(response) or f"sitereel-{job.id[:8]}.mp4"

    async def artifact(self, job: JobAddress, name: str) -> bytes:
        """Fetches an artifact of the film, such as its poster."""
        return (await self._request_ok("GET", f"/demo/{name}/{job.id}", params=_key(job))).content

    async def export(self, job: JobAddress, out: Path, on_progress: OnProgress = lambda *_: None) -> None:
        """Downloads the film into the file `out`; the server then deletes the job.

        The file is replaced atomically once it is complete. After a download that breaks off the film is
        still on the server. Raises OSError too, when the file cannot be written.
        """
        part = part_of(out)
        timeout = httpx2.Timeout(FILM_S, connect=CONNECT_S)
        received_bytes = 0
        try:
            # Unbuffered, so that a full disk is noticed while the server still has the film.
            with part.open("wb", buffering=0) as file:
                async with self._stream(f"/demo/export/{job.id}", _key(job), timeout) as response:
                    size = response.headers.get("content-length", "")
                    total_bytes = int(size) if size.isdecimal() else None
                    async for chunk in response.aiter_raw():
                        file.write(chunk)
                        on_progress(received_bytes := received_bytes + len(chunk), total_bytes)
            part.replace(out)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as exc:
            raise _unreachable(exc, str(self._http.base_url)) from exc
        except httpx2.TransportError as exc:
            raise ApiError(
                f"The download broke off after {received_bytes / 1e6:.1f} MB ({_cause(exc)}). "
                "The film is still on the server: download it again.",
                "download_interrupted",
            ) from exc
        finally:
            part.unlink(missing_ok=True)

    async def events(self, job: JobAddress) -> AsyncGenerator[Event, None]:
        """Yields all events of the job up to `done` or `gone`.

        Resumes a stream that breaks, until failures have lasted for the retry limit. Polls the status of a
        server without event streams.
        """
        last_id, failing_since, pause_s = "", _now(), FIRST_PAUSE_S
        while True:
            try:
                async with self._open_events(job, last_id) as response:
                    if response.status_code == 204:
                        return
                    async for received in httpx2.EventSource(response):
                        last_id, failing_since, pause_s = received.id or last_id, _now(), FIRST_PAUSE_S
                        if not received.data:  # it only sets the reconnection time
                            continue
                        event = Event(received.event, cast(Json, received.json()))
                        yield event
                        if event.kind in LAST_EVENTS:
                            return
            except httpx2.TransportError as exc:
                failure = _unreachable(exc, str(self._http.base_url))
            except ApiError as exc:
                if exc.code in _NO_EVENTS:
                    break
                failure = exc
            else:
                failure = ApiError("The server has ended the event stream too early.", "event_stream_ended")
            if not failure.is_transient or _now() - failing_since > self._retry_limit_s:
                raise failure
            await asyncio.sleep(max(pause_s, failure.retry_after_s or 0))
            pause_s = min(pause_s * 2, MAX_PAUSE_S)
        async for event in self._poll_status(job):
            yield event

    async def _poll_status(self, job: JobAddress) -> AsyncIterator[Event]:
        """Yields events derived from the status, for a server without event streams."""
        diff, failing_since = StatusDiff(), _now()
        while True:
            try:
                status = await self.status(job)
                failing_since = _now()
            except ApiError as exc:
                if not exc.is_transient or _now() - failing_since > self._retry_limit_s:
                    raise
            else:
                for event in diff.since(status):
                    yield event
                    if event.kind in LAST_EVENTS:
                        return
            await asyncio.sleep(POLL_S)

    @asynccontextmanager
    async def _open_events(self, job: JobAddress, last_id: str) -> AsyncIterator[httpx2.Response]:
        headers = {"accept": EVENT_STREAM} | ({"last-event-id": last_id} if last_id else {})
        timeout = httpx2.Timeout(EVENTS_S, connect=CONNECT_S)
        params = {**_key(job), "frames": "0"}
        async with self._stream(f"/demo/events/{job.id}", params, timeout, headers) as response:
            yield response

    @asynccontextmanager
    async def _stream(
        self,
        path: str,
        params: Mapping[str, str],
        timeout: httpx2.Timeout,
        headers: Mapping[str, str] | None = None,
    ) -> AsyncIterator[httpx2.Response]:
        """Opens a response and streams its body. Raises TransportError too, for the caller to interpret."""
        async with self._http.stream(
            "GET", path, params=params, timeout=timeout, headers=dict(headers or {})
        ) as response:
            if not response.is_success:
                await response.aread()
                raise _problem(response)
            yield response

    async def _call(self, method: str, path: str, **more: Any) -> Json:
        return _json(await self._request_ok(method, path, **more))

    async def _request_ok(self, method: str, path: str, **more: Any) -> httpx2.Response:
        response = await self._request(method, path, **more)
        if not response.is_success:
            raise _problem(response)
        return response

    async def _request(self, method: str, path: str, **more: Any) -> httpx2.Response:
        try:
            return await self._http.request(method, path, **more)
        except httpx2.TransportError as exc:
            raise _unreachable(exc, str(self._http.base_url)) from exc


#: Codes of a server without event streams, as distinct from an unknown job.
_NO_EVENTS = frozenset({"not_found", "method_not_allowed"})


def _json(response: httpx2.Response) -> Json:
    body = _object(response)
    if body is None:
        raise _unknown_server(response)
    return body


def _object(response: httpx2.Response) -> Json | None:
    """Returns the body, None if it is not a JSON object."""
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _problem(response: httpx2.Response) -> ApiError:
    """Converts problem details to an error with the server's own sentence and code."""
    body = _object(response)
    if body is None or not isinstance(body.get("detail"), str):
        return _unknown_server(response)
    retry_after_s = parse_retry_after(response.headers.get("retry-after", ""))
    return ApiError(body["detail"], str(body.get("code", "error")), response.status_code, retry_after_s)


def _unknown_server(response: httpx2.Response) -> ApiError:
    """Builds the error for a response that is not Sitereel's, as from a proxy or another program."""
    url = response.request.url
    origin = f"{url.scheme}://{url.netloc.decode()}"
    return ApiError(
        f"{origin} responded with {response.status_code}, and not as Sitereel does. "
        "Is --server (or SITEREEL_SERVER) the address of a Sitereel server?",
        "not_a_sitereel_server",
        response.status_code,
    )


def _unreachable(exc: httpx2.TransportError, url: str) -> ApiError:
    url = url.rstrip("/")
    if isinstance(exc, httpx2.ReadTimeout | httpx2.WriteTimeout | httpx2.PoolTimeout):
        return ApiError(
            f"{url} did not respond in time. Check its /health, then try again.", "server_timeout"
        )
    return ApiError(
        f"{url} could not be reached: {_cause(exc)}. Check that the server runs (`sitereel serve`), and that "
        "--server (or SITEREEL_SERVER) is its address.",
        "server_unreachable",
    )


def _cause(exc: Exception) -> str:
    return str(exc).rstrip(".") or type(exc).__name__


def _key(job: JobAddress) -> dict[str, str]:
    return {"key": job.key} if job.key else {}


def _file_name(response: httpx2.Response) -> str:
    """Returns the name in Content-Disposition, without any folder."""
    disposition = response.headers.get("content-disposition", "")
    return Path(disposition.partition('filename="')[2].partition('"')[0]).name


def _now() -> float:
    return asyncio.get_running_loop().time()
