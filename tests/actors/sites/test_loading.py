"""Site files are loaded strictly: each mistake is named with file and place, and nothing widens a request."""

from pathlib import Path

import pytest

from actors.errors import SettingsInvalid
from actors.settings import Settings
from actors.sites.loading import SiteFilesInvalid, load_sites
from actors.sites.site_file import AT_ONCE, PACE_S, SiteFile

WHOLE = """
hosts: ["*.Shop.example", bücher.example, "[::1]"]
script: {variables: {who: Ann}, steps: [{caption: "Hello {{who}}"}, {explore: {max_clicks: 2}}]}
exploration: {goal: 2024, max_clicks: 30, scout: no, avoid: [/blog]}
film: {fps: 60, captions: off, size: square}
limits: {max_clicks: 4, max_runtime: 60}
consent: ["css=#no", Nein danke]
mask: [text=Ann, [css=.a, testid=b]]
pace: {seconds: 5.5, at_once: 3}
"""


def folder(tmp_path: Path, **files: str) -> Path:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def loaded(tmp_path: Path, text: str) -> SiteFile:
    (file,) = load_sites(folder(tmp_path, shop=text)).files
    return file


def test_a_file_says_all_that_it_may(tmp_path: Path) -> None:
    file = loaded(tmp_path, WHOLE)

    assert (file.name, file.hosts) == ("shop.yaml", ("*.shop.example", "xn--bcher-kva.example", "::1"))
    assert (file.exploration.goal, file.exploration.max_clicks, file.exploration.scout) == ("2024", 30, False)
    assert file.exploration.model_fields_set == {"goal", "max_clicks", "scout", "avoid"}
    assert (file.film.fps, file.film.captions, file.film.size) == (60, False, "square")
    assert (file.limits.max_clicks, file.limits.max_runtime) == (4, 60)
    assert (file.consent, file.mask) == (("css=#no", "Nein danke"), ("text=Ann", "css=.a", "testid=b"))
    assert (file.pace_s, file.at_once) == (5.5, 3)
    bound = file.bound_script("https://a.shop.example/?q={{x}}")
    assert bound is not None
    assert bound.script.start == "https://a.shop.example/?q={{x}}"
    assert bound.given == {"url", "steps[0]", "steps[1]"}, "no guardrail yields to its words"


def test_hosts_are_enough_and_a_pace_may_be_seconds_alone(tmp_path: Path) -> None:
    file = loaded(tmp_path, "hosts: [shop.example]")

    assert (file.script, file.consent, file.mask) == (None, (), ())
    assert (file.pace_s, file.at_once) == (PACE_S, AT_ONCE) == (2.0, 1)
    assert loaded(tmp_path, "hosts: [shop.example]\npace: 0").pace_s == 0


def test_yaml_files_alone_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    folder(tmp_path, b="hosts: [b.example]", a="hosts: [a.example]")
    (tmp_path / "c.yml").write_text("hosts: [c.example]")
    for other in ("README.md", ".hidden.yaml", "d.yaml~"):
        (tmp_path / other).write_text("nothing of a site file")

    sites = load_sites(tmp_path)

    assert [file.name for file in sites.files] == ["a.yaml", "b.yaml", "c.yml"]
    assert str(sites) == str(tmp_path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is not a mapping with hosts"),
        ("[shop.example]", "is not a mapping with hosts"),
        ("film: {fps: 60}", "hosts field required"),
        ("hosts: []", "hosts list should have at least 1 item"),
        ("hosts: shop.example", "hosts input should be a valid list"),
        ("hosts: [https://a.example]", "hosts[0] 'https://a.example' is no host"),
        ("hosts: [a.example, b.example:80]", "hosts[1] 'b.example:80' is no host"),
        ("hosts: [a.example/shop]", "hosts[0] 'a.example/shop' is no host"),
        (
            "hosts: [a.example]\nhosts: [b.example]",
            "has the key 'hosts' twice in one mapping (line 2)",
        ),
        ("hosts: &all [a.example]", "has an alias (line 1)"),
        ("hosts: [a.example", "is not YAML: did not find expected ',' or ']' (line 2, column 1)"),
        ("hosts: [a]\n---\nhosts: [b]", "holds several documents"),
        ("hosts: [a]\nhints: [b]", "has 'hints', which is none of consent, exploration, film"),
        (
            "hosts: [a]\nexploration: {max_clicks: 0}",
            "exploration.max_clicks input should be greater",
        ),
        (
            "hosts: [a]\nexploration: {clicks: 1}",
            "exploration has 'clicks', which is none of avoid",
        ),
        ("hosts: [a]\nexploration: {focus: [https://a/b]}", "exploration.focus has an address"),
        ("hosts: [a]\nfilm: {fps: 59}", "film.fps input should be 30 or 60"),
        ("hosts: [a]\nlimits: {goal: x}", "limits has 'goal', which is none of max_clicks"),
        (
            "hosts: [a]\nlimits: {max_depth: few}",
            "limits.max_depth input should be a valid integer",
        ),
        ("hosts: [a]\nconsent: [role=button]", "consent[0] 'role=button' is neither the words"),
        ("hosts: [a]\nconsent: ['css=a >> No']", "consent[0] 'css=a >> No' is neither the words"),
        ("hosts: [a]\nmask: [xpath=//a]", "mask[0] a mask is one part"),
        (
            "hosts: [a]\npace: {at_once: 0}",
            "pace.at_once input should be greater than or equal to 1",
        ),
        ("hosts: [a]\nscript: {steps: [{clik: x}]}", "script.steps[0] it says clik"),
        ("hosts: [a]\nscript: [x]", "script is not a mapping with steps"),
        (
            "hosts: [a]\nscript: {secrets: [pw], steps: [{hold: 1}]}",
            "script.secrets are for a script that comes with a request",
        ),
        (
            "hosts: [a]\nscript: {variables: {who: {required: true}}, steps: [{hold: 1}]}",
            "script.variables.who has no value and no default",
        ),
        (
            "hosts: [a]\nscript: {steps: [{hold: 1}], film: {fps: 59}}",
            "script.film.fps input should be 30 or 60",
        ),
    ],
)
def test_what_is_wrong_is_named_with_file_and_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SiteFilesInvalid) as caught:
        load_sites(folder(tmp_path, shop=text))

    assert str(caught.value).startswith(f"shop.yaml: {said}")


@pytest.mark.parametrize("place", ["", "exploration", "limits", "film"])
@pytest.mark.parametrize(
    "name",
    ["domains", "allow_writes", "allow_hosts", "ignore_robots", "ignore_certificate_errors", "guardrails"],
)
def test_nothing_may_be_allowed(tmp_path: Path, place: str, name: str) -> None:
    said = f"{name}: [b.example]" if name in ("domains", "allow_hosts") else f"{name}: true"
    text = f"{place}: {{{said}}}" if place else said

    with pytest.raises(SiteFilesInvalid, match=rf"shop\.yaml: {place} ?has {name}, with which it would"):
        load_sites(folder(tmp_path, shop=f"hosts: [a.example]\n{text}"))


def test_the_process_does_not_start_and_every_file_that_is_wrong_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder(tmp_path, good="hosts: [a.example]", one="hosts: []\npace: fast", two="- x")
    (tmp_path / "three.yaml").mkdir()
    monkeypatch.setenv("SITES_DIR", str(tmp_path))

    with pytest.raises(SettingsInvalid) as caught:
        Settings.read()

    said = str(caught.value)
    assert said.startswith("SITES_DIR: one.yaml: hosts list should have at least 1 item")
    for part in (
        "; one.yaml: pace.seconds",
        "; three.yaml: cannot be read: ",
        "; two.yaml: is not a mapping",
    ):
        assert part in said
    assert "good.yaml" not in said


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITES_DIR", str(tmp_path / "sites"))

    with pytest.raises(SettingsInvalid, match=r"SITES_DIR: .*/sites is no folder that can be read: No such"):
        Settings.read()


def test_settings_have_the_files_of_the_folder_and_none_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SITES_DIR", raising=False)
    assert Settings.read().sites.files == ()

    monkeypatch.setenv("SITES_DIR", str(folder(tmp_path, shop="hosts: [a.example]")))
    assert [file.name for file in Settings.read().sites.files] == ["shop.yaml"]
