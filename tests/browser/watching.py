"""A page that is watched, and what must be true of every page."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, ConsoleMessage, Page, Response, ViewportSize

from shared.web import SESSION_COOKIE

WIDE, NARROW = ViewportSize(width=1280, height=900), ViewportSize(width=390, height=844)
# Words that no French sentence of ours needs.
ENGLISH = re.compile(
    r"\b(accepted|and|columns?|deadlines?|download|due date|errors?|failed|false|files?|forbidden|internal|late|"
    r"loading|members?|missing|next|none|not|null|of|on_time|password|pending|platforms?|previous|quarters?|received|"
    r"rejected|rows?|search|sent|server|sign|submissions?|submit|successful|the|true|undefined|unknown|upload|username|"
    r"validation|with)\b",
    re.IGNORECASE,
)
# The text of the page, what is folded away included; codes and what is said to be English left out.
TEXTS = """() => {
  const texts = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const within = walker.currentNode.parentElement;
    if (!within.closest("script, style, code, pre, [lang=en]")) texts.push(walker.currentNode.data);
  }
  for (const name of ["title", "aria-label", "placeholder", "alt"])
    for (const one of document.querySelectorAll(`[${name}]`)) texts.push(one.getAttribute(name));
  return texts.join("\\n");
}"""
SHAPE = """() => ({
  lang: document.documentElement.lang,
  title: document.title,
  headings: document.querySelectorAll("h1").length,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  unlabelled: [...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
    .filter((one) => !one.labels.length).map((one) => one.name),
  twice: [...document.querySelectorAll("[id]")].map((one) => one.id).filter((id, rank, all) => all.indexOf(id) < rank),
})"""


@asynccontextmanager
async def watched_page(browser: Browser, url: str, session: str | None = None) -> AsyncIterator[Page]:
    """A new page of who holds the session; at its end no script, policy or file of it may have failed."""
    context = await browser.new_context(base_url=url, locale="fr-FR", viewport=WIDE)
    context.set_default_timeout(20_000)
    if session:
        await context.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": url}])
    page = await context.new_page()
    faults = _listen(page)
    try:
        yield page
    finally:
        await context.close()
    assert faults == []


def _listen(page: Page) -> list[str]:
    faults: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        # A refused page is no fault; its files are watched below.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            faults.append(message.text)

    def on_response(response: Response) -> None:
        if response.status >= 400 and response.request.resource_type != "document":
            faults.append(f"{response.status} {response.url}")

    page.on("console", on_console)
    page.on("response", on_response)
    page.on("pageerror", lambda error: faults.append(str(error)))
    return faults


async def faults_of(page: Page) -> list[str]:
    """What is wrong with the page shown, on a wide screen and on a narrow one."""
    shape = await page.evaluate(SHAPE)
    found = [f"{name}: {shape[name]}" for name in ("unlabelled", "twice") if shape[name]]
    if (shape["lang"], shape["headings"]) != ("fr", 1) or not shape["title"].endswith(" – Pilotage"):
        found.append(f"shape: {shape}")
    found += [f"English: {word}" for word in sorted(set(ENGLISH.findall(await page.evaluate(TEXTS))))]
    for size in (NARROW, WIDE):
        await page.set_viewport_size(size)
        if (overflow := (await page.evaluate(SHAPE))["overflow"]) > 0:
            found.append(f"{overflow} px too wide for {size['width']} px")
    return found


async def downloaded(page: Page, link: str) -> tuple[bytes, str]:
    """What a link gives, and under which name."""
    async with page.expect_download() as coming:
        await page.get_by_role("link", name=link).first.click()
    download = await coming.value
    file = await download.path()
    return await asyncio.to_thread(file.read_bytes), download.suggested_filename
