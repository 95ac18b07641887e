"""Certificates that no browser should accept, made by the `openssl` program."""

import subprocess
from pathlib import Path

#: By the name of the server's port: the subject, its other names, and how long it is valid.
CERTIFICATES = {
    "self-signed": ("127.0.0.1", "IP:127.0.0.1", 30),
    "wrong-host": ("elsewhere.example", "DNS:elsewhere.example", 30),
    "expired": ("127.0.0.1", "IP:127.0.0.1", -1),
}


def make_certificate(stem: Path, wrong: tuple[str, str, int]) -> tuple[Path, Path]:
    """Certificate and key as PEM files."""
    subject, names, days = wrong
    key, request, certificate = (stem.with_suffix(ending) for ending in (".key", ".csr", ".pem"))
    _openssl(
        *("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request),
        *("-subj", f"/CN={subject}", "-addext", f"subjectAltName={names}"),
    )
    _openssl(
        *("x509", "-req", "-in", request, "-signkey", key, "-days", str(days)),
        *("-copy_extensions", "copy", "-out", certificate),
    )
    return certificate, key


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
