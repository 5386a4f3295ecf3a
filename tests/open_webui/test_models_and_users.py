"""Which models there are, and who asks them: cases 3, 4 and 25."""

import json

import httpx

from doctor import signed_user
from fakes.provider import says
from router import eventually
from sdk.world import entry
from site_under_test import NAMES, SERVICE_MODELS

HELLO = {"model": "gpt", "messages": [{"role": "user", "content": "Hi"}]}


def test_w3_the_connection_is_verified(site, webui):
    listed = webui.post("/openai/verify", {"url": f"{site.router_url}/v1", "key": site.env("LLM_ROUTER_MASTER_KEY")})
    assert {model["id"] for model in listed["data"]} >= set(NAMES.values())
    refused = webui.http.post("/openai/verify", json={"url": f"{site.router_url}/v1", "key": "sk-wrong"})
    assert refused.status_code >= 400 and "key" in refused.text.lower(), refused.text


def test_w3_a_new_model_appears_without_a_restart(site, webui):
    with site.configured([*site.models, entry("newcomer", "openai_chat", site.upstreams["openai_chat"])]):
        eventually(lambda: "newcomer" in webui.models(), what="the new model in the list")
    eventually(lambda: "newcomer" not in webui.models(), what="the list without it")


def test_w4_the_selector_has_models_for_chat_alone(webui):
    assert set(NAMES.values()) <= set(webui.models())
    assert not set(SERVICE_MODELS) & set(webui.models())


def test_w4_a_model_is_presented_as_the_configuration_says(site, webui, chat):
    fancy = {**entry("fancy", "openai_chat", site.upstreams["openai_chat"]),
             "model_info": {"display_name": "Quokka Pro", "description": "It smiles.", "tags": ["marsupials"]}}
    hidden = {**entry("burrow", "openai_chat", site.upstreams["openai_chat"]), "model_info": {"hidden": True}}
    site.provide("openai_chat", lambda seen: says("Hello."))
    with site.configured([*site.models, fancy, hidden]):
        shown = eventually(lambda: webui.models().get("fancy"), what="the model in the list")
        assert "burrow" not in webui.models()
        assert [tag["name"] for tag in shown["tags"]] == ["marsupials"]
        chat.begin("Quokka Pro")
        assert "Hello." in chat.ask("Hi").inner_text()
        assert call(site, {**HELLO, "model": "burrow"}, signed(site)).status_code == 200


def test_w25_no_word_of_the_user_reaches_a_provider(site, webui):
    provider = site.provide("openai_chat", lambda seen: says("Hello."))
    webui.say("gpt", "Who am I?")
    sent = json.dumps(provider.seen[0].headers).lower()
    assert "openwebui" not in sent and "ann" not in sent


def test_w25_the_log_says_who_asked(site, webui):
    site.provide("openai_chat", lambda seen: says("Hello."))
    before = len(site.log("llm-router"))
    webui.say("gpt", "Who am I?")
    me = webui.get("/api/v1/auths/")["id"]
    eventually(lambda: me in site.log("llm-router")[before:], what="the user in the router's log")


def test_w25_a_forged_user_is_refused(site):
    provider = site.provide("openai_chat", lambda seen: says("Hello."))
    assert call(site, HELLO, signed(site)).status_code == 200
    for token in (signed(site, "another secret"), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.", ""):
        assert call(site, HELLO, token).status_code in (401, 403)
    assert len(provider.seen) == 1


def call(site, body: dict, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {site.env('LLM_ROUTER_MASTER_KEY')}", **({"X-OpenWebUI-User-Jwt": token} if token else {})}
    return httpx.post(f"{site.router_url}/v1/chat/completions", json=body, headers=headers, trust_env=False)


def signed(site, secret="") -> str:
    return signed_user(secret or site.env("FORWARD_USER_INFO_HEADER_JWT_SECRET"))
