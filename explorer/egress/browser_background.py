"""Disables Chromium's own background requests: flags point them at a host that does not exist, and the proxy
refuses the rest.
"""

#: A reserved name that never resolves (RFC 6761). The proxy answers 404 and records no refusal.
BLACKHOLE_HOST = "nowhere.invalid"
_BLACKHOLE_URL = f"http://{BLACKHOLE_HOST}/"

#: In addition to what Playwright disables. Without these, Debian's Chromium 156 requests within 35 s and one
#: page update.googleapis.com, accounts.google.com (5 times) and content-autofill.googleapis.com (7 times);
#: headless-shell requests nothing. `--disable-features` cannot be used: Chromium reads only the last of two,
#: and it would replace Playwright's, which disables the network time and optimization hint requests.
FLAGS = (
    "--disable-domain-reliability",
    "--no-pings",
    f"--gaia-url={_BLACKHOLE_URL}",
    f"--lso-url={_BLACKHOLE_URL}",
    f"--google-apis-url={_BLACKHOLE_URL}",
    f"--autofill-server-url={_BLACKHOLE_URL}",
    f"--component-updater=url-source={_BLACKHOLE_URL}",
    f"--variations-server-url={_BLACKHOLE_URL}",
    f"--variations-insecure-server-url={_BLACKHOLE_URL}",
    f"--gcm-checkin-url={_BLACKHOLE_URL}",
    f"--gcm-registration-url={_BLACKHOLE_URL}",
    f"--optimization-guide-service-get-hints-url=https://{BLACKHOLE_HOST}/",
    f"--optimization-guide-service-get-models-url=https://{BLACKHOLE_HOST}/",
    f"--translate-script-url=https://{BLACKHOLE_HOST}/",
    f"--translate-ranker-model-url=https://{BLACKHOLE_HOST}/",
)

#: Hosts that only browsers request, never pages. Those that pages use as well (accounts.google.com,
#: translate.googleapis.com, www.googleapis.com) are covered by the flags only.
BACKGROUND_HOSTS = frozenset(
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
    """Checks whether only the browser itself, and no page, requests this host."""
    return host in BACKGROUND_HOSTS
