"""Pickers of language and theme, as tables."""

import pytest

from explorer.guardrails.rules import Site, refuse_element
from tests.explorer.guardrails.test_rules import PAGE, SITE, element


def rule_of(page_url: str, facts: dict[str, object]) -> str | None:
    refusal = refuse_element(element(**{"tag": "button", "role": "button", **facts}), SITE, page_url)
    return refusal.rule if refusal else None


@pytest.mark.parametrize(
    "facts",
    [
        {"text": "Language"},
        {"aria_label": "Select language"},
        {"aria_label": "Change the language"},
        {"title": "Language switcher"},
        {"text": "Translations"},
        {"text": "Sprache"},
        {"text": "Sprache wählen"},
        {"text": "Langue"},
        {"text": "Cambiar idioma"},
        {"text": "Lingua"},
        {"text": "Taal"},
        {"text": "Język"},
        {"text": "Выбрать язык"},
        {"text": "言語"},
        {"text": "选择语言"},
        {"text": "Deutsch"},
        {"text": "Français", "role": "link", "href": "https://shop.example/x"},
        {"text": "日本語", "role": "option"},
        {"text": "EN"},
        {"text": "PT-BR"},
        {"text": "🇩🇪"},
        {"icon": "globe", "label": "globe"},
        {"icon": "g_translate"},
        {"text": "German", "href": "https://shop.example/de/start"},
        {"text": "x", "href": "https://shop.example/start?lang=de"},
        {"label": "pick", "fills": "select", "tag": "select", "options": ("English", "Deutsch", "Other")},
        {"field_name": "locale", "fills": "select", "tag": "select"},
    ],
)
def test_language_pickers_are_refused(facts: dict[str, object]) -> None:
    assert rule_of(PAGE, facts) == "language"


@pytest.mark.parametrize(
    ("here", "there", "rule"),
    [
        ("https://shop.example/en/tour", "/de/tour", "language"),
        ("https://shop.example/en/tour", "/fr", "language"),
        ("https://shop.example/tour", "/de/tour", "language"),
        ("https://shop.example/de/tour", "/tour", "language"),
        ("https://shop.example/", "/pt-br/", "language"),
        ("https://shop.example/en/tour", "/en/prices", None),
        ("https://shop.example/tour", "/it/services", None),
        ("https://shop.example/tour?lang=en", "/prices?lang=en", None),
        ("https://shop.example/en/tour", "/blog", None),
    ],
)
def test_a_link_changes_the_language_when_the_same_page_is_in_another(
    here: str, there: str, rule: str | None
) -> None:
    href = f"https://shop.example{there}"

    assert rule_of(here, {"text": "x", "role": "link", "tag": "a", "href": href}) == rule


@pytest.mark.parametrize(
    "facts",
    [
        {"text": "Dark mode"},
        {"aria_label": "Toggle dark mode"},
        {"aria_label": "Switch between dark and light mode (currently light mode)"},
        {"title": "Toggle theme"},
        {"text": "Theme"},
        {"text": "Change color scheme"},
        {"text": "Dark", "role": "menuitemradio"},
        {"text": "Dunkelmodus"},
        {"text": "Mode sombre"},
        {"text": "Modo oscuro"},
        {"text": "Tema scuro"},
        {"text": "Donkere modus"},
        {"text": "Ciemny motyw"},
        {"text": "Тёмная тема"},
        {"text": "ダークモード"},
        {"text": "深色模式"},
        {"icon": "moon"},
        {"icon": "sun-fill", "label": "sun-fill"},
        {"text": "x", "href": "https://shop.example/start?theme=dark"},
    ],
)
def test_theme_pickers_are_refused(facts: dict[str, object]) -> None:
    assert rule_of(PAGE, facts) == "theme"


@pytest.mark.parametrize(
    "facts",
    [
        {"text": "Language Reference", "role": "link", "href": "https://shop.example/reference"},
        {"text": "Languages", "role": "link", "href": "https://shop.example/languages"},
        {"text": "Themes", "role": "link", "href": "https://shop.example/themes"},
        {"text": "How dark mode works", "role": "link", "href": "https://shop.example/dark"},
        {"text": "Python", "role": "tab"},
        {"text": "IT"},
        {"text": "Darkroom"},
        {"text": "Highlights"},
        {"text": "Lightbox"},
        {"text": "Forecast", "icon": "sun"},
        {"text": "World", "icon": "globe"},
        {"text": "Countries", "fills": "select", "options": ("France", "Spain", "Italy")},
    ],
)
def test_what_only_speaks_of_languages_and_themes_passes(facts: dict[str, object]) -> None:
    assert rule_of(PAGE, facts) is None


def test_pickers_are_refused_wherever_they_lead() -> None:
    site = Site.of("https://shop.example/")

    refusal = refuse_element(element(text="Polski", href="https://shop.example/x"), site, PAGE)

    assert refusal is not None
    assert (refusal.rule, refusal.detail) == ("language", "'Polski' is a language")
