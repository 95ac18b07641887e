"""Detects fields that are never filled: secrets, payment, personal data, files. Pure."""

import re

from explorer.languages.normalization import words_of
from explorer.types import Element, Refusal

_INPUT_TYPES = {
    "password": "a password",
    "file": "a file",
    "email": "an e-mail address",
    "tel": "a phone number",
    "hidden": "nothing that a person sees",
}
#: Autofill detail tokens (HTML standard).
_AUTOCOMPLETE = re.compile(
    r"cc-.*|.*-password|one-time-code|email|tel(?:-.*)?|name|.*-name|honorific-.*|nickname|username"
    r"|street-address|address-.*|postal-code|country(?:-name)?|bday(?:-.*)?|sex|impp|organization(?:-.*)?"
    r"|transaction-.*|photo|webauthn"
)
_SEARCH_WORDS = re.compile(
    r"(?<!\S)(?:search\w*|query|filter\w*|find|lookup|keywords?|suche?n?|such\w*|recherch\w*|buscar?|busca"
    r"|cerca|ricerca|pesquisa\w*|procurar|zoek\w*|szukaj|wyszukaj|фильтр|поиск|искать|найти)(?!\S)"
    r"|検索|搜索|搜尋|查找|筛选"
)
#: Anywhere among the words of a field's name, placeholder and label.
_SENSITIVE_WORDS: tuple[tuple[str, str], ...] = (
    (
        "a password",
        "password|passwd|passphrase|pin|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|hasło"
        "|пароль|secret|api key|token",
    ),
    (
        "a one-time code",
        "otp|(?:verification|security|one time|confirmation|authentication|sms) code|totp|mfa"
        "|bestätigungscode"
        "|code de (?:vérification|sécurité)|código de (?:verificación|verificação|segurança)",
    ),
    (
        "payment data",
        "(?:card|credit card|account) ?(?:number|no|holder)|cardnumber|cc ?(?:number|num|csc|exp|name)"
        "|cvc|cvv"
        "|csc|iban|bic|swift|sort code|expir(?:y|ation)(?: date)?|kreditkarte|kartennummer|kontonummer"
        "|numéro de carte|carte bancaire|número de (?:la )?tarjeta|tarjeta|numero (?:della )?carta"
        "|número do cartão|cartão|kaartnummer|rekeningnummer|numer karty|numer konta|номер карты",
    ),
    (
        "an e-mail address",
        "e ?mail(?: address)?|email|mail|correo(?: electrónico)?|courriel|posta elettronica|adresse mail"
        "|эл почта|электронная почта|почта",
    ),
    (
        "a phone number",
        "(?:tele)?phone(?: number)?|mobile(?: number| phone)?|telefon(?:nummer)?|handy(?:nummer)?|téléphone"
        "|portable|teléfono|móvil|telefono|cellulare|telefone|celular|telefoon(?:nummer)?|telefonu|телефон"
        "|whatsapp",
    ),
    (
        "a person's name",
        "(?:first|last|full|middle|family|given|maiden|sur|user|nick|your) ?names?|surname|fullname|fname"
        "|lname"
        "|(?:vor|nach|benutzer)name|ihr name|prénom|nom de famille|votre nom|nombre(?: completo)?|apellidos?"
        "|cognome|nome e cognome|sobrenome|nome completo|voornaam|achternaam|imię|nazwisko|фамилия|ваше имя",
    ),
    (
        "an address",
        "(?:street|postal|home|billing|shipping|delivery|mailing) address|address(?: line)?|street"
        "|(?:zip|postal|post)(?: ?code)?|postcode|strasse|hausnummer|postleitzahl|plz|anschrift|code postal"
        "|dirección|código postal|indirizzo|endereço|cep|adres|straat|ulica|kod pocztowy|индекс",
    ),
    (
        "a birthday",
        "birth ?(?:day|date)|date of birth|dob|geburts(?:tag|datum)|date de naissance|fecha de nacimiento"
        "|data di nascita|data de nascimento|geboortedatum|data urodzenia|дата рождения",
    ),
    ("an identity number", "ssn|social security(?: number)?|passport(?: number)?|tax id|vat(?: number| id)?"),
)
#: Only as the whole of a name, placeholder or label: "Project name" is none of these.
_SENSITIVE_WHOLE = re.compile(r"(?:enter )?(?:name|nom|nome|naam|adresse|имя|адрес|login|user|phone|tel)")
_SENSITIVE_CJK = re.compile(
    "パスワード|密码|密碼|メール|邮箱|郵箱|邮件|電話|电话|手机|手機|氏名|お名前|姓名|住所|地址|郵便番号"
    "|邮编|生年月日|生日"
    "|カード番号|卡号|银行卡|暗証番号|验证码|驗證碼|認証コード|用户名|使用者名稱|ユーザー名|真实姓名"
)
_PATTERNS = tuple((what, re.compile(rf"(?<!\S)(?:{pattern})(?!\S)")) for what, pattern in _SENSITIVE_WORDS)


def refuse_field(element: Element, page_url: str = "") -> Refusal | None:
    """Returns why this field must not be filled, or None; the rule is `field`.

    A search box is allowed whatever it searches for; a password, an e-mail address or a file never does.
    """
    sensitive = (
        _INPUT_TYPES.get(element.input_type.lower())
        or _sensitive_by_autocomplete(element)
        or _sensitive_by_text(element)
    )
    if sensitive is None:
        return None
    what = element.label or element.placeholder or element.field_name or element.selector
    return Refusal("field", what, f"it asks for {sensitive}", page_url)


def is_search(element: Element) -> bool:
    """Checks whether the field is a search box."""
    if element.fills == "search" or element.input_type == "search" or element.role == "searchbox":
        return True
    if element.field_name.lower() in {"q", "s"}:
        return True
    return any(_SEARCH_WORDS.search(words_of(text)) for text in _texts(element))


def _sensitive_by_autocomplete(element: Element) -> str | None:
    for token in element.autocomplete.lower().split():
        if _AUTOCOMPLETE.fullmatch(token):
            return f"{token!r}, as browsers fill it in"
    return None


def _sensitive_by_text(element: Element) -> str | None:
    if is_search(element):
        return None
    for text in _texts(element):
        words = words_of(text)
        for what, pattern in _PATTERNS:
            if pattern.search(words):
                return what
        if _SENSITIVE_WHOLE.fullmatch(words) or _SENSITIVE_CJK.search(words):
            return f"{text!r}"
    return None


def _texts(element: Element) -> tuple[str, ...]:
    names = (element.field_name, element.placeholder, element.label, element.aria_label, element.title)
    return tuple(name for name in names if name)
