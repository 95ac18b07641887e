"""Table of the reasons why a start page cannot be filmed: errors, sentences and advice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from explorer import errors
from explorer.errors import ExplorerError
from explorer.text import clip

#: Reasons. Several may share an error class, and so its code.
Trouble = Literal[
    "unopened",
    "silent",
    "missing",
    "turned_down",
    "other_scheme",
    "blank",
    "error_page",
    "wall",
    "too_many_requests",
    "data",
    "file",
    "elsewhere",
    "no_content",
    "password",
    "forbidden",
    "site_failed",
    "circle",
    "sign_in",
    "restless",
]


@dataclass(frozen=True, slots=True)
class Row:
    """The error of one reason: `sentence` with placeholders says what was found, `advice` what to do."""

    error: type[ExplorerError]
    sentence: str
    advice: str


TABLE: Mapping[Trouble, Row] = {
    "unopened": Row(errors.PageUnreachable, "{url} could not be opened: {cause}.", "Check the address."),
    "silent": Row(
        errors.PageUnreachable,
        "{url} did not answer within {limit_s:.0f} s.",
        "Check that it opens in a browser, then try again.",
    ),
    "missing": Row(
        errors.PageUnreachable,
        "{url} does not exist there: the site answered with status {status}.",
        "Check the path of the address, or begin on another page of the site.",
    ),
    "turned_down": Row(
        errors.PageUnreachable,
        "{url} answered with status {status}.",
        "Check the address: this one may be meant for programs.",
    ),
    "other_scheme": Row(
        errors.PageUnreachable,
        "{url} redirects to {target}, which is no website.",
        "Begin on another page of the site.",
    ),
    "blank": Row(
        errors.StartPageBlank,
        "{url} is blank: nothing was painted on it within {waited_s:.0f} s{cause}.",
        "If it is blank in a browser of your own too, its console says why. Otherwise begin on another page.",
    ),
    "error_page": Row(
        errors.StartPageError,
        "{url} shows an error page, “{said}”, although the site answered with status {status}.",
        "Check the address, or begin on another page of the site.",
    ),
    "wall": Row(
        errors.Blocked,
        "{url} lets no automated visitor in: {wall}.",
        "Sitereel does not get around that. If the site is yours, let the machine that films through; "
        "otherwise choose another site.",
    ),
    "too_many_requests": Row(
        errors.Blocked,
        "{url} turned the visit away with status {status}: too many requests{retry}.",
        "Try again later. If the site is yours, raise its limit for the machine that films.",
    ),
    "data": Row(
        errors.NotAPage,
        "{url} is {kind}, not a page.",
        "Give the address of a page on which it is shown.",
    ),
    "file": Row(
        errors.NotAPage,
        "{url} is a file to be saved ({kind}), not a page.",
        "Give the address of the page that offers it.",
    ),
    "elsewhere": Row(
        errors.LeftDomain,
        "{url} redirects to {target}, which is another site.",
        "Film that address instead, or list its host in `domains` (`--domain`) if it belongs to the site.",
    ),
    "no_content": Row(
        errors.NothingToFilm,
        "{url} answered without a page{status}: there is nothing to film.",
        "Check the address: this one is meant for programs.",
    ),
    "password": Row(
        errors.PasswordRequired,
        "{url} asks for a user name and password{scheme}, and Sitereel films without an account.",
        "Choose a page that everybody can see, or lift the password for the machine that films.",
    ),
    "forbidden": Row(
        errors.Forbidden,
        "{url} is forbidden: the site answered with status {status}.",
        "Check that it opens in a private window, without signing in. If the site is yours, let the machine "
        "that films in.",
    ),
    "site_failed": Row(
        errors.SiteError,
        "{url} answered with status {status}: the fault is the site's own{retry}.",
        "Try again later. If the site is yours, its log says more.",
    ),
    "circle": Row(
        errors.RedirectLoop,
        "{url} redirects in a circle, and never comes to a page.",
        "The site has to mend that: often a cookie, a language, `www.` or https is behind it. Try the "
        "address to which it should lead.",
    ),
    "sign_in": Row(
        errors.AuthRequired,
        "{url} leads to a sign-in page, and Sitereel films without an account.",
        "Choose a page that everybody can see.",
    ),
    "restless": Row(
        errors.PageUnresponsive,
        "{url} was loaded, but cannot be filmed: its scripts keep the browser busy without end, or it never "
        "stays.",
        "Try another page of the site.",
    ),
}


def error_for(trouble: Trouble, **facts: Any) -> ExplorerError:
    """Creates the error of a reason; `facts` fill the placeholders of its sentence."""
    row = TABLE[trouble]
    clipped = {name: clip(fact) if isinstance(fact, str) else fact for name, fact in facts.items()}
    return row.error(f"{row.sentence.format(**clipped)} {row.advice}")


def unreachable_for(trouble: Trouble, **facts: Any) -> errors.PageUnreachable:
    """Creates the error of a reason that is a `PageUnreachable`."""
    error = error_for(trouble, **facts)
    assert isinstance(error, errors.PageUnreachable)
    return error
