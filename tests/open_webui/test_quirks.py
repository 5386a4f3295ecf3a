"""What real providers do and no document says, as Open WebUI reads it: cases 14, 18 and 23 once more, for xAI, Groq,
OpenRouter, DeepSeek and others."""

import pytest

from fakes import scripts
from fakes.quirks import QUIRKS
from site_under_test import NAMES

TOLD = {name: quirk for name, quirk in QUIRKS.items() if quirk.means and not quirk.means.calls and quirk.dialect in NAMES}


@pytest.mark.parametrize("name", TOLD)
def test_a_providers_quirk_is_not_open_webuis(site, webui, name):
    quirk = TOLD[name]
    upstream = site.upstreams[quirk.dialect]
    upstream.forget()
    upstream.always(scripts.stream(quirk.events))
    message = webui.say(NAMES[quirk.dialect], "Hello", stream_options={"include_usage": True})
    means = quirk.means
    assert not message.get("error"), message
    assert texts(message, "message") == means.whole_text
    assert texts(message, "reasoning") == means.whole_thought
    if means.usage.total:
        usage = message["usage"]
        assert (usage["input_tokens"], usage["output_tokens"]) == (means.usage.prompt, means.usage.completion), usage


def texts(message: dict, kind: str) -> str:
    """What the page shows of this kind: `message` is the answer, `reasoning` its thoughts."""
    return "".join(part["text"] for item in message["output"] if item["type"] == kind for part in item["content"])
