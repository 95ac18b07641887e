"""Which site file is for an address."""

import pytest

from actors.sites.site_file import SiteFile, SiteFiles

FILES = SiteFiles(
    "sites",
    (
        SiteFile("all.yaml", ("*",)),
        SiteFile("first.yaml", ("shop.example", "*.org")),
        SiteFile("second.yaml", ("shop.example", "xn--bcher-kva.example", "127.0.0.1", "::1", "a*.example")),
    ),
)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://shop.example/", "first.yaml"),
        ("http://SHOP.example.:8080/a?b#c", "first.yaml"),
        ("https://www.docs.org", "first.yaml"),
        ("https://bücher.example/", "second.yaml"),
        ("http://127.0.0.1:3000/", "second.yaml"),
        ("http://[::1]:3000/", "second.yaml"),
        ("https://a.b.example/", "second.yaml"),
        ("https://www.shop.example/", "all.yaml"),
        ("https://shop.example.com/", "all.yaml"),
        ("https://org/", "all.yaml"),
    ],
)
def test_the_first_file_for_a_host_counts_and_the_generic_one_last(url: str, name: str) -> None:
    found = FILES.match(url)

    assert found is not None
    assert found.name == name


def test_without_a_generic_file_other_hosts_have_none() -> None:
    assert SiteFiles("sites", FILES.files[1:]).match("https://other.example/") is None
    assert SiteFiles().match("https://shop.example/") is None
