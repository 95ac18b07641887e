"""Explains certificate errors by Chromium's names for them (`net_error_list.h`)."""

from explorer.errors import CertificateInvalid

#: Of several errors Chromium reports the most severe: the issuer before the host, and the host before the
#: date.
FAULTS = {
    "ERR_CERT_AUTHORITY_INVALID": "it is self-signed, or signed by an authority that nobody knows",
    "ERR_CERT_COMMON_NAME_INVALID": "it was made for another host",
    "ERR_CERT_DATE_INVALID": "it has expired, or is not valid yet",
    "ERR_CERT_REVOKED": "it was revoked",
    "ERR_CERT_INVALID": "it is malformed",
    "ERR_CERT_WEAK_SIGNATURE_ALGORITHM": "its signature is weak",
    "ERR_CERT_WEAK_KEY": "its key is weak",
    "ERR_CERT_VALIDITY_TOO_LONG": "it is valid for longer than is allowed",
    "ERR_CERT_NAME_CONSTRAINT_VIOLATION": "its authority may not sign for this host",
    "ERR_CERTIFICATE_TRANSPARENCY_REQUIRED": "it is missing from the public logs of certificates",
    "ERR_CERT_KNOWN_INTERCEPTION_BLOCKED": "it is known to be used for listening in",
    "ERR_SSL_PINNED_KEY_NOT_IN_CERT_CHAIN": "it is not the one that this host is known by",
}
ANY = ("ERR_CERT", "ERR_SSL_PINNED_KEY")


def certificate_error(url: str, name: str) -> CertificateInvalid | None:
    """Explains Chromium's error `name` for `url`; None when it is no certificate error."""
    if not name.startswith(ANY):
        return None
    fault = FAULTS.get(name, f"Chromium calls it {name}")
    return CertificateInvalid(
        f"The certificate of {url} is not valid: {fault}. Nothing was filmed. Renew it, or ask for "
        "`ignore_certificate_errors` if you know this site."
    )
