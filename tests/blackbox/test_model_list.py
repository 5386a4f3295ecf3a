"""What a list of models shows, and what it does not: from memory, for people who choose."""

import time

import pytest

from router import PROVIDER_KEY, chat_request, model

ORDERS = {"arena", "pipe", "pipeline", "preset", "action_ids", "filter_ids", "provider"}  # of Open WebUI, in an entry of the list

NOT_FOR_CHAT = {
    "by its mode": model("vectors", upstream_model="whatever", model_info={"mode": "embedding"}),
    "an embedding": model("text-embedding-3-small", upstream_model="text-embedding-3-small"),
    "pictures": model("pictures", upstream_model="gpt-image-1"),
    "speech": model("voice", upstream_model="tts-1-hd"),
    "a transcriber": model("ears", upstream_model="whisper-1"),
    "a newer transcriber": model("ears-2", upstream_model="gpt-4o-mini-transcribe"),
    "a moderator": model("warden", upstream_model="omni-moderation-latest"),
    "a reranker": model("ranks", upstream_model="bge-reranker-v2-m3"),
    "hidden": model("internal", upstream_model="gpt-4.1", model_info={"hidden": True}),
}
FOR_CHAT = [
    model("chat", upstream_model="gpt-4.1"),
    model("told", upstream_model="text-embedding-like-name", model_info={"mode": "chat"}),
    model("gemini-picture", upstream_model="gemini-2.5-flash-image"),
]


@pytest.fixture
def listed(start_router, upstream):
    def listed(models, **general):
        models = [{**entry, "litellm_params": {**entry["litellm_params"], "api_base": upstream.base_url}} for entry in models]
        router = start_router({"model_list": models, "general_settings": general})
        with router.client() as client:
            return router, {entry["id"]: entry for entry in client.get("/v1/models").json()["data"]}

    return listed


def test_what_one_does_not_chat_with_is_left_out_and_still_answers(listed, upstream):
    router, found = listed([*FOR_CHAT, *NOT_FOR_CHAT.values()])
    assert list(found) == [entry["model_name"] for entry in FOR_CHAT]
    with router.client() as client:
        for entry in NOT_FOR_CHAT.values():
            answer = client.post("/v1/chat/completions", json=chat_request(entry["model_name"]))
            assert answer.status_code == 200, answer.text
            assert client.get(f"/v1/models/{entry['model_name']}").status_code == 200


def test_a_setting_lists_them_all_but_for_the_hidden(listed):
    _, found = listed([*FOR_CHAT, *NOT_FOR_CHAT.values()], list_models="all")
    assert len(found) == len(FOR_CHAT) + len(NOT_FOR_CHAT) - 1 and "internal" not in found


def test_an_entry_carries_what_people_read(listed):
    info = {"display_name": "Große Hilfe", "description": "Für alles.", "tags": ["fast", "local"],
            "capabilities": {"vision": False, "usage": True}}
    _, found = listed([model("chat", upstream_model="gpt-4.1", model_info=info)])
    entry = found["chat"]
    assert entry["name"] == "Große Hilfe" and entry["tags"] == ["fast", "local"]
    assert entry["info"] == {"meta": {"description": "Für alles.", "capabilities": {"vision": False, "usage": True}}}


def test_nothing_in_it_is_an_order_to_open_webui(listed):
    info = {name: True for name in ORDERS} | {"display_name": None, "tags": None, "description": 7, "capabilities": "all"}
    _, found = listed([model("chat", upstream_model="gpt-4.1", model_info=info), model("plain", upstream_model="gpt-4.1")])
    for entry in found.values():
        assert not entry.keys() & ORDERS
        assert set(entry) == {"id", "object", "created", "owned_by"} and None not in entry.values()


def test_it_comes_from_memory_with_every_provider_down(start_router):
    models = [model(f"model-{number}", "http://127.0.0.1:9/v1", f"gpt-{number}", api_key=PROVIDER_KEY) for number in range(300)]
    router = start_router({"model_list": models})
    with router.client() as client:
        client.get("/v1/models")
        began = time.monotonic()
        answer = client.get("/v1/models")
        took = time.monotonic() - began
    assert len(answer.json()["data"]) == 300
    assert answer.headers["content-type"].startswith("application/json")
    router.note = took  # for whoever looks: a test does not judge by the clock
