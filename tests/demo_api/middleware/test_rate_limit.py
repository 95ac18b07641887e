import ipaddress

import httpx
import pytest

from actors.settings import Settings
from demo_api.errors import RateLimited
from demo_api.middleware.client_address import client_address, subscriber_address
from demo_api.middleware.rate_limit import MAX_CLIENTS, Rate, RateLimiter
from tests.conftest import Serve


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def admitted(limiter: RateLimiter, client: str, times: int) -> int:
    count = 0
    for _ in range(times):
        try:
            limiter.admit(client)
        except RateLimited:
            continue
        count += 1
    return count


def test_a_client_has_its_whole_rate_at_once_and_then_one_by_one() -> None:
    clock = Clock()
    limiter = RateLimiter(Rate(5, 60), clock)

    assert admitted(limiter, "a", 8) == 5
    assert admitted(limiter, "b", 8) == 5
    clock.now_s += 12
    assert admitted(limiter, "a", 3) == 1
    clock.now_s += 600
    assert admitted(limiter, "a", 8) == 5


def test_a_client_that_waits_for_retry_after_is_admitted() -> None:
    clock = Clock()
    limiter = RateLimiter(Rate(3, 60), clock)
    admitted(limiter, "a", 3)

    for _ in range(5):
        with pytest.raises(RateLimited) as refused:
            limiter.admit("a")
        assert 0 < refused.value.retry_after_s <= 20
        clock.now_s += refused.value.retry_after_s
        limiter.admit("a")


def test_no_number_of_clients_fills_the_memory() -> None:
    limiter = RateLimiter(Rate(1, 60), Clock())

    for number in range(MAX_CLIENTS + 100):
        limiter.admit(str(number))

    assert len(limiter._arrival_s) == MAX_CLIENTS
    assert admitted(limiter, str(MAX_CLIENTS + 99), 1) == 0


def test_rate_limit_off_counts_no_client() -> None:
    assert admitted(RateLimiter(Rate.parse("off")), "a", 1000) == 1000


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),  # not a proxy of ours: anybody may say this
        ("10.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.9", "198.51.100.9"),
        ("10.0.0.1", "198.51.100.9, 10.0.0.2", "198.51.100.9"),
        ("10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"),
        ("10.0.0.1", "198.51.100.9:80", "198.51.100.9"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.9", "198.51.100.9"),
        (None, "198.51.100.9", "unknown"),
    ],
)
def test_a_client_is_the_peer_or_whom_a_trusted_proxy_names(
    peer: str | None, forwarded: str | None, client: str
) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded is not None else []
    scope = {"type": "http", "client": (peer, 1) if peer else None, "headers": headers}

    assert client_address(scope, [ipaddress.ip_network("10.0.0.0/8")]) == client


def test_an_ipv6_subscriber_is_one_client() -> None:
    assert (
        subscriber_address("2001:db8:1:2:3::4")
        == subscriber_address("2001:db8:1:2::9")
        == "2001:db8:1:2::/64"
    )
    assert subscriber_address("192.0.2.1") == "192.0.2.1"
    assert subscriber_address("unknown") == "unknown"


def test_too_many_requests_are_429_with_retry_after(settings: Settings, serve: Serve) -> None:
    limited = settings.model_copy(
        update={"rate_limit": "3/hour", "trusted_proxies": frozenset({ipaddress.ip_network("127.0.0.0/8")})}
    )
    with serve(limited) as address, httpx.Client(base_url=address) as client:
        answers = [client.post("/demo/run", json={"url": "http://93.184.215.14/"}) for _ in range(4)]
        other = client.post("/demo/cancel/none", headers={"x-forwarded-for": "192.0.2.1"})
        looked = client.get("/demo/status/none")

    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert answers[3].json()["code"] == "rate_limited"
    assert 1100 < int(answers[3].headers["retry-after"]) <= 1200
    assert (other.status_code, looked.status_code) == (404, 404)


def test_settings_of_the_api_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "RATE_LIMIT": "10/second",
        "ALLOWED_HOSTS": "Films.example.com, [::2]",
        "TRUSTED_PROXIES": "10.0.0.0/8,192.0.2.1",
        "CORS_ORIGINS": "https://films.example.com",
        "LOG_FORMAT": "json",
    }.items():
        monkeypatch.setenv(name, value)

    settings = Settings.read()

    assert Rate.parse(settings.rate_limit) == Rate(10, 1)
    assert settings.allowed_hosts == {"films.example.com", "::2"}
    assert ipaddress.ip_network("192.0.2.1/32") in settings.trusted_proxies
    assert settings.cors_origins == {"https://films.example.com"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RATE_LIMIT", "lots"),
        ("RATE_LIMIT", "0/minute"),
        ("ALLOWED_HOSTS", "https://films.example.com"),
        ("ALLOWED_HOSTS", "films.example.com:80"),
        ("ALLOWED_HOSTS", "*"),
        ("TRUSTED_PROXIES", "proxy.example.com"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://films.example.com/"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_an_invalid_setting_of_the_api_is_named(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(Exception, match=name):
        Settings.read()
