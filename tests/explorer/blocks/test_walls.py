"""What is taken for a wall against automated visitors, and what only stands behind one."""

# Letters of many scripts.
# ruff: noqa: RUF001

import re

import pytest

from explorer.blocks.http_response import HttpResponse
from explorer.blocks.signatures import read_toml
from explorer.blocks.walls import elsewhere_error, find_wall, selectors, signatures
from tests.explorer.support.page_facts import look

#: A main heading and a word that explains it, by language.
ASKS = {
    "ar": "تحقق من أنك إنسان",
    "da": "Bekræft, at du er et menneske",
    "de": "Bestätigen Sie, dass Sie ein Mensch sind",
    "en": "Verify you are human by completing the action below.",
    "es": "Verifica que eres humano",
    "fi": "Vahvista, että olet ihminen",
    "fr": "Vérifiez que vous êtes humain",
    "he": "אמת שאתה אנושי",
    "hi": "सत्यापित करें कि आप इंसान हैं",
    "id": "Verifikasi bahwa Anda manusia",
    "it": "Verifica che sei umano",
    "ja": "人間であることを確認します",
    "nb": "Bekreft at du er et menneske",
    "nl": "Bevestig dat u een mens bent",
    "pl": "Potwierdź, że jesteś człowiekiem",
    "pt": "Verifique se você é humano",
    "ru": "Подтвердите, что вы человек",
    "sv": "Bekräfta att du är människa",
    "th": "ยืนยันว่าคุณเป็นมนุษย์",
    "tr": "İnsan olduğunuzu doğrulayın",
    "uk": "Підтвердьте, що ви людина",
    "vi": "Xác minh bạn là con người",
    "zh": "请验证您是真人",
}
RECAPTCHA = ".g-recaptcha, iframe[src*='/recaptcha/']"
LONG = "The lights on the water are seen from far away, and so they were in those days. " * 9


def answer(status: int, **headers: str) -> HttpResponse:
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse("http://acme.example/", status, lines)


def test_every_language_has_the_same_kinds_of_phrases() -> None:
    tables = read_toml("walls.toml")["human"]

    assert set(tables) == set(ASKS) == set(read_toml("error_pages.toml"))
    assert all(
        set(table) == {"asks", "waits", "explains"} and all(table.values()) for table in tables.values()
    )


def test_signatures_are_well_formed() -> None:
    for sign in signatures():
        assert sign.where in ("header", "address", "title", "text", "selector")
        assert sign.weight in ("always", "when_refused")
        assert sign.where == "selector" or re.compile(sign.pattern)
    assert len(signatures()) == len(set(signatures()))
    assert all(sign.pattern in selectors() for sign in signatures() if sign.where == "selector")


@pytest.mark.parametrize("language", ASKS)
def test_a_page_that_asks_for_a_proof_of_being_human_is_known_in_each_language(language: str) -> None:
    asked = look("acme.example", ASKS[language])

    assert find_wall(answer(200), asked)
    assert find_wall(answer(403), asked)
    assert find_wall(answer(200), look("acme.example", ASKS[language], LONG)) is None


@pytest.mark.parametrize(
    ("status", "headers", "vendor"),
    [
        (403, {"cf_mitigated": "challenge"}, "Cloudflare"),
        (202, {"x_amzn_waf_action": "challenge"}, "AWS WAF"),
        (429, {"x_vercel_mitigated": "challenge"}, "Vercel"),
        (999, {}, ""),
    ],
)
def test_an_answer_is_known_by_its_head_alone(status: int, headers: dict[str, str], vendor: str) -> None:
    wall = find_wall(answer(status, **headers), None)

    assert wall is not None
    assert wall.vendor == vendor


def test_a_vendor_that_is_only_present_blocks_nothing() -> None:
    heads = {"server": "cloudflare", "cf_ray": "8f0", "x_datadome": "protected", "x_iinfo": "1-2-3"}
    for sign in signatures():
        if sign.weight == "when_refused":
            form = look("Contact", "Contact us", "Write to us.", fields=3, selectors=[sign.pattern])
            assert find_wall(answer(200, **heads), form) is None, sign
            assert find_wall(answer(403, **heads), look("acme.example", selectors=[sign.pattern])), sign


def test_what_is_only_seen_on_walls_counts_with_any_status_on_a_short_page() -> None:
    for sign in signatures():
        if sign.where == "selector" and sign.weight == "always":
            wall = find_wall(answer(200), look("Please wait", selectors=[sign.pattern]))
            assert wall is not None
            assert str(wall) == f"{sign.vendor} shows “Please wait” instead of the page"
            assert find_wall(answer(200), look("Docs", "Docs", LONG, selectors=[sign.pattern])) is None


@pytest.mark.parametrize(
    ("title", "heading", "below"),
    [
        (
            "Just a moment...",
            "Checking if the site connection is secure",
            "acme.example needs to review the security of",
        ),
        (
            "Attention Required! | Cloudflare",
            "Sorry, you have been blocked",
            "You are unable to access acme.example",
        ),
        ("Access denied | acme.example used Cloudflare to restrict access", "Error 1020", ""),
        ("Access Denied", "Access Denied", "Reference #18.2d351ab8.1557333295.a4e16ab"),
        ("Pardon Our Interruption", "Pardon Our Interruption", "Something about your browser made us think."),
        ("Robot Check", "Enter the characters you see below", "We need to make sure you're not a robot."),
        (
            "Acme - Are you a robot?",
            "We've detected unusual activity from your computer network",
            "Not a robot?",
        ),
        ("Vercel Security Checkpoint", "We're verifying your browser", ""),
        ("Request Rejected", "", "The requested URL was rejected. Please consult with your administrator."),
        ("Security check", "Please complete the security check to access acme.example", "Are you a robot?"),
        ("Too Many Requests", "Too Many Requests", "You have sent too many requests in a given time."),
        ("Waiting room", "You are now in line", "This may take a few seconds."),
    ],
)
def test_a_usual_wall_is_known_with_a_good_status(title: str, heading: str, below: str) -> None:
    assert find_wall(answer(200), look(title, heading, below))


@pytest.mark.parametrize(
    ("title", "heading", "below"),
    [
        (
            "Verify you are human: a history",
            "Verify you are human: a history",
            "How pages came to ask for it.",
        ),
        ("Are you human? – a short film", "Are you human?", "A film by Ann Lee."),
        ("Just a moment", "Just a moment", "A poem by Ann Lee."),
        ("Just a moment...", "Loading your dashboard", "Please wait."),
        ("Acme", "Please wait", "Starting …"),
        ("Bot protection", "Bot protection that works", "Stop bots. Try it for free."),
        ("CAPTCHA – Wikipedia", "CAPTCHA", "A test to tell whether the visitor is a robot."),
        ("Access denied – a novel", "Access denied", "A novel by Ann Lee."),
        ("Acme Airport", "Security check", "Come two hours before your flight."),
    ],
)
def test_a_page_that_only_sounds_like_one_is_none(title: str, heading: str, below: str) -> None:
    assert find_wall(answer(200), look(title, heading, below)) is None


@pytest.mark.parametrize("status", [401, 403, 405, 429, 503])
def test_beside_a_status_that_refuses_one_sign_is_enough(status: int) -> None:
    assert find_wall(answer(status), look("Just a moment...", ""))
    assert find_wall(answer(status), look("acme.example", "", selectors=[RECAPTCHA]))
    assert find_wall(answer(status), look("Acme", "Sorry", "We detected unusual traffic. Are you a robot?"))
    assert find_wall(answer(status), look("Acme", "Sorry", "This page is for members.")) is None
    assert find_wall(answer(status), look("Acme", "Members", LONG, selectors=[RECAPTCHA])) is None


@pytest.mark.parametrize("status", [404, 410, 500, 502])
def test_other_errors_are_none_though_a_widget_is_on_their_page(status: int) -> None:
    assert find_wall(answer(status), look("Acme", "Write to us", fields=2, selectors=[RECAPTCHA])) is None


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("https://acme.queue-it.net/?c=acme", "blocked"),
        ("https://validate.perfdrive.com/captcha?ssa=1", "blocked"),
        ("https://queue-it.net.example.org/", "left_domain"),
        ("https://example.org/", "left_domain"),
    ],
)
def test_a_redirect_to_the_site_of_a_wall_is_no_other_site(target: str, code: str) -> None:
    assert elsewhere_error("http://acme.example/", target).code == code


def test_what_a_wall_says_is_told() -> None:
    by_vendor = find_wall(answer(403, cf_mitigated="challenge"), None)
    by_words = find_wall(answer(403), look("acme.example", "Are you a robot?"))

    assert str(by_vendor) == "Cloudflare stands before it"
    assert str(by_words) == "it shows “Are you a robot?” instead of the page"
