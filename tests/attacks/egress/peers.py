"""Vectors of WebRTC: STUN and TURN servers, and candidates that are made up."""

from tests.attacks.egress.vectors import Vector, script

GATHER = (
    "const p = new RTCPeerConnection({{iceServers: [{server}], iceTransportPolicy: '{policy}'}});"
    "p.createDataChannel('x'); await p.setLocalDescription(await p.createOffer());"
)
#: Two peers in one page; each is told that the other one is at the secret.
MADE_UP = (
    "const a = new RTCPeerConnection(), b = new RTCPeerConnection(); a.createDataChannel('x');"
    "await a.setLocalDescription(await a.createOffer()); await b.setRemoteDescription(a.localDescription);"
    "await b.setLocalDescription(await b.createAnswer()); await a.setRemoteDescription(b.localDescription);"
    "for (const p of [a, b]) await p.addIceCandidate({{candidate:"
    " 'candidate:1 1 {transport} 2122260223 {host} @PORT typ host{more}', sdpMLineIndex: 0, sdpMid: '0'}})"
)
HOSTS = ("127.0.0.1", "[::1]", "localhost", "private.test")
URLS = (
    *("stun:{host}:@PORT", "turn:{host}:@PORT?transport=udp", "turn:{host}:@PORT?transport=tcp"),
    *("turns:{host}:@PORT?transport=tcp", "stuns:{host}:@PORT"),
)


def peers() -> list[Vector]:
    found = []
    for host in HOSTS:
        for url in URLS:
            server = f"{{urls: '{url.format(host=host)}', username: '@TAG', credential: 'x'}}"
            for policy in ("all", "relay"):
                code = GATHER.format(server=server, policy=policy)
                found.append(script("WebRTC servers", f"{url.format(host=host)} {policy}", code))
    for host in ("127.0.0.1", "::1", "private.test"):
        for transport, more in (("udp", ""), ("tcp", " tcptype passive")):
            code = MADE_UP.format(host=host, transport=transport, more=more)
            found.append(script("WebRTC candidates", f"{transport} {host}", code))
    return found
