"""Pages that will not stay: popups, navigations, redirects."""

import itertools

from tests.attacks.hostile_pages.bomb import Bomb, bomb, first, page, script
from tests.attacks.hostile_pages.exchange import Exchange

_counter = itertools.count()
#: Of a page that sends its visitor on without end: by what there was to film meanwhile.
_ROUND_AND_ROUND = ("film", "page_unresponsive", "redirect_loop", "safety_violation")


def _circle(exchange: Exchange) -> None:
    exchange.answer("", "302 Found", f"Location: again?{next(_counter)}")


def _drawn_out(exchange: Exchange) -> None:
    """A redirect that takes its time."""
    if not exchange.closing.wait(1.0):
        _circle(exchange)


_POPUPS = (
    bomb("popup-storm", script("setInterval(() => open('two.html?' + Math.random()), 10)")),
    bomb("popup-burst", script("for (let i = 0; i < 200; i++) open('two.html?' + i)")),
    bomb("popup-empty-storm", script("setInterval(() => open(), 10)")),
    bomb("popup-noopener-storm", script("setInterval(() => open('two.html', '_blank', 'noopener'), 10)")),
    bomb(
        "popup-by-link",
        script(
            "setInterval(() => Object.assign(document.createElement('a'),"
            " {href: 'two.html', target: '_blank'}).click(), 10)"
        ),
    ),
    bomb(
        "popup-on-click",
        script("addEventListener('click', () => { for (let i = 0; i < 50; i++) open('two.html'); }, true)"),
    ),
    bomb(
        "popunder",
        script("addEventListener('click', () => { open(location); location = 'two.html'; }, true)"),
    ),
    bomb(
        "popup-that-spins",
        script("addEventListener('click', () => open('spin.html'), true)"),
        pages={"spin.html": "<script>while (true);</script>"},
    ),
    bomb(
        "popup-that-breeds",
        script("open('breed.html'); open('breed.html')"),
        pages={"breed.html": "<script>open('breed.html'); open('breed.html')</script>"},
    ),
    bomb(
        "popup-of-forms",
        script(
            "setInterval(() => { const f = document.createElement('form'); f.target = '_blank'; f.action"
            " = 'two.html';"
            " f.method = 'post'; document.body.append(f); f.submit(); f.remove(); }, 20)"
        ),
    ),
    bomb(
        "popup-kept",
        script(
            "const w = open('two.html', 'w'); setInterval(() => { try { w.location = 'three.html?' +"
            " Math.random(); w.focus(); } catch {} }, 20)"
        ),
    ),
)

_NAVIGATIONS = (
    bomb(
        "location-loop",
        script("setTimeout(() => { location = '?' + Math.random(); }, 50)"),
        *_ROUND_AND_ROUND,
    ),
    bomb(
        "location-loop-at-once",
        first("location = '?' + Math.random()"),
        *_ROUND_AND_ROUND,
    ),
    bomb(
        "reload-loop",
        script("setTimeout(() => location.reload(), 30)"),
        *_ROUND_AND_ROUND,
    ),
    bomb(
        "meta-refresh",
        '<meta http-equiv=refresh content="0">' + page("<p>Text</p>"),
        *_ROUND_AND_ROUND,
    ),
    bomb(
        "ping-pong",
        script("location.replace('pong.html')"),
        *_ROUND_AND_ROUND,
        pages={"pong.html": "<script>location.replace('./')</script>"},
    ),
    bomb(
        "push-state-spam",
        script(
            "setInterval(() => { for (let i = 0; i < 50; i++)"
            " history.pushState({}, '', '?' + Math.random()); }, 5)"
        ),
    ),
    bomb(
        "replace-state-spam",
        script(
            "let i = 0; (function go() { history.replaceState({}, '', '?' + i++);"
            " requestAnimationFrame(go); })()"
        ),
    ),
    bomb(
        "push-state-long",
        script("setInterval(() => history.pushState({}, '', '?' + 'x'.repeat(1 << 20)), 50)"),
    ),
    bomb("hash-spam", script("setInterval(() => { location.hash = Math.random(); }, 2)")),
    bomb(
        "history-loop",
        script(
            "history.pushState({}, '', '?a'); history.pushState({}, '', '?b');"
            " setInterval(() => history.back(), 20); setInterval(() => history.forward(), 30)"
        ),
    ),
    bomb(
        "navigate-on-click",
        script(
            "addEventListener('click', (e) => { e.preventDefault();"
            " setInterval(() => { location = '?' + Math.random(); }, 10); }, true)"
        ),
    ),
    bomb(
        "navigate-on-hover",
        script("addEventListener('mousemove', () => { location = '?' + Math.random(); }, true)"),
        "film",
        "page_unresponsive",
        "safety_violation",
    ),
    bomb(
        "frames-that-navigate",
        script(
            "for (let i = 0; i < 10; i++) { const f = document.createElement('iframe'); f.src = 'hop.html'; "
            "document.body.append(f); }"
        ),
        pages={"hop.html": "<script>location = '?' + Math.random()</script>"},
    ),
)

_REDIRECTS = (
    bomb("redirect-loop", _circle, "redirect_loop", pages={"again": _circle}),
    bomb("redirect-loop-slow", _drawn_out, "redirect_loop", "safety_violation", pages={"again": _drawn_out}),
    bomb(
        "redirect-refresh",
        lambda e: e.answer("<h1>Wait</h1>", "200 OK", "Refresh: 0"),
        *_ROUND_AND_ROUND,
    ),
    bomb(
        "redirect-to-file",
        lambda e: e.answer("", "302 Found", "Location: file:///etc/passwd"),
        "page_unreachable",
    ),
    bomb(
        "redirect-nowhere", lambda e: e.answer("", "302 Found", "Location: http://[::bad"), "page_unreachable"
    ),
    bomb(
        "links-in-circles",
        page("<a href=circle>Into the circle</a><a href=circle2>And another</a>"),
        pages={"circle": _circle, "circle2": _circle, "again": _circle},
    ),
)

BOMBS: tuple[Bomb, ...] = (*_POPUPS, *_NAVIGATIONS, *_REDIRECTS)
