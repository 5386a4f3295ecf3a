"""Open WebUI's page in a real Chromium, by what a person sees of it."""

import re
import shutil
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

PASSWORD = "Quokka-1234-quokka"
SOON = 20_000  # milliseconds
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync"]

expect.set_options(timeout=SOON)


@contextmanager
def launch(playwright):
    started = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
    yield started
    started.close()


def new_page(browser) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB").new_page()
    page.set_default_timeout(SOON)
    return page


def sign_up(page: Page, url: str, name: str, email: str) -> str:
    """The first one, who becomes the administrator. Returns the token of the session."""
    page.goto(url)
    page.get_by_role("button", name="Get started").click()
    page.locator("#name").fill(name)
    page.locator("#email").fill(email)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Create Admin Account").click()
    page.get_by_role("button", name="Okay, Let's Go!").click()  # what is new in this version
    expect(page.locator("#chat-input")).to_be_visible()
    return page.evaluate("localStorage.token")


class Chat:
    """A chat of somebody who is signed in."""

    def __init__(self, page: Page, url: str, token: str):
        self.page = page
        self.url = url
        self.page.add_init_script(f"localStorage.token = {token!r}")

    def begin(self, model: str):
        """A new chat with this model, chosen as a person chooses it."""
        self.page.goto(self.url)
        self.page.locator("#model-selector-model-button").click()
        self.page.get_by_role("option", name=f"Select {model} model", exact=True).click()
        expect(self.page.get_by_role("button", name=f"Selected model: {model}")).to_be_visible()

    def say(self, text: str):
        self.page.locator("#chat-input").click()
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def ask(self, text: str) -> Locator:
        """Says it and waits for the end of the answer."""
        self.say(text)
        return self.wait_for_answer()

    def wait_for_answer(self) -> Locator:
        expect(self.button("Stop")).to_have_count(0)
        expect(self.last_message.locator(".copy-response-button")).to_be_visible()
        return self.answer

    def attach(self, *files):
        self.page.locator("input[type=file]").first.set_input_files(list(files))

    def reload(self):
        self.page.reload()
        expect(self.answer).to_be_visible()

    def photograph(self, name: str, folder: Path):
        self.page.screenshot(path=folder / f"{name}.png")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def last_message(self) -> Locator:
        return self.page.locator("[id^=message-]:has(#response-content-container)").last

    @property
    def answer(self) -> Locator:
        """The text of the last answer, thoughts and tools of it too."""
        return self.page.locator("#response-content-container").last

    @property
    def usage(self) -> str:
        """What the info button shows."""
        return self.page.locator("[id^=usage-]").last.text_content()

    @property
    def id(self) -> str:
        return re.search(r"/c/([0-9a-f-]+)", self.page.url)[1]
