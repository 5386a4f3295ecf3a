"""From a bare machine to a chat: case 32. What ./manage.sh sets up is there, and stays."""

import re

from fakes.provider import says
from site_under_test import NAMES
from webui import WebUi


def test_w32_a_first_chat(site, chat):
    site.provide("openai_chat", lambda seen: says("Hello from the quokka."))
    chat.begin("gpt")
    answer = chat.ask("Good morning")
    assert "Hello from the quokka." in answer.inner_text()


def test_w32_settings_and_keys_survive_a_restart(site, webui, chat):
    before = webui.get("/openai/config")
    site.manage("restart")
    assert webui.get("/openai/config") == before
    site.provide("anthropic_messages", lambda seen: says("Still here."))
    chat.begin("claude")
    assert "Still here." in chat.ask("Are you?").inner_text()


def test_w32_pm2_restarts_them_as_its_users_expect(site, webui):
    site.pm2("restart", "all")
    site.wait_until_up()
    assert "gpt" in webui.models()


def test_w32_a_second_init_is_harmless(site, webui):
    env = (site.folder / ".env").read_text()
    said = site.manage("init", "-x")
    assert "is installed" in said and "Installing" not in said
    assert (site.folder / ".env").read_text() == env
    assert "gpt" in webui.models()


def test_w32_a_new_master_key_reaches_open_webui(site, webui):
    key = site.env("LLM_ROUTER_MASTER_KEY")
    site.set_env(LLM_ROUTER_MASTER_KEY="sk-another-key")
    site.manage("restart")
    assert webui.get("/openai/config")["OPENAI_API_KEYS"] == ["sk-another-key"]
    assert "gpt" in webui.models()
    site.set_env(LLM_ROUTER_MASTER_KEY=key)
    site.manage("restart")
    assert "gpt" in webui.models()


def test_w32_an_open_webui_that_was_here_before_gets_the_router_too(site, webui):
    ours = webui.get("/openai/config")
    theirs = {"ENABLE_OPENAI_API": True, "OPENAI_API_BASE_URLS": ["http://127.0.0.1:9/v1"], "OPENAI_API_KEYS": ["sk-theirs"], "OPENAI_API_CONFIGS": {}}
    webui.post("/openai/config/update", theirs)
    site.manage("stop", "open-webui")
    (site.folder / ".open-webui" / "data" / "router-connection.json").unlink()  # as if it had never been started by manage.sh
    try:
        site.manage("start", "open-webui")
        found = webui.get("/openai/config")
        assert found["OPENAI_API_BASE_URLS"] == ["http://127.0.0.1:9/v1", f"{site.router_url}/v1"]
        assert found["OPENAI_API_KEYS"] == ["sk-theirs", site.env("LLM_ROUTER_MASTER_KEY")]
        assert found["OPENAI_API_CONFIGS"]["1"]["headers"] == {"X-OpenWebUI-Task": "{{TASK}}"}
        assert "gpt" in webui.models()
    finally:
        webui.post("/openai/config/update", ours)


def test_w32_nothing_is_fetched_and_no_key_is_given_away(site, webui):
    environment = (site.home / ".pm2" / "dump.pm2").read_text()
    for name in ("LLM_ROUTER_MASTER_KEY", "OPENWEBUI_DB_PASSWORD", "WEBUI_SECRET_KEY", "FORWARD_USER_INFO_HEADER_JWT_SECRET"):
        assert site.env(name).strip("'") not in environment, f"PM2 keeps {name}"
    assert (site.folder / ".env").stat().st_mode & 0o077 == 0
    assert not re.search(r"huggingface\.co|Failed to (download|resolve)", site.log("open-webui"))


def test_w32_status_and_doctor_find_all_well(site, webui):
    said = site.manage("status")
    assert re.search(r"llm-router +online .*answers", said) and re.search(r"open-webui +online .*answers", said), said
    said = site.manage("doctor")
    assert "Nothing is wrong." in said and "hint" not in said, said


def test_w32_a_second_user_sees_the_models_too(site, webui):
    added = webui.post("/api/v1/auths/add", {"name": "Bob", "email": "bob@example.com", "password": "Quokka-1234-quokka", "role": "user"})
    with WebUi(site.webui_url, added["token"]) as bob:
        assert set(NAMES.values()) <= set(bob.models())
