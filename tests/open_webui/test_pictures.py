"""The pictures in docs/images are how these end: copied from build/open-webui/screenshots by hand, when the page has changed."""

from playwright.sync_api import expect

from fakes.truth import Call, Said, Usage

QUOKKA = """The **quokka** is a small marsupial of south-western Australia, about the size of a cat.

| | |
|---|---|
| Weight | 2.5 to 5 kg |
| Food | leaves, grasses, bark |
| Home | Rottnest Island, Bald Island |

It is known for a face that seems to smile."""


def test_picture_of_a_chat(site, chat):
    site.provide("anthropic_messages", lambda seen: Said(text=tuple(QUOKKA.splitlines(keepends=True)), usage=Usage(prompt=412, completion=96, cached=0)))
    chat.begin("claude")
    chat.ask("What is a quokka?")
    expect(chat.answer).to_contain_text("Rottnest Island, Bald Island")
    expect(chat.page.get_by_text("Where do quokkas live?").first).to_be_visible()
    chat.photograph("open-webui-chat", site.folder / "screenshots")


def test_picture_of_thoughts_and_a_tool(site, chat):
    def mind(seen):
        if seen.results:
            return Said(thought=("It is Monday there ", "as well."), text=("It is Monday, and the quokkas are awake.",), usage=Usage(thinking=12))
        return Said(thought=("I have to know ", "what time it is."), calls=(Call("get_current_timestamp", {}),), usage=Usage(thinking=12))

    site.provide("gemini", mind)
    chat.begin("gemini")
    chat.ask("Which day is it on Rottnest Island?")
    expect(chat.answer).to_contain_text("the quokkas are awake")
    chat.answer.get_by_role("button", name="Toggle details").click()
    chat.page.locator("[id^=info-]").last.hover()
    expect(chat.page.locator(".tippy-box", has_text="total_tokens")).to_have_css("opacity", "1")
    chat.photograph("open-webui-thinking", site.folder / "screenshots")
