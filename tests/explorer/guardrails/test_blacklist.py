"""The blacklist in many languages, as tables."""

import pytest

from explorer.guardrails.action_urls import find_url_action
from explorer.guardrails.blacklist import (
    blacklisted,
    blacklisted_title,
    ends_session,
    find_command,
    is_plain_cancel,
    is_question,
)
from explorer.guardrails.icon_words import find_icon_action
from explorer.languages import entries


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Löschen", "delete"),
        ("Konto löschen", "delete"),
        ("LO\u0308SCHEN", "delete"),
        ("Konto schließen", "close account"),
        ("Jetzt kaufen", "buy"),
        ("Zur Kasse", "pay"),
        ("Abmelden", "log out"),
        ("Supprimer le compte", "delete"),
        ("Se déconnecter", "log out"),
        ("Passer la commande", "pay"),
        ("Eliminar", "delete"),
        ("Cerrar sesión", "log out"),
        ("Darse de baja", "unsubscribe"),
        ("Finalizar compra", "pay"),
        ("Rimuovi dal carrello", "remove"),
        ("Acquista ora", "buy"),
        ("Disconnetti", "log out"),
        ("Excluir conta", "delete"),
        ("Sair", "log out"),
        ("Verwijderen", "delete"),
        ("Afrekenen", "pay"),
        ("Uitloggen", "log out"),
        ("Usuń konto", "delete"),
        ("Wyloguj się", "log out"),
        ("Kup teraz", "buy"),
        ("Удалить аккаунт", "delete"),
        ("Выйти", "log out"),
        ("Оформить заказ", "pay"),
        ("アカウントを削除する", "delete"),
        ("ログアウト", "log out"),
        ("今すぐ購入", "buy"),
        ("删除账户", "delete"),
        ("刪除", "delete"),
        ("退出登录", "log out"),
        ("立即购买", "buy"),
        ("去结算", "pay"),
    ],
)
def test_strict_words_are_known_in_ten_languages(text: str, word: str) -> None:
    assert blacklisted(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "Wissen",
        "Zahlen und Fakten",
        "Kaufhaus",
        "Löschfahrzeuge",
        "Bezahlung",
        "Commandes",
        "Comprador",
        "Payant",
        "Kupon",
        "Sairaala",
        "Удаление",
        "支付方式",
        "購入ガイド",
        "Add to cart",
        "Subscribe",
        "Anmelden",
    ],
)
def test_words_that_look_alike_pass_in_other_languages(text: str) -> None:
    assert blacklisted(text) is None


@pytest.mark.parametrize(
    ("title", "refused"),
    [
        ("Delete account", True),
        ("Delete my account permanently", True),
        ("Delete this account now", True),
        ("Remove from list", True),
        ("Proceed to checkout", True),
        ("Log out", True),
        ("Abmelden", True),
        ("ログアウト", True),
        ("How to delete files", False),
        ("How to pay", False),
        ("Deleting branches", False),
        ("How to reset a tape", False),
        ("What happens when you cancel", False),
        ("A guide to buy to let", False),
        ("如何在设置中删除您的所有数据", False),
    ],
)
def test_a_link_is_judged_as_a_command_only_when_it_reads_like_one(title: str, refused: bool) -> None:
    assert (blacklisted_title(title) is not None) is refused


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("/items/7/delete", True),
        ("/delete-my-account", True),
        ("/account-delete", True),
        ("/logout.php?x=1", True),
        ("/cart/add/7", True),
        ("/shop/?add-to-cart=7", True),
        ("/cart/add_to_cart", True),
        ("/admin/reboot", True),
        ("/konto/löschen", True),
        ("/konto/l%C3%B6schen", True),
        ("/docs/how-to-delete-files", False),
        ("/blog/why-we-pay-attention-to-detail", False),
        ("/docs/deleting-branches", False),
        ("/docs/install", False),
        ("/deploy", False),
        ("/posts/save-the-date", False),
        ("/display", False),
        ("/cart", False),
        ("/add", False),
        ("/check-out-our-blog", False),
    ],
)
def test_an_address_is_judged_by_its_segments(address: str, refused: bool) -> None:
    assert (find_url_action(address) is not None) is refused


@pytest.mark.parametrize(
    ("label", "word"),
    [
        ("Save", "save"),
        ("Save changes", "save"),
        ("Submit", "submit"),
        ("Send message", "send"),
        ("Post", "post"),
        ("Stop", "stop"),
        ("Pause", "pause"),
        ("Pause all devices", "pause"),
        ("Reset", "reset"),
        ("Reset to defaults", "reset"),
        ("Restart server", "restart"),
        ("Shut down", "shut down"),
        ("Shutdown", "shut down"),
        ("Deploy now", "deploy"),
        ("Publish", "publish"),
        ("Upload file", "upload"),
        ("Import", "import"),
        ("Uninstall", "uninstall"),
        ("Empty trash", "clear"),
        ("Format disk", "format"),
        ("Place your order", "order"),
        ("Donate", "donate"),
        ("Speichern", "save"),
        ("Envoyer", "send"),
        ("Guardar cambios", "save"),
        ("Riavvia", "restart"),
        ("Enviar", "send"),
        ("Opslaan", "save"),
        ("Zapisz", "save"),
        ("Сохранить", "save"),
        ("保存する", "save"),
        ("提交", "submit"),
    ],
)
def test_short_labels_of_buttons_are_commands(label: str, word: str) -> None:
    assert find_command(label) == word


@pytest.mark.parametrize(
    "label",
    [
        "Posts",
        "Blog post",
        "Next post",
        "Saved",
        "Save the date",
        "Save 20%",
        "Save up to $5",
        "Reset filters",
        "Reset zoom",
        "Reset the view",
        "Pause video",
        "Pause animation",
        "Format",
        "Stops",
        "Non-stop",
        "Important",
        "Installation",
        "Sender",
        "Disabled",
        "Orders",
        "Bookmarks",
        "Learn how to save money",
        "Add to cart",
        "New game",
        "Search",
        "Subscribe",
    ],
)
def test_other_labels_command_nothing(label: str) -> None:
    assert find_command(label) is None


def test_a_newsletter_is_subscribed_to_only_by_what_sends_a_form() -> None:
    assert find_command("Subscribe", submits=True) == "subscribe"
    assert find_command("Subscribe") is None


def test_a_plain_cancel_is_told_from_one_that_names_what_it_ends() -> None:
    cancels = [entry.pattern for entry in entries("answers") if entry.key == "cancel"]
    words = [one for one in cancels if not {*one} & {*"?[(|"}]
    assert len(words) > 30
    assert all(is_plain_cancel(word.title()) for word in words)
    assert not any(map(is_plain_cancel, ["Cancel subscription", "Cancel order", "Cancellation", ""]))


@pytest.mark.parametrize(
    ("label", "ends"),
    [
        ("Leave", True),
        ("Exit", True),
        ("End demo session", True),
        ("Sign off", False),  # blacklisted anyway
        ("Switch user", True),
        ("Change account", True),
        ("Stop impersonating Robin", True),
        ("Log in as Anna", True),
        ("Leave policy", False),
        ("Annual leave", False),
        ("Exit interviews", False),
        ("Switches", False),
        ("End of session report", False),
    ],
)
def test_what_ends_the_visit_is_known_by_its_whole_label(label: str, ends: bool) -> None:
    assert (ends_session(label) is not None) is ends


@pytest.mark.parametrize(
    ("label", "asks"),
    [
        ("Can I cancel at any time?", True),
        ("How to delete files", True),
        ("Cancel now", False),
        ("Whatever", False),
    ],
)
def test_a_question_is_told_by_how_it_begins(label: str, asks: bool) -> None:
    assert is_question(label) is asks


@pytest.mark.parametrize(
    ("icon", "alone", "found"),
    [
        ("trash", False, True),
        ("fa-trash-alt", False, True),
        ("power-off", False, True),
        ("sign-out-alt", False, True),
        ("remove", False, False),
        ("remove", True, True),
        ("send", True, True),
        ("binoculars", True, False),
        ("", True, False),
    ],
)
def test_icons_that_destroy_are_known_by_name(icon: str, alone: bool, found: bool) -> None:
    assert (find_icon_action(icon, alone) is not None) is found
