"""Pictures, documents, speech: what is uploaded and what is made, all through the router."""

import base64
import json

import pytest
from playwright.sync_api import expect

from fakes import scripts
from fakes.provider import says
from fakes.truth import Citation, Said, png
from providers import PICTURE, pdf, services


MODELS = [("openai_chat", "gpt"), ("anthropic_messages", "claude"), ("gemini", "gemini")]


def see(site, chat, picture, dialect, model):
    provider = site.provide(dialect, lambda seen: says(f"I see {len(seen.of('image'))} picture."))
    chat.begin(model)
    chat.attach(picture)
    expect(chat.page.locator("form img").first).to_be_visible()
    assert "I see 1 picture." in chat.ask("What is it?").inner_text()
    assert provider.refusals == []


@pytest.mark.parametrize("dialect, model", MODELS)
def test_a_picture_is_seen_by_the_model(site, chat, tmp_path, dialect, model):
    picture = tmp_path / "quokka.png"
    picture.write_bytes(png())
    see(site, chat, picture, dialect, model)


@pytest.mark.parametrize("dialect, model", MODELS)
def test_w9_a_picture_with_a_wrong_name_is_seen_too(site, chat, tmp_path, dialect, model):
    """Open WebUI takes the type from the name, and providers refuse what is not what it says."""
    picture = tmp_path / "quokka.jpg"
    picture.write_bytes(png())
    see(site, chat, picture, dialect, model)


def test_a_document_is_read(site, chat, tmp_path):
    site.services.forget()
    site.services.always(services)
    provider = site.provide("openai_chat", lambda seen: says("It is about quokkas."))
    document = tmp_path / "quokkas.pdf"
    document.write_bytes(pdf("The quokka lives on Rottnest Island"))
    chat.begin("gpt")
    chat.attach(document)
    expect(chat.page.locator("form").get_by_text("quokkas.pdf")).to_be_visible()
    assert "It is about quokkas." in chat.ask("What does it say?").inner_text()
    embedded = [call for call in site.services.calls if call.path.endswith("/embeddings")]
    assert embedded and "Rottnest" in str(json.loads(embedded[0].body)["input"])
    assert "Rottnest" in json.dumps(provider.seen[-1].body)
    assert provider.refusals == []


def test_an_answer_is_read_aloud(site, chat):
    site.services.forget()
    site.provide("openai_chat", lambda seen: says("Listen to the quokka."))
    chat.begin("gpt")
    chat.ask("Speak")
    chat.button("Read Aloud").click()
    spoken = json.loads(site.services.wait_for_call().body)
    assert spoken["input"] == "Listen to the quokka." and spoken["model"] == "gpt-4o-mini-tts"


def test_speech_is_heard(site, webui):
    sound = b"RIFF" + bytes(range(256)) * 40
    answer = webui.http.post("/api/v1/audio/transcriptions", files={"file": ("said.wav", sound, "audio/wav")})
    assert answer.status_code == 200, answer.text
    assert answer.json()["text"].startswith(f"{len(sound)} ")


def test_a_picture_is_made(site, webui):
    site.services.forget()
    site.services.always(services)
    made = webui.post("/api/v1/images/generations", {"prompt": "a quokka"})
    assert json.loads(site.services.only_call.body)["model"] == "gpt-image-1"
    assert webui.http.get(made[0]["url"]).content == base64.b64decode(PICTURE)


def test_a_picture_is_changed(site, webui):
    site.services.forget()
    site.services.always(services)
    made = webui.post("/api/v1/images/edit", {"prompt": "a hat on it", "image": f"data:image/png;base64,{base64.b64encode(png()).decode()}"})
    asked = site.services.only_call
    assert asked.path.endswith("/images/edits") and b"gpt-image-1" in asked.body and png() in asked.body
    assert webui.http.get(made[0]["url"]).content == base64.b64decode(PICTURE)


@pytest.mark.parametrize("dialect, model", MODELS)
def test_w31_sources_are_shown(site, chat, dialect, model):
    cited = Said(text=("Quokkas smile often.",), citations=(Citation("https://quokka.example/", "The Quokka", "smile"),))
    site.provide(dialect, lambda seen: cited)
    chat.begin(model)
    chat.ask("Do they smile?")
    chat.last_message.get_by_role("button", name="1 source").click()
    expect(chat.last_message.get_by_role("button", name="View source: 1 https://quokka.example/")).to_be_visible()


def test_w31_a_picture_in_an_answer_is_shown(site, chat):
    """Of a model that draws: Gemini sends the picture among the words."""
    parts = [{"text": "Here it is."}, {"inlineData": {"mimeType": "image/png", "data": PICTURE}}]
    said = {"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": 1290, "totalTokenCount": 1295}}
    site.upstreams["gemini"].forget()
    site.upstreams["gemini"].always(scripts.stream([b"data: " + json.dumps(said).encode() + b"\r\n\r\n"]))
    chat.begin("gemini")
    chat.ask("Draw a quokka")
    picture = chat.last_message.locator("img[src*='/api/v1/files/'], img[src^='data:image/png']").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") == 1
    chat.reload()
    expect(picture).to_be_visible()
