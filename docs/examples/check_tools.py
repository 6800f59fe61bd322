#!/usr/bin/env python3
"""Check the tools that a project uses: python3 check_tools.py SITE LIST [STATE]

SITE is the address of the site. LIST is a file with the slug of one tool on each line; text after # is a comment.
STATE is a file that keeps the last answers: keep it between runs, and a tool that has not changed is answered with 304.

Exit codes: 0 nothing to do; 1 a tool is Skip, discontinued or withdrawn; 2 LIST is wrong; 3 the site could not be read.
It needs only Python 3.10 or newer.
"""

import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

GOOD, BAD, WRONG_LIST, NOT_READ = range(4)
SLUG = re.compile(r"[a-z0-9-]{1,80}")
TIMEOUT = 20  # seconds
LONGEST_WAIT = 60  # seconds, when the site asks to wait


def main(site: str, list_file: str, state_file: str = "") -> int:
    try:
        slugs = list(used(Path(list_file)))
    except (OSError, UnicodeDecodeError) as error:
        return say(WRONG_LIST, list_file, str(error))
    state = read_state(state_file)
    found = {check(site.rstrip("/"), slug, state) for slug in slugs}
    if state_file:
        Path(state_file).write_text(json.dumps(state), encoding="utf-8")
    return next((code for code in (BAD, WRONG_LIST, NOT_READ) if code in found), GOOD)


def used(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if slug := line.partition("#")[0].strip():
            yield slug


def read_state(state_file: str) -> dict[str, Any]:
    """Return {slug: {"etag": …, "tool": …}}; empty where there is no file yet, or a damaged one."""
    with suppress(OSError, ValueError):
        state = json.loads(Path(state_file).read_text(encoding="utf-8"))
        if isinstance(state, dict):
            return state
    return {}


def check(site: str, slug: str, state: dict[str, Any]) -> int:
    """Print what is wrong with a tool, and return the exit code."""
    if not SLUG.fullmatch(slug):
        return say(WRONG_LIST, slug, "this is not a slug")
    try:
        return judge(site, slug, read_tool(site, slug, state))
    except HTTPError as error:
        if error.code == 404:
            return say(WRONG_LIST, slug, f"{site} has no tool with this slug")
        if error.code == 410:
            return say(BAD, slug, f"withdrawn from the catalogue. {site}/tools/{slug}/")
        return say(NOT_READ, slug, f"not checked: {site} answers {error.code}")
    except OSError as error:
        return say(NOT_READ, slug, f"not checked: {error}")
    except (ValueError, KeyError, TypeError):
        return say(NOT_READ, slug, f"not checked: {site} does not answer as the API does")


def judge(site: str, slug: str, tool: dict[str, Any]) -> int:
    if tool["slug"] != slug:
        print(f"{slug}: now called {tool['slug']}. Change the list.")
    if tool["status"] == "discontinued":
        instead = f"; the successor is {tool['successor']}" if tool["successor"] else ""
        since = f" since {tool['status_date']}" if tool["status_date"] else ""
        return say(BAD, slug, f"discontinued{since}{instead}. {tool['url']}")
    if tool["panel"]["verdict"] == "skip":
        panel = f"{tool['panel']['skips']} of {tool['panel']['reviews']} reviewers"
        return say(
            BAD, slug, f"Skip since {skip_since(site, tool['slug'])}, {panel}. {tool['url']}"
        )
    return GOOD


def say(code: int, slug: str, what: str) -> int:
    print(f"{slug}: {what}")
    return code


def read_tool(site: str, slug: str, state: dict[str, Any]) -> dict[str, Any]:
    """Return the tool, from `state` where the site says that it has not changed."""
    known = state.get(slug, {})
    try:
        etag, tool = get(f"{site}/api/v1/tools/{slug}/", known.get("etag", ""))
    except HTTPError as error:
        if error.code == 304:
            return dict(known["tool"])
        raise
    state[slug] = {"etag": etag, "tool": tool}
    return tool


def skip_since(site: str, slug: str) -> str:
    """Return the day of the last change of the verdict."""
    address, day = f"{site}/api/v1/ledger/?limit=100&tool={slug}", "an unknown day"
    while address:
        _, part = get(address)
        days = [entry["at"][:10] for entry in part["items"] if entry["kind"] == "verdict"]
        day, address = (days or [day])[-1], part["next"]
    return day


def get(address: str, etag: str = "") -> tuple[str, dict[str, Any]]:
    """Return (ETag, answer). Wait and try once more where the site says when."""
    request = Request(address, headers={"If-None-Match": etag} if etag else {})  # noqa: S310 - the address is your own
    try:
        return read(request)
    except HTTPError as error:
        wait = error.headers.get("Retry-After", "")
        if error.code not in (429, 503) or not wait.isdecimal() or int(wait) > LONGEST_WAIT:
            raise
        time.sleep(int(wait))
        return read(request)


def read(request: Request) -> tuple[str, dict[str, Any]]:
    with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - as above
        return answer.headers.get("ETag", ""), json.load(answer)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        print(__doc__)
        sys.exit(WRONG_LIST)
    sys.exit(main(*sys.argv[1:]))
