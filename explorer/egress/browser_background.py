"""Chromium's requests for itself: pointed at a name that does not exist; the proxy turns down the rest."""

#: A name that will never be anybody's (RFC 6761). The proxy answers it without a look and without a note.
NOWHERE = "nowhere.invalid"
_URL = f"http://{NOWHERE}/"

#: Beside what Playwright switches off. Without these, Debian's Chromium 156 asks within 35 s and one page for
#: update.googleapis.com, accounts.google.com (5 times) and content-autofill.googleapis.com (7 times);
#: headless-shell asks for nothing. A list of features will not do: of two, Chromium reads the last one
#: only, and Playwright's, which it would replace, turns off its questions for the time and for hints.
FLAGS = (
    "--disable-domain-reliability",
    "--no-pings",
    f"--gaia-url={_URL}",
    f"--lso-url={_URL}",
    f"--google-apis-url={_URL}",
    f"--autofill-server-url={_URL}",
    f"--component-updater=url-source={_URL}",
    f"--variations-server-url={_URL}",
    f"--variations-insecure-server-url={_URL}",
    f"--gcm-checkin-url={_URL}",
    f"--gcm-registration-url={_URL}",
    f"--optimization-guide-service-get-hints-url=https://{NOWHERE}/",
    f"--optimization-guide-service-get-models-url=https://{NOWHERE}/",
    f"--translate-script-url=https://{NOWHERE}/",
    f"--translate-ranker-model-url=https://{NOWHERE}/",
)

#: Hosts that only browsers ask for, no page. Those that pages use as well (accounts.google.com,
#: translate.googleapis.com, www.googleapis.com) are left to the flags.
SERVICES = frozenset(
    {
        *(
            "update.googleapis.com",
            "clients2.google.com",
            "clients4.google.com",
            "clientservices.googleapis.com",
        ),
        *("content-autofill.googleapis.com", "optimizationguide-pa.googleapis.com", "mtalk.google.com"),
        *(
            "safebrowsing.googleapis.com",
            "safebrowsing.google.com",
            "sb-ssl.google.com",
            "alt1-mtalk.google.com",
        ),
        *("redirector.gvt1.com", "edgedl.me.gvt1.com", "dl.google.com", "chromewebstore.googleapis.com"),
        *("android.clients.google.com", "passwordsleakcheck-pa.googleapis.com"),
        *("chrome-devtools-frontend.appspot.com", "kidsmanagement-pa.googleapis.com"),
    }
)


def is_background_request(host: str) -> bool:
    return host in SERVICES
