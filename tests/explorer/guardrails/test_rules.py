"""The guardrails, as tables."""

import pytest

from explorer.errors import AddressRefused
from explorer.guardrails.blacklist import blacklisted
from explorer.guardrails.rules import Site, is_auth_url, refuse_element, refuse_url
from explorer.types import Box, Element, Wishes

PAGE = "https://shop.example/start"
SITE = Site.of(PAGE)


def element(**facts: object) -> Element:
    plain: dict[str, object] = {
        "selector": "#it",
        "tag": "a",
        "text": "",
        "role": "link",
        "href": "",
        "label": "",
        "box": Box(0, 0, 50, 20),
    }
    return Element(**{**plain, **facts})  # type: ignore[arg-type]  # the table's values fit their fields


@pytest.mark.parametrize(
    ("start", "url"),
    [
        ("https://shop.example/", "https://shop.example/a/b?c#d"),
        ("https://shop.example/", "https://SHOP.Example/"),
        ("https://shop.example/", "https://www.shop.example/"),
        ("https://www.shop.example/", "https://shop.example/"),
        ("https://shop.example/", "https://shop.example./"),
        ("http://shop.example/", "https://shop.example/"),
        ("http://shop.example/", "https://shop.example:443/"),
        ("https://shop.example/", "http://shop.example:80/"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://BÜCHER.example/", "https://bücher.example/"),
        ("https://shop.example/", "https://shop。example/"),
        ("https://shop.example/", "https://shop.example:443\\a"),
        ("https://shop.example/", "  https://shop.exa\nmple/ "),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8001/x"),
        ("http://[::1]:8001/", "http://[::1]:8001/x"),
        ("https://shop.example/", "about:blank"),
    ],
)
def test_a_site_holds_its_own_addresses_however_they_are_spelled(start: str, url: str) -> None:
    assert Site.of(start).holds(url)


@pytest.mark.parametrize(
    ("start", "url"),
    [
        ("https://shop.example/", "https://blog.shop.example/"),
        ("https://blog.shop.example/", "https://shop.example/"),
        ("https://shop.example/", "https://notshop.example/"),
        ("https://shop.example/", "https://shop.example.evil.example/"),
        ("https://shop.example/", "https://shop.example@evil.example/"),
        ("https://shop.example/", "https://evil.example\\@shop.example/"),
        ("https://shop.example/", "https://evil.example#@shop.example/"),
        ("https://shop.example/", "https://shop.example:8443/"),
        ("https://straße.example/", "https://strasse.example/"),
        ("http://shop.example/", "http://shop.example:443/"),
        ("http://127.0.0.1:8001/", "http://127.0.0.1:8002/"),
        ("http://127.0.0.1:8001/", "http://127.0.0.1/"),
        ("http://127.0.0.1:8001/", "http://localhost:8001/"),
        ("https://shop.example/", "ftp://shop.example/"),
        ("https://shop.example/", "file:///shop.example/"),
        ("https://shop.example/", "ws://shop.example/"),
        ("https://shop.example/", "javascript:alert(1)"),
        ("https://shop.example/", "data:text/html,x"),
        ("https://shop.example/", "blob:https://shop.example/1-2"),
        ("https://shop.example/", "view-source:https://shop.example/"),
        ("https://shop.example/", "about:srcdoc"),
        ("https://shop.example/", "https://"),
        ("https://shop.example/", "https://shop.example:99999/"),
        ("https://shop.example/", "https://[shop.example/"),
        ("https://shop.example/", "/relative"),
    ],
)
def test_a_site_does_not_hold_other_addresses(start: str, url: str) -> None:
    assert not Site.of(start).holds(url)


@pytest.mark.parametrize(
    "url", ["", "shop.example", "ftp://shop.example", "https://", "javascript:1", "https://a:b"]
)
def test_a_site_needs_an_http_address(url: str) -> None:
    with pytest.raises(AddressRefused):
        Site.of(url)


@pytest.mark.parametrize(
    ("url", "held"),
    [
        ("https://docs.shop.example/x", True),
        ("https://DOCS.shop.example:443/x", True),
        ("https://a.cdn.example/", True),
        ("https://a.b.cdn.example/", True),
        ("https://bücher.example/", True),
        ("https://shop.example/", True),
        ("https://blog.shop.example/", False),
        ("https://x.docs.shop.example/", False),
        ("https://cdn.example/", False),
        ("https://evilcdn.example/", False),
        ("https://docs.shop.example:8443/", False),
        ("https://docs.shop.example.evil.example/", False),
    ],
)
def test_a_site_holds_the_domains_that_were_named(url: str, held: bool) -> None:
    site = Site.of(PAGE, domains=("docs.shop.example", "*.cdn.example", "xn--bcher-kva.example"))

    assert site.holds(url) is held
    assert site == SITE


@pytest.mark.parametrize(
    "domain",
    ["", "*", "*.com", "https://a.example", "a.example/x", "a.example:80", "a b", "*.*.a.example", "a..b"],
)
def test_a_domain_has_to_be_a_host(domain: str) -> None:
    with pytest.raises(AddressRefused, match="not a host name"):
        Site.of(PAGE, domains=(domain,))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Delete", "delete"),
        ("DELETE ITEM", "delete"),
        ("deleteItem", "delete"),
        ("DeleteItem", "delete"),
        ("DeLeTe", "delete"),
        ("DELETEItem", "delete"),
        ("item_delete", "delete"),
        ("delete-account", "delete"),
        ("deleteaccount", "delete"),
        ("/items/7/delete", "delete"),
        ("/items?do=delete7", "delete"),
        ("/%64elete/7", "delete"),
        ("/%2564elete/7", "delete"),
        ("\uff24\uff45\uff4c\uff45\uff54\uff45", "delete"),
        ("d\u200belete", "delete"),
        ("de\u00adlete", "delete"),
        ("d\u2060e\u200dlete\ufeff", "delete"),
        ("d\u0336e\u0336lete", "delete"),
        ("Remove from list", "remove"),
        ("Unsubscribe", "unsubscribe"),
        ("Deactivate", "deactivate"),
        ("deactivateAccount", "deactivate"),
        ("Pay", "pay"),
        ("Pay $5.00", "pay"),
        ("pay_now", "pay"),
        ("paynow", "pay"),
        ("Checkout", "pay"),
        ("CheckOut", "pay"),
        ("Check out", "pay"),
        ("check-out", "pay"),
        ("/cart/check-out", "pay"),
        ("/cart/check_out?step=1", "pay"),
        ("/cart/checkout/", "pay"),
        ("Proceed to check out now", "pay"),
        ("Purchase", "buy"),
        ("Buy now", "buy"),
        ("buy_now", "buy"),
        ("BuyNow", "buy"),
        ("buynow", "buy"),
        ("buy\u200bnow", "buy"),
        ("Cancel", "cancel"),
        ("cancel-subscription", "cancel"),
        ("Close account", "close account"),
        ("closeAccount", "close account"),
        ("closeaccount", "close account"),
        ("Close your account", "close account"),
        ("Sign out", "log out"),
        ("Sign\u00a0\u00a0Out", "log out"),
        ("SIGN\n OUT", "log out"),
        ("signout", "log out"),
        ("signOut()", "log out"),
        ("sign-out", "log out"),
        ("Log out", "log out"),
        ("Logout", "log out"),
        ("LOGOUT", "log out"),
        ("log-out", "log out"),
        ("log_out", "log out"),
        ("Log me out", "log out"),
        ("/users/logout.php?x=1", "log out"),
        ("javascript:doLogout()", "log out"),
    ],
)
def test_blacklisted_words_are_seen_through_every_spelling(text: str, word: str) -> None:
    assert blacklisted(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Display",
        "display settings",
        "Payload",
        "payload",
        "Pay\u00adload",
        "Payments",
        "Buyer",
        "Buyers guide",
        "Deleted scenes",
        "Undelete",
        "Removal",
        "Removed",
        "Cancellation policy",
        "Cancer research",
        "Check out our blog",
        "/check-out-our-blog",
        "Check it out",
        "Close",
        "Close menu",
        "Account",
        "Enclose accounting",
        "Sign in",
        "Signs outside",
        "Log",
        "Logo utilities",
        "Changelog outline",
        "Blog out there",
        "Purchased",
        "Subscribe",
        "Activate",
        "Company",
        "/authors",
        "Repay",
        "100% %zz",
    ],
)
def test_harmless_words_that_look_alike_pass(text: str) -> None:
    assert blacklisted(text) is None


@pytest.mark.parametrize(
    "path",
    [
        "/login",
        "/LOGIN",
        "/login/",
        "/login?next=/x",
        "/login.php",
        "/login.html",
        "/Login.aspx",
        "/login;jsessionid=1",
        "/signin",
        "/sign-in",
        "/sign_in",
        "/SignIn",
        "/sign%20in",
        "/sign%2Din",
        "/users/sign_in",
        "/log-in",
        "/logon",
        "/register",
        "/registration",
        "/user/register.jsp",
        "/signup",
        "/sign-up/free",
        "/auth",
        "/auth/google",
        "/api/auth/callback",
        "/oauth",
        "/oauth2/authorize",
        "/sso",
        "/authenticate",
        "/authorize",
        "/wp-login.php",
        "/%6Cogin",
        "/app#/login",
        "/app#!/sign-in?x=1",
        "/#/auth/login",
        "/index.php?action=login",
        "/create-account",
        "/konto/anmelden",
        "/connexion",
        "/iniciar-sesion",
        "/accounts/login/",
        "/wiki/Special:UserLogin",
        "/index.php?title=Special:CreateAccount",
        "/forgot-password",
        "/account/password-reset",
        "/site/вход",
        "/ログイン",
        "/login.action",
    ],
)
def test_sign_in_pages_are_known_by_their_address(path: str) -> None:
    assert is_auth_url("https://shop.example" + path)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/authors",
        "/author/jane",
        "/authentic-food",
        "/registered-trademark",
        "/registry",
        "/register-of-members",
        "/blog/login-tips",
        "/loginless",
        "/signal",
        "/signing",
        "/sign",
        "/log",
        "/blog#login",
        "/search?q=login",
        "/assets/ssot",
        "/.html",
    ],
)
def test_other_pages_are_not_taken_for_sign_in_pages(path: str) -> None:
    assert not is_auth_url("https://shop.example" + path)


def test_a_host_named_like_a_sign_in_page_does_not_make_all_its_pages_such() -> None:
    assert not is_auth_url("https://login.example/tour")
    assert not is_auth_url("https://[broken/login")


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"text": "Delete"}, "blacklist"),
        ({"label": "Delete"}, "blacklist"),
        ({"aria_label": "Delete"}, "blacklist"),
        ({"title": "Delete"}, "blacklist"),
        ({"value": "Delete"}, "blacklist"),
        ({"value": "javascript:deleteItem(3)"}, "blacklist"),
        ({"href": "https://shop.example/cart/checkout"}, "blacklist"),
        ({"href": "https://shop.example/do?then=%6cogout"}, "blacklist"),
        ({"href": "javascript:void(logout())"}, "blacklist"),
        ({"href": "https://evil.example/logout"}, "blacklist"),
        ({"form_action": "https://shop.example/purchase"}, "blacklist"),
        ({"href": "https://other.example/"}, "off_domain"),
        ({"href": "https://sub.shop.example/"}, "off_domain"),
        ({"href": "//other.example/"}, "off_domain"),
        ({"href": "/\\other.example/"}, "off_domain"),
        ({"href": "https://shop.example:8443/"}, "off_domain"),
        ({"form_action": "https://other.example/search"}, "off_domain"),
        ({"href": "https://shop.example/login"}, "auth"),
        ({"href": "https://shop.example/#/login"}, "auth"),
        ({"form_action": "https://shop.example/login"}, "auth"),
        ({"href": "mailto:us@shop.example"}, "scheme"),
        ({"href": "tel:+123"}, "scheme"),
        ({"href": "blob:https://shop.example/1"}, "scheme"),
        ({"href": "data:text/html,hi"}, "scheme"),
        ({"href": "ftp://shop.example/x"}, "scheme"),
        ({"href": "FILE:///etc/hosts"}, "scheme"),
        ({"href": "https://shop.example/x", "download": True}, "download"),
        ({"href": "https://shop.example/app.zip"}, "download"),
        ({"href": "https://shop.example/paper.PDF?v=2#p"}, "download"),
        ({"href": "https://shop.example/src.tar.gz"}, "download"),
        ({"text": "Save", "tag": "button", "role": "button"}, "blacklist"),
        ({"text": "Go", "form_action": "https://shop.example/x", "field_name": "delete"}, "blacklist"),
        ({"text": "Subscribe", "form_action": "https://shop.example/news"}, "blacklist"),
        ({"text": "", "icon": "trash", "role": "button"}, "blacklist"),
        ({"aria_label": "Row 7", "icon": "trash", "role": "button"}, "blacklist"),
        ({"text": "", "icon": "power-off", "href": "https://shop.example/x"}, "blacklist"),
        ({"text": "Cancel", "role": "button"}, "blacklist"),
        ({"text": "Cancel order", "role": "button", "landmark": "dialog"}, "blacklist"),
        ({"text": "Delete", "role": "button", "landmark": "dialog"}, "blacklist"),
        ({"text": "Delete account", "href": "https://shop.example/account"}, "blacklist"),
        ({"text": "Add", "href": "https://shop.example/?add-to-cart=7"}, "blacklist"),
        ({"text": "Deutsch", "href": "https://shop.example/x"}, "language"),
        ({"text": "Dark mode", "role": "switch"}, "theme"),
        ({"text": "Go", "form_action": "https://shop.example/x", "form_method": "post"}, "form"),
        ({"text": "Go", "form_action": "https://shop.example/x", "form_method": "POST"}, "form"),
    ],
)
def test_elements_are_refused_by_rule(facts: dict[str, object], rule: str) -> None:
    refusal = refuse_element(element(**facts), SITE, PAGE)

    assert refusal is not None
    assert refusal.rule == rule
    assert refusal.page_url == PAGE


@pytest.mark.parametrize(
    "facts",
    [
        {"text": "Pricing", "href": "https://shop.example/pricing"},
        {"text": "Menu"},
        {"text": "Open", "value": "javascript:toggleMenu()"},
        {"text": "Open", "href": "javascript:void(0)"},
        {"text": "Nothing", "href": "about:blank"},
        {"text": "Up", "href": "https://shop.example/start#top"},
        {"text": "Http", "href": "http://www.shop.example/"},
        {"text": "Elsewhere in a tab", "href": "https://shop.example/tour", "new_tab": True},
        {"text": "Search", "form_action": "https://shop.example/search"},
        {"text": "Version 2.0", "href": "https://shop.example/v2.0"},
        {"text": "Cancel", "role": "button", "landmark": "dialog"},
        {"text": "Abbrechen", "aria_label": "Abbrechen", "role": "button", "landmark": "dialog"},
        {"text": "How to delete files", "href": "https://shop.example/docs/how-to-delete-files"},
        {"text": "Deleting branches", "href": "https://shop.example/docs/deleting-branches"},
        {"text": "Deploy", "href": "https://shop.example/docs/deploy"},
        {"text": "__import__()", "href": f"{PAGE}#import"},
        {"text": "Install", "role": "tab"},
        {"text": "Deploy", "role": "button", "state": "expanded=false"},
        {"text": "Import", "role": "button", "reveals": True},
        {"text": "Trash", "icon": "trash", "href": "https://shop.example/mail/7"},
        {"text": "Submit", "form_action": "https://shop.example/search", "form_method": "get"},
        {"text": "Find", "form_action": "https://shop.example/x", "field_name": "submit"},
        {"text": "Add to cart", "role": "button", "icon": "cart"},
        {"text": "A card that tells for a while how people pay for what they really use", "role": "generic"},
    ],
)
def test_harmless_elements_pass(facts: dict[str, object]) -> None:
    assert refuse_element(element(**facts), SITE, PAGE) is None


def test_a_form_may_be_sent_when_writing_is_wished() -> None:
    button = element(text="Go", form_action="https://shop.example/x", form_method="post")

    assert refuse_element(button, SITE, PAGE, Wishes(allow_writes=True)) is None


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        ({"text": "x", "href": "https://shop.example/admin"}, True),
        ({"text": "x", "href": "https://shop.example/admin/users?x"}, True),
        ({"text": "x", "href": "https://shop.example/#/admin/users"}, True),
        ({"text": "x", "href": "https://shop.example/administrators"}, False),
        ({"text": "Our Pricing page"}, True),
        ({"label": "PRICING"}, True),
        ({"text": "Repricing"}, False),
        ({"text": "css button"}, False),
    ],
)
def test_what_is_to_be_avoided_is(facts: dict[str, object], refused: bool) -> None:
    wishes = Wishes(avoid=("/admin/", "pricing", "css=button"))

    refusal = refuse_element(element(**facts), SITE, PAGE, wishes)

    assert (refusal is not None and refusal.rule == "avoid") is refused


def test_an_address_to_be_avoided_is_not_gone_to() -> None:
    refusal = refuse_url("/admin/users", SITE, PAGE, Wishes(avoid=("/admin",)))

    assert refusal is not None
    assert refusal.rule == "avoid"


def test_a_refusal_names_what_a_person_saw_and_why() -> None:
    refusal = refuse_element(element(text="x", label="Delete row"), SITE, PAGE)

    assert refusal is not None
    assert (refusal.what, refusal.detail) == ("Delete row", "its label says 'delete'")


def test_a_host_with_a_blacklisted_word_can_be_filmed() -> None:
    page = "https://best-buy.example/how-to-pay"
    site = Site.of(page)

    assert refuse_url("https://best-buy.example/tour", site, page) is None
    assert refuse_url(page + "#cards", site, page) is None
    assert refuse_url(page + "#pay", site, page) is not None


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("https://shop.example/tour", None),
        ("/tour", None),
        ("about:blank", None),
        ("https://shop.example/logout", "blacklist"),
        ("https://other.example/", "off_domain"),
        ("chrome://settings", "scheme"),
        ("https://shop.example/auth", "auth"),
        ("https://shop.example/setup.exe", "download"),
    ],
)
def test_navigations_are_judged_by_the_same_rules(url: str, rule: str | None) -> None:
    refusal = refuse_url(url, SITE, PAGE)

    assert (refusal.rule if refusal else None) == rule
