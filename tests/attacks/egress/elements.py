"""Vectors without a script: every element, style and link that loads something, and redirects."""

from tests.attacks.egress.vectors import Vector, family

ELEMENTS = {
    "img": "<img src='@URL'>",
    "img srcset": "<img srcset='@URL 1x, @URL 2x'>",
    "picture": "<picture><source srcset='@URL'><img></picture>",
    "lazy img": "<img loading=lazy src='@URL'>",
    "input image": "<input type=image src='@URL'>",
    "script": "<script src='@URL'></script>",
    "module": "<script type=module src='@URL'></script>",
    "async script": "<script async crossorigin src='@URL'></script>",
    "stylesheet": "<link rel=stylesheet href='@URL'>",
    "alternate stylesheet": "<link rel='alternate stylesheet' href='@URL' title=x>",
    "video": "<video autoplay muted src='@URL'></video>",
    "video poster": "<video poster='@URL'></video>",
    "video source": "<video autoplay muted><source src='@URL' type=video/mp4></video>",
    "audio": "<audio preload=auto src='@URL'></audio>",
    "track": "<video src='@SITE/none'><track default kind=subtitles src='@URL'></video>",
    "iframe": "<iframe src='@URL'></iframe>",
    "sandboxed iframe": "<iframe sandbox src='@URL'></iframe>",
    "iframe srcdoc": "<iframe srcdoc='<img src=@URL>'></iframe>",
    "frameset": "<frameset><frame src='@URL'></frameset>",
    "object": "<object data='@URL'></object>",
    "object of a type": "<object data='@URL' type=image/svg+xml></object>",
    "embed": "<embed src='@URL'>",
    "embed pdf": "<embed type=application/pdf src='@URL'>",
    "body background": "<body background='@URL'>",
    "td background": "<table><td background='@URL'>x</table>",
    "base": "<base href='http://@HOST/'><img src='@TAG'>",
    "meta refresh": "<meta http-equiv=refresh content='0;url=@URL'>",
    "csp report by meta": "<meta http-equiv=Content-Security-Policy content=\"img-src 'none';"
    ' report-uri @URL">'
    "<img src='/none'>",
    "import map": '<script type=importmap>{"imports": {"x": "@URL"}}</script><script type=module>import'
    ' "x"</script>',
    "svg image": "<svg><image href='@URL' width=9 height=9 /></svg>",
    "svg xlink": "<svg><image xlink:href='@URL' width=9 height=9 /></svg>",
    "svg use": "<svg><use href='@URL#x' /></svg>",
    "svg feImage": "<svg width=9 height=9><filter id=f><feImage href='@URL'/></filter>"
    "<rect filter='url(#f)' width=9 height=9 /></svg>",
    "svg script": "<svg><script href='@URL'></script></svg>",
    "attribution": "<img attributionsrc='@URL' src='/none'>",
    "fenced frame": "<fencedframe src='@URL'></fencedframe><iframe credentialless src='@URL'></iframe>",
}
#: Names that no page goes to: the browser must not ask for them before it must, and never past the proxy.
AHEAD = {
    "dns-prefetch": "<link rel=dns-prefetch href='//a@TAG.leak.test'>",
    "preconnect": "<link rel=preconnect href='http://b@TAG.leak.test:@PORT'>",
    "preconnect tls": "<link rel=preconnect href='https://c@TAG.leak.test:@PORT' crossorigin>",
    "link to": "<meta http-equiv=x-dns-prefetch-control content=on><a href='http://d@TAG.leak.test/'>x</a>",
    "stun": "<script>new RTCPeerConnection({iceServers: [{urls: 'stun:e@TAG.leak.test:@PORT'}]})"
    ".createOffer()</script>",
}
LINKS = {
    f"link {rel}": f"<link rel='{rel}' href='@URL'>"
    for rel in (
        *(
            "icon",
            "shortcut icon",
            "apple-touch-icon",
            "mask-icon",
            "manifest",
            "prefetch",
            "prerender",
            "preconnect",
        ),
        *(
            "dns-prefetch",
            "modulepreload",
            "search",
            "amphtml",
            "canonical",
            "next",
            "import",
            "compression-dictionary",
        ),
    )
} | {
    f"preload {kind}": f"<link rel=preload as={kind} href='@URL' crossorigin>"
    for kind in ("script", "style", "image", "font", "fetch", "track", "worker", "document", "video", "audio")
}
STYLES = {
    "import": "@import url('@URL');",
    "background": "body { background: url('@URL') }",
    "image-set": "body { background: image-set(url('@URL') 1x) }",
    "font": "@font-face { font-family: x; src: url('@URL') } body { font-family: x }",
    "cursor": "body { cursor: url('@URL'), auto }",
    "content": "body::before { content: url('@URL') }",
    "list style": "li { list-style: url('@URL') }",
    "border image": "body { border: 9px solid; border-image: url('@URL') 1 }",
    "mask": "body { mask: url('@URL') }",
    "filter": "body { filter: url('@URL#x') }",
    "clip path": "body { clip-path: url('@URL#x') }",
    "shape outside": "li { float: left; shape-outside: url('@URL') }",
}
#: What follows redirects, each for every status that makes a browser go elsewhere.
REDIRECTED = {
    "img": "<img src='@TO(STATUS)'>",
    "script": "<script src='@TO(STATUS)'></script>",
    "style": "<link rel=stylesheet href='@TO(STATUS)'>",
    "iframe": "<iframe src='@TO(STATUS)'></iframe>",
    "fetch": "<script>fetch('@TO(STATUS)', {mode: 'no-cors'})</script>",
    "post": "<script>fetch('@TO(STATUS)', {mode: 'no-cors', method: 'POST', body: 'x'})</script>",
    "video": "<video autoplay muted src='@TO(STATUS)'></video>",
}
STATUSES = ("301", "302", "303", "307", "308", "chain", "refresh")


def elements() -> list[Vector]:
    return [
        *family("elements", ELEMENTS),
        *family("links", LINKS),
        *family("names ahead of need", AHEAD),
        # For the document of a page's main frame, Chromium asks the resolver even behind a proxy.
        Vector("names ahead of need", "page", "<img src='http://f@TAG.leak.test'>", top=True, stranger=True),
        *family("styles", {name: f"<style>{css}</style>x<li>x" for name, css in STYLES.items()}),
        *family("elements, from a public name", ELEMENTS, stranger=True),
    ]


def redirects() -> list[Vector]:
    table = {
        f"{name} {status}": html.replace("STATUS", status)
        for status in STATUSES
        for name, html in REDIRECTED.items()
    }
    top = {f"page {status}": "@TO(" + status + ")" for status in (*STATUSES, "300", "305")}
    return [
        *family("redirects", table),
        *family(
            "redirects of pages",
            {name: f"<meta http-equiv=refresh content='0;url={to}'>" for name, to in top.items()},
        ),
    ]
