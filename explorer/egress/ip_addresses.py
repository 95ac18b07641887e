"""Classifies IP addresses in every spelling: public, private, or a cloud's metadata service."""

import ipaddress
import socket
import unicodedata
from urllib.parse import unquote

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


def _networks(*texts: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


#: Metadata services of cloud platforms: they give credentials to every process on the machine. `is_global` is
#: true for three of them: Azure's wire server, Alibaba's and Oracle's metadata.
METADATA_ADDRESSES = frozenset(
    ipaddress.ip_address(text)
    for text in (
        *("169.254.169.254", "169.254.170.2", "169.254.170.23", "168.63.129.16", "100.100.100.200"),
        *("192.0.0.192", "fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"),
    )
)
METADATA_NAMES = frozenset(
    {
        *("metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.internal"),
        *("instance-data", "instance-data.ec2.internal", "metadata.tencentyun.com"),
    }
)
#: Top-level names that mean this machine or this network (RFC 6761, 6762, 8375, and `internal`, which ICANN
#: has reserved).
LOCAL_NAMES = ("localhost", "local", "localdomain", "internal", "home.arpa")
#: Reserved networks for which `is_global` is true, wholly in Python 3.11 and partly in all versions.
SPECIAL_NETWORKS = _networks(
    *("192.0.0.0/24", "192.88.99.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "3fff::/20")
)
#: RFC 6052 well-known NAT64 prefix: the IPv4 address is in the last 32 bits.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: What IANA has allocated for global unicast. `is_global` is also true for ::127.0.0.1, fec0::/10,
#: ::ffff:0:0:0 and the local NAT64 prefix 64:ff9b:1::/48.
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
#: Bits 32 to 63 of an ISATAP interface (RFC 5214, section 6.1), whose last 32 bits are an IPv4 address.
ISATAP = frozenset({0x00005EFE, 0x02005EFE})
#: What a browser removes from a host name (UTS 46, "ignored"): soft hyphens, joiners, variation selectors.
IGNORED_CATEGORIES = frozenset({"Cf"})
VARIATION_SELECTORS = range(0xFE00, 0xFE10)
#: What no host may contain (WHATWG URL, "forbidden domain code point"), besides controls and spaces.
FORBIDDEN_IN_HOST = frozenset("#/:<>?@[\\]^|%`{}\"'!$&()*+,;=~")
MAX_NAME_LENGTH = 253


def parse_ip_literal(host: str) -> IPAddress | None:
    """Parses an IP address in any spelling that a resolver accepts (decimal, hex, octal, short); None for a
    name.
    """
    try:
        return ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, ValueError):
        return None


def is_public(address: IPAddress) -> bool:
    """Checks for a global unicast address whose embedded IPv4 address, if it has one, is public too."""
    if address in METADATA_ADDRESSES or any(address in network for network in SPECIAL_NETWORKS):
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = embedded_ipv4(address)
        if inner is not None and not is_public(inner):
            return False
        if address not in GLOBAL_UNICAST:
            return inner is not None and (address in NAT64 or address.ipv4_mapped is not None)
    return address.is_global and not address.is_multicast


def is_metadata(address: IPAddress) -> bool:
    """Checks for a cloud's metadata service, embedded in an IPv6 address or not."""
    inner = embedded_ipv4(address) if isinstance(address, ipaddress.IPv6Address) else None
    return address in METADATA_ADDRESSES or inner in METADATA_ADDRESSES


def embedded_ipv4(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Returns the IPv4 address that a gateway, or the machine itself, would translate an IPv6 address to."""
    bits = int(address)
    if address in NAT64 or (bits >> 32) & 0xFFFFFFFF in ISATAP:
        return ipaddress.IPv4Address(bits & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def address_and_embedded(text: str) -> frozenset[str]:
    """Returns the address and the IPv4 address embedded in it: either may be reached when it is dialed."""
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = embedded_ipv4(address) if isinstance(address, ipaddress.IPv6Address) else None
    return frozenset(map(str, filter(None, (address, inner))))


def normalize_host(host: str) -> str:
    """Normalizes a host as browsers do: decoded, mapped to ASCII, lower case, without brackets and trailing
    dots.

    Raises ValueError for what no browser accepts as a host.
    """
    bare = host.removeprefix("[").removesuffix("]")
    if ":" in bare:
        return ipaddress.IPv6Address(bare.partition("%")[0]).compressed
    name = unicodedata.normalize("NFKC", unquote(bare, errors="strict"))
    name = "".join(letter for letter in name if not _is_ignored(letter)).replace("\u3002", ".").rstrip(".")
    if not name.isascii():
        name = name.encode("idna").decode()
    if (
        not name
        or len(name) > MAX_NAME_LENGTH
        or any(ord(letter) <= 32 or ord(letter) == 127 for letter in name)
    ):
        raise ValueError("it is empty, too long, or has spaces in it")
    if not FORBIDDEN_IN_HOST.isdisjoint(name):
        raise ValueError("it contains a character that is not allowed in a host")
    return name.lower().rstrip(".")


def _is_ignored(letter: str) -> bool:
    return unicodedata.category(letter) in IGNORED_CATEGORIES or ord(letter) in VARIATION_SELECTORS


def is_local_name(name: str) -> bool:
    """Checks for a name that means this machine or its network."""
    return name.endswith(tuple(f".{local}" for local in LOCAL_NAMES)) or name in LOCAL_NAMES
