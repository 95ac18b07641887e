"""What comes first by focus and goal, and what is over because enough of it was shown."""

from explorer.types import ExpectedOutcome, Wishes
from tests.explorer.planning.test_keyword_planner import element, link, order, plans, tab

NOTHING = ExpectedOutcome("nothing", 0)
NEW = ExpectedOutcome("page", 5)


def test_what_the_focus_names_is_first_even_where_nothing_is_expected_of_it() -> None:
    menu = element("Board", reveals=True)
    chosen = order(
        link("News", "news", "nav"),
        menu,
        wishes=Wishes(focus=("board",)),
        pending_focus=("board",),
        expected_outcomes={menu.key: NOTHING},
    )
    assert chosen[0] == "Board"


def test_a_focus_that_was_shown_is_in_nobodys_way() -> None:
    wishes = Wishes(focus=("news",))
    assert order(link("Shop", "shop", "nav"), link("News", "news", "footer"), wishes=wishes)[0] == "Shop"


def test_the_way_to_the_focus_is_known_from_looking_ahead() -> None:
    menu, page = element("More", reveals=True), link("News", "news", "nav")
    leads = ExpectedOutcome("disclosure", 0.3, focus=frozenset({"copy board"}))
    chosen = order(
        page,
        menu,
        wishes=Wishes(focus=("copy board",)),
        pending_focus=("copy board",),
        expected_outcomes={menu.key: leads, page.key: NEW},
    )
    assert chosen[0] == "More"


def test_a_third_row_of_a_list_is_not_clicked() -> None:
    rows = [element(name, role="row", row="r", landmark="main") for name in ("one", "two", "three")]
    assert order(*rows, row_counts={"r": 1})
    assert order(*rows, row_counts={"r": 2}) == []


def test_a_third_page_of_a_list_is_opened_only_if_it_is_known_to_be_new_and_last_of_all() -> None:
    rows = [link(name, f"c/{name}", "main", row="r") for name in ("one", "two")]
    foot = link("Terms", "about", "footer")
    known = {rows[0].key: NEW, foot.key: NEW}
    assert order(*rows, foot, row_counts={"r": 2}, expected_outcomes=known) == ["Terms", "one"]


def test_a_control_that_only_renamed_itself_is_clicked_once() -> None:
    follow = element("Following", spot="s")
    assert order(follow, renamed_spots=frozenset({"s"})) == []
    assert order(element("Next", spot="s"), renamed_spots=frozenset({"s"})) == ["Next"]


def test_what_is_of_a_kind_that_did_nothing_comes_last() -> None:
    dead, other = element("Explore all", role="generic"), link("Imprint", "imprint", "footer")
    assert order(dead, other) == ["Explore all", "Imprint"]
    assert order(dead, other, dead_kinds=frozenset({"generic"})) == ["Imprint", "Explore all"]
    assert order(dead, other, hopeless_kinds=frozenset({"generic"})) == ["Imprint"]


def test_what_can_be_read_anew_counts_beside_the_picture() -> None:
    prices = element("Yearly", strip="other", landmark="main")
    about = link("About", "about", "nav")
    by_year = ExpectedOutcome("scene", 0.02, text=1.5)
    known = {prices.key: by_year, about.key: NEW}
    assert order(about, prices, expected_outcomes=known) == ["Yearly", "About"]
    assert (
        order(prices, expected_outcomes={prices.key: ExpectedOutcome("scene", 0.02)}, history=("a",) * 9)
        == []
    )


def test_another_view_of_a_strip_counts_from_a_small_part_of_the_picture_on() -> None:
    view = tab("July", landmark="")
    small = {view.key: ExpectedOutcome("scene", 0.3)}
    (plan,) = plans(view, expected_outcomes=small, clicks_here=5)
    assert "another view" in plan.reason
    assert plan.priority >= 40


def test_views_of_a_strip_come_before_its_tool_and_the_tool_before_a_fifth_view() -> None:
    cell, view = element("Cell", use="cell", role="generic"), element("May", strip="other", landmark="main")
    known = {view.key: ExpectedOutcome("scene", 0.4)}
    assert order(cell, view, expected_outcomes=known) == ["May", "Cell"]
    assert order(cell, view, expected_outcomes=known, clicks_here=4) == ["Cell", "May"]


def test_the_view_that_is_shown_already_is_not_clicked() -> None:
    assert order(element("June", strip="shown"), element("July", strip="other")) == ["July"]


def test_follow_on_clicks_on_a_page_of_the_goal_come_before_other_pages() -> None:
    inside, away = element("Compare", landmark="main"), link("Jobs", "jobs", "nav")
    known = {inside.key: ExpectedOutcome("scene", 2), away.key: NEW}
    facts = {"expected_outcomes": known, "clicks_here": 1, "clicks_left": 1}
    here = "https://shop.example/pricing"
    assert order(inside, away, **facts)[0] == "Jobs"
    assert order(inside, away, url=here, wishes=Wishes(goal="what the plans cost"), **facts)[0] == "Compare"
