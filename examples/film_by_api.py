"""Films a site with a Sitereel server: asks for the film, follows the events, and saves the film.

    python examples/film_by_api.py https://example.com/ -o demo.mp4

Needs nothing but Python's own library. SITEREEL_SERVER names the server, http://127.0.0.1:8000 if it is not
set, and API_TOKEN its token, if it has one.
"""

import argparse
import json
import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urljoin

SERVER = os.environ.get("SITEREEL_SERVER", "http://127.0.0.1:8000")
#: The server sends a comment every 15 s, so that silence of this length means a broken connection.
TIMEOUT_S = 45


def request(address: str, body: dict[str, Any] | None = None) -> BinaryIO:
    """Opens one answer of the server; a body makes it a POST."""
    headers = {"Content-Type": "application/json"}
    if token := os.environ.get("API_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(address, data, headers)
    answer: BinaryIO = urllib.request.urlopen(asked, timeout=TIMEOUT_S)
    return answer


def ask(server: str, film: dict[str, Any]) -> dict[str, str]:
    """Asks for a film; answers the addresses of all that can be had of its job."""
    with request(urljoin(server, "/demo/run"), film) as answer:
        links = json.load(answer)["links"]
    return {name: urljoin(server, link) for name, link in links.items()}


def events(links: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yields name and data of each event, until the job has ended."""
    name = ""
    with request(links["events"]) as stream:
        for line in stream:
            field, _, value = line.decode().rstrip("\n").partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)


def follow(links: dict[str, str]) -> str | None:
    """Prints each click as it is made. Answers why there is no film, or None when there is one."""
    for name, data in events(links):
        if name == "step":
            print(f"{data['number']:3} {data['label']}: {data['plan']['reason']}")
        elif name == "done":
            return (
                None if data["status"] == "completed" else data["error"] or f"The job was {data['status']}."
            )
    return "The events ended before the job did."


def save(links: dict[str, str], path: Path) -> None:
    """Saves the film. The server gives it once and deletes it; one that broke off can be fetched again."""
    unfinished = path.with_name(f"{path.name}.part")
    with request(links["export"]) as answer, unfinished.open("wb") as file:
        shutil.copyfileobj(answer, file)
    unfinished.replace(path)


def main() -> str | None:
    """Answers an error for the exit code 1, or None."""
    parser = argparse.ArgumentParser(description="Films a site with a Sitereel server.")
    parser.add_argument("url")
    parser.add_argument("-o", "--out", type=Path, default=Path("demo.mp4"))
    parser.add_argument("--max-clicks", type=int, default=5)
    options = parser.parse_args()
    try:
        links = ask(SERVER, {"url": options.url, "max_clicks": options.max_clicks})
        error = follow(links)
        if error is None:
            save(links, options.out)
            print(f"The film is in {options.out}.")
        return error
    except urllib.error.HTTPError as exc:
        # Errors are problem documents (RFC 9457): `detail` is a sentence, `code` is for programs.
        return str(json.load(exc)["detail"])
    except OSError as exc:
        return f"The server {SERVER} cannot be reached: {exc}"


if __name__ == "__main__":
    sys.exit(main())
