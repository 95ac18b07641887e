"""Fields that must never be typed into, as tables."""

import pytest

from explorer.guardrails.sensitive_fields import is_search, refuse_field
from explorer.types import Element
from tests.explorer.guardrails.test_rules import PAGE, element


def field(**facts: object) -> Element:
    return element(**{"tag": "input", "role": "textbox", "fills": "text", "input_type": "text", **facts})


@pytest.mark.parametrize(
    "facts",
    [
        {"input_type": "password"},
        {"input_type": "email"},
        {"input_type": "tel"},
        {"input_type": "file"},
        {"autocomplete": "cc-number"},
        {"autocomplete": "section-blue shipping street-address"},
        {"autocomplete": "one-time-code"},
        {"autocomplete": "bday-year"},
        {"autocomplete": "given-name"},
        {"autocomplete": "current-password"},
        {"field_name": "email"},
        {"field_name": "userEmail"},
        {"field_name": "first_name"},
        {"field_name": "card[number]"},
        {"field_name": "name"},
        {"field_name": "otp"},
        {"placeholder": "Your e-mail address"},
        {"placeholder": "Phone number"},
        {"placeholder": "CVC"},
        {"placeholder": "Name"},
        {"label": "Date of birth", "fills": "date"},
        {"label": "IBAN"},
        {"label": "Verification code"},
        {"label": "Street"},
        {"label": "Passwort"},
        {"label": "E-Mail"},
        {"label": "Telefonnummer"},
        {"label": "Vorname"},
        {"label": "Geburtsdatum"},
        {"label": "Mot de passe"},
        {"label": "Votre nom"},
        {"label": "Correo electrónico"},
        {"label": "Fecha de nacimiento"},
        {"label": "Indirizzo"},
        {"label": "Cognome"},
        {"label": "Endereço"},
        {"label": "Número do cartão"},
        {"label": "Wachtwoord"},
        {"label": "Achternaam"},
        {"label": "Hasło"},
        {"label": "Nazwisko"},
        {"label": "Номер телефона / телефон"},
        {"label": "Пароль"},
        {"label": "メールアドレス"},
        {"label": "お名前"},
        {"label": "手机号"},
        {"label": "验证码"},
    ],
)
def test_secrets_payment_and_contact_data_are_never_typed(facts: dict[str, object]) -> None:
    refusal = refuse_field(field(**facts), PAGE)

    assert refusal is not None
    assert (refusal.rule, refusal.page_url) == ("field", PAGE)


@pytest.mark.parametrize(
    "facts",
    [
        {"placeholder": "What needs to be done?"},
        {"placeholder": "Search by name or e-mail…"},
        {"label": "Filter users by name"},
        {"input_type": "search", "label": "Email"},
        {"role": "searchbox", "placeholder": "name"},
        {"field_name": "q", "label": "Address"},
        {"label": "Suche"},
        {"label": "Rechercher un nom"},
        {"label": "検索"},
        {"label": "Project name"},
        {"label": "File name"},
        {"label": "Title"},
        {"label": "Amount", "input_type": "number", "fills": "number"},
        {"label": "From", "input_type": "date", "fills": "date"},
        {"label": "City"},
        {"label": "Spinner"},
        {"autocomplete": "off", "placeholder": "Message"},
    ],
)
def test_search_boxes_filters_and_todos_may_be_typed_into(facts: dict[str, object]) -> None:
    assert refuse_field(field(**facts)) is None


def test_a_search_that_takes_a_password_is_no_search() -> None:
    assert refuse_field(field(input_type="password", label="Search")) is not None


def test_a_name_with_a_genitive_is_no_search() -> None:
    assert not is_search(field(label="Customer's first name"))
    assert refuse_field(field(label="Customer's first name")) is not None
