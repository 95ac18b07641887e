"""Pages that are too much: endless ones, huge documents, memory."""

import gzip
import itertools
from collections.abc import Callable
from functools import cache
from typing import Any

from tests.attacks.hostile_pages.bomb import Answer, Bomb, bomb, page, script
from tests.attacks.hostile_pages.exchange import Exchange

Make = Callable[[], str]
#: What a take may end as when it takes more memory than it is given.
_TOO_MUCH = ("film", "page_unresponsive", "browser_crashed", "memory_limit", "safety_violation")
#: Nothing but the tree's limit on memory holds these; until it is there, so much is allowed.
_HEAP_MIB = 3_000


def _grow(piece: str, pause_s: float) -> Answer:
    def answer(exchange: Exchange) -> None:
        exchange.head()
        exchange.drip(itertools.chain([page("").encode()], itertools.repeat(piece.encode())), pause_s)

    return answer


def _gigabyte(exchange: Exchange) -> None:
    exchange.head(kind="text/plain")
    line = b"All work and no play makes a dull film. " * 1638 + b"\n"
    for _ in range((1 << 30) // len(line)):
        exchange.send(line)


@cache
def _zeros() -> bytes:
    """100 MB in 100 KB."""
    return gzip.compress(b"<p>" + b"0" * (100 << 20))


def _zipped(exchange: Exchange) -> None:
    exchange.answer(_zeros(), "200 OK", "Content-Encoding: gzip")


_ENDLESS = (
    bomb(
        "infinite-scroll",
        script(
            "addEventListener('scroll', () => { for (let i = 0; i < 50; i++)"
            " document.body.append(Object.assign("
            "document.createElement('p'), {textContent: 'More ' + Math.random()})); });"
            " document.body.style.height = '9000px'"
        ),
    ),
    bomb(
        "grows-by-itself",
        script(
            "setInterval(() => { for (let i = 0; i < 200; i++) document.body.append(Object.assign("
            "document.createElement('a'), {href: '?' + Math.random(), textContent: 'Link '"
            " + Math.random()}), ' '); }, 20)"
        ),
    ),
    bomb("endless-response", _grow("<p>And another line of it.</p>", 0.02)),
    bomb(
        "endless-links",
        _grow("<a href=two.html?x>And another link</a> " * 50, 0.01),
        "film",
        "page_unresponsive",
    ),
    bomb("gigabyte-of-text", _gigabyte, "not_a_page", *_TOO_MUCH[1:], most_mib=_HEAP_MIB),
    bomb("zip-bomb", _zipped, *_TOO_MUCH, most_mib=3_000),
)


def _many(element: str, count: int) -> str:
    """A page that holds `count` elements in its source."""
    return page("<div>" + "".join(element.format(i) for i in range(count)) + "</div>")


def _lazily(make: Make) -> Answer:
    """Made when it is asked for, so that the catalogue is small."""
    kept: list[str] = []

    def answer(exchange: Exchange) -> None:
        if not kept:
            kept.append(make())
        exchange.answer(kept[0])

    return answer


def _huge(name: str, make: Make, *ends: str, **more: Any) -> Bomb:
    return bomb(name, _lazily(make), *(ends or ("film", "page_unresponsive")), **more)


_DOCUMENTS = (
    _huge("elements-100k", lambda: _many("<span>{} </span>", 100_000), "film"),
    _huge("elements-300k", lambda: _many("<p>{}", 300_000), most_mib=3_000),
    _huge("buttons-100k", lambda: _many("<button>Show {}</button>", 100_000), most_mib=3_000),
    _huge("links-10k", lambda: _many("<a href=two.html?{0}>Link {0}</a> ", 10_000), "film"),
    _huge("custom-elements-50k", lambda: _many("<x-part id=x{}></x-part>", 50_000)),
    _huge(
        "nested-10k", lambda: page("<div>" * 10_000 + "<a href=two.html>Deep</a>" + "</div>" * 10_000), "film"
    ),
    bomb(
        "nested-by-script",
        script(
            "let at = document.body; for (let i = 0; i < 20000; i++) at ="
            " at.appendChild(document.createElement('div'));"
            "at.innerHTML = '<a href=two.html>Deep</a>'"
        ),
        "film",
        "page_unresponsive",
        "browser_crashed",
    ),
    _huge(
        "attributes-huge",
        lambda: page(
            f"<button data-x={'x' * 8_000_000} aria-label={'y' * 1_000_000} title="
            f"{'z' * 1_000_000} class={'c' * 1_000_000} id={'i' * 500_000}>B</button>"
        ),
        "film",
    ),
    _huge(
        "labels-of-a-megabyte",
        lambda: page("".join(f"<button>{c * 1_000_000}</button>" for c in "abcde")),
        "film",
        "page_unresponsive",
    ),
    _huge(
        "addresses-of-a-megabyte",
        lambda: page("".join(f"<a href='two.html?{c * 1_000_000}'>Long {c}</a> " for c in "abcde")),
        "film",
    ),
    _huge("title-of-a-megabyte", lambda: page("<p>x", "t" * 1_000_000), "film"),
    bomb(
        "iframes-1000",
        script(
            "for (let i = 0; i < 1000; i++) { const f = document.createElement('iframe');"
            " f.srcdoc = '<a href=two.html>In</a>'; document.body.append(f); }"
        ),
        *_TOO_MUCH,
        most_mib=3_000,
    ),
    bomb(
        "iframes-10000",
        script(
            "let n = 0; setInterval(() => { for (let i = 0; i < 100 && n < 10000; i++, n++)"
            " document.body.append(document.createElement('iframe')); }, 5)"
        ),
        *_TOO_MUCH,
        most_mib=3_000,
    ),
    bomb(
        "iframes-in-iframes",
        script(
            "const f = document.createElement('iframe'); f.src = location.pathname + '?' +"
            " Math.random(); document.body.append(f)"
        ),
        *_TOO_MUCH,
        most_mib=3_000,
    ),
    bomb(
        "shadow-roots-10k",
        script(
            "for (let i = 0; i < 10000; i++) { const e = document.createElement('x-a');"
            " document.body.append(e);"
            " e.attachShadow({mode: 'closed'}).innerHTML = '<button>In ' + i + '</button>'; }"
        ),
        "film",
        "page_unresponsive",
    ),
    bomb(
        "listeners-million",
        script("for (let i = 0; i < 1000000; i++) addEventListener('click', () => i)"),
        "film",
        "page_unresponsive",
    ),
    bomb(
        "dialogs-1000",
        script(
            "for (let i = 0; i < 1000; i++) document.body.insertAdjacentHTML('beforeend',"
            " '<dialog>Question ' + i +"
            " '<button>OK</button></dialog>'); document.querySelectorAll('dialog').forEach((d) =>"
            " d.showModal())"
        ),
    ),
    bomb(
        "options-100k",
        script(
            "const s = document.createElement('select'); document.body.append(s); for (let i = 0;"
            " i < 100000; i++) s.add(new Option('Option ' + i))"
        ),
    ),
    bomb(
        "console-flood",
        script("setInterval(() => { for (let i = 0; i < 500; i++) console.log('x'.repeat(1000)); }, 5)"),
        "film",
        "page_unresponsive",
    ),
    bomb(
        "request-flood",
        script("setInterval(() => { for (let i = 0; i < 20; i++) fetch('two.html?' + Math.random()); }, 10)"),
    ),
    bomb(
        "socket-flood",
        script(
            "setInterval(() => { for (let i = 0; i < 10; i++) new WebSocket('ws://' + location.host"
            " + '/x'); }, 20)"
        ),
    ),
)

_MEMORY = (
    bomb(
        "heap",
        script("const kept = []; setInterval(() => kept.push(new Array(4e6).fill({}).map(() => ({}))), 1)"),
        *_TOO_MUCH,
        most_mib=_HEAP_MIB,
    ),
    bomb(
        "buffers",
        script("const kept = []; setInterval(() => kept.push(new Uint8Array(1 << 26).fill(1)), 50)"),
        *_TOO_MUCH,
        most_mib=_HEAP_MIB,
    ),
    bomb(
        "canvases",
        script(
            "setInterval(() => { const c = document.createElement('canvas'); c.width = c.height = 8192;"
            " c.getContext('2d').fillRect(0, 0, 8192, 8192); document.body.append(c); }, 100)"
        ),
        *_TOO_MUCH,
        most_mib=_HEAP_MIB,
    ),
    bomb(
        "blobs",
        script(
            "const kept = []; setInterval(() => kept.push(URL.createObjectURL(new Blob(["
            "new Uint8Array(1 << 24).fill(1)]))), 50)"
        ),
        *_TOO_MUCH,
        most_mib=_HEAP_MIB,
    ),
    bomb(
        "wasm-memory",
        script(
            "const kept = []; setInterval(() => { const m = new WebAssembly.Memory({initial: 2048,"
            " maximum: 65536}); new Uint8Array(m.buffer).fill(1); kept.push(m); }, 50)"
        ),
        *_TOO_MUCH,
        most_mib=_HEAP_MIB,
    ),
    bomb(
        "string-doubling",
        script("let s = 'x'; setInterval(() => { s += s; }, 20)"),
        *_TOO_MUCH,
        most_mib=_HEAP_MIB,
    ),
    bomb(
        "pictures-huge",
        page("".join(f"<img src=huge.svg?{i} width=20000 height=20000>" for i in range(10))),
        *_TOO_MUCH,
        most_mib=3_000,
        pages={
            "huge.svg": lambda e: e.answer(
                "<svg xmlns='http://www.w3.org/2000/svg' width='60000' height='60000'><filter"
                " id='f'><feTurbulence/>"
                "</filter><rect width='60000' height='60000' filter='url(#f)'/></svg>",
                kind="image/svg+xml",
            )
        },
    ),
    bomb(
        "storage-fill",
        script(
            "let i = 0; setInterval(() => { try { localStorage[i++] = 'x'.repeat(1 << 20); }"
            " catch {} const r = indexedDB.open('d' + i); r.onupgradeneeded = () =>"
            " r.result.createObjectStore('s').put('y'.repeat(1 << 24), 1); }, 100)"
        ),
        *_TOO_MUCH,
        most_mib=3_000,
    ),
)

BOMBS: tuple[Bomb, ...] = (*_ENDLESS, *_DOCUMENTS, *_MEMORY)
