"""A user of the page: their actions, and what they wait for."""

from playwright.async_api import ConsoleMessage, Locator, Page, expect

#: What a browser says by itself of an answer that is an error, or of a server that is away.
EXPECTED = ("Failed to load resource", "net::ERR")

MOST_TABS = 40


class Visitor:
    """One tab; `complaints` are the errors of its scripts and of its policy."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(words in message.text for words in EXPECTED):
            self.complaints.append(message.text)

    async def visit(self, job_id: str = "") -> None:
        """Opens the page, at a job or at the start."""
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.address}/#{job_id}" if job_id else f"{self.address}/")

    async def visit_batch(self, batch: str = "") -> None:
        """Opens the page of batches, at one of them (its id, and its key behind a dot) or at the form."""
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.address}/batch#{batch}" if batch else f"{self.address}/batch")

    async def tab_to(self, target: Locator) -> None:
        """Goes on with the Tab key until this has the focus."""
        for _ in range(MOST_TABS):
            if await target.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} is not within reach")

    async def sees(self, view: str) -> None:
        """Waits until this view is shown."""
        await expect(self.page.locator("main > section.view:visible")).to_have_id(view)

    async def asks_for(self, url: str) -> None:
        await self.page.get_by_label("Address of the website").fill(url)
        await self.page.get_by_role("button", name="Film it").click()

    async def knows(self, job_id: str, url: str, **more: object) -> None:
        """Adds a film to the history of this browser."""
        entry = {"id": job_id, "url": url, "links": None, "madeAt": "2026-11-24T12:00:00.000Z", **more}
        await self.page.evaluate(
            """entry => {
                const list = JSON.parse(localStorage.getItem("sitereel-films") ?? "[]");
                localStorage.setItem("sitereel-films", JSON.stringify([entry, ...list]));
            }""",
            {"status": "pending", **entry},
        )
