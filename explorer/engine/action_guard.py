"""Asks the guardrails about the page on screen: what may be acted upon, and where it may go."""

from playwright.async_api import Page

from explorer.guardrails.rules import refuse_element, refuse_url
from explorer.guardrails.sensitive_fields import refuse_field
from explorer.navigation.scope_monitor import ScopeMonitor
from explorer.types import Element, Refusal, Wishes


class ActionGuard:
    """Judges by the site that the scope monitor keeps to, and by the page's address at that moment."""

    def __init__(self, page: Page, scope_monitor: ScopeMonitor, wishes: Wishes) -> None:
        self._page = page
        self._scope_monitor = scope_monitor
        self._wishes = wishes
        #: Rules that yield to what the author of a script has named himself.
        self.yielding: frozenset[str] = frozenset()

    def refuse_element(self, element: Element) -> Refusal | None:
        """Why an element must not be acted upon; None when it may."""
        site = self._scope_monitor.site
        refusal = refuse_element(element, site, self._page.url, self._wishes, self.yielding)
        is_judged = element.fills and "field" not in self.yielding
        return refusal or (refuse_field(element) if is_judged else None)

    def refuse_url(self, url: str) -> Refusal | None:
        """Why an address must not be opened; None when it may."""
        return refuse_url(url, self._scope_monitor.site, self._page.url, self._wishes, self.yielding)
