"""Obstacles: what a polite visitor answers, and what is none of its business."""

from typing import Any

import pytest
from playwright.async_api import Page

from explorer.overlays.dismissal import Dismissed, dismiss_overlays
from explorer.overlays.search import note_layers
from explorer.protocols import Clock
from tests.explorer.conftest import Show
from tests.explorer.support.exploration import FrameClock, RealClock


@pytest.fixture
def show(show_in_shared_page: Show) -> Show:
    return show_in_shared_page


#: A page with something to see, whose every pressed control is noted in `pressed`.
SITE = """<style>body { margin: 0; font: 16px sans-serif } .bar { position: fixed; left: 0; right: 0;
            bottom: 0;
  padding: 24px; background: #eee; z-index: 9 } .veil { position: fixed; inset: 0; background: #0008;
    z-index: 8 }
  .box { position: fixed; left: 340px; top: 160px; width: 600px; padding: 24px; background: #fff; z-index:
    10 }
  .corner { position: fixed; right: 20px; bottom: 20px; width: 320px; padding: 24px; background: #fff;
    z-index: 10 }
  </style><header><nav><a href=/one>Products</a> <a href=/two>Pricing</a></nav></header>
  <main><h1>A shop of things</h1><p>Things that people buy, and more words than a few.</p>
  <button>Add to cart</button></main>
  <script>pressed = []; addEventListener("click", (e) => {
    const path = e.composedPath(), it = path.find((n) => n.matches?.("button, a, [role=button], .enter"));
    if (it) pressed.push(it.id || it.getAttribute("aria-label") || it.innerText);
    if (it?.dataset.go !== undefined) document.querySelectorAll(".gone").forEach((n) => n.remove());
  }, true)</script>"""
GO = "data-go"
CROSS = "\u00d7"


def cleared(show: Show, html: str, clock: Clock | None = None) -> tuple[list[Dismissed], list[str]]:
    async def look(page: Page) -> Any:
        return await dismiss_overlays(page, clock or RealClock()), await page.evaluate("pressed")

    found, pressed = show(SITE + html, look)
    return found, pressed


@pytest.mark.parametrize(
    ("kind", "pressed", "html"),
    [
        (
            "consent",
            "Reject all",
            f"""<div class="bar gone">We use cookies to improve your experience. <a href=/cookies>Cookie
            policy</a>
            <button {GO}>Accept all</button> <button {GO}>Reject all</button>
            <button>Settings</button></div>""",
        ),
        (
            "consent",
            "Nur notwendige Cookies",
            f"""<div class="bar gone" role=dialog>Wir verwenden Cookies und achten den Datenschutz.
            <button {GO}>Alle akzeptieren</button> <button {GO}>Nur notwendige Cookies</button></div>""",
        ),
        (
            "consent",
            "Continuer sans accepter",
            f"""<div class="veil gone"></div><div class="box gone">Nous utilisons des cookies.
            <a href="#" {GO}>Continuer sans accepter</a> <button>S'abonner</button>
            <button {GO}>Accepter et fermer</button></div>""",
        ),
        (
            "consent",
            "Rechazar todo",
            f"""<div class="bar gone">Usamos cookies propias y de terceros.
            <span role=button style="cursor:pointer" {GO}>Aceptar</span>
            <span role=button style="cursor:pointer" {GO}>Rechazar todo</span></div>""",
        ),
        (
            "consent",
            "拒否する",
            f"""<div class="bar gone">当サイトではCookieを使用しています。
            <button {GO}>すべて同意する</button> <button {GO}>拒否する</button></div>""",
        ),
        (
            "consent",
            "仅接受必要",
            f"""<div class="bar gone">本网站使用 Cookie。
            <button {GO}>全部接受</button> <button {GO}>仅接受必要</button></div>""",
        ),
        (
            "consent",
            "Отклонить",
            f"""<div class="bar gone">Мы используем файлы cookie.
            <button {GO}>Принять</button> <button {GO}>Отклонить</button></div>""",
        ),
        (
            "consent",
            "Got it!",
            f"""<div class="bar gone">This site uses cookies. <button {GO}>Got it!</button></div>""",
        ),
        (
            "consent",
            "Allow cookies",
            f"""<div class="bar gone">Cookies help us. <button {GO}>Allow cookies</button>
            <button>Manage preferences</button></div>""",
        ),
        (
            "consent",
            "onetrust-reject-all-handler",
            f"""<div id=onetrust-banner-sdk class="bar gone">Privacy.
            <button id=onetrust-accept-btn-handler {GO}>Yes please</button>
            <button id=onetrust-reject-all-handler {GO}>Rather not</button></div>""",
        ),
        (
            "consent",
            "CybotCookiebotDialogBodyButtonDecline",
            f"""<div id=CybotCookiebotDialog class="box gone">Diese Website
            <button id=CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll {GO}>OK</button>
            <button id=CybotCookiebotDialogBodyButtonDecline {GO}>Nein</button></div>""",
        ),
        (
            "tour",
            "Skip",
            f"""<div class="veil gone"></div><div class="box gone">Welcome! Step 1 of 4
            <button {GO}>Skip</button> <button>Next</button></div>""",
        ),
        (
            "tour",
            CROSS,
            f"""<div class="driver-popover corner gone">Here you create charts.
            <button class="driver-popover-close-btn" {GO}>&times;</button> <button>Next</button></div>""",
        ),
        (
            "newsletter",
            "No thanks",
            f"""<div class="veil gone"></div><div class="box gone">Get 10% off! Join our newsletter.
            <input type=email placeholder="E-mail"> <button>Subscribe</button> <button {GO}>No
            thanks</button></div>""",
        ),
        (
            "newsletter",
            "Close dialog",
            f"""<div class="veil gone"><div class="box">Stay in the loop<input type=email><button>Sign
            up</button>
            <button aria-label="Close dialog" {GO}><svg width=20 height=20></svg></button></div></div>""",
        ),
        (
            "age",
            "Yes, I am over 18",
            f"""<div class="veil gone"></div><div class="box gone" role=dialog>Are you over 18?
            <button>No</button> <button {GO}>Yes, I am over 18</button></div>""",
        ),
        (
            "region",
            "Stay on this site",
            f"""<div class="veil gone"></div><div class="box gone" role=dialog>It looks like you are
            visiting from
            Germany. <a href=https://example.de/>Go to the German site</a>
            <button {GO}>Stay on this site</button></div>""",
        ),
        (
            "splash",
            "Enter site",
            f"""<div class="gone" style="position:fixed;inset:0;z-index:20;background:#123;color:#fff">
            <h1>Studio</h1><button {GO}>Enter site</button></div>""",
        ),
        (
            "splash",
            "veil",
            f"""<div class="enter gone" id=veil {GO}
            style="position:fixed;inset:0;z-index:20;background:#123">
            <p>Click anywhere to start</p></div>""",
        ),
        (
            "teaser",
            "Close",
            f"""<div class="corner gone">Hi there 👋 Questions? Chat with us!
            <button aria-label=Close {GO}>x</button> <button>Chat now</button></div>""",
        ),
        (
            "app",
            "Not now",
            f"""<div class="bar gone">Get the app for a better experience <button>Install</button>
            <button {GO}>Not now</button></div>""",
        ),
        (
            "notifications",
            "Maybe later",
            f"""<div class="corner gone">We would like to send you notifications about news.
            <button>Allow</button> <button {GO}>Maybe later</button></div>""",
        ),
        (
            "browser",
            "Dismiss",
            f"""<div class="bar gone" style="top:0;bottom:auto">Your browser is out of date. <a
            href=/up>Update</a>
            <button {GO}>Dismiss</button></div>""",
        ),
        (
            "notice",
            "Close",
            f"""<dialog open class="gone" id=d>What is new in version 5<button aria-label=Close
            {GO}>&times;</button></dialog>
            <script>d.close(); d.showModal()</script>""",
        ),
        (
            "notice",
            "close",
            f"""<div class=gone role=presentation style="position:fixed;inset:0;z-index:1300">
            <div class=veil style="z-index:-1"></div><div class=box role=dialog aria-modal=true>Welcome to it
            <button>Create a project</button><button aria-label=close {GO}>x</button></div></div>""",
        ),
    ],
)
def test_an_obstacle_is_answered_and_gone(show: Show, kind: str, pressed: str, html: str) -> None:
    found, noted = cleared(show, html)

    assert [one.kind for one in found] == [kind]
    assert noted == [pressed]


@pytest.mark.parametrize(
    "html",
    [
        "",
        """<header style="position:sticky;top:0;z-index:5;background:#fff;padding:40px"><a
            href=/cookies>Cookie policy</a>
        <button aria-label="Close menu">Close</button><nav><a href=/a>Accept payments</a></nav></header>""",
        """<div style="position:absolute;inset:0;z-index:1;background:#fff"><main><h1>Cookies</h1><p>We
            use cookies.
        This page of our documentation says how to accept and reject
            cookies.</p><button>Accept</button></main></div>""",
        """<p>About cookies and consent: see below.</p><button>Accept all cookies</button>""",
        """<div class=veil></div><div class=box role=dialog>Sign in<input type=email><input type=password>
        <button>Continue</button><button aria-label=Close>&times;</button></div>""",
        """<div class=veil></div><div class=box role=dialog>Log in to continue<input name=user>
        <button>Next</button><button aria-label=Close>&times;</button></div>""",
        """<div class=bar><textarea placeholder="Message"></textarea><button>Send</button><button>Close
            chat</button>
        </div>""",
        """<div class=bar>We use cookies. Pay or consent: <button>Accept and continue</button>
        <button>Subscribe for 3 € a month</button></div>""",
        """<div class=bar>We use cookies. <button>Accept</button> <a href=/pur>Subscribe now</a></div>""",
        """<div class=bar>We use cookies, or read us ad-free. <button>Accept</button></div>""",
        """<div style="position:fixed;inset:0;z-index:1"><canvas></canvas></div><div class=box>Shape
        <button aria-label=Close>&times;</button><button>OK</button></div>""",
        """<div class="veil"></div><div class=box>Are you over 18? Your name <input name=name>
        and your date of birth: <input type=date> <button>Yes</button></div>""",
        """<div style="position:fixed;right:20px;bottom:20px;z-index:9"><button>Chat</button></div>""",
        """<div style="position:fixed;inset:0;z-index:2;background:#fff" id=app><h1>A
            game</h1><button>Start</button>
        </div><script>document.querySelector("main").remove();
            document.querySelector("header").remove()</script>""",
        """<aside style="position:fixed;left:0;top:0;bottom:0;width:240px;z-index:3;background:#eee"><nav>
        <a href=/a>Notifications</a></nav><button>Close sidebar</button><button>Enable dark
            mode</button></aside>""",
    ],
)
def test_what_is_no_obstacle_is_left_alone(show: Show, html: str) -> None:
    assert cleared(show, html) == ([], [])


def test_a_dialog_that_a_click_has_opened_is_left_alone(show: Show) -> None:
    html = f"""<button id=more style="position:absolute;left:600px;top:20px">Open</button>
      <dialog id=d>A product, in detail <button {GO}>Close</button></dialog>
      <script>more.onclick = () => d.showModal()</script>"""

    async def look(page: Page) -> Any:
        await note_layers(page, asked=False)
        await page.mouse.click(620, 30)
        await note_layers(page, asked=True)
        return await dismiss_overlays(page, RealClock()), await page.evaluate("d.open")

    assert show(SITE + html, look) == ([], True)


def test_several_obstacles_go_one_after_the_other_and_then_nothing_is_done(show: Show) -> None:
    html = """<div class=bar id=c>We use cookies <button onclick="c.remove()">Decline</button></div>
      <div class=veil id=v style="z-index:20"></div><div class=box id=n style="z-index:21">Join our newsletter
      <button onclick="v.remove(); n.remove()">No thanks</button></div>"""

    async def look(page: Page) -> Any:
        first = await dismiss_overlays(page, RealClock())
        return [one.kind for one in first], await dismiss_overlays(page, RealClock())

    assert show(SITE + html, look) == (["newsletter", "consent"], [])


def test_what_does_not_go_away_is_tried_once(show: Show) -> None:
    html = """<div class=bar>We use cookies <button>Reject</button><button>Accept</button></div>"""

    async def look(page: Page) -> Any:
        once = await dismiss_overlays(page, FrameClock())
        again = await dismiss_overlays(page, FrameClock())
        return once, again, await page.evaluate("pressed")

    assert show(SITE + html, look) == ([], [], ["Reject"])


@pytest.mark.parametrize("mode", ["open", "closed"])
def test_a_banner_in_a_shadow_root_is_rejected(show: Show, mode: str) -> None:
    html = f"""<div id=usercentrics-root></div><script>
      const root = document.querySelector("#usercentrics-root").attachShadow({{mode: "{mode}"}});
      root.innerHTML = `<div
            style="position:fixed;left:0;right:0;bottom:0;height:200px;background:#eee">We use cookies
        <button id=a>Accept</button><button id=b>Deny</button></div>`;
      for (const b of root.querySelectorAll("button"))
        b.onclick = () => {{ pressed.push(b.id); root.innerHTML = ""; }};
    </script>"""

    found, pressed = cleared(show, html)

    assert [(one.kind, one.label) for one in found] == [("consent", "Deny")]
    assert pressed[-1] == "b"


def test_a_banner_in_a_frame_is_rejected(show: Show) -> None:
    inner = (
        "<p>We value your privacy and use cookies.</p><button>Accept</button>"
        "<button onclick=&quot;parent.postMessage(1, &apos;*&apos;)&quot;>Reject all</button>"
    )
    html = f"""<iframe id=f sandbox="allow-scripts" srcdoc="{inner}"
      style="position:fixed;left:200px;top:300px;width:700px;height:300px;z-index:99;border:4px
            solid"></iframe>
      <script>addEventListener("message", () => f.remove())</script>"""

    found, _ = cleared(show, html)

    assert [(one.kind, one.label) for one in found] == [("consent", "Reject all")]


def test_a_frame_that_belongs_to_the_page_is_left_alone(show: Show) -> None:
    html = """<iframe srcdoc="We use cookies <button onclick='parent.pressed.push(1)'>Reject</button>"
      style="width:900px;height:400px"></iframe>"""

    assert cleared(show, html) == ([], [])


def test_a_banner_that_slides_in_is_hit(show: Show) -> None:
    html = f"""<style>@keyframes up {{ from {{ transform: translateY(30%) }} }}</style>
      <div class="bar gone" style="animation: up .4s">We use cookies <button {GO}>Decline</button></div>"""

    found, pressed = cleared(show, html)

    assert [(one.kind, one.how) for one in found] == [("consent", "reject")]
    assert pressed == ["Decline"]


def test_an_obstacle_is_answered_outside_real_time_as_well(show: Show) -> None:
    html = f"""<div class="bar gone">We use cookies <button {GO}>Decline</button></div>"""

    assert cleared(show, html, FrameClock())[1] == ["Decline"]


def test_a_component_s_dialog_that_offers_choices_only_is_cancelled(show: Show) -> None:
    html = """<x-dialog></x-dialog><script>
      document.querySelector("x-dialog").attachShadow({ mode: "open" }).innerHTML = `
        <div role=dialog style="position: fixed; inset: 0; background: #0008; z-index: 9">
          <div style="margin: 200px; padding: 20px; background: #fff">Where shall your drawings be kept?
          <select><option>Here</select> <button id=ok>OK</button>
          <button onclick="this.closest('[role=dialog]').remove()">Cancel</button></div></div>`</script>"""

    (dismissed,), _ = cleared(show, html)

    assert (dismissed.kind, dismissed.label) == ("notice", "Cancel")
