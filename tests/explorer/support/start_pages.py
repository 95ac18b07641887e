"""Start pages of every kind: some that cannot be filmed, and good ones that only look like them."""

import asyncio
import zlib
from dataclasses import dataclass
from struct import pack

from tests.explorer.support.exploration import answer, read_head

HTML = "text/html; charset=utf-8"
#: Stands for the address of another site.
OTHER = "{other}"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sends: a body, its status and kind, and further headers."""

    body: str | bytes = ""
    status: str = "200 OK"
    kind: str = HTML
    headers: tuple[str, ...] = ()

    def sent(self, other: str) -> bytes:
        """The whole answer, where `other` is another site."""
        body = self.body.replace(OTHER, other).encode() if isinstance(self.body, str) else self.body
        kind = (f"Content-Type: {self.kind}",) if self.kind else ()
        return answer(body, self.status, *kind, *(line.replace(OTHER, other) for line in self.headers))


def page(title: str, body: str, status: str = "200 OK", headers: tuple[str, ...] = ()) -> Reply:
    return Reply(f"<!doctype html><meta charset=utf-8><title>{title}</title>{body}", status, headers=headers)


def to(where: str) -> Reply:
    return Reply("", "302 Found", headers=(f"Location: {where}",))


def png(width_px: int, height_px: int, rgb: tuple[int, int, int]) -> bytes:
    """A picture in two halves: one of this colour, one of its opposite."""
    half_px = width_px // 2
    line = b"\0" + bytes(rgb) * half_px + bytes(255 - part for part in rgb) * (width_px - half_px)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = pack(">IIBBBBB", width_px, height_px, 8, 2, 0, 0, 0)
    pixels = zlib.compress(line * height_px)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


_LINKS = " ".join(f"<a href=/{n}>Department {n}</a>" for n in range(15))
NAV = f"<header><b>Acme</b><nav>{_LINKS}</nav></header>"
FOOT = (
    "<footer><h3>Shop</h3><h3>Help</h3><h3>Jobs</h3><h3>Press</h3><h3>Law</h3><p>Acme Ltd, 12 Long Road, "
    "Springfield. All prices include taxes. Call us from nine to five."
)
LONG = "".join(
    f"<p>Chapter {n}. It was the best of days and the longest of nights, and whoever walked along the river "
    "then would remember the lights on the water for years to come, and tell others of them.</p>"
    for n in range(8)
)
TURNSTILE = "<div class=cf-turnstile style='width:300px;height:65px;border:1px solid #999'></div>"
SCRIPT = "<script>{}</script>".format

BLANK = {
    "threw": page("App", f"<div id=root></div>{SCRIPT('throw new Error(`no such module`)')}"),
    "empty": Reply(""),
    "empty-of-no-kind": Reply("", kind=""),
    "only-white": page("White", "<div style='background:#fff;height:100vh'></div>"),
    "hidden": page("App", "<style>body{opacity:0}</style><h1>Never shown</h1>"),
    "noscript": page("App", "<noscript>You need JavaScript</noscript><div id=app></div>"),
    "undefined-element": page("App", "<app-root></app-root><script src=/gone.js></script>"),
    "pixel": page(
        "App", "<img src=/dot.png width=1 height=1><iframe src=/dot.png width=0 height=0></iframe>"
    ),
    "for-readers": page(
        "App", "<div style='position:absolute;width:1px;height:1px;overflow:hidden'>For readers</div>"
    ),
}
ERRORS = {
    "soft-404": page("Page not found", "<h1>404 - Page not found</h1><p>But with status 200."),
    "soft-404-of-a-site": page(
        "Acme",
        f"{NAV}<main><h1>Page not found</h1><p>Sorry, the page you were looking for does not exist. "
        f"<a href=/>Go back home</a></main>{FOOT}",
    ),
    "bare-404": page("404", "<div style='font-size:90px'>404</div>"),
    "two-lines-404": page(
        "404: This page could not be found.", "<h1>404</h1><h2>This page could not be found.</h2>"
    ),
    "client-side": page(
        "Acme",
        "<h2>Application error: a client-side exception has occurred (see the browser console for more "
        "information).</h2>",
    ),
    "went-wrong": page("Acme", f"{NAV}<h1>Something went wrong</h1><p>Please try again later.</p>"),
    "went-wrong-late": page(
        "Acme",
        "<h1 id=h>Loading</h1>"
        + SCRIPT("setTimeout(() => { h.textContent = 'Oops! An error occurred.' }, 200)"),
    ),
    "access-denied": page(
        "Access Denied", "<h1>Access Denied</h1><p>You have no permission to view this page."
    ),
    "php": Reply(
        "<b>Fatal error</b>: Uncaught Error: Call to undefined function x() in /var/www/i.php on line 3"
    ),
    "maintenance": page("Acme", "<h1>We are down for maintenance</h1><p>We will be back soon."),
    "arabic": page("Acme", "<h1 dir=rtl>الصفحة غير موجودة</h1><p dir=rtl>العودة إلى الصفحة الرئيسية</p>"),
    "with-a-banner": page(
        "Not found",
        "<h1>404</h1><p>Page not found</p><div role=dialog style='position:fixed;bottom:0'>"
        f"We use cookies. {LONG}<button>OK</button></div>",
    ),
}
BLOCKED = {
    "cloudflare": page(
        "Just a moment...", f"<h1>Checking that you are not a robot</h1>{TURNSTILE}", "403 Forbidden"
    ),
    "cloudflare-200": page(
        "Just a moment...",
        "<h1>Verify you are human by completing the action below.</h1>"
        "<label><input type=checkbox> I am human</label>",
    ),
    "cloudflare-503": page("acme.example", "<form id=challenge-form>One moment</form>", "503 Unavailable"),
    "by-head": Reply("x", "403 Forbidden", headers=("cf-mitigated: challenge",)),
    "by-head-202": Reply("<p>Wait</p>", "202 Accepted", headers=("x-amzn-waf-action: challenge",)),
    "perimeterx": page(
        "Access to this page has been denied",
        "<h1>Press &amp; Hold to confirm you are a human (and not a bot).</h1><div id=px-captcha></div>",
        "403 Forbidden",
    ),
    "datadome": Reply(
        "<p>Please enable JS and disable any ad blocker</p>"
        "<script src='https://ct.captcha-delivery.com/c.js'></script>",
        "403 Forbidden",
    ),
    "imperva": Reply(
        "<iframe id=main-iframe src='/_Incapsula_Resource?x=1'></iframe>"
        "Request unsuccessful. Incapsula incident ID: 1234-5678"
    ),
    "akamai": page(
        "Access Denied",
        "<h1>Access Denied</h1>You don't have permission to access this on this server.<p>"
        "Reference #18.2d351ab8.1557333295.a4e16ab",
        "403 Forbidden",
    ),
    "unusual-traffic": page(
        "https://acme.example/",
        "<div class=g-recaptcha></div><b>About this page</b><br>Our systems have detected unusual traffic.",
        "429 Too Many Requests",
    ),
    "recaptcha-200": page(
        "acme.example",
        "<h1>Are you a robot?</h1><p>We have detected unusual activity from your computer network. "
        "Click the box below to let us know that you're not a robot.</p>"
        "<div class=g-recaptcha style='height:78px'></div>",
    ),
    "turnstile-403": page("acme.example", TURNSTILE, "403 Forbidden"),
    "too-many": page("Slow down", "<h1>429</h1>", "429 Too Many Requests", ("Retry-After: 900",)),
    "german-wall": page(
        "Einen Moment…",
        "<h1>Bestätigen Sie, dass Sie ein Mensch sind</h1><label><input type=checkbox> Ja</label>",
    ),
}
DATA = {
    "json": Reply('{"ok": true}', kind="application/json"),
    "json-as-html": Reply('{"ok": true, "rows": [1, 2]}'),
    "text": Reply("Only text", kind="text/plain"),
    "xml": Reply("<a><b/></a>", kind="application/xml"),
    "picture": Reply(png(40, 30, (200, 30, 30)), kind="image/png"),
    "drawing": Reply("<svg xmlns='http://www.w3.org/2000/svg'><circle r='9'/></svg>", kind="image/svg+xml"),
    "video": Reply(b"\0\0\0\x18ftypmp42", kind="video/mp4"),
    "pdf": Reply(b"%PDF-1.4\n%%EOF", kind="application/pdf"),
    "archive": Reply(b"PK\3\4", kind="application/zip"),
    "attachment": Reply("<p>x", headers=("Content-Disposition: attachment; filename=report.html",)),
    "to-a-file": to("/archive"),
}
ELSEWHERE = {
    "redirect": to("{other}landing"),
    "redirect-to-an-error": to("{other}broken"),
    "refresh": Reply("<meta http-equiv=refresh content='1; url={other}landing'><h1>We have moved</h1>"),
    "refresh-in-quotes": Reply("<meta http-equiv=Refresh content=\"5;URL='{other}landing'\"><h1>Moved</h1>"),
    "refresh-in-head": Reply("<h1>We have moved</h1>", headers=("Refresh: 3; url={other}landing",)),
    "refresh-at-once": Reply("<meta http-equiv=refresh content='0;url={other}landing'>"),
    "by-script": page("Moving", f"<p>Hello</p>{SCRIPT('location.replace(`{other}landing`)')}"),
}
#: What cannot be filmed, by the code that is right.
BAD: dict[str, dict[str, Reply]] = {
    "start_page_blank": BLANK,
    "start_page_error": ERRORS,
    "blocked": BLOCKED,
    "not_a_page": DATA,
    "left_domain": ELSEWHERE,
    "nothing_to_film": {
        "no-content": Reply("", "204 No Content"),
        "reset-content": Reply("", "205 Reset Content"),
        "not-modified": Reply("", "304 Not Modified"),
    },
    "password_required": {
        "basic": Reply("<h1>401</h1>", "401 No", headers=('WWW-Authenticate: Basic realm="staging"',)),
        "digest": Reply("", "401 No", headers=('WWW-Authenticate: Digest realm="a", qop="auth", nonce="1"',)),
        "ntlm": Reply("<h1>401</h1>", "401 No", headers=("WWW-Authenticate: NTLM",)),
    },
    "forbidden": {
        "403": page("403 Forbidden", "<h1>403 Forbidden</h1><hr>nginx", "403 Forbidden"),
        "403-empty": Reply("", "403 Forbidden"),
        "403-with-a-form": page(
            "Acme", f"{NAV}<h1>Members only</h1>{LONG}<div class=g-recaptcha></div>{FOOT}", "403 Forbidden"
        ),
    },
    "site_error": {
        "500": page("Oops", "<h1>Oops</h1>", "500 Internal Server Error"),
        "501-empty": Reply("", "501 Not Implemented"),
        "503": page("Back soon", "<h1>Down for maintenance</h1>", "503 No", ("Retry-After: 3600",)),
        "500-by-script": page("Acme", f"<p>Hello</p>{SCRIPT('location.replace(`/500`)')}"),
    },
    "redirect_loop": {"loop": to("/loop2"), "loop2": to("/loop")},
    "page_unreachable": {
        "404": page("Not found", "<h1>404</h1>", "404 Not Found"),
        "410": page("Gone", "<h1>410</h1>", "410 Gone"),
        "broken-off": Reply("<h1>Hello</h1>", headers=("Content-Encoding: gzip",)),
        "404-with-a-form": page("Acme", "<h1>Not here</h1><div class=g-recaptcha></div>", "404 Not Found"),
        "other-scheme": to("mailto:a@example.com"),
    },
}

#: What only looks like one of those.
GOOD: dict[str, Reply] = {
    "about-404": page("How we designed our 404 page", f"<h1>How we designed our 404 page</h1>{LONG}"),
    "about-humans": page(
        "Verify you are human: a history",
        "<h1>Verify you are human: a history</h1><p>How pages came to ask whether you are a robot.</p>",
    ),
    "novel": page(
        "Access denied \u2013 a novel", "<h1>Access denied</h1><p>A novel.</p><a href=/buy>Read more</a>"
    ),
    "contact": page(
        "Contact Acme",
        f"{NAV}<h1>Contact us</h1><form><input name=name placeholder=Name><textarea></textarea><p>Please "
        "confirm that you are not a robot, to protect us against bots.<div class=g-recaptcha></div>"
        f"<button>Send</button></form>{FOOT}",
    ),
    "behind-cloudflare": page(
        "Acme",
        "<h1>Welcome</h1><script src='/cdn-cgi/challenge-platform/scripts/jsd/main.js'></script>",
        headers=("Server: cloudflare", "CF-RAY: 8f0", "X-DataDome: protected"),
    ),
    "newsletter": page(
        "News", f"<h1>Newsletter</h1><form><input type=email>{TURNSTILE}<button>Join</button></form>"
    ),
    "one-word": Reply("Hello"),
    "grey-word": page("Quiet", "<p style='color:#bbb'>hi</p>"),
    "canvas": page(
        "Game",
        "<canvas id=c width=600 height=400></canvas>"
        + SCRIPT("const x = c.getContext('2d'); x.fillStyle = 'red'; x.fillRect(20, 20, 200, 200)"),
    ),
    "json-viewer": page("JSON viewer", '<h1>Viewer</h1><pre>{"ok": true}</pre><button>Fold</button>'),
    "dark": page("Dark", "<style>body{background:#111;color:#ddd}</style><h1>Night</h1><p>Stars."),
    "image": page("Image", "<img src=/dot.png style='width:300px;height:200px'>"),
    "background": page(
        "Sky", "<style>body{margin:0;height:100vh;background:linear-gradient(red, blue)}</style>"
    ),
    "late": page("Late", f"<div id=r></div>{SCRIPT('setTimeout(() => { r.textContent = `At last` }, 900)')}"),
    "faded-in": page(
        "Fade",
        "<style>h1{opacity:0;animation:in .3s .5s forwards}@keyframes in{to{opacity:1}}</style><h1>Slowly",
    ),
    "frameset": Reply("<frameset cols='50%,50%'><frame src=/one-word><frame src=/dark></frameset>"),
    "iframe": page(
        "Framed",
        "<style>body{margin:0}iframe{width:100vw;height:100vh;border:0}</style><iframe src=/dark></iframe>",
    ),
    "shadow": page(
        "Parts",
        "<x-app></x-app>"
        + SCRIPT(
            "customElements.define('x-app', class extends HTMLElement { connectedCallback() {"
            " this.attachShadow({mode: 'closed'}).innerHTML = '<h1>In the shadow</h1>' } })"
        ),
    ),
    "below": page("Below", "<div style='height:110vh'></div><p>Further down"),
    "generated": page("Drawn", "<style>body::before{content:'By a style sheet';font-size:40px}</style>"),
    "xhtml": Reply(
        "<html xmlns='http://www.w3.org/1999/xhtml'><head><title>X</title></head><body><p>Strict</p></body></html>",
        kind="application/xml",
    ),
    "spinner": page("App", "<p>Starting …</p>"),
    "status-codes": page("HTTP status codes", "<h1>HTTP status codes</h1><h2>404 Not Found</h2><p>No page."),
    "search": page("Search", "<h1>Search</h1><p>Nothing found for “moon”. Try other words.</p><input>"),
    "refresh-of-itself": Reply("<meta http-equiv=refresh content=5><h1>Departures</h1>"),
    "refresh-to-nowhere": Reply(
        "<meta http-equiv=refresh content='9; url=http://[::bad/'><h1>Departures</h1>"
    ),
    "refresh-much-later": Reply(
        "<meta http-equiv=refresh content='60; url={other}landing'><h1>Departures</h1>"
    ),
    "refresh-without-scripts": Reply(
        "<noscript><meta http-equiv=refresh content='0; url={other}landing'></noscript><h1>Hello</h1>"
    ),
    "moved-inside": to("/dark"),
    "let-in": page(
        "Making sure you&#39;re not a bot!",
        f"<h1>Making sure you're not a bot!</h1>{SCRIPT('setTimeout(() => location.replace(`/dark`), 300)')}",
    ),
}
#: What is served beside them.
PARTS: dict[str, Reply] = {
    "dot.png": Reply(png(60, 40, (20, 120, 60)), kind="image/png"),
    "landing": page("Landing", "<h1>Landing</h1>"),
    "broken": page("Broken", "<h1>Broken</h1>", "500 Internal Server Error"),
}


class StartPages:
    """Serves them all, each under its name; `other` is the address of another site."""

    def __init__(self) -> None:
        self.other = ""
        bad = {name: reply for replies in BAD.values() for name, reply in replies.items()}
        self._replies = {**bad, **GOOD, **PARTS}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, _ = await read_head(reader)
        name = first.split(" ")[1].lstrip("/")
        writer.write(self._replies.get(name, Reply("nothing here", "404 Not Found")).sent(self.other))
        await writer.drain()
