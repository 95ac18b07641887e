"""Secret inputs of a job: kept apart from it, encrypted, and deleted when it ends."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import cast

from cryptography.fernet import Fernet, InvalidToken

from actors.errors import SecretsGone, SecretsUnavailable
from actors.jobs.keys import SECRETS
from actors.jobs.store import Store
from actors.settings import Settings
from explorer.browser.sign_in import SignIn


@dataclass(frozen=True, slots=True)
class SecretInputs:
    """What a request holds that nobody may read again: values of a script's secrets, and a sign-in."""

    script: Mapping[str, str] = field(repr=False, default_factory=dict)
    sign_in: SignIn = field(default_factory=SignIn)

    def __bool__(self) -> bool:
        return bool(self.script or self.sign_in)

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, data: bytes) -> "SecretInputs":
        row = json.loads(data)
        return cls(row["script"], SignIn(**row["sign_in"]))


async def keep_secrets(store: Store, job_id: str, secrets: SecretInputs) -> None:
    """Keeps them under the operator's SECRETS_KEY. Raises SecretsUnavailable without one."""
    sealed = seal(store.settings, secrets)
    await store.redis.set(SECRETS + job_id, sealed, ex=store.settings.job_ttl_s)


def seal(settings: Settings, secrets: SecretInputs) -> bytes:
    """Encrypts them under the operator's SECRETS_KEY. Raises SecretsUnavailable without one."""
    return encrypt(settings, secrets.encode())


def encrypt(settings: Settings, data: bytes) -> bytes:
    """Encrypts something secret under the operator's SECRETS_KEY. Raises SecretsUnavailable without one."""
    key = settings.secrets_key
    if key is None:
        raise SecretsUnavailable(
            "Secrets are not taken here: the operator has set no SECRETS_KEY, under which they would be kept."
        )
    return Fernet(key.get_secret_value()).encrypt(data)


def decrypt(settings: Settings, sealed: bytes) -> bytes:
    """What `encrypt` has encrypted. Raises SecretsGone without the key that it was encrypted under."""
    key = settings.secrets_key
    if key is None:
        raise SecretsGone("This process has no SECRETS_KEY, under which the secrets were kept.")
    try:
        return Fernet(key.get_secret_value()).decrypt(sealed)
    except InvalidToken as exc:
        raise SecretsGone("The secrets of this job were kept under another SECRETS_KEY.") from exc


async def read_secrets(store: Store, job_id: str) -> SecretInputs:
    """The secret inputs of a job. Raises SecretsGone."""
    sealed = await store.redis.get(SECRETS + job_id)
    if sealed is None:
        raise SecretsGone("The secrets of this job are gone: send the request again with them.")
    return SecretInputs.decode(decrypt(store.settings, cast(bytes, sealed)))


async def forget_secrets(store: Store, job_id: str) -> None:
    """Deletes them."""
    await store.redis.delete(SECRETS + job_id)
