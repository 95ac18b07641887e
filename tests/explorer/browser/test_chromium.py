"""Chromium: found, launched, hardened, forgetful, and missed when it dies."""

import asyncio
import os
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from explorer.browser.chromium import Chromium, find_chromium, open_session, try_launch
from explorer.egress.policy import EgressPolicy
from explorer.egress.proxy import EgressProxy
from explorer.errors import BrowserCrashed, BrowserMissing
from explorer.types import Brief
from tests.explorer.support.exploration import Harness
from tests.support.markers import first


def on_stage(harness: Harness, path: str, script: str) -> Any:
    """What `script` finds on a page of the test site, in a context of its own."""

    async def work() -> Any:
        async with harness.session(Brief(harness.site.url)) as session:
            await session.page.goto(harness.site.url + path)
            return await session.page.evaluate(script)

    return harness.run(work)


def test_a_configured_browser_is_taken_as_it_is() -> None:
    known = find_chromium()

    assert find_chromium(known.path) == Chromium(known.path, known.kind, "CHROMIUM_PATH")


@pytest.mark.parametrize("kind", ["missing", "folder", "plain file"])
def test_a_configured_browser_that_cannot_run_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "chromium"
    if kind == "folder":
        path.mkdir()
    elif kind == "plain file":
        path.write_text("no program")

    with pytest.raises(BrowserMissing, match=r"CHROMIUM_PATH is .*not an executable file"):
        find_chromium(str(path))


def test_without_any_browser_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))

    with pytest.raises(BrowserMissing, match=r"playwright install chromium.*CHROMIUM_PATH"):
        find_chromium()


def test_playwrights_own_browser_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    for version in ("1100", "1200"):
        own = tmp_path / f"chromium_headless_shell-{version}" / "chrome-linux" / "headless_shell"
        own.parent.mkdir(parents=True)
        own.touch()

    found = find_chromium()

    assert (found.path, found.kind, found.source) == (str(own), "headless-shell", "Playwright")


def test_a_program_that_is_no_browser_is_an_error_that_names_it(tmp_path: Path) -> None:
    path = tmp_path / "chromium"
    path.write_text("#!/bin/sh\necho no\nexit 3\n")
    path.chmod(0o755)

    with pytest.raises(BrowserCrashed, match="did not start") as caught:
        asyncio.run(try_launch(find_chromium(str(path))))

    assert str(path) in str(caught.value)


#: Everything is read before, because the interpreter may lie where only root can look.
AS_NOBODY = """
import asyncio, concurrent.futures.thread, encodings.idna, os, sys
from explorer.browser.chromium import find_chromium, try_launch
chromium = find_chromium(sys.argv[1])
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
print(asyncio.run(try_launch(chromium)).sandboxed)
"""


def may_have_namespaces() -> bool:
    """Whether the kernel lets an ordinary user make those that Chromium's sandbox is made of."""
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    return (
        subprocess.run([*nobody, "unshare", "-Urpn", "true"], capture_output=True, check=False).returncode
        == 0
    )


def test_an_ordinary_users_browser_has_its_sandbox_wherever_the_kernel_lets_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if parent == Path(tempfile.gettempdir()):
            break
        parent.chmod(0o755)
    command = [sys.executable, "-c", AS_NOBODY, find_chromium().path]
    environment = {**os.environ, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}

    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout.strip() == str(may_have_namespaces())
    assert ("without its own sandbox" in said.stderr) is not may_have_namespaces()


def refusing(path: Path, complaint: str) -> Chromium:
    """A browser that starts only without its sandbox, and says why."""
    own = find_chromium().path
    path.write_text(
        f'#!/bin/sh\ncase "$*" in *--no-sandbox*) exec {own} "$@";; esac\necho \'{complaint}\' >&2\nexit 1\n'
    )
    path.chmod(0o755)
    return find_chromium(str(path))


def launched_as_a_user(chromium: Chromium) -> str:
    """What comes of a launch where the user is not root; a process of its own, as there is no way back."""
    told = "try: print(asyncio.run(try_launch(chromium)).sandboxed)\nexcept Exception as exc: print(exc)"
    script = AS_NOBODY.replace("print(asyncio.run(try_launch(chromium)).sandboxed)", told)
    home = str(Path(chromium.path).parent)
    environment = {**os.environ, "HOME": home, "TMPDIR": home}
    command = [sys.executable, "-c", script, chromium.path]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("complaint", "said"),
    first(
        1,
        [
            ("FATAL: No usable sandbox! Update your kernel", "False"),
            ("Failed to move to new namespace: Operation not permitted", "False"),
            ("error while loading shared libraries: libnss3.so", "did not start"),
        ],
    ),
)
def test_only_a_browser_that_is_refused_its_sandbox_is_started_without(
    tmp_path: Path, complaint: str, said: str
) -> None:
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if parent == Path(tempfile.gettempdir()):
            break
        parent.chmod(0o755)

    assert said in launched_as_a_user(refusing(tmp_path / "headless", complaint))


def test_a_take_starts_without_cookies_and_storage_of_another(harness: Harness) -> None:
    remember = "document.cookie = 'seen=1; path=/'; localStorage.seen = 1"

    on_stage(harness, "about.html", remember)
    left = on_stage(harness, "about.html", "[document.cookie, localStorage.length]")

    assert left == ["", 0]


def test_the_picture_is_as_large_as_asked_and_without_scroll_bars(harness: Harness) -> None:
    size = on_stage(harness, "index.html", "[innerWidth, innerHeight, document.documentElement.clientWidth]")

    assert size == [1280, 720, 1280]


def test_dialogs_are_declined(harness: Harness) -> None:
    answers = on_stage(harness, "about.html", "[alert('x'), confirm('sure?'), prompt('name?', 'me')]")

    assert answers == [None, False, None]


def test_nothing_is_printed(harness: Harness) -> None:
    script = (
        "(() => { let n = 0; onbeforeprint = () => n++; for (let i = 0; i < 99; i++) print(); return n })()"
    )

    assert on_stage(harness, "about.html", script) == 0


def test_a_page_may_be_left_though_it_asks_to_stay(harness: Harness) -> None:
    async def work() -> str:
        async with harness.session(Brief(harness.site.url)) as session:
            await session.page.goto(f"{harness.site.url}lab/dialogs.html")
            await session.page.click("#guard")
            await session.page.click("text=Home page")
            await session.page.wait_for_url("**/index.html")
            return session.page.url

    assert harness.run(work).endswith("/index.html")


def test_nothing_is_downloaded(harness: Harness) -> None:
    async def work() -> tuple[str | None, str]:
        async with harness.session(Brief(harness.site.url)) as session:
            await session.page.goto(f"{harness.site.url}lab/dead.html")
            async with session.page.expect_download() as started:
                await session.page.evaluate(
                    "Object.assign(document.createElement('a'), {href: '/', download: 'x.html'}).click()"
                )
            return await (await started.value).failure(), session.page.url

    failure, url = harness.run(work)

    assert failure
    assert url.endswith("/lab/dead.html")


def test_a_page_whose_process_dies_is_noticed(harness: Harness) -> None:
    async def work() -> str:
        async with harness.session(Brief(harness.site.url)) as session:
            crash = asyncio.create_task(session.page.goto("chrome://crash"))
            how = await asyncio.wait_for(session.lost, 20)
            crash.cancel()
            await asyncio.gather(crash, return_exceptions=True)
            with pytest.raises(BrowserCrashed, match="the page's process died"):
                session.check()
            return how

    assert harness.run(work) == "the page's process died"


def browsers() -> set[psutil.Process]:
    """The browsers among this process's descendants, their helpers left out."""
    found = set()
    for process in psutil.Process().children(recursive=True):
        try:
            if "--remote-debugging-pipe" in process.cmdline():
                found.add(process)
        except psutil.NoSuchProcess:
            continue
    return found


def test_a_browser_that_is_killed_is_noticed_and_nothing_of_it_stays() -> None:
    async def work() -> tuple[str, set[psutil.Process]]:
        before = browsers()
        async with (
            EgressProxy(EgressPolicy()) as proxy,
            open_session(Brief("http://site.test/"), find_chromium(), proxy.url) as session,
        ):
            session.check()
            for process in browsers() - before:
                with suppress(psutil.NoSuchProcess):  # it went with the one before it
                    process.kill()
            how = await asyncio.wait_for(session.lost, 20)
            with pytest.raises(BrowserCrashed, match="the browser died while filming"):
                session.check()
        return how, browsers() - before

    how, left = asyncio.run(work())

    assert how == "the browser died"
    assert all(process.status() == psutil.STATUS_ZOMBIE for process in left)
