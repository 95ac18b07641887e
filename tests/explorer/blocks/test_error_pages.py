"""What is taken for an error page, by what it says."""

# Letters of many scripts.
# ruff: noqa: RUF001

import pytest

from explorer.blocks.error_pages import find_error_text
from explorer.blocks.signatures import read_toml
from tests.explorer.support.page_facts import look

#: A title, a main heading and a sentence below, as sites have them; by language.
MISSING = {
    "ar": ("الصفحة غير موجودة", "لم يتم العثور على الصفحة", "العودة إلى الصفحة الرئيسية"),
    "da": ("Siden blev ikke fundet", "Siden findes ikke", "Gå til forsiden"),
    "de": ("Seite nicht gefunden", "Die Seite wurde nicht gefunden", "Zurück zur Startseite"),
    "en": ("Page not found", "We can't find that page", "Check the address, or go back to the home page."),
    "es": ("Página no encontrada", "La página no existe", "Volver al inicio"),
    "fi": ("Sivua ei löytynyt", "Etsimääsi sivua ei löydy", "Siirry etusivulle"),
    "fr": ("Page introuvable", "Cette page n'existe pas", "Retour à l'accueil"),
    "he": ("הדף לא נמצא", "הדף המבוקש אינו קיים", "חזרה לדף הבית"),
    "hi": ("पेज नहीं मिला", "यह पृष्ठ मौजूद नहीं है", "होम पेज पर जाएँ"),
    "id": ("Halaman tidak ditemukan", "Halaman yang Anda cari tidak ada", "Kembali ke beranda"),
    "it": ("Pagina non trovata", "La pagina che cerchi non esiste", "Torna alla home"),
    "ja": ("ページが見つかりません", "お探しのページは見つかりませんでした", "トップページへ戻る"),
    "nb": ("Siden ble ikke funnet", "Vi fant ikke siden", "Til forsiden"),
    "nl": ("Pagina niet gevonden", "Deze pagina bestaat niet", "Terug naar de homepage"),
    "pl": ("Nie znaleziono strony", "Strona nie istnieje", "Wróć na stronę główną"),
    "pt": ("Página não encontrada", "A página não existe", "Voltar ao início"),
    "ru": ("Страница не найдена", "Такой страницы не существует", "Вернуться на главную"),
    "sv": ("Sidan hittades inte", "Sidan finns inte längre", "Till startsidan"),
    "th": ("ไม่พบหน้าที่คุณต้องการ", "ไม่พบหน้านี้", "กลับหน้าแรก"),
    "tr": ("Sayfa bulunamadı", "Aradığınız sayfayı bulamadık", "Ana sayfaya dön"),
    "uk": ("Сторінку не знайдено", "Такої сторінки не існує", "На головну"),
    "vi": ("Không tìm thấy trang", "Trang này không tồn tại", "Về trang chủ"),
    "zh": ("页面不存在", "找不到该页面", "返回首页"),
}
BROKEN = {
    "ar": "حدث خطأ",
    "da": "Noget gik galt",
    "de": "Etwas ist schiefgelaufen",
    "en": "Something went wrong",
    "es": "Algo salió mal",
    "fi": "Jokin meni pieleen",
    "fr": "Une erreur est survenue",
    "he": "משהו השתבש",
    "hi": "कुछ गलत हो गया",
    "id": "Terjadi kesalahan",
    "it": "Qualcosa è andato storto",
    "ja": "エラーが発生しました",
    "nb": "Noe gikk galt",
    "nl": "Er is iets misgegaan",
    "pl": "Coś poszło nie tak",
    "pt": "Algo deu errado",
    "ru": "Что-то пошло не так",
    "sv": "Något gick fel",
    "th": "เกิดข้อผิดพลาด",
    "tr": "Bir şeyler ters gitti",
    "uk": "Щось пішло не так",
    "vi": "Đã xảy ra lỗi",
    "zh": "出错了",
}
SHORT = "The lights on the water are seen from far away, and so they were in those days."


def test_every_language_has_the_same_kinds_of_phrases() -> None:
    tables = read_toml("error_pages.toml")

    assert len(tables) == 23
    assert all(
        set(table) == {"says", "hints", "explains"} and all(table.values()) for table in tables.values()
    )


def test_every_language_is_tried_here() -> None:
    assert set(MISSING) == set(BROKEN) == set(read_toml("error_pages.toml"))


@pytest.mark.parametrize("language", MISSING)
def test_a_page_that_says_that_there_is_none_is_known_in_each_language(language: str) -> None:
    title, heading, below = MISSING[language]

    assert find_error_text(look(title, heading, below)) == heading
    assert find_error_text(look("Acme", heading, below)) == heading
    assert find_error_text(look(f"{title} - Acme", "404", below))


@pytest.mark.parametrize("language", BROKEN)
def test_a_page_that_says_that_it_failed_is_known_in_each_language(language: str) -> None:
    assert find_error_text(look("Acme", BROKEN[language])) == BROKEN[language]
    assert find_error_text(look("Acme", BROKEN[language], SHORT * 9)) is None


@pytest.mark.parametrize(
    ("title", "heading", "below"),
    [
        ("404 Not Found", "404 Not Found", "nginx"),
        ("404 Not Found", "Not Found", "The requested URL was not found on this server."),
        ("HTTP Error 404.0 - Not Found", "HTTP Error 404.0 - Not Found", "The resource has been removed."),
        ("Acme", "Oops! That page can't be found.", "It looks like nothing was found. Maybe try a search?"),
        ("Not Found", "Page not found (404)", "Request Method: GET"),
        ("We're sorry, but something went wrong (500)", "We're sorry, but something went wrong.", ""),
        ("Acme", "Whoops, looks like something went wrong.", ""),
        (
            "Error 500 (Server Error)!!1",
            "500. That's an error.",
            "There was an error. Please try again later.",
        ),
        ("Acme", "Unexpected Application Error!", "404 Not Found"),
        ("502 Bad Gateway", "502 Bad Gateway", "nginx/1.25"),
        ("Error", "Cannot GET /nowhere", ""),
        ("Service Unavailable", "Service Unavailable", "HTTP Error 503. The service is unavailable."),
        ("Access Denied", "Access Denied", "You do not have permission to view this page."),
        ("403 Forbidden", "Forbidden", "You don't have permission to access this resource."),
        ("401 Unauthorized", "401 Unauthorized", ""),
        ("Acme", "We'll be right back!", "We are performing scheduled maintenance."),
        ("Site maintenance", "Site maintenance", ""),
        ("Account Suspended", "Account Suspended", "Contact your hosting provider for more information."),
        ("Database Error", "Error establishing a database connection", ""),
        ("Product not found", "Product not found", "Go back to the start page."),
        ("Acme", "Failed to load", "Please try again."),
    ],
)
def test_a_usual_error_page_is_known(title: str, heading: str, below: str) -> None:
    assert find_error_text(look(title, heading, below))


@pytest.mark.parametrize(
    ("title", "heading", "below"),
    [
        ("How we designed our 404 page", "How we designed our 404 page", SHORT),
        ("404 pages: a history", "404 pages: a history", SHORT),
        ("The page that was not found", "A short story", SHORT),
        ("Access denied – a novel", "Access denied", "A novel by Ann Lee."),
        ("Lost", "Lost", "Ann Lee's new album."),
        ("Sorry", "Sorry", "A play in three acts."),
        ("Errors and how to handle them", "Errors", "Each error has a code."),
        ("Room 404", "Room 404", "Two beds, a view of the sea."),
        ("500 miles", "500 miles", "A walk along the coast."),
        ("Maintenance plans", "Maintenance plans", "We look after your boiler."),
        ("Search", "Search", "Nothing found for “moon”. Try other words."),
        ("Lost and found", "Lost and found", "Was a bag found? Ask at the desk."),
        ("Acme", "Welcome", "If something went wrong with an order, contact our team."),
        ("404 Kitchen", "404", "Dinner from six. Book a table."),
        ("Trouble", "What to do when a page is not found", SHORT),
    ],
)
def test_a_page_that_only_sounds_like_one_is_none(title: str, heading: str, below: str) -> None:
    assert find_error_text(look(title, heading, below)) is None


def test_a_long_page_is_none_whatever_it_is_called() -> None:
    assert find_error_text(look("404 Not Found", "404 Not Found", SHORT * 9)) is None
    sections = ["404 Not Found", "Meaning", "Examples", "Causes", "Cures", "See also"]
    assert find_error_text(look("404 Not Found", "404 Not Found", headings=sections)) is None


def test_a_status_counts_with_what_stands_beside_it() -> None:
    assert (
        find_error_text(look("Acme", "404", headings=["404", "Page not found"], text="Go home"))
        == "Page not found"
    )
    assert find_error_text(
        look("Acme", "", large=["404", "Lost?"], text="404\nThe page does not exist. Go home")
    )
    assert find_error_text(look("404", "404"))
    assert find_error_text(look("Acme", "404", "Our house number.")) is None
