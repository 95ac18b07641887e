"""What can go wrong while exploring. Each error has a stable `code` that travels with the job."""


class ExplorerError(Exception):
    """An exploration that could not be finished; the text is written for the person who asked for it."""

    code = "exploration_failed"


class SafetyViolation(ExplorerError):
    """A hard limit was hit, or something forbidden was about to happen: the take is stopped by force."""

    code = "safety_violation"


class PageUnreachable(ExplorerError):
    """The start page did not load."""

    code = "page_unreachable"


class CertificateInvalid(PageUnreachable):
    """The start page's certificate is not valid, and nobody wished to ignore that."""

    code = "certificate_invalid"


class AuthRequired(ExplorerError):
    """The start page is a sign-in page."""

    code = "auth_required"


class AddressRefused(ExplorerError):
    """The address is private, local or not http(s), and nobody allowed it; `rule` says which of these."""

    code = "address_refused"

    def __init__(self, message: str, rule: str = "private_address") -> None:
        super().__init__(message)
        self.rule = rule


class BrowserMissing(ExplorerError):
    """No usable Chromium was found."""

    code = "browser_missing"


class BrowserCrashed(ExplorerError):
    """The browser or the page's process died during the take."""

    code = "browser_crashed"


class PlannerFailed(ExplorerError):
    """The LLM gave no usable answer; the caller falls back to keywords."""

    code = "planner_failed"


class PageUnresponsive(ExplorerError):
    """The page no longer answers: a script spins or its process hangs."""

    code = "page_unresponsive"
