"""Screenshots of every page, at two widths, light and dark, in French and English, with axe's findings.

    laureate demo --port 8000
    python tools/screenshots.py --url http://127.0.0.1:8000 --solver PASSWORD --host PASSWORD [--only board] [--quick]

They are put into ``screenshots/``, to be looked at. Exit code 1 when axe finds a serious fault, when
the content policy refuses something, or when a page is wider than its window.
"""

from __future__ import annotations

import argparse
import shutil
from itertools import product
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STRANGER = {
    "landing": "/",
    "challenges": "/challenges",
    "challenge": "/challenges/claims",
    "data": "/challenges/claims/data",
    "board": "/challenges/claims/board",
    "metrics": "/metrics",
    "guide": "/guide",
    "login": "/accounts/login/",
    "signup": "/accounts/signup/",
    "missing": "/challenges/nothing-here",
}
SOLVER = {
    "mine": "/mine",
    "solver-challenge": "/challenges/claims",
    "solver-board": "/challenges/claims/board",
    "submit": "/challenges/claims/submit",
    "entries": "/challenges/claims/entries",
    "team": "/challenges/claims/team",
    "inbox": "/inbox",
    "account": "/account",
    "tokens": "/account/tokens",
    "sessions": "/accounts/sessions/",
}
HOST = {
    "hosted": "/host",
    "new-challenge": "/host/new",
    "run": "/host/claims",
    "host-problem": "/host/claims/problem",
    "host-files": "/host/claims/files",
    "host-calendar": "/host/claims/calendar",
    "host-check": "/host/claims/check",
    "host-entries": "/host/claims/entries",
    "host-board": "/challenges/claims/board?kind=private",
    "operate": "/operate",
}


def sign_in(page: Page, url: str, email: str, password: str) -> None:
    """Sign in by the form, as a person does."""
    page.goto(f"{url}/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", password)
    page.click("main form button")
    page.wait_for_url(lambda where: "/login" not in where)


def result_pages(page: Page, url: str) -> dict[str, str]:
    """Return the pages of a scored and of a refused entry of the person signed in."""
    page.goto(f"{url}/challenges/claims/entries")
    found = {}
    for state in ("scored", "refused"):
        link = page.query_selector(f"tr:has(.tag.{state}) a")
        if link is not None:
            found[f"entry-{state}"] = str(link.get_attribute("href"))
    return found


def look(page: Page, name: str, address: str, folder: Path, axe: Axe, faults: list[str]) -> None:
    """Open a page, keep its picture, note what is wrong with it."""
    page.goto(address, wait_until="load")
    page.wait_for_timeout(120)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 1:
        faults.append(f"{name}: {wide} px wider than the window")
    for violation in axe.run(page).response["violations"]:
        if violation["impact"] in ("serious", "critical"):
            where = violation["nodes"][0]["target"]
            faults.append(
                f"{name}: {violation['id']} ({len(violation['nodes'])}) {violation['help']}: {where}"
            )


def shoot(browser: Browser, args: Any, folder: Path) -> list[str]:
    """Take all pictures; return what is wrong."""
    faults: list[str] = []
    axe = Axe()
    looks = (
        [(1280, "light", "en"), (390, "light", "fr")]
        if args.quick
        else list(product((1280, 390), ("light", "dark"), ("en", "fr")))
    )
    for (width, scheme, language), who in product(looks, ("stranger", "solver", "host")):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            locale=language,
            device_scale_factor=1,  # type: ignore[arg-type]
        )
        context.add_cookies([{"name": "django_language", "value": language, "url": args.url}])
        page = context.new_page()
        page.on(
            "console",
            lambda m, at=f"{width}-{language}": (
                faults.append(f"{at} console: {m.text[:200]}")
                if m.type == "error" and "404" not in m.text
                else None
            ),
        )
        pages = {"stranger": STRANGER, "solver": SOLVER, "host": HOST}[who]
        if who != "stranger":
            sign_in(page, args.url, f"{who}@demo.example", getattr(args, who))
        if who == "solver":
            pages = pages | result_pages(page, args.url)
        for name, path in pages.items():
            if args.only in name:
                look(page, f"{name}-{width}-{scheme}-{language}", args.url + path, folder, axe, faults)
        context.close()
    return faults


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--solver", required=True, help="password of solver@demo.example")
    parser.add_argument("--host", required=True, help="password of host@demo.example")
    parser.add_argument("--only", default="")
    parser.add_argument("--quick", action="store_true", help="English wide and French narrow only")
    parser.add_argument("--to", type=Path, default=Path("screenshots"))
    args = parser.parse_args()
    args.to.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        faults = shoot(browser, args, args.to)
    for fault in dict.fromkeys(faults):
        print(fault)
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
