"""Works with Open WebUI, by plain HTTP: cases 1 to 9 of its acceptance list. The cases in a browser are in tests/open_webui."""

import base64
import json

import pytest

from fakes import bodies
from fakes.gate import Gate
from fakes.provider import Provider, says
from fakes.truth import Said, png
from open_webui.providers import Pausing
from open_webui_reader import LONGEST_LINE, error_shown, read_stream
from open_webui_site import HEADERS, MODELS, SYSTEM, USER_HEADERS, Site, as_sent, built_in_tools, system, user
from raw_http import request
from router import MASTER_KEY, PROMPT, model
from sdk.world import entry

CHAT_MODELS = list(MODELS)
ORDERS = {"arena", "pipe", "pipeline", "preset", "action_ids", "filter_ids"}  # keys that make Open WebUI act
NOT_FOR_CHAT = {"embeds": "openai/text-embedding-3-small", "speaks": "openai/gpt-4o-mini-tts", "hears": "openai/whisper-1",
                "draws": "openai/gpt-image-1"}


@pytest.fixture(scope="module")
def site(tmp_path_factory, shared_upstream):
    more = [entry(name, "openai_chat", shared_upstream, upstream) for name, upstream in NOT_FOR_CHAT.items()]
    hidden = {**model("internal", shared_upstream), "model_info": {"hidden": True}}
    made = Site(tmp_path_factory.mktemp("site"), [*more, hidden])
    yield made
    made.stop()


def models_of(router, **headers):
    """As the page asks for them, with headers of the connection that have no value."""
    sent = {**HEADERS, **USER_HEADERS, "Content-Type": "application/json", "X-Task": "", "Authorization": f"Bearer {router.key}", **headers}
    with router.client(headers=sent) as client:
        return client.get("/v1/models")


# -- 1


def test_01_models_are_listed_with_every_provider_down(start_router):
    models = [model(f"m-{number}", "http://127.0.0.1:9/v1", f"gpt-{number}") for number in range(30)]
    told = {"display_name": None, "tags": ["fast"], "capabilities": {"usage": True}, **dict.fromkeys(ORDERS, True)}
    models.append(model("told", "http://127.0.0.1:9/v1", model_info=told))
    answer = models_of(start_router({"model_list": models}))
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json")
    entries = answer.json()["data"]
    assert len({found["id"] for found in entries}) == len(entries) == 31
    assert entries[-1]["tags"] == ["fast"] and entries[-1]["info"] == {"meta": {"capabilities": {"usage": True}}}
    for found in entries:
        assert not found.keys() & ORDERS and found.get("provider") != "ollama" and None not in found.values(), found


# -- 2


@pytest.mark.parametrize("authorization", ["Bearer sk-wrong", "Bearer ", "Bearer", ""])
def test_02_a_wrong_key_is_told_readably(site, authorization):
    body = as_sent({"model": "gpt", "messages": [user()], "stream": True})
    for method, path, sent in (("GET", "/v1/models", b""), ("POST", "/v1/chat/completions", body)):
        with site.router.raw() as connection:
            connection.send(request(method, path, sent, Authorization=authorization))
            answer = connection.read_response()
        assert answer.status == 401 and answer.header("content-type").startswith("application/json")
        assert "key" in error_shown(answer.body).lower() and answer.json()["error"]["type"]


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer sk-any"])
def test_02_no_key_is_needed_where_none_is_set(start_router, upstream, authorization):
    router = start_router({"model_list": [model("gpt", upstream)]}, master_key=None, arguments=["--no-auth"])
    body = as_sent({"model": "gpt", "messages": [user()]})
    for method, path, sent in (("GET", "/v1/models", b""), ("POST", "/v1/chat/completions", body)):
        with router.raw() as connection:
            connection.send(request(method, path, sent, Authorization=authorization))
            assert connection.read_response().status == 200


# -- 4


def test_04_what_one_does_not_chat_with_is_not_in_the_selector_and_answers(site, upstream):
    assert [found["id"] for found in models_of(site.router).json()["data"]] == CHAT_MODELS
    answers = [site.post("/embeddings", {"model": "embeds", "input": ["a"]}), site.post("/audio/speech", {"model": "speaks", "input": "a", "voice": "alloy"}),
               site.post("/images/generations", {"model": "draws", "prompt": "a"}), site.chat_response("internal")]
    assert [answer.status_code for answer in answers] == [200] * 4


# -- 5


@pytest.mark.parametrize("name", CHAT_MODELS)
def test_05_an_answer_streams_while_it_is_made(site, name):
    gate = Gate()
    said = Said(thought=("quokka-Hm. ",), text=("quokka-One, ", "two."))
    site.provide(name, lambda seen: said, Pausing, gate=gate, before={"openai_chat": 2, "gemini": 2}.get(MODELS[name][0], 9))
    body = as_sent({"model": name, "messages": [user()], "stream": True})
    with site.router.raw() as connection:
        connection.send(request("POST", "/v1/chat/completions", body, MASTER_KEY))
        head = connection.read_head()
        assert "text/event-stream" in head.header("content-type")
        pieces = []
        while "quokka-" not in (seen := read_stream(b"".join(pieces))).text + seen.thought:
            pieces.append(connection.read_chunk())
        assert not site.upstreams[name].only_call.ended
        gate.open()
        while piece := connection.read_chunk():
            pieces.append(piece)
    assert all(piece.endswith(b"\n\n") for piece in pieces)  # a browser does not join what two reads bring
    assert max(map(len, b"".join(pieces).split(b"\n"))) < LONGEST_LINE
    assert read_stream(b"".join(pieces)).text == "quokka-One, two."


@pytest.mark.parametrize("name", ["gpt", "grok"])
def test_05_the_body_ends_behind_done_whatever_the_provider_does(site, name):
    def lingers(call):
        call.stream_head()
        for event in bodies.sse_stream(bodies.text_chunks()):
            call.chunk(event)
        call.wait_for_peer_to_leave()

    upstream = site.answer_with(name, lingers)
    assert site.chat(name).text == bodies.ANSWER  # which is over when the body is
    assert upstream.only_call.wait_until_left(5)


# -- 6


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens", None])
@pytest.mark.parametrize("role", ["system", "developer"])
@pytest.mark.parametrize("name", CHAT_MODELS)
def test_06_the_system_text_and_the_limit_arrive_by_any_name(site, name, role, limit):
    provider = site.provide(name, lambda seen: says())
    site.chat(name, system(role=role), user(), **({limit: 2000} if limit else {}))
    assert provider.refusals == []
    [seen] = provider.seen
    assert seen.system == [SYSTEM] and seen.last_user_text == PROMPT
    assert seen.max_tokens == 2000 if limit else name != "claude" or seen.max_tokens >= 4096
    field = {"anthropic_messages": "system", "gemini": "systemInstruction"}.get(seen.dialect)
    assert field is None or field in seen.body


@pytest.mark.parametrize("limit", ["max_tokens", "max_completion_tokens"])
def test_06_a_reasoning_model_takes_both_names_of_the_limit(start_router, start_upstream, limit):
    provider = Provider("openai_chat", lambda seen: says())
    upstream = start_upstream(provider)
    router = start_router({"model_list": [entry("gpt-5-mini", "openai_chat", upstream, "openai/gpt-5-mini")]})
    assert router.chat("gpt-5-mini", messages=[system(role="developer"), user()], **{limit: 1000}).status_code == 200
    assert provider.seen[0].max_tokens == 1000 and provider.seen[0].system == [SYSTEM] and provider.refusals == []


# -- 7

SAMPLING = {"temperature": 0.7, "top_p": 0.9, "seed": 7, "stop": ["END"], "frequency_penalty": 0.1, "presence_penalty": 0.1}
OLLAMAS = {"top_k": 40, "min_p": 0.05, "repeat_penalty": 1.1, "repeat_last_n": 64, "tfs_z": 1, "mirostat": 0, "mirostat_eta": 0.1,
           "mirostat_tau": 5.0, "num_ctx": 8192, "num_keep": 24, "num_batch": 512, "num_thread": 2, "num_gpu": 1, "use_mmap": True,
           "use_mlock": False, "keep_alive": "5m", "think": False}


@pytest.mark.parametrize("name", ["claude", "gemini", "gpt-by-responses"])
def test_07_parameters_that_a_provider_does_not_know_do_no_harm(site, name):
    provider = site.provide(name, lambda seen: says())
    site.chat(name, **SAMPLING, **OLLAMAS, custom_x={"any": ["thing"]}, logit_bias={"50256": -100})
    assert provider.refusals == []
    body = provider.seen[0].body
    assert not {"mirostat", "num_ctx", "custom_x"} & body.keys()
    if name == "claude":
        assert body["top_k"] == 40 and body["stop_sequences"] == ["END"]
    if name == "gemini":
        assert body["generationConfig"]["topK"] == 40 and body["generationConfig"]["stopSequences"] == ["END"]


@pytest.mark.parametrize("upstream_model", ["openai/gpt-4.1", "xai/grok-4", "groq/llama-3.3-70b-versatile"])
def test_07_ollamas_own_do_not_reach_who_refuses_them(start_router, start_upstream, upstream_model):
    provider = Provider("openai_chat", lambda seen: says())
    router = start_router({"model_list": [entry("gpt", "openai_chat", start_upstream(provider), upstream_model)]})
    sent = {key: SAMPLING[key] for key in ("temperature", "top_p", "seed")}
    assert router.chat("gpt", **sent, **OLLAMAS).status_code == 200
    assert provider.refusals == [] and not OLLAMAS.keys() & provider.seen[0].body.keys()
    assert sent.items() <= provider.seen[0].body.items()


def test_07_parameters_go_through_where_they_may_be_known(start_router, upstream):
    """Ollama, llama.cpp and vLLM have them."""
    ours = entry("local", "openai_chat", upstream, "openai_like/llama")
    named = entry("told", "openai_chat", upstream, "openai/gpt-4.1", extra_body={"custom_x": 1})
    router = start_router({"model_list": [ours, named]})
    for name, sent in (("local", {**OLLAMAS, "custom_x": 1}), ("told", {})):
        answer = router.chat(name, **sent)
        assert answer.status_code == 200
        assert {"custom_x": 1, **sent}.items() <= bodies_sent(upstream)[-1].items()


def bodies_sent(upstream) -> list[dict]:
    return [json.loads(call.body) for call in upstream.calls]


# -- 8


@pytest.mark.parametrize("claude", ["claude-sonnet-4-5", "claude-opus-4-7", "claude-opus-5-5"])
def test_08_a_claude_that_forbids_both_gets_what_it_takes_of_temperature_and_top_p(start_router, start_upstream, claude):
    provider = Provider("anthropic_messages", lambda seen: says())
    router = start_router({"model_list": [entry("claude", "anthropic_messages", start_upstream(provider), f"anthropic/{claude}")]})
    assert router.chat("claude", temperature=0.7, top_p=0.9).status_code == 200
    assert provider.refusals == [] and not {"temperature", "top_p"} <= provider.seen[0].body.keys()


# -- 9

PICTURES = {"png": png(), "jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "gif": b"GIF89a\x01\x00\x01\x00", "webp": b"RIFF\x1a\x00\x00\x00WEBPVP8L"}


def data_url(kind: str, picture: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


@pytest.mark.parametrize("name", ["gpt", "claude", "gemini"])
def test_09_ten_large_pictures_arrive(site, name):
    provider = site.provide(name, lambda seen: says())
    pictures = [data_url("png", png() + bytes([at]) * 2_300_000) for at in range(10)]
    site.chat(name, user(PROMPT, *pictures))
    found = provider.seen[0].of("image", "user")
    assert [f"data:{kind};base64,{data}" for kind, data in found] == pictures


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("name", CHAT_MODELS)
def test_09_pictures_of_every_kind_pass_and_are_called_what_they_are(site, name, kind):
    provider = site.provide(name, lambda seen: says())
    for declared in (kind, "jpeg", "png"):
        site.chat(name, user(PROMPT, data_url(declared, PICTURES[kind])), tools=built_in_tools())
    assert provider.refusals == []
    for seen in provider.seen:
        assert seen.of("image", "user") == [(f"image/{kind}", base64.b64encode(PICTURES[kind]).decode())]


def test_09_a_picture_that_claude_cannot_see_is_refused_with_a_clear_word(site):
    provider = site.provide("claude", lambda seen: says())
    answer = site.chat_response("claude", user(PROMPT, data_url("bmp", b"BM\x00\x00\x00\x00")))
    assert answer.status_code == 400
    assert "image/bmp" in error_shown(answer.content) and "PNG" in error_shown(answer.content)
    assert provider.seen == []
