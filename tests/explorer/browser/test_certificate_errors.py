"""Certificates that are not valid: what is said of each, and how to film the site all the same."""

from collections.abc import Iterator

import pytest

from explorer.browser.certificate_errors import FAULTS, certificate_error
from explorer.errors import CertificateInvalid
from explorer.types import Wishes
from tests.attacks.hostile_pages.bomb import bomb, page
from tests.attacks.hostile_pages.server import HostileServer
from tests.explorer.support.exploration import Clicks, Harness, open_harness

SECRET = bomb("secret", page("<p>Text"), port="self-signed")


@pytest.fixture(scope="module")
def tls() -> Iterator[HostileServer]:
    with HostileServer({"secret": SECRET}) as server:
        yield server


@pytest.fixture(scope="module")
def harness(tls: HostileServer) -> Iterator[Harness]:
    with open_harness(tls.endpoint("self-signed")) as opened:
        yield opened


def test_a_certificate_that_nobody_has_signed_is_refused_with_its_fault(
    harness: Harness, tls: HostileServer
) -> None:
    with pytest.raises(CertificateInvalid, match=r"self-signed.*ignore_certificate_errors"):
        harness.explore(tls.address(SECRET))


@pytest.mark.thorough
def test_whoever_wishes_films_it_all_the_same(harness: Harness, tls: HostileServer) -> None:
    take = harness.explore(
        tls.address(SECRET), Clicks(["Second page"]), wishes=Wishes(ignore_certificate_errors=True)
    )

    assert [step.label for step in take.steps] == ["Second page"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ERR_CERT_DATE_INVALID", "expired"),
        ("ERR_CERT_COMMON_NAME_INVALID", "another host"),
        ("ERR_CERT_AUTHORITY_INVALID", "self-signed"),
        ("ERR_CERT_REVOKED", "revoked"),
        ("ERR_CERT_NEVER_HEARD_OF", "ERR_CERT_NEVER_HEARD_OF"),
    ],
)
def test_the_fault_is_named_in_words(name: str, said: str) -> None:
    error = certificate_error("https://site.test/", name)

    assert error is not None
    assert said in str(error)
    assert error.code == "certificate_invalid"


def test_other_failures_are_no_matter_of_certificates() -> None:
    assert certificate_error("https://site.test/", "ERR_CONNECTION_RESET") is None
    assert all(name.startswith(("ERR_CERT", "ERR_SSL_PINNED")) for name in FAULTS)
