"""Pages whose scripts spin, or pull the rug from under other scripts; pictures and styles that never end."""

from tests.attacks.hostile_pages.bomb import HUNG, Bomb, bomb, first, page, script

_SPINNING = (
    bomb("spin-at-start", first("while (true);"), *HUNG),
    bomb("spin-at-end", script("while (true);"), *HUNG),
    bomb("spin-after-load", script("onload = () => setTimeout(() => { while (true); }, 1000)"), *HUNG),
    bomb("spin-on-click", script("addEventListener('click', () => { while (true); }, true)")),
    bomb("spin-on-hover", script("addEventListener('mousemove', () => { while (true); }, true)"), *HUNG),
    bomb(
        "spin-on-scroll",
        script(
            "document.body.style.height = '5000px'; addEventListener('scroll', () => { while (true); }, true)"
        ),
        *HUNG,
    ),
    bomb(
        "spin-in-timer",
        script("setInterval(() => { const t = Date.now(); let n = 0; while (n++ < 3e8); }, 1)"),
        *HUNG,
    ),
    bomb(
        "spin-in-frames",
        script("(function go() { let n = 0; while (n++ < 3e8); requestAnimationFrame(go); })()"),
        *HUNG,
    ),
    bomb(
        "spin-in-workers",
        script("for (let i = 0; i < 8; i++) new Worker(URL.createObjectURL(new Blob(['while (true);'])))"),
    ),
    bomb(
        "spin-in-observer",
        script(
            "new MutationObserver(() => document.body.setAttribute('x', Math.random()))"
            ".observe(document.body, {attributes: true}); document.body.setAttribute('x', 0)"
        ),
        *HUNG,
    ),
    bomb("spin-in-microtasks", script("(function go() { Promise.resolve().then(go); })()"), *HUNG),
    bomb(
        "spin-in-frame",
        page("<iframe src=spin.html></iframe>"),
        *HUNG,
        pages={"spin.html": "<script>while (true);</script>"},
    ),
    bomb(
        "resize-observer-loop",
        script(
            "let w = 100; const d = document.body.appendChild(document.createElement('div'));"
            " d.style.width = '100px';"
            " new ResizeObserver(() => { d.style.width = ++w + 'px'; }).observe(d)"
        ),
    ),
    bomb("regex-backtracking", script("setTimeout(() => /^(a+)+$/.test('a'.repeat(40) + 'b'), 500)"), *HUNG),
    bomb(
        "sync-xhr",
        script(
            "setInterval(() => { const r = new XMLHttpRequest(); r.open('GET', 'slow', false);"
            " try { r.send(); } catch {} }, 10)"
        ),
        *HUNG,
        pages={"slow": lambda e: e.silence()},
    ),
    bomb("debugger-loop", script("setInterval(() => { debugger; }, 10)")),
)

#: Each overrides what a script that looks at the page might use.
_TRAPS = {
    "json": "JSON.stringify = JSON.parse = () => { throw new Error('no'); }",
    "array": "for (const k of ['map', 'filter', 'forEach', 'push', 'some', 'flatMap', 'includes',"
    " 'slice', 'find',"
    " 'every', 'reduce', 'indexOf', 'join', 'concat', 'sort']) Array.prototype[k] = () => { throw 1; };"
    " Array.from = () => { throw 1; }",
    "array-iterator": "Array.prototype[Symbol.iterator] = function () { throw new Error('no'); }",
    "array-endless": "Array.prototype[Symbol.iterator] = function* () { while (true) yield 1; }",
    "query": "for (const p of [Document.prototype, Element.prototype, DocumentFragment.prototype])"
    " for (const k of ['querySelector', 'querySelectorAll']) p[k] = () => { throw new Error('no'); };"
    " Element.prototype.matches = Element.prototype.closest = () => true",
    "query-spin": "Document.prototype.querySelectorAll = Element.prototype.querySelectorAll = () => {"
    " while (true); }",
    "getters-spin": "for (const k of ['innerText', 'textContent', 'innerHTML', 'offsetWidth',"
    " 'children', 'firstChild'])"
    " for (const p of [HTMLElement.prototype, Element.prototype, Node.prototype])"
    " Object.defineProperty(p, k, {get() { while (true); }, configurable: true})",
    "getters-throw": "for (const k of ['body', 'documentElement', 'readyState', 'activeElement',"
    " 'title', 'all'])"
    " Object.defineProperty(document, k, {get() { throw new Error('no'); }})",
    "rects": "Element.prototype.getBoundingClientRect = () => ({x: NaN, y: Infinity, width: -1, height:"
    " 1e308});"
    " Element.prototype.getClientRects = () => []; document.elementFromPoint = () => null;"
    " Element.prototype.checkVisibility = () => { throw 1; }",
    "styles": "window.getComputedStyle = () => { throw new Error('no'); }",
    "timers": "window.setTimeout = window.setInterval = window.requestAnimationFrame = () => 0;"
    " performance.now = () => NaN; Date.now = () => 'yesterday'",
    "promise": "window.Promise = function () { throw new Error('no'); }; window.queueMicrotask = () => {}",
    "promise-then": "Promise.prototype.then = function () { return this; }",
    "symbols": "Symbol.for = () => 'x'; Object.freeze = Object.keys = Object.defineProperty ="
    " Object.entries ="
    " () => { throw 1; }",
    "strings": "String.prototype.trim = String.prototype.split = String.prototype.replace ="
    " String.prototype.slice ="
    " () => { while (true); }; RegExp.prototype.test = RegExp.prototype.exec = () => { throw 1; }",
    "collections": "window.Map = window.Set = window.WeakMap = window.WeakSet = window.MutationObserver"
    " = undefined",
    "to-json": "Object.prototype.toJSON = () => { while (true); }; Object.prototype.found = 'x';"
    " Object.prototype.then = (r) => r()",
    "clobbered": "document.body.insertAdjacentHTML('beforeend', '<form id=body name=body><input"
    " name=querySelectorAll>"
    "<input name=documentElement><input name=tagName><input name=parentElement><input name=children>"
    "<input name=attributes><input name=getAttribute></form><img name=title><img name=readyState>"
    "<embed name=activeElement>')",
    "hooks": "window.__sitereel = {}; try { delete window.__sitereel } catch {} ;"
    " Object.freeze(EventTarget.prototype);"
    " EventTarget.prototype.addEventListener = () => { throw 1; }; Element.prototype.attachShadow ="
    " undefined",
    "document-open": "setInterval(() => { document.open(); document.write('<h1>New</h1><a"
    " href=two.html>Two</a>');"
    " document.close(); }, 50)",
    "document-removed": "setInterval(() => document.documentElement?.remove(), 20)",
    "proxied": "for (const k of ['innerWidth', 'innerHeight', 'scrollX', 'scrollY', 'devicePixelRatio'])"
    " Object.defineProperty(window, k, {get: () => NaN})",
    "scroll": "window.scrollTo = window.scrollBy = Element.prototype.scrollIntoView = () => { throw 1; };"
    " addEventListener('wheel', (e) => e.preventDefault(), {passive: false})",
}

#: What there is to see of a page that takes itself away depends on the moment.
_ENDS = {"document-removed": ("start_page_blank",)}
_OVERRIDES = tuple(
    bomb(
        f"override-{name}",
        first(code) if name != "clobbered" else script(code),
        *("film", "page_unresponsive", *_ENDS.get(name, ())),
    )
    for name, code in _TRAPS.items()
)

_LAUGHS = "".join(
    f'<g id="g{n}">{"".join(f"<use href=%s#g{n - 1}%s/>" % (chr(34), chr(34)) for _ in range(10))}</g>'
    for n in range(1, 8)
)
_ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

_DRAWN = (
    bomb(
        "svg-use-bomb",
        page(
            f'<svg width=300 height=300><g id="g0"><circle r=3 cx=9 cy=9 /></g>{_LAUGHS}'
            '<use href="#g7"/></svg>'
        ),
        *HUNG,
    ),
    bomb(
        "billion-laughs",
        lambda e: e.answer(
            f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{_ENTITIES}]><svg'
            f' xmlns="http://www.w3.org/2000/svg">'
            '<text y="20">&l9;</text></svg>',
            kind="image/svg+xml",
        ),
        "not_a_page",
        "page_unresponsive",
        "safety_violation",
    ),
    bomb(
        "css-has-bomb",
        page(
            "<style>"
            + "".join(
                f":has(:has(> *:nth-child({n})) ~ *) * * * {{ color: rgb({n},0,0) }}"
                if n % 2
                else f"body:has(div:nth-child({n})) span {{ top: 1px }}"
                for n in range(300)
            )
            + "</style>"
            + "<div><span>x</span></div>" * 2000
        ),
        *HUNG,
    ),
    bomb(
        "css-variables-bomb",
        page(
            "<style>:root { --a0: x x x x x x x x x x;"
            + "".join(f"--a{n}: {f'var(--a{n - 1}) ' * 10};" for n in range(1, 12))
            + "} p::after { content: '' var(--a11) }</style>"
            "<p>Laugh</p>"
        ),
        "film",
    ),
    bomb(
        "css-blur-bomb",
        page(
            "<style>div { position: fixed; inset: 0; backdrop-filter: blur(200px);"
            " animation: x 1s infinite; mix-blend-mode: difference }"
            " @keyframes x { to { transform: rotate(1turn) scale(9) } }</style>" + "<div></div>" * 60
        ),
        *HUNG,
    ),
    bomb(
        "css-imports-circle",
        page("<link rel=stylesheet href=a.css>"),
        pages={
            "a.css": lambda e: e.answer("@import 'a.css?" + "x" * (len(e.query) + 1) + "';", kind="text/css")
        },
    ),
    bomb("css-hides-all", page("<style>* { display: none !important }</style>"), "start_page_blank"),
    bomb(
        "css-huge-page",
        page("<style>body { width: 1e9px; height: 1e9px; overflow: scroll; zoom: 50 }</style>"),
    ),
    bomb(
        "animations-5000",
        page(
            "<style>i { display: inline-block; animation: x .1s infinite alternate } @keyframes x"
            " { to { width: 30px; filter: hue-rotate(90deg) } }</style>" + "<i>x</i>" * 5000
        ),
        *HUNG,
    ),
    bomb(
        "media-autoplay",
        page(
            "".join(
                f"<video autoplay loop muted src=v.webm?{n}></video><audio autoplay loop"
                f" src=a.mp3?{n}></audio>"
                for n in range(40)
            )
            + "<script>const a = new AudioContext(); for (let i = 0; i < 200; i++) { const o ="
            " a.createOscillator(); o.connect(a.destination); o.start(); }</script>"
        ),
        pages={"v.webm": lambda e: e.hang("video/webm"), "a.mp3": lambda e: e.silence()},
    ),
    bomb(
        "favicon-endless",
        "<link rel=icon href=endless>" + page("<p>Text"),
        pages={"endless": lambda e: e.repeat(b"x" * 9999, 0.01, "image/png")},
    ),
    bomb(
        "flashing",
        script(
            "let n = 0; (function go() { document.body.style.background = n++ % 2 ? '#fff' : '#000';"
            " requestAnimationFrame(go); })()"
        ),
    ),
    bomb(
        "webgl-loop",
        script(
            "const c = document.body.appendChild(document.createElement('canvas')), g ="
            " c.getContext('webgl');"
            " if (g) { const s = (t, x) => { const h = g.createShader(t); g.shaderSource(h, x);"
            " g.compileShader(h);"
            " return h; }; const p = g.createProgram(); g.attachShader(p, s(g.VERTEX_SHADER, 'attribute"
            " vec2 a; void main()"
            " { gl_Position = vec4(a, 0, 1); }')); g.attachShader(p, s(g.FRAGMENT_SHADER, 'precision"
            " highp float; void"
            " main() { float x = 0.; for (int i = 0; i < 1000000; i++) x += sin(x + float(i));"
            " gl_FragColor = vec4(x); }'));"
            " g.linkProgram(p); g.useProgram(p); (function go() { g.drawArrays(g.TRIANGLES, 0, 3);"
            " requestAnimationFrame(go); })(); }"
        ),
        *HUNG,
    ),
)

BOMBS: tuple[Bomb, ...] = (*_SPINNING, *_OVERRIDES, *_DRAWN)
