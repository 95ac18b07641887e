"""Which language a page is in: by text, script and its own word."""

import pytest

from explorer.languages.detection import detect, is_known

SWEDISH = (
    "Välkommen till vår butik. Här hittar du allt för hemmet, trädgården och fritiden. Vi har öppet alla "
    "dagar. Kundtjänst Om oss Butiker Erbjudanden Nyheter Kontakt Jobba hos oss"
)
CZECH = (
    "Vítejte na našich stránkách. Najdete zde všechno pro dům a zahradu, nářadí, barvy, nábytek i osvětlení. "
    "Otevřeno máme každý den od rána do večera."
)
LOREM = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et "
    "dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris"
)
ENGLISH = (
    "Welcome to the docs. Install the package, then start the server and open the page in your browser. Each "
    "guide has examples that you can run yourself on your own machine."
)


# ruff: noqa: RUF001
@pytest.mark.parametrize(
    ("text", "lang", "code"),
    [
        (SWEDISH, "", "sv"),
        (SWEDISH, "en", "sv"),
        (ENGLISH, "de", "en"),
        (CZECH, "en", "cs"),
        ("Start Tours Boats Prices", "", ""),
        ("Start Tours Boats Prices", "en-GB", "en"),
        ("Oversigt Ordrer Maskiner Rapporter Indstillinger", "da", "da"),
        ("Oversikt Ordrer Maskiner Rapporter Innstillinger", "nb-NO", "no"),
        ("トップページ 製品 会社概要", "", "ja"),
        ("首页 产品 关于我们", "", "zh"),
        ("환영합니다 주문 설정", "en", "ko"),
        ("Καλώς ήρθατε στο κατάστημά μας", "", "el"),
        ("ยินดีต้อนรับ สินค้า รายงาน", "", "th"),
        ("דף הבית מוצרים אודות", "", "he"),
        ("جميع المنتجات مصنوعة يدويا وتصل إلى منزلك خلال يومين", "", "ar"),
        ("تمام محصولات با دست ساخته شده و در دو روز به خانه شما می‌رسند. سفارش‌ها را ببینید", "", "fa"),
        ("Головна Замовлення Верстати Звіти Налаштування Вийти з облікового запису", "", "uk"),
        ("सभी उत्पाद हाथ से बने हैं और दो दिन में आपके घर पहुँच जाते हैं", "", "hi"),
        (LOREM, "en", "en"),
        (LOREM, "", ""),
        ("", "sv", "sv"),
        ("12345 €", "", ""),
        ("", "und", ""),
        (LOREM, "us", "en"),
        ("", "cz", "cs"),
    ],
)
def test_the_language_of_a_page_is_told_by_text_script_and_its_own_word(
    text: str, lang: str, code: str
) -> None:
    assert detect(text, lang) == code


def test_an_undetermined_page_may_be_in_any_language_that_we_know() -> None:
    assert is_known("")
    assert is_known("sv")
    assert not is_known("ko")
    assert not is_known("cs")
