"""Works with Open WebUI, by plain HTTP: cases 27 to 33 of its acceptance list, and what else it can point at a router."""

import base64
import concurrent.futures
import json
import threading

import httpx
import pytest

from fakes import bodies, scripts
from fakes.provider import says
from fakes.truth import Citation, Said, mint
from open_webui_reader import error_shown
from open_webui_site import HEADERS, MODELS, USER_HEADERS, Site, built_in_tools, called, system, user
from raw_http import request
from router import MASTER_KEY, PROVIDER_KEY, ROOT, Router
from sdk.world import entry

PAGE = "https://webui.example"
SERVICES = {"embed": "openai/text-embedding-3-small", "speak": "openai/gpt-4o-mini-tts", "hear": "openai/gpt-4o-mini-transcribe",
            "openai/gpt-image-1": "openai/gpt-image-1", "painter": "openai/gpt-image-1", "dall-e-3": "openai/dall-e-3", "rank": "openai_like/bge-reranker"}


@pytest.fixture(scope="module")
def site(tmp_path_factory, shared_upstream):
    more = [entry(name, "openai_chat", shared_upstream, upstream) for name, upstream in SERVICES.items()]
    more.append(entry("embed-some", "openai_chat", shared_upstream, SERVICES["embed"]))
    more[-1]["litellm_params"]["max_parallel_requests"] = 5
    made = Site(tmp_path_factory.mktemp("site"), more, general_settings={"cors_allowed_origins": [PAGE]})
    yield made
    made.stop()


# -- 27: a browser that calls the router itself


@pytest.mark.parametrize("path", ["/v1/models", "/v1/chat/completions"])
def test_27_a_page_may_ask_without_a_key_whether_it_may_call(site, path):
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    answer = site.http.options(site.router.url + path, headers=asked)
    assert answer.status_code in (200, 204) and answer.headers["access-control-allow-origin"] == PAGE
    assert {"GET", "POST", "OPTIONS"} <= set(answer.headers["access-control-allow-methods"].split(", "))
    assert {"authorization", "content-type"} <= set(answer.headers["access-control-allow-headers"].lower().split(", "))
    other = site.http.options(site.router.url + path, headers=asked | {"Origin": "https://elsewhere.example"})
    assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("name", MODELS)
def test_27_answers_errors_and_streams_are_for_that_page_alone(site, name):
    site.provide(name, lambda seen: says())
    for origin, allowed in ((PAGE, PAGE), ("https://elsewhere.example", None)):
        answers = [site.chat_response(name, headers={"Origin": origin}), site.chat_response(name, stream=False, headers={"Origin": origin}),
                   site.chat_response("nobody", headers={"Origin": origin}), site.post("/chat/completions", {}, {"Origin": origin}, key="sk-wrong")]
        assert [answer.status_code for answer in answers] == [200, 200, 404, 401]
        assert {answer.headers.get("access-control-allow-origin") for answer in answers} == {allowed}


# -- 28


@pytest.mark.parametrize("packed", [False, True], ids=["numbers", "base64"])
def test_28_two_hundred_calls_at_once_are_each_answered_with_numbers(site, upstream, packed):
    """One text a call, and as many calls at once as a document has pieces."""
    def embeds(call):
        inputs = json.loads(call.body)["input"]
        call.whole(bodies.as_json(bodies.embeddings(inputs, "base64" if packed else "float")))

    upstream.always(embeds)
    texts = [f"quokka-{'x' * at}" for at in range(200)]
    with concurrent.futures.ThreadPoolExecutor(50) as at_once:
        answers = list(at_once.map(lambda text: site.post("/embeddings", {"input": [text], "model": "embed"}, USER_HEADERS), texts))
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.json()["data"][0]["embedding"] for answer in answers] == [bodies.vector(text) for text in texts]
    assert {"encoding_format", "user"} & json.loads(upstream.calls[0].body).keys() == set()


def test_28_no_more_calls_are_under_way_than_the_provider_bears(site, upstream):
    """`embed-some` has max_parallel_requests: 5. No call fails for it, each has its own answer."""
    under_way, most, fives = set(), [], threading.Barrier(5, timeout=20)

    def embeds(call):
        under_way.add(call)
        most.append(len(under_way))
        fives.wait()
        under_way.remove(call)
        call.whole(bodies.as_json(bodies.embeddings(json.loads(call.body)["input"], "float")))

    upstream.always(embeds)
    texts = [f"quokka-{'y' * at}" for at in range(200)]
    with concurrent.futures.ThreadPoolExecutor(50) as at_once:
        answers = list(at_once.map(lambda text: site.post("/embeddings", {"input": [text], "model": "embed-some"}, USER_HEADERS), texts))
    assert [answer.json()["data"][0]["embedding"] for answer in answers] == [bodies.vector(text) for text in texts]
    assert max(most) == 5 and len(upstream.calls) == 200


def test_28_many_texts_in_one_call_keep_their_order(site, upstream):
    upstream.always(scripts.whole(bodies.embeddings(["a", "bb", "ccc"], "base64")))
    answer = site.post("/embeddings", {"input": ["a", "bb", "ccc"], "model": "embed"}).json()
    assert [one["embedding"] for one in answer["data"]] == [bodies.vector(text) for text in ("a", "bb", "ccc")]
    assert answer["model"] == "embed" and answer["usage"] == {"prompt_tokens": 3, "total_tokens": 3}


def test_28_who_asks_for_base64_gets_it(site, upstream):
    answer = site.post("/embeddings", {"input": ["a"], "model": "embed", "encoding_format": "base64"}).json()
    assert isinstance(answer["data"][0]["embedding"], str)


# -- 29


@pytest.mark.parametrize("name, is_asked", [("openai/gpt-image-1", False), ("painter", False), ("dall-e-3", True)])
def test_29_pictures_are_made_whatever_their_model_is_called(site, upstream, name, is_asked):
    asked = {"model": name, "prompt": "a quokka", "n": 1, "size": "1024x1024", "response_format": "b64_json"}
    answer = site.post("/images/generations", asked, USER_HEADERS)
    assert answer.status_code == 200 and base64.b64decode(answer.json()["data"][0]["b64_json"])
    sent = json.loads(upstream.only_call.body)
    assert ("response_format" in sent) == is_asked
    assert sent == {**{key: asked[key] for key in sent}, "model": SERVICES[name].split("/")[1]}


@pytest.mark.parametrize("before", [True, False], ids=["before the model", "behind it"])
@pytest.mark.parametrize("name, is_asked", [("openai/gpt-image-1", False), ("dall-e-3", True)])
def test_29_pictures_are_changed_as_well(site, upstream, name, is_asked, before):
    fields = [("response_format", "b64_json"), ("model", name), ("prompt", "a hat"), ("n", "1"), ("size", "1024x1024")]
    files = [(key, (None, value)) for key, value in (fields if before else fields[::-1])]
    files += [("image[]", (f"{at}.png", b"\x89PNG\r\n" + bytes([at]), "image/png")) for at in range(2)]
    answer = site.http.post(site.router.url + "/v1/images/edits", files=files, headers={"Authorization": f"Bearer {MASTER_KEY}"})
    assert answer.status_code == 200 and answer.json()["data"][0]["b64_json"]
    parts = dict(parts_of(upstream.only_call))
    assert ("response_format" in parts) == is_asked and parts["model"] == SERVICES[name].split("/")[1].encode()
    assert parts["prompt"] == b"a hat" and parts["size"] == b"1024x1024" and parts["image[]"] == b"\x89PNG\r\n\x01"


def parts_of(call) -> list:
    boundary = call.header("content-type").split("boundary=")[1].encode()
    parts = [part.removesuffix(b"\r\n").split(b"\r\n\r\n", 1) for part in call.body.split(b"--" + boundary)[1:-1]]
    return [(head.split(b'name="')[1].split(b'"')[0].decode(), value) for head, value in parts]


def test_29_speech_is_made_in_the_form_that_its_maker_chooses(site, upstream):
    answer = site.post("/audio/speech", {"model": "speak", "input": "Quokkas smile.", "voice": "alloy"}, USER_HEADERS)
    assert answer.status_code == 200 and answer.headers["content-type"] == "audio/mpeg" and answer.content == bodies.SPEECH
    assert "response_format" not in json.loads(upstream.only_call.body)


def test_29_speech_is_heard_whose_length_nobody_knows(site, upstream):
    boundary = "b0undary"
    form = (f'--{boundary}\r\nContent-Disposition: form-data; name="model"\r\n\r\nhear\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\nContent-Type: audio/mpeg\r\n\r\n').encode()
    form += bodies.SPEECH + f"\r\n--{boundary}--\r\n".encode()
    sent = {"Authorization": f"Bearer {MASTER_KEY}", "Content-Type": f"multipart/form-data; boundary={boundary}"}
    pieces = (form[at : at + 1000] for at in range(0, len(form), 1000))
    answer = site.http.post(site.router.url + "/v1/audio/transcriptions", content=pieces, headers=sent)
    assert answer.status_code == 200 and answer.json()["text"].startswith(f"{len(bodies.SPEECH)} ")
    assert b"gpt-4o-mini-transcribe" in upstream.only_call.body


@pytest.mark.parametrize("path", ["/v1/audio/voices", "/v1/audio/models", "/v1/models"])
def test_29_who_asks_for_voices_without_a_key_gets_json(site, path):
    answer = httpx.get(site.router.url + path, headers=HEADERS, trust_env=False)
    assert answer.status_code in (401, 404) and error_shown(answer.content)


@pytest.mark.parametrize("path, asked", [("/embeddings", {"input": ["a"], "model": "embed"}), ("/audio/speech", {"input": "a", "model": "speak"})])
def test_29_their_errors_are_readable_too(site, upstream, path, asked):
    upstream.always(scripts.whole(bodies.error("The quokka is asleep."), status=429, headers=[("Retry-After", "7")]))
    answer = site.post(path, asked)
    assert answer.status_code == 429 and answer.headers["retry-after"] == "7"
    assert error_shown(answer.content) == f"{SERVICES[asked['model']]}: The quokka is asleep. Please try again in 7s."


def test_29_documents_are_ranked(site, upstream):
    asked = {"model": "rank", "query": "quokka", "documents": ["a", "long one", "mid"], "top_n": 3}
    found = site.post("/rerank", asked, USER_HEADERS).json()["results"]
    assert [one["index"] for one in found] == [1, 2, 0] and all(isinstance(one["relevance_score"], float) for one in found)
    assert json.loads(upstream.only_call.body) == asked | {"model": "bge-reranker"}


# -- 30

ASIDE = {"type": "thinking", "thinking": "Hm.", "signature": mint("thinking", "Hm.")}
SEALED = {"type": "redacted_thinking", "data": mint("redacted")}
MARKED = {"type": "text", "text": "Marked.", "cache_control": {"type": "ephemeral"}}
TURNS = {
    "the answer is to be continued": [user(), {"role": "assistant", "content": "Quokkas are "}],
    "a second prompt": [user("One."), user("Two.")],
    "an empty answer": [user("One."), {"role": "assistant", "content": ""}, user("Two.")],
    "a blank answer": [user("One."), {"role": "assistant", "content": " \n"}, user("Two.")],
    "thoughts in parts": [user("One."), {"role": "assistant", "content": [ASIDE, SEALED, {"type": "text", "text": "Yes."}]}, user("Two.")],
    "marks of a cache": [{"role": "system", "content": [MARKED] * 5}, {"role": "user", "content": [MARKED]}],
    "an empty prompt": [system(), user("")],
    "a call with an empty text": [user(), called({"id": "call_1", "name": "notes_0", "arguments": ""}),
                                  {"role": "tool", "tool_call_id": "call_1", "content": ""}],
}


@pytest.mark.parametrize("effort", [None, "high"])
@pytest.mark.parametrize("messages", TURNS.values(), ids=TURNS)
@pytest.mark.parametrize("name", ["claude", "gemini", "gpt-by-responses"])
def test_30_turns_of_every_kind_are_converted(site, name, messages, effort):
    provider = site.provide(name, lambda seen: says())
    more = {"reasoning_effort": effort} if effort else {}
    assert site.chat(name, *messages, tools=built_in_tools(), **more).text == "Bonjour."
    assert provider.refusals == []


# -- 31


@pytest.mark.parametrize("name", [name for name in MODELS if name != "grok"])
def test_31_sources_arrive_with_the_text(site, name):
    said = Said(text=("Quokkas smile often.",), citations=(Citation("https://q.example/a", "Quokka", "smile"),))
    site.provide(name, lambda seen: said)
    found = site.chat(name)
    assert found.text == "Quokkas smile often."
    assert [(source["url"], source["title"]) for source in found.sources] == [("https://q.example/a", "Quokka")]


def test_31_a_large_picture_arrives_as_one(site):
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(500_000)).decode()
    parts = [{"text": "Here."}, {"inlineData": {"mimeType": "image/png", "data": picture}}]
    site.answer_with("gemini", scripts.chunks([{"candidates": [{"content": {"parts": parts, "role": "model"}, "finishReason": "STOP"}]}], done=False))
    found = site.chat("gemini")
    assert found.text == "Here." and found.images == [f"data:image/png;base64,{picture}"]


# -- 33


def test_33_the_example_configuration_of_a_litellm_user_serves(site, tmp_path_factory):
    folder = tmp_path_factory.mktemp("litellm")
    (folder / "config.yml").write_text((ROOT / "tests/fixtures/config/open_webui.yml").read_text())
    keys = {name: PROVIDER_KEY for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "CLAUDE_API_KEY", "GEMINI_API_KEY", "XAI_API_KEY", "GROK_API_KEY",
                                            "DEEPSEEK_API_KEY", "GROQ_API_KEY")}
    with Router(folder, None, env={**keys, "LITELLM_MASTER_KEY": MASTER_KEY, "LLM_ROUTER_MASTER_KEY": MASTER_KEY}) as router:
        assert router.models()


def test_33_two_entries_of_one_provider_are_two(start_router, start_upstream):
    first, second = start_upstream(), start_upstream()
    entries = [entry("one", "openai_chat", first, "openai/gpt-4.1", api_key="sk-first"), entry("two", "openai_chat", second, "openai/gpt-5", api_key="sk-second")]
    router = start_router({"model_list": entries, "router_settings": {"model_group_alias": {"uno": "one"}}})
    for name, upstream, key, upstream_model in (("uno", first, "sk-first", "gpt-4.1"), ("two", second, "sk-second", "gpt-5")):
        assert router.chat(name).json()["model"] == name
        assert upstream.only_call.header("authorization") == f"Bearer {key}" and json.loads(upstream.only_call.body)["model"] == upstream_model


@pytest.mark.parametrize("key", ["sk-wrong", ""])
def test_33_a_reload_needs_the_admins_key(site, key):
    with site.router.raw() as connection:
        connection.send(request("POST", "/admin/reload-backends", b"{}", key or None))
        answer = connection.read_response()
    assert answer.status == 401 and error_shown(answer.body)


# -- 1.8 and 1.10: what has no number


@pytest.mark.parametrize("name", ["claude", "gemini"])
def test_proofs_of_thoughts_come_back_in_details_that_open_webui_keeps(site, name):
    """They have an index each, a text or data, and for Claude's a signature; without one they would not be sent again."""
    site.provide(name, lambda seen: Said(thought=("quokka-Hm.",), text=("quokka-Yes.",)))
    details = site.chat(name, reasoning_effort="high").details
    assert details and all(item.get("text") or item.get("data") or item.get("summary") for item in details.values())
    assert all(item.get("signature") for item in details.values() if item.get("format") == "anthropic-claude-v1" and item["type"] == "reasoning.text")


@pytest.mark.parametrize("name", ["gpt-by-responses", "claude", "gemini"])
def test_the_responses_api_answers_its_events(site, name):
    """A connection with api_type `responses`."""
    site.provide(name, lambda seen: says())
    asked = {"model": name, "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}], "stream": True,
             "instructions": "Be terse.", "tools": [{"type": "function", "strict": False, **tool["function"]} for tool in built_in_tools()]}
    answer = site.post("/responses", asked)
    assert answer.status_code == 200, answer.text
    assert "response.completed" in answer.text and "Bonjour." in answer.text


@pytest.mark.parametrize("name", MODELS)
def test_anthropics_endpoints_answer_for_it(site, name):
    """Claude Code through Open WebUI: it counts, then asks."""
    site.provide(name, lambda seen: says())
    asked = {"model": name, "max_tokens": 1000, "messages": [user()]}
    assert site.post("/messages", asked).json()["content"][0]["text"] == "Bonjour."
    if name not in ("gpt", "grok"):
        assert site.post("/messages/count_tokens", {"model": name, "messages": [user()]}).json()["input_tokens"] > 0


def test_a_connection_without_v1_is_served_too(site):
    with site.http.stream("GET", site.router.url + "/models", headers={"Authorization": f"Bearer {MASTER_KEY}"}) as answer:
        assert answer.status_code == 200
