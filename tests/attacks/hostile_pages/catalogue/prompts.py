"""Pages that ask: dialogs, permissions, credentials, downloads, paper, other programs, the whole screen."""

import itertools

from tests.attacks.hostile_pages.bomb import Answer, Bomb, bomb, first, page, script
from tests.attacks.hostile_pages.exchange import Exchange

_DIALOGS = (
    bomb("alert-loop", script("while (true) alert('again')")),
    bomb("alert-loop-at-start", first("while (true) alert('again')"), "film", "page_unresponsive"),
    bomb("alert-timer", script("setInterval(() => alert('now'), 5)")),
    bomb("confirm-loop", script("setTimeout(() => { while (!confirm('sure?')); }, 300)")),
    bomb("prompt-loop", script("setTimeout(() => { while (!prompt('name?')); }, 300)")),
    bomb(
        "alert-on-every-event",
        script(
            "for (const t of ['mousemove', 'mouseover', 'scroll', 'click', 'keydown', 'focus', 'wheel'])"
            " addEventListener(t, () => alert(t), true)"
        ),
    ),
    bomb("alert-of-a-megabyte", script("setTimeout(() => alert('x'.repeat(1 << 20)), 200)")),
    bomb(
        "beforeunload-trap",
        script(
            "addEventListener('beforeunload', (e) => { e.preventDefault(); e.returnValue = 'stay';"
            " setTimeout(() => { location = '#stay'; }, 0); })"
        ),
    ),
    bomb("unload-spin", script("addEventListener('pagehide', () => { while (true); })"), "film"),
    bomb(
        "alerts-in-frames",
        script(
            "for (let i = 0; i < 20; i++) { const f = document.createElement('iframe');"
            " f.srcdoc = '<script>setInterval(() => alert(1), 10)</scr' + 'ipt>'; document.body.append(f); }"
        ),
    ),
)

_PERMISSIONS = bomb(
    "permissions",
    script("""
      const ask = () => {
        navigator.geolocation.getCurrentPosition(() => told('geolocation'), () => {});
        navigator.geolocation.watchPosition(() => told('geolocation'), () => {});
        Notification.requestPermission().then((p) => p === 'granted' && told('notification'));
        navigator.mediaDevices?.getUserMedia({audio: true, video: true}).then(() => told('camera'), () => {});
        navigator.mediaDevices?.getDisplayMedia?.().then(() => told('screen'), () => {});
        navigator.clipboard?.readText().then(() => told('clipboard'), () => {});
        navigator.requestMIDIAccess?.({sysex: true}).then(() => told('midi'), () => {});
        navigator.usb?.requestDevice({filters: []}).then(() => told('usb'), () => {});
        navigator.bluetooth?.requestDevice({acceptAllDevices: true}).then(() => told('bluetooth'), () => {});
        navigator.serial?.requestPort().then(() => told('serial'), () => {});
        navigator.hid?.requestDevice({filters: []}).then(() => told('hid'), () => {});
        navigator.storage?.persist?.();
        navigator.wakeLock?.request().catch(() => {});
        window.showOpenFilePicker?.().then(() => told('files'), () => {});
        new PaymentRequest([{supportedMethods: 'https://pay.example/'}],
          {total: {label: 'x', amount: {currency: 'USD', value: '1'}}}).show().catch(() => {});
      };
      const told = (what) => fetch('told/' + what);
      ask(); setInterval(() => { try { ask(); } catch {} }, 50); addEventListener('click', ask, true);
    """),
)


def _challenge(scheme: str, status: str = "401 Unauthorized", header: str = "WWW-Authenticate") -> Answer:
    def answer(exchange: Exchange) -> None:
        nonce = ', qop="auth", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"' if scheme == "Digest" else ""
        exchange.answer("<h1>Who are you?</h1>", status, f'{header}: {scheme} realm="bomb"{nonce}')

    return answer


_CREDENTIALS = (
    bomb("basic-auth", _challenge("Basic"), "password_required"),
    bomb("digest-auth", _challenge("Digest"), "password_required"),
    bomb("ntlm-auth", _challenge("NTLM"), "password_required"),
    bomb(
        "proxy-auth",
        _challenge("Basic", "407 Proxy Authentication Required", "Proxy-Authenticate"),
        "page_unreachable",
    ),
    bomb(
        "auth-in-parts",
        page(
            "<img src=secret.png><iframe src=secret.html></iframe>"
            "<script>for (let i = 0; i < 50; i++) fetch('secret.json?' + i)</script>"
        ),
        pages={f"secret.{end}": _challenge("Basic") for end in ("png", "html", "json")},
    ),
)


def _attachment(exchange: Exchange) -> None:
    exchange.answer(
        b"x" * 4096,
        "200 OK",
        "Content-Disposition: attachment; filename=bomb.exe",
        kind="application/octet-stream",
    )


def _endless_attachment(exchange: Exchange) -> None:
    exchange.head("200 OK", "Content-Disposition: attachment; filename=bomb.bin", kind="application/zip")
    exchange.drip(itertools.repeat(b"x" * 65_536), 0.001)


_DOWNLOADS = (
    bomb("download-as-start", _attachment, "not_a_page"),
    bomb("endless-download-as-start", _endless_attachment, "not_a_page"),
    bomb(
        "download-storm",
        script(
            "setInterval(() => Object.assign(document.createElement('a'),"
            " {href: 'file', download: Math.random() + '.bin'}).click(), 20)"
        ),
        pages={"file": _attachment},
    ),
    bomb(
        "download-frames",
        script(
            "for (let i = 0; i < 100; i++) { const f = document.createElement('iframe');"
            " f.src = 'file?' + i; document.body.append(f); }"
        ),
        pages={"file": _endless_attachment},
    ),
    bomb(
        "download-blobs",
        script(
            "setInterval(() => Object.assign(document.createElement('a'), {download: 'b', href:"
            " URL.createObjectURL(new Blob(['x'.repeat(1 << 20)]))}).click(), 20)"
        ),
    ),
    bomb(
        "download-by-location",
        script("setInterval(() => { location = 'file'; }, 100)"),
        pages={"file": _attachment},
    ),
)

_OTHERS = (
    bomb("print-loop", script("while (true) print()"), "film", "page_unresponsive"),
    bomb("print-timer", script("print(); setInterval(print, 20); addEventListener('click', print, true)")),
    bomb(
        "scheme-storm",
        script(
            "const all = ['mailto:a@b.c', 'tel:+1', 'sms:+1', 'intent:x#Intent;end', 'myapp://x',"
            " 'zoommtg://x',"
            " 'file:///etc/passwd', 'chrome://crash', 'view-source:x', 'ms-settings:', 'javascript:void 0'];"
            " let i = 0; setInterval(() => { location = all[i++ % all.length]; }, 20)"
        ),
    ),
    bomb(
        "scheme-frames",
        script(
            "setInterval(() => { const f = document.createElement('iframe'); f.src = 'myapp://' +"
            " Math.random();"
            " document.body.append(f); }, 20)"
        ),
    ),
    bomb(
        "fullscreen-and-lock",
        script(
            "document.documentElement.style.cursor = 'none';"
            " const grab = () => { document.documentElement.requestFullscreen?.().catch(() => {});"
            " document.body.requestPointerLock?.(); navigator.keyboard?.lock?.(); };"
            " setInterval(grab, 50); addEventListener('click', grab, true);"
            " addEventListener('mousemove', grab)"
        ),
    ),
    bomb(
        "close-itself",
        script("setTimeout(() => { open('', '_self'); close(); }, 500)"),
        "film",
        "browser_crashed",
        "page_unreachable",
    ),
)

BOMBS: tuple[Bomb, ...] = (*_DIALOGS, _PERMISSIONS, *_CREDENTIALS, *_DOWNLOADS, *_OTHERS)
