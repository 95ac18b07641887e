"""Vectors by name: every disguise of an address, and name servers that lie."""

from tests.attacks.egress.vectors import Vector, script

#: All of these are loopback, one way or another.
DISGUISES = (
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
    *("0x7F.0.0.0x1", "127.0.0.1.", "127.000.000.001", "0", "0.0.0.0", "0x0", "127.255.255.254", "127.0.0.2"),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
    *("[::ffff:0:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[fe80::1]"),
    *("[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[2606:4700::5efe:7f00:1]", "[fd00::2]", "[ff02::1]"),
    *("localhost", "LOCALHOST", "localhost.", "x.localhost", "localhost.localdomain", "ip6-localhost"),
    *("%31%32%37.0.0.1", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "\u2460\u2461\u2466.0.0.1"),
    *("127.0.0.1%00", "127.0.0.1%20", "127.0.0.1\\t", "12\u00ad7.0.0.1", "hostile.test@127.0.0.1"),
    *(
        "hostile.test:80@127.0.0.1",
        "hostile.test\\\\@127.0.0.1",
        "127.0.0.1\\\\@hostile.test",
        "127.0.0.1#@x",
    ),
    *("192.0.2.2", "169.254.169.254", "0xA9FEA9FE", "100.100.100.200", "metadata.google.internal"),
)
#: Names of the hostile name server: what it answers the first time, and from then on.
PUBLIC = "93.184.215.14"
NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "hostile.test": ((PUBLIC,), (PUBLIC,)),
    "private.test": (("127.0.0.1",), ("127.0.0.1",)),
    "six.test": (("::1",), ("::1",)),
    "unspecified.test": (("0.0.0.0",), ("::",)),
    "mixed.test": ((PUBLIC, "127.0.0.1"), ("127.0.0.1", PUBLIC)),
    "mixed-six.test": ((PUBLIC, "::1"), (PUBLIC, "::1")),
    "mapped.test": (("::ffff:127.0.0.1",), ("::ffff:7f00:1",)),
    "nat64.test": (("64:ff9b::7f00:1",), ("64:ff9b:1::7f00:1",)),
    "isatap.test": (("2606:4700::5efe:7f00:1",), ("2002:7f00:1::",)),
    "zone.test": (("fe80::1%lo",), ("::1%lo",)),
    "rebind.test": ((PUBLIC,), ("127.0.0.1",)),
    "rebind-mixed.test": ((PUBLIC,), (PUBLIC, "127.0.0.1")),
    "metadata.test": (("169.254.169.254",), ("fd00:ec2::254",)),
    "many.test": ((*(PUBLIC,) * 63, "127.0.0.1"), ("127.0.0.1",) * 100),
    "none.test": ((), ()),
}
WAYS = {
    "fetch": "for (let i = 0; i < 3; i++) {{ try {{ await fetch('http://{host}:@PORT/@TAG?' + i,"
    " {{mode: 'no-cors'}}) }}"
    " catch (e) {{}} }}",
    "websocket": "for (let i = 0; i < 3; i++) {{ await new Promise(d => {{ const w = new WebSocket("
    "'ws://{host}:@PORT/@TAG'); w.onerror = w.onopen = d }}) }}",
    "tls": "for (let i = 0; i < 3; i++) {{ try {{ await fetch('https://{host}:@PORT/@TAG?' + i, {{mode:"
    " 'no-cors'}}) }}"
    " catch (e) {{}} }}",
}


def disguises() -> list[Vector]:
    return [
        script("disguises", repr(host), f"fetch('http://{host}:@PORT/@TAG', {{mode: 'no-cors'}})")
        for host in DISGUISES
    ] + [
        script("disguises, by WebSocket", repr(host), f"new WebSocket('ws://{host}:@PORT/@TAG')")
        for host in DISGUISES[:31]
    ]


def rebinding() -> list[Vector]:
    return [
        script("name servers", f"{name} {way}", code.format(host=name))
        for name in NAMES
        if name != "hostile.test"
        for way, code in WAYS.items()
    ]


def our_own() -> list[Vector]:
    """The proxy's port, and where browsers listen for debuggers."""
    ports = {"proxy": "@PROXY", "devtools": "9222", "devtools of node": "9229", "webdriver": "4444"}
    ways = {
        "fetch": "fetch('http://127.0.0.1:{port}/json/list', {{mode: 'no-cors'}})",
        "websocket": "new WebSocket('ws://127.0.0.1:{port}/devtools/browser')",
        "through itself": "fetch('http://127.0.0.1:{port}/http://@HOST/@TAG', {{mode: 'no-cors'}})",
    }
    return [
        script("our own ports", f"{name} {way}", code.format(port=port))
        for name, port in ports.items()
        for way, code in ways.items()
    ]
