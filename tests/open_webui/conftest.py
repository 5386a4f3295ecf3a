"""The fixtures of the tests with the real Open WebUI: `./manage.sh test open-webui` runs them, `./manage.sh test` does not."""

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "blackbox"), str(TESTS / "open_webui"), str(TESTS.parent / "manage")]

from playwright.sync_api import sync_playwright  # noqa: E402

from browser import Chat, launch, new_page, sign_up  # noqa: E402
from site_under_test import Site  # noqa: E402
from webui import WebUi  # noqa: E402


@pytest.fixture(scope="session")
def site():
    """PostgreSQL, Open WebUI and the router, installed and started by ./manage.sh."""
    made = Site()
    try:
        made.drop_database()
        made.manage("init", "-x")
        made.manage("start")
        yield made
    finally:
        made.close()


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright, launch(playwright) as started:
        yield started


@pytest.fixture(scope="session")
def token(site, browser) -> str:
    """Of the first user, who signs up on the page and so becomes the administrator."""
    page = new_page(browser)
    try:
        return sign_up(page, site.webui_url, "Ann Example", "ann@example.com")
    finally:
        page.screenshot(path=site.folder / "screenshots" / "sign_up.png")
        page.context.close()


@pytest.fixture(scope="session")
def webui(site, token) -> WebUi:
    """Open WebUI's API, as the administrator."""
    with WebUi(site.webui_url, token) as api:
        yield api


@pytest.fixture
def chat(site, token, browser, request) -> Chat:
    """The administrator's browser. A picture of how the test ended is kept."""
    page = new_page(browser)
    chat = Chat(page, site.webui_url, token)
    yield chat
    chat.photograph(request.node.name, site.folder / "screenshots")
    page.context.close()


@pytest.fixture(autouse=True)
def content(request):
    """No script of a fake failed, and none of them met a request that it would refuse, unless the test says so."""
    yield
    if "site" in request.fixturenames:
        request.getfixturevalue("site").look()
