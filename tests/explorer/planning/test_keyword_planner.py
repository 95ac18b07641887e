"""What the keyword planner prefers, scene by scene."""

import asyncio

import pytest

from explorer.planning.base_scores import kind_of
from explorer.planning.keyword_planner import MAX_PLANS, KeywordPlanner, rank
from explorer.types import ActionPlan, Box, Element, ExpectedOutcome, Scene, Wishes
from explorer.urls import page_key

HOME = "https://shop.example/"


def element(name: str, **facts: object) -> Element:
    plain: dict[str, object] = {
        "selector": f"#{name}",
        "tag": "button",
        "text": name,
        "role": "button",
        "href": "",
        "label": name,
        "box": Box(0, 0, 50, 20),
    }
    return Element(**{**plain, **facts})  # type: ignore[arg-type]  # each test's values fit their fields


def link(name: str, path: str, landmark: str = "", **facts: object) -> Element:
    return element(name, tag="a", role="link", href=HOME + path, landmark=landmark, **facts)


def tab(name: str, **facts: object) -> Element:
    return element(name, **{"role": "tab", "reveals": True, "landmark": "main", **facts})


def plans(*elements: Element, **facts: object) -> list[ActionPlan]:
    told: dict[str, object] = {"url": HOME, "title": "Shop", "elements": elements, **facts}
    return asyncio.run(KeywordPlanner().plan(Scene(**told)))  # type: ignore[arg-type]


def order(*elements: Element, **facts: object) -> list[str]:
    return [plan.selector.removeprefix("#") for plan in plans(*elements, **facts)]


def test_main_navigation_comes_first_and_in_its_own_order() -> None:
    assert order(
        link("card", "cards/1", "main"),
        link("one", "one", "nav"),
        link("two", "two", "nav"),
        link("three", "three", "nav"),
        element("button", landmark="main"),
    ) == ["one", "two", "three", "card", "button"]


def test_a_switch_that_says_nowhere_what_for_comes_after_all_that_says_so() -> None:
    nameless = element("", selector="#tick", tag="input", role="checkbox", hint="Box on the left")
    named = element("Show grid", selector="#grid", role="checkbox")
    opened = {"revealed": frozenset({nameless.key, named.key}), "clicks_left": 5, "clicks_here": 1}
    assert order(nameless, named, element("Plain"), **opened)[-1] == "tick"
    # Where it is known to show something new, that is worth seeing.
    [plan] = plans(nameless, expected_outcomes={nameless.key: ExpectedOutcome("scene", 3.0)})
    assert plan.priority > 24


@pytest.mark.parametrize("name", ["ellipsis-v", "dots vertical rounded", "Three dots", "more_vert"])
def test_three_dots_say_nothing_and_come_after_what_says_something(name: str) -> None:
    dots = element(name, selector="#dots", reveals=True, landmark="main")
    about = link("About", "about", "main")
    known = {dots.key: ExpectedOutcome("scene", 0.5, text=1.0), about.key: ExpectedOutcome("page", 2.0)}
    assert order(dots, about, tab("Other"), expected_outcomes=known)[-1] == "dots"


def test_a_goal_comes_before_a_look_inside_and_has_no_limit_of_rows() -> None:
    goal = Wishes(goal="the orders")
    row = element("Order 3", row="list", landmark="main")
    scene = {"wishes": goal, "row_counts": {"list": 2}, "clicks_left": 8}
    found = order(tab("Preview"), link("About", "about", "nav"), row, **scene)
    assert found[0] == "Order 3"


def test_the_menu_of_an_account_comes_after_what_shows_the_site() -> None:
    user = element("Ann", selector="#ann", reveals=True, landmark="nav")
    parts = element("Parts", selector="#parts", reveals=True, landmark="nav")
    known = {
        user.key: ExpectedOutcome("scene", 0.5, text=1.0, words="Profile Settings Logout"),
        parts.key: ExpectedOutcome("scene", 0.5, text=1.0, words="Colors Borders"),
    }
    assert order(user, parts, expected_outcomes=known) == ["parts", "ann"]


def test_of_a_list_few_further_rows_are_shown_when_nothing_else_is_left() -> None:
    row = element("Row", row="list", landmark="main")
    known = {row.key: ExpectedOutcome("dialog", 3.0)}
    assert order(row, tab("Tab"), expected_outcomes=known, row_counts={"list": 3}) == ["Tab", "Row"]
    assert order(row, tab("Tab"), expected_outcomes=known, row_counts={"list": 4}) == ["Tab"]
    steps = tuple(f"Step {n}" for n in range(7))
    assert order(row, expected_outcomes=known, row_counts={"list": 3}, history=steps) == []


def test_then_calls_to_action_content_controls_and_footer_follow() -> None:
    assert order(
        link("foot", "foot", "footer"),
        tab("tab"),
        link("card", "card", "main"),
        link("Explore it", "it", "main"),
        link("nav", "nav", "nav"),
        clicks_here=1,
    ) == ["nav", "Explore it", "card", "tab", "foot"]


def test_a_menu_among_the_page_links_comes_after_them_and_before_content() -> None:
    menu = element("menu", landmark="nav", reveals=True, tag="a", role="link")

    assert order(link("card", "card", "main"), menu, link("nav", "nav", "nav")) == ["nav", "menu", "card"]


@pytest.mark.parametrize(
    "word",
    ["Features", "Pricing", "Live demo", "Docs", "How it works", "Getting started", "Dashboard", "About"],
)
def test_words_that_visitors_come_for_are_preferred(word: str) -> None:
    menu = link("Misc", "misc", "nav"), link(word, "it", "nav")

    assert order(link("Misc", "misc", "main"), link(word, "it", "main"))[0] == word
    assert order(*menu, clicks_left=2)[0] == word
    assert order(*menu, clicks_left=3)[0] == "Misc", "a menu that fits is shown in its order"


@pytest.mark.parametrize(
    "dull",
    [
        element("Skip to content", href=HOME + "#main", tag="a", role="link"),
        link("Privacy", "privacy", "nav"),
        link("Terms of use", "terms", "nav"),
        link("Cookie policy", "cookies", "nav"),
        link("Imprint", "imprint", "nav"),
        link("Follow us on Twitter", "twitter", "nav"),
        link("Deutsch", "de", "nav"),
        element("Language", landmark="nav", reveals=True),
        element("Switch between dark and light mode", landmark="nav"),
        element("Sort by price"),
        link("Next", "page/2", "nav"),
        link("2", "page/2", "nav"),
        link("\u00bb", "page/2", "nav"),
        link("Older posts", "page/2", "nav"),
        link("Downloads", "downloads", "nav"),
        link("Report", "report.html", "nav", download=True),
        element("Send", form_action=HOME + "send"),
        link("Elsewhere", "x", "footer"),
        link("Section", "#section"),
        element("Plain", tag="a", role="link"),
        element("Switch", role="switch"),
    ],
    ids=lambda e: e.label,
)
def test_what_a_film_can_do_without_comes_last(dull: Element) -> None:
    assert order(dull, element("Anything")) == ["Anything", dull.selector.removeprefix("#")]


@pytest.mark.parametrize("name", ["First steps", "Next.js", "Lightbox", "Highlights", "Atomic design"])
def test_names_that_only_resemble_dull_ones_are_not_demoted(name: str) -> None:
    assert plans(link(name, "x", "nav"))[0].priority > 80


def test_a_link_in_a_new_tab_comes_after_its_peers() -> None:
    assert order(link("tab", "tab", "nav", new_tab=True), link("here", "here", "nav")) == ["here", "tab"]


@pytest.mark.parametrize(
    "href",
    [
        "https://shop.example/tour",
        "https://shop.example/tour/",
        "https://shop.example/tour/index.html",
        "https://shop.example/tour#prices",
        "http://www.shop.example/tour",
        "https://shop.example",
        "https://shop.example/index.html",
    ],
)
def test_pages_that_were_seen_are_never_offered_again(href: str) -> None:
    again = element("again", tag="a", role="link", href=href)

    assert order(again, visited_urls=frozenset({"https://shop.example/tour"})) == []


@pytest.mark.parametrize("href", [HOME + "#/tour", HOME + "#!tour", HOME + "?page=2", HOME + "tours"])
def test_hash_routes_and_queries_are_pages_of_their_own(href: str) -> None:
    assert order(element("it", tag="a", role="link", href=href), visited_urls=frozenset({HOME + "tour"})) == [
        "it"
    ]


def test_a_fragment_that_a_script_answers_comes_before_controls_and_a_place_on_the_page_after() -> None:
    place, article = link("Below", "#below"), link("Getting started", "#article", route=True)
    button = element("More", role="button")
    assert order(place, button, article) == ["Getting started", "More", "Below"]
    assert order(button, link("Boats", "#boats", route=True), kind_counts={"link ": 5}) == ["More", "Boats"]
    assert order(tab("Recent"), article)[0] == "Recent"


def test_a_hash_route_that_is_open_already_is_not_offered() -> None:
    assert order(element("it", tag="a", role="link", href=HOME + "#/tour"), url=HOME + "#/tour") == []


def test_siblings_of_one_list_leave_room_for_other_kinds() -> None:
    cards = [link(f"card{i}", f"cards/{i}", "main") for i in range(9)]

    chosen = order(*cards, tab("tab"), link("about", "about", "aside"), clicks_here=1)

    assert chosen[0] == "card0"
    assert {"tab", "about"} <= set(chosen[:3])


def test_a_template_that_was_seen_often_gives_way_to_one_that_was_not() -> None:
    posts = frozenset(HOME + f"blog/{i}" for i in range(4))

    assert order(link("post", "blog/9", "main"), link("tour", "tours/1", "main"), visited_urls=posts) == [
        "tour",
        "post",
    ]


def test_a_page_is_looked_into_once_while_clicks_are_left_for_all_main_pages() -> None:
    offered = (link("one", "one", "nav"), link("two", "two", "nav"), tab("tab"))

    assert order(*offered, clicks_left=3)[0] == "tab"
    assert order(*offered, clicks_left=2)[0] == "one"
    assert order(*offered, clicks_left=3, clicks_here=1)[0] == "one"


def test_where_main_pages_are_too_many_every_third_click_looks_inside() -> None:
    offered = (*(link(f"n{i}", f"n{i}", "nav") for i in range(20)), tab("tab"))

    assert order(*offered, history=("One",))[0] == "n0"
    assert order(*offered, history=("One", "Two"))[0] == "tab"
    assert order(*offered, history=("One", "Two"), clicks_here=1)[0] == "n0"


def test_what_is_in_view_is_looked_into_before_what_needs_a_scroll_and_not_what_is_far() -> None:
    nav, box = link("nav", "nav", "nav"), Box(0, -300, 50, 20)
    above, far = tab("above", in_view=False, box=box), tab("far", in_view=False, box=Box(0, 4000, 50, 20))

    assert order(far, above, nav, tab("here"))[0] == "here"
    assert order(far, above, nav)[0] == "above"
    assert order(far, nav)[0] == "nav"


def test_an_open_tab_a_checkbox_and_a_newsletter_come_after_all_that_shows_something() -> None:
    poor = [
        tab("open", reveals=False),
        element("Remember me", role="checkbox"),
        element("Send me one room a month", role="checkbox"),
        element("Subscribe"),
    ]

    assert {plan.priority < 30 for plan in plans(*poor)} == {True}
    good = [tab("shut"), element("more", reveals=True), element("plain")]
    assert set(order(*poor[:2], *good)[:3]) == {"shut", "more", "plain"}


def test_in_an_open_dialog_its_controls_come_first_and_closing_it_last_of_them() -> None:
    assert order(
        link("nav", "nav", "nav"),
        element("Close", landmark="dialog"),
        element("Details", landmark="dialog"),
        element("\u00d7", landmark="dialog"),
    ) == ["Details", "Close", "\u00d7", "nav"]


def test_a_cookie_banner_is_answered_first_and_with_no() -> None:
    assert (
        order(
            link("Features", "features", "nav"),
            element("Accept all cookies", landmark="dialog"),
            element("Only necessary", landmark="dialog"),
        )[0]
        == "Only necessary"
    )


def test_a_cookie_banner_without_a_no_is_accepted() -> None:
    assert (
        order(link("Features", "features", "nav"), link("Cookie policy", "cookies"), element("Got it"))[0]
        == "Got it"
    )


def test_an_accept_button_that_is_not_about_cookies_is_just_a_button() -> None:
    assert order(link("Features", "features", "nav"), element("Accept"))[0] == "Features"


def test_reasons_name_the_planner_the_place_and_the_label() -> None:
    (plan,) = plans(link("Pricing", "pricing", "nav"))

    assert plan.reason == 'keywords: main navigation, unseen page "Pricing"'
    assert plan.action == "click"


def test_at_most_five_are_proposed_best_first_within_0_and_100() -> None:
    many = [link(f"n{i}", f"n{i}", "nav") for i in range(30)] + [element("Reject all", landmark="dialog")]

    priorities = [plan.priority for plan in plans(*many)]

    assert len(priorities) == MAX_PLANS == 5
    assert priorities == sorted(priorities, reverse=True)
    assert all(0 <= priority <= 100 for priority in priorities)


def test_equal_scenes_get_equal_plans() -> None:
    offered = [link(f"n{i}", f"n{i}", "main") for i in range(50)]

    assert plans(*offered) == plans(*offered)
    assert len(rank(Scene(HOME, "t", tuple(offered)))) == 50


def test_nothing_to_click_gives_no_plan() -> None:
    assert plans() == []


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Shop.example/", "shop.example"),
        ("http://shop.example/a/index.php?x=1#y", "shop.example/a?x=1"),
        ("https://shop.example/#/a/", "shop.example#/a"),
        ("https://shop.example/#/", "shop.example"),
    ],
)
def test_pages_are_known_by_a_key_without_what_does_not_matter(url: str, key: str) -> None:
    assert page_key(url) == key


def test_a_page_that_was_asked_for_by_its_address_is_shown_before_the_menu() -> None:
    menu, product, button = (
        link("Pricing", "/pricing", "nav"),
        link("Lamp", "/lamp"),
        element("Sizes", tag="button"),
    )
    assert order(menu, product) == ["Pricing", "Lamp"]
    assert order(menu, product, is_deep_start=True) == ["Lamp", "Pricing"]
    assert order(menu, button, is_deep_start=True) == ["Sizes", "Pricing"]
    assert order(menu, product, is_deep_start=True, clicks_here=3) == ["Pricing", "Lamp"]


def test_the_menus_of_a_bar_make_room_after_three() -> None:
    menu, other = element("Help", group="bar"), element("Other")
    assert order(menu, other) == ["Help", "Other"]
    assert order(menu, other, row_counts={"bar": 3}) == ["Other", "Help"]


def test_a_radio_button_that_is_chosen_is_not_clicked() -> None:
    assert order(element("Portrait", role="radio", state="checked=true")) == []
    assert order(element("Portrait", role="radio", state="checked=false")) == ["Portrait"]


def test_next_goes_on_when_nothing_else_is_left_though_slides_look_alike() -> None:
    slide = element("Next slide", identity="next@state")
    turned = {"next@state": ExpectedOutcome("page", 0.65)}
    assert order(slide, element("Other"), expected_outcomes=turned) == ["Other", "Next slide"]
    assert order(element("Details"), expected_outcomes={}) == ["Details"]


def test_a_kind_that_has_shown_too_little_is_left_out_while_nothing_is_known_of_it() -> None:
    dull = element("Ryan", role="link", tag="a")
    history = ("a", "b", "c")
    assert order(dull, history=history) == ["Ryan"]
    assert order(dull, history=history, success_rates={kind_of(dull): 0.1}) == []
