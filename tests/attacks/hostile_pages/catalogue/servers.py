"""Servers that do not answer properly: slow, broken, strange, or with a bad certificate."""

import gzip
import itertools
from functools import partial

from explorer.types import Wishes
from tests.attacks.hostile_pages.bomb import Bomb, bomb, page
from tests.attacks.hostile_pages.exchange import Exchange

#: The take has 8 s and the server is slower than that.
_NEVER = ("page_unreachable", "safety_violation")
#: By how much of the page has come through.
_CUT_SHORT = ("film", "page_unreachable", "start_page_blank")
_BODY = page("<p>Body</p>").encode()


def _slow_headers(exchange: Exchange) -> None:
    exchange.send("HTTP/1.1 200 OK\r\n")
    exchange.drip((f"X-{n}: y\r\n".encode() for n in itertools.count()), 0.3)


def _endless_headers(exchange: Exchange) -> None:
    exchange.send("HTTP/1.1 200 OK\r\n")
    exchange.drip((b"X-%d: %s\r\n" % (n, b"y" * 8000) for n in itertools.count()), 0.0005)


def _slow_body(exchange: Exchange) -> None:
    exchange.head()
    exchange.drip((bytes([byte]) for byte in _BODY * 100), 0.05)


def _cut_off(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n" + _BODY)


def _cut_early(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n")


def _too_long(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\n\r\n" + _BODY)


def _two_lengths(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 500\r\n\r\n" + _BODY)


def _bad_chunks(exchange: Exchange) -> None:
    exchange.send(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n" + _BODY
    )


def _bad_gzip(exchange: Exchange) -> None:
    exchange.answer(gzip.compress(_BODY)[:40] + b"broken", "200 OK", "Content-Encoding: gzip")


def _with_status(status: str, body: bytes, kind: str, exchange: Exchange) -> None:
    exchange.answer(body, status, kind=kind)


def _drip_parts(exchange: Exchange) -> None:
    exchange.head(kind="text/css")
    exchange.drip(itertools.repeat(b" "), 0.2)


_SLOW = (
    bomb("says-nothing", lambda e: e.silence(), *_NEVER),
    bomb("drips-headers", _slow_headers, *_NEVER),
    bomb("endless-headers", _endless_headers, *_NEVER),
    bomb("drips-body", _slow_body, "film", "start_page_blank", *_NEVER),
    bomb(
        "drips-styles",
        "<link rel=stylesheet href=slow.css>" + page("<p>Text"),
        "film",
        "start_page_blank",
        *_NEVER,
        pages={"slow.css": _drip_parts},
    ),
    bomb(
        "drips-scripts",
        "<script src=slow.js></script>" + page("<p>Text"),
        "film",
        "start_page_blank",
        *_NEVER,
        pages={"slow.js": lambda e: e.repeat(b" ", 0.2, "text/javascript")},
    ),
    bomb(
        "drips-pictures",
        page("".join(f"<img src=slow.png?{n}>" for n in range(100))),
        pages={"slow.png": lambda e: e.hang("image/png")},
    ),
    bomb(
        "drips-second-page",
        page("<a href=slow.html>Slow page</a>"),
        pages={
            "slow.html": lambda e: e.silence(),
            "two.html": lambda e: e.silence(),
            "three.html": _slow_headers,
        },
    ),
    bomb("closes-in-mid-body", _cut_off, "film", "page_unreachable"),
    bomb("closes-before-body", _cut_early, "start_page_blank", "page_unreachable"),
    bomb("closes-at-once", lambda e: None, "page_unreachable"),
)

_BROKEN = (
    bomb("bad-gzip", _bad_gzip, *_CUT_SHORT),
    bomb("not-gzip", lambda e: e.answer(_BODY, "200 OK", "Content-Encoding: gzip"), *_CUT_SHORT),
    bomb("bad-chunks", _bad_chunks, *_CUT_SHORT),
    bomb("length-too-short", _too_long),
    bomb("two-lengths", _two_lengths, "page_unreachable"),
    bomb("not-http", lambda e: e.send(b"SSH-2.0-OpenSSH_9.2\r\n" * 50), "page_unreachable", "film"),
    bomb("http-0.9", lambda e: e.send(b"<h1>Old</h1>"), "page_unreachable", "film"),
    bomb("status-999", lambda e: e.answer(_BODY, "999 What"), "blocked"),
    bomb("status-100", lambda e: e.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000), *_NEVER),
    bomb("nul-in-html", lambda e: e.answer(_BODY.replace(b"e", b"e\0") + b"\0" * 10_000)),
    bomb(
        "wrong-charset",
        lambda e: e.answer(_BODY.decode().encode("utf-16"), kind="text/html; charset=shift_jis"),
    ),
    bomb(
        "bad-utf8",
        lambda e: e.answer(_BODY + b"\xff\xfe\xc0\x80\xed\xa0\x80<a href='\xff'>\xf0\x9f</a>" * 50),
    ),
    bomb(
        "header-rubbish",
        lambda e: e.answer(
            _BODY,
            "200 OK",
            "X\x01: \x02",
            "Set-Cookie: " + "a" * 5000 + "=b",
            "Link: <x>; rel=preload",
            "Refresh: rubbish",
        ),
    ),
    *(
        bomb(
            f"start-{status}",
            partial(_with_status, f"{status} None", b"", ""),
            "nothing_to_film",
        )
        for status in (204, 205, 304)
    ),
    *(
        bomb(
            f"start-{status}",
            partial(_with_status, f"{status} Oops", b"<h1>Oops", "text/html"),
            code,
        )
        for status, code in (
            *((status, "page_unreachable") for status in (400, 404, 410)),
            *((401, "password_required"), (403, "forbidden"), (429, "blocked")),
            *((status, "site_error") for status in (500, 502, 503)),
        )
    ),
    bomb("start-empty", lambda e: e.answer(b""), "start_page_blank"),
    bomb(
        "start-image",
        lambda e: e.answer(
            "<svg xmlns='http://www.w3.org/2000/svg'><circle r='99'/></svg>", kind="image/svg+xml"
        ),
        "not_a_page",
    ),
    bomb("start-json", lambda e: e.answer('{"a": 1}', kind="application/json"), "not_a_page"),
    bomb("start-text", lambda e: e.answer("Only text", kind="text/plain"), "not_a_page"),
    bomb("start-pdf", lambda e: e.answer(b"%PDF-1.4\n%%EOF", kind="application/pdf"), "not_a_page"),
    bomb("start-zip", lambda e: e.answer(b"PK\x03\x04", kind="application/zip"), "not_a_page"),
    bomb("start-unknown-kind", lambda e: e.answer(b"\0\1\2", kind="x-strange/kind"), "not_a_page"),
    bomb(
        "start-multipart",
        lambda e: e.repeat(
            b"--b\r\nContent-Type: text/html\r\n\r\n<h1>Part</h1>\r\n",
            0.05,
            "multipart/x-mixed-replace; boundary=b",
        ),
        "not_a_page",
        *_NEVER,
    ),
    bomb(
        "server-errors-behind-links",
        page("<a href=e1>One</a> <a href=e2>Two</a> <a href=e3>Three</a>"),
        pages={"e1": lambda e: e.answer("x", "500 No"), "e2": lambda e: None, "e3": _bad_chunks},
    ),
)

_INSECURE = Wishes(scout=False, ignore_certificate_errors=True)
_CERTIFICATES = (
    *(
        bomb(f"certificate-{port}", page("<p>Secret"), "certificate_invalid", port=port)
        for port in ("self-signed", "wrong-host", "expired")
    ),
    *(
        bomb(f"certificate-{port}-ignored", page("<p>Open"), "film", port=port, wishes=_INSECURE)
        for port in ("self-signed", "wrong-host", "expired")
    ),
)

BOMBS: tuple[Bomb, ...] = (*_SLOW, *_BROKEN, *_CERTIFICATES)
