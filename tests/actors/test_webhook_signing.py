import base64
import time

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from actors.errors import SettingsInvalid
from actors.settings import Settings
from actors.webhook_signing import PREFIX, key_of, new_secret, signed

BODY = '{"type": "demo.completed", "ä": "\u2713"}'.encode()
TEXT = "a text of 24 characters."[:24].replace(" ", "-")


def of(size: int) -> str:
    return PREFIX + base64.b64encode(b"k" * size).decode()


@pytest.mark.parametrize("secret", [of(24), of(64), new_secret()], ids=["shortest", "longest", "new"])
def test_the_public_library_verifies_what_is_signed(secret: str) -> None:
    headers = signed(secret, "msg_1", int(time.time()), BODY)

    assert Webhook(secret).verify(BODY, headers)["type"] == "demo.completed"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


def test_a_text_signs_as_it_is_and_libraries_take_it_as_bytes() -> None:
    assert len(TEXT) == 24
    headers = signed(TEXT, "msg_1", int(time.time()), BODY)

    assert Webhook(TEXT.encode()).verify(BODY, headers)
    assert Webhook(PREFIX + base64.b64encode(TEXT.encode()).decode()).verify(BODY, headers)


def test_a_call_that_is_sent_again_much_later_is_not_believed() -> None:
    headers = signed(of(32), "msg_1", int(time.time()) - 600, BODY)

    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(of(32)).verify(BODY, headers)


def test_no_two_jobs_have_the_same_secret() -> None:
    assert len({new_secret() for _ in range(50)}) == 50
    assert len(key_of(new_secret())) == 32


@pytest.mark.parametrize(
    "secret", ["short", TEXT[:-1], "with spaces, but long enough", of(23), of(65), PREFIX + "*" * 40]
)
def test_a_secret_that_could_be_guessed_or_not_be_used_is_a_bad_setting(secret: str) -> None:
    with pytest.raises(SettingsInvalid, match=r"WEBHOOK_SECRET.*openssl") as refused:
        Settings.read(webhook_secret=secret)
    assert secret not in str(refused.value)


@pytest.mark.parametrize("url", ["films.example.com", "https://u:p@x.com", "https://x.com/?a", "ftp://x.com"])
def test_an_address_that_no_link_can_begin_with_is_a_bad_setting(url: str) -> None:
    with pytest.raises(SettingsInvalid, match="PUBLIC_URL"):
        Settings.read(public_url=url)


def test_links_begin_without_a_second_slash() -> None:
    assert Settings.read(public_url="https://x.com/films/").public_url == "https://x.com/films"
