"""What can go wrong while exploring. Each error has a stable `code` that travels with the job."""


class ExplorerError(Exception):
    """An exploration that could not be finished; the text is written for the person who asked for it."""

    code = "exploration_failed"


class SafetyViolation(ExplorerError):
    """A hard limit was hit, or something forbidden was about to happen: the take is stopped by force."""

    code = "safety_violation"


class PageUnreachable(ExplorerError):
    """The start page did not load, or what loaded is no page to film: the subclasses say what it is instead.

    `retry_after_s` is set where another try may help: how long the site asks to be left alone, 0.0 if it
    does not say.
    """

    code = "page_unreachable"
    retry_after_s: float | None = None


class CertificateInvalid(PageUnreachable):
    """The start page's certificate is not valid, and nobody wished to ignore that."""

    code = "certificate_invalid"


class StartPageBlank(PageUnreachable):
    """Nothing was painted on the start page, however long it was given."""

    code = "start_page_blank"


class StartPageError(PageUnreachable):
    """What loaded is an error page, whatever status it came with."""

    code = "start_page_error"


class Blocked(PageUnreachable):
    """A wall against automated visitors stands where the page should be."""

    code = "blocked"


class NotAPage(PageUnreachable):
    """The address leads to data, a picture or a file."""

    code = "not_a_page"


class LeftDomain(PageUnreachable):
    """The start page leads to another site."""

    code = "left_domain"


class NothingToFilm(PageUnreachable):
    """The site answered without a page."""

    code = "nothing_to_film"


class PasswordRequired(PageUnreachable):
    """The site asks for credentials by HTTP (RFC 9110, section 11)."""

    code = "password_required"


class Forbidden(PageUnreachable):
    """The site forbids this page to whoever asks without an account."""

    code = "forbidden"


class SiteError(PageUnreachable):
    """The site failed by itself (5xx)."""

    code = "site_error"


class RedirectLoop(PageUnreachable):
    """The site redirects in a circle."""

    code = "redirect_loop"


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
