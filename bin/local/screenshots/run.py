"""Starts a site of its own with the sample catalogue and some work for staff, and makes a picture of each page.

The rows have fixed texts and times, so a second run gives the same pictures, apart from what depends on the day: how
many reviews are due, for example.
"""

import argparse
import io
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from bin.local import terminal
from bin.local.chromium import NONE_FOUND, find_or_install_chromium
from bin.local.places import LOCAL, ROOT
from bin.local.port import HOST, free_port
from bin.local.postgres import postgres
from bin.local.screenshots.pictures import PICTURES, WIDTH, Picture
from bin.local.serve import MANAGE, wait_for_answer
from bin.local.service import Service
from bin.local.terminal import Problem, say, step

FOLDER = ROOT / "docs" / "screenshots"
MOST_BYTES, COLOURS = 150_000, 128
FILL = "from bin.local.screenshots.staff_work import fill; fill()"
OPTIONS = ["--no-sandbox", "--disable-background-networking"]


def main() -> None:
    options = parse(sys.argv[1:])
    if options.list:
        for picture in PICTURES:
            say(picture.name)
        return
    chromium = find_or_install_chromium()
    if chromium is None:
        raise Problem(f"{NONE_FOUND}.")
    options.to.mkdir(parents=True, exist_ok=True)
    with site() as (address, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        for picture in chosen(options.only):
            make(browser, picture, address, password, options.to)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/screenshots")
    names = [picture.name for picture in PICTURES]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME")
    parser.add_argument("--list", action="store_true", help="print the names")
    parser.add_argument("--to", type=Path, default=FOLDER, metavar="FOLDER")
    return parser.parse_args(arguments)


def chosen(names: Sequence[str] | None) -> list[Picture]:
    return [picture for picture in PICTURES if not names or picture.name in names]


@contextmanager
def site() -> Iterator[tuple[str, str]]:
    """Yield the address of a new site, and the password of its staff."""
    LOCAL.mkdir(exist_ok=True)
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory(dir=LOCAL)))
        port, password = free_port(), secrets.token_urlsafe(12)
        url = running.enter_context(postgres(folder / "postgres"))
        settings = {"DEBUG": "on", "DATABASE_URL": url, "PORT": str(port), "LOG_LEVEL": "ERROR"}
        environment = os.environ | settings | {"STAFF_PASSWORD": password}
        with step("Loading the sample catalogue and the staff's work"):
            fill(environment)
        web = Service("web", [*MANAGE, "runserver", "--noreload", f"{HOST}:{port}"], environment)
        running.enter_context(web)
        wait_for_answer(web, port)
        yield f"http://{HOST}:{port}", password


def fill(environment: dict[str, str]) -> None:
    command = [*map(str, MANAGE), "shell", "--no-imports", "--command", FILL]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise Problem(f"The database was not made: {done.stderr.strip() or done.stdout.strip()}")


def make(browser: Browser, picture: Picture, address: str, password: str, folder: Path) -> None:
    context = browser.new_context(
        viewport={"width": WIDTH, "height": picture.height},
        color_scheme="light",
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = context.new_page()
    if picture.staff:
        sign_in(page, address, picture.staff, password)
    answer = page.goto(address + picture.path)
    if answer is None or not answer.ok:
        raise Problem(f"{picture.path} answers with an error: the picture {picture.name} shows it.")
    picture.go(page)
    page.locator(picture.top).first.evaluate("element => element.scrollIntoView()")
    page.wait_for_load_state("networkidle")
    path = folder / f"{picture.name}.png"
    path.write_bytes(shrunk(page.screenshot(caret="hide", animations="disabled")))
    context.close()
    say(f"{path}: {path.stat().st_size / 1000:.0f} kB")


def sign_in(page: Page, address: str, name: str, password: str) -> None:
    page.goto(f"{address}/admin/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Waiting for you").wait_for()


def shrunk(png: bytes) -> bytes:
    """Return the picture with few colours, which is a third of the size. Raises Problem if it is still large."""
    file = io.BytesIO()
    few = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    if file.tell() > MOST_BYTES:
        raise Problem(
            f"A picture has {file.tell():,} bytes, and {MOST_BYTES:,} at most: show less of the page."
        )
    return file.getvalue()


if __name__ == "__main__":
    terminal.run("bin/screenshots", main)
