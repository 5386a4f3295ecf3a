"""Which target a model name leads to, and what its entry in the configuration adds to a call."""

import json
import socket

import pytest

from fakes import bodies, scripts
from raw_http import events, text_of
from router import PROVIDER_KEY, Router, model

ORG = "org-4711"


@pytest.fixture(scope="module")
def routed(tmp_path_factory, shared_upstream):
    """One router with an entry for each question of this file."""
    up = shared_upstream
    folder = tmp_path_factory.mktemp("routed")
    (folder / "more.yml").write_text(
        "model_list:\n  - model_name: included\n    litellm_params:\n      model: openai/from-the-include\n"
        f"      api_base: {up.base_url}\n      api_key: ${{ROUTER_TEST_KEY}}\n")
    config = {
        "include": ["more.yml"],
        "environment_variables": {"ROUTER_TEST_FROM_FILE": "key-from-environment-variables"},
        "credential_list": [{"credential_name": "shared", "credential_values": {"api_key": "key-from-credential",
                                                                               "api_base": up.base_url}}],
        "model_list": [
            model("chat", up),
            model("chat", "http://127.0.0.1:1/never"),
            model("defaults", up, temperature=0.25, max_tokens=77, stop=["END"]),
            model("extra", up, extra_body={"vendor_option": {"deep": [1, 2]}, "top_k": 5}, extra_headers={"X-Vendor": "yes"}),
            model("organized", up, organization=ORG),
            model("dropping", up, drop_params=True, additional_drop_params=["user", "logit_bias"]),
            model("bare-base", up.origin),
            model("slash-base", up.base_url + "/"),
            model("deep-base", up.origin + "/proxy/v3"),
            {"model_name": "by-base-url", "litellm_params": {"model": "openai/x", "base_url": up.base_url, "api_key": "k"}},
            {"model_name": "forced", "litellm_params": {"model": "meta/llama-x", "custom_llm_provider": "openai",
                                                        "api_base": up.base_url, "api_key": "k"}},
            {"model_name": "by-credential", "litellm_params": {"model": "openai/x", "litellm_credential_name": "shared"}},
            {"model_name": "by-variable", "litellm_params": {"model": "openai/x", "api_base": up.base_url,
                                                             "api_key": "os.environ/ROUTER_TEST_FROM_FILE"}},
            {"model_name": "groq/*", "litellm_params": {"model": "groq/*"}},
            {"model_name": "xai/*", "litellm_params": {"model": "xai/*"}},
            {"model_name": "grok", "litellm_params": {"model": "grok-4-fast"}},
            {"model_name": "claude-*", "litellm_params": {"model": "openai/anthropic.claude-*", "api_base": up.base_url,
                                                          "api_key": "k"}},
            {"model_name": "claude-special-*", "litellm_params": {"model": "openai/special", "api_base": up.base_url,
                                                                  "api_key": "k"}},
            {"model_name": "openai/*", "litellm_params": {"model": "openai/*", "api_base": up.base_url, "api_key": "k"}},
        ],
        "router_settings": {"model_group_alias": {"short": "chat", "hidden": {"model": "defaults", "hidden": True}}},
    }
    env = {"GROQ_API_BASE": up.base_url, "GROQ_API_KEY": "key-of-groq", "XAI_API_BASE": up.base_url,
           "GROK_API_KEY": "key-of-grok", "ROUTER_TEST_KEY": "key-by-name"}
    with Router(folder, config, env=env) as router:
        yield router


def called_with(router, upstream, name, **fields):
    """The call that reached the upstream, and its body."""
    upstream.forget()
    answer = router.chat(name, **fields)
    assert answer.status_code == 200, answer.text
    assert answer.json()["model"] == name
    return upstream.only_call, json.loads(upstream.only_call.body)


@pytest.mark.parametrize("name, asked", [
    ("chat", "gpt-upstream"), ("short", "gpt-upstream"), ("included", "from-the-include"), ("forced", "meta/llama-x"),
    ("groq/llama-3.3-70b", "llama-3.3-70b"), ("groq/org/model", "org/model"), ("xai/grok-4", "grok-4"), ("grok", "grok-4-fast"),
    ("claude-opus", "anthropic.claude-opus"), ("claude-special-x", "special"), ("openai/gpt-x", "gpt-x"),
])
def test_a_name_leads_to_the_model_that_its_entry_says(routed, upstream, name, asked):
    _, body = called_with(routed, upstream, name)
    assert body["model"] == asked


@pytest.mark.parametrize("name, key", [
    ("chat", PROVIDER_KEY), ("groq/x", "key-of-groq"), ("xai/x", "key-of-grok"), ("grok", "key-of-grok"),
    ("included", "key-by-name"), ("by-credential", "key-from-credential"), ("by-variable", "key-from-environment-variables"),
])
def test_each_target_gets_its_own_key(routed, upstream, name, key):
    call, _ = called_with(routed, upstream, name)
    assert call.header("authorization") == f"Bearer {key}"


@pytest.mark.parametrize("name, path", [
    ("chat", "/v1/chat/completions"), ("bare-base", "/v1/chat/completions"), ("slash-base", "/v1/chat/completions"),
    ("deep-base", "/proxy/v3/chat/completions"), ("by-base-url", "/v1/chat/completions"),
])
def test_a_base_is_understood_with_and_without_its_version(routed, upstream, name, path):
    call, _ = called_with(routed, upstream, name)
    assert call.target == path
    assert call.header("host") == f"127.0.0.1:{upstream.port}"


def test_a_hidden_alias_answers_but_is_not_listed(routed, upstream):
    listed = routed.models()
    assert "short" in listed and "hidden" not in listed
    _, body = called_with(routed, upstream, "hidden")
    assert body["temperature"] == 0.25


@pytest.mark.parametrize("name", ["claude", "CHAT", "chat ", "groq", "groqq/x", "xopenai/x"])
def test_a_name_that_matches_nothing_is_not_found(routed, upstream, name):
    answer = routed.chat(name)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "model_not_found"
    assert upstream.calls == []


def test_default_parameters_are_sent_where_the_client_sent_none(routed, upstream):
    _, body = called_with(routed, upstream, "defaults")
    assert (body["temperature"], body["max_tokens"], body["stop"]) == (0.25, 77, ["END"])


def test_the_clients_parameters_stand_above_the_defaults(routed, upstream):
    _, body = called_with(routed, upstream, "defaults", temperature=1.5)
    assert (body["temperature"], body["max_tokens"]) == (1.5, 77)


def test_extra_body_and_headers_are_sent_and_replace_the_clients(routed, upstream):
    call, body = called_with(routed, upstream, "extra", top_k=99)
    assert body["vendor_option"] == {"deep": [1, 2]} and body["top_k"] == 5
    assert call.body.count(b'"top_k"') == 1
    assert call.header("x-vendor") == "yes"


def test_settings_of_an_entry_are_no_request_parameters(routed, upstream):
    for name in ("extra", "organized", "dropping", "chat"):
        _, body = called_with(routed, upstream, name)
        assert not body.keys() & {"api_key", "api_base", "base_url", "extra_headers", "extra_body", "organization",
                                  "drop_params", "additional_drop_params", "custom_llm_provider"}


def test_the_organization_is_sent(routed, upstream):
    call, _ = called_with(routed, upstream, "organized")
    assert call.header("openai-organization") == ORG


def test_dropped_parameters_do_not_reach_the_upstream(routed, upstream):
    _, body = called_with(routed, upstream, "dropping", user="me", logit_bias={"1": 2}, seed=3)
    assert "user" not in body and "logit_bias" not in body and body["seed"] == 3


def test_a_reserved_character_of_a_model_name_is_spliced_as_json(start_router, upstream):
    router = start_router({"model_list": [model('quo"te\\back', upstream, upstream_model='up"\\n\u00e9')]})
    answer = router.chat('quo"te\\back')
    assert answer.json()["model"] == 'quo"te\\back'
    assert json.loads(upstream.only_call.body)["model"] == 'up"\\n\u00e9'


def test_the_catch_all_takes_what_nothing_else_does(start_router, upstream):
    catch_all = {"model_name": "*", "litellm_params": {"model": "*"}}
    router = start_router({"model_list": [model("chat", upstream, upstream_model="exact"), catch_all]},
                          env={"GROQ_API_BASE": upstream.base_url, "GROQ_API_KEY": "k", "XAI_API_BASE": upstream.base_url,
                               "XAI_API_KEY": "key-of-xai"})
    assert called_with(router, upstream, "chat")[1]["model"] == "exact"
    assert called_with(router, upstream, "groq/llama")[1]["model"] == "llama"
    call, body = called_with(router, upstream, "grok-3-mini")  # a bare name that everybody knows
    assert body["model"] == "grok-3-mini" and call.header("authorization") == "Bearer key-of-xai"
    assert router.chat("nobody-knows-this").status_code in (400, 404)


def test_a_users_own_provider_takes_four_lines(tmp_path, upstream):
    (tmp_path / "providers.yml").write_text(f"mycompany:\n  base_url: {upstream.base_url}\n  key: MYCOMPANY_API_KEY\n")
    config = {"model_list": [{"model_name": "mine", "litellm_params": {"model": "mycompany/large"}}]}
    with Router(tmp_path, config, env={"MYCOMPANY_API_KEY": "key-of-mine"}) as router:
        assert called_with(router, upstream, "mine")[1]["model"] == "large"
    assert upstream.only_call.header("authorization") == "Bearer key-of-mine"


# -- several targets of one name


def dead_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


FAILURES = {
    "500": scripts.whole(bodies.error("broken"), status=500),
    "503": scripts.whole(bodies.error("overloaded"), status=503),
    "429": scripts.whole(bodies.error("slow down"), status=429),
    "529": scripts.whole(bodies.error("overloaded"), status=529),
    "HTML 502": scripts.whole(scripts.HTML_502, status=502, content_type="text/html"),
    "dropped": scripts.drop,
    "garbage": scripts.raw(b"SSH-2.0-OpenSSH_9.2\r\n", then="fin"),
    "silent": scripts.silent,
    "cut in the head": scripts.raw(b"HTTP/1.1 200 OK\r\nContent-", then="fin"),
    "reset in the head": scripts.raw(b"HTTP/1.1 200 OK\r\nContent-", then="rst"),
}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_target_that_fails_before_its_first_byte_is_replaced_by_the_next(two_targets, failure, stream):
    router, first, second = two_targets
    first.always(failure)
    answer = router.chat(stream=stream)
    assert answer.status_code == 200, answer.text
    assert (text_of(events(answer.content)) if stream else answer.json()["choices"][0]["message"]["content"]) == bodies.ANSWER
    assert len(second.calls) == 1
    assert json.loads(second.only_call.body)["model"] == "second-model"  # spliced afresh
    assert second.only_call.header("authorization") == "Bearer key-two"
    assert router.logged_call(answer)["attempts"] == 2
    assert answer.headers["x-litellm-model-id"] == "second-id"


def test_a_target_that_cannot_be_reached_is_replaced_by_the_next(start_router, upstream):
    router = start_router({"model_list": [model("chat", dead_port()), model("chat", upstream)]})
    for _ in range(3):
        assert router.chat().status_code == 200


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_fault_of_the_client_is_not_tried_elsewhere(two_targets, status):
    router, first, second = two_targets
    first.always(scripts.whole(bodies.error("your fault"), status=status))
    answer = router.chat()
    assert answer.status_code == status and "your fault" in answer.json()["error"]["message"]
    assert second.calls == []


def test_after_the_first_byte_no_other_target_repeats_the_answer(two_targets):
    router, first, second = two_targets
    first.always(scripts.stream_then("fin", events=2))
    found = events(router.chat(stream=True).content)
    assert [c for c in found if isinstance(c, dict) and "error" in c]
    assert text_of([c for c in found if isinstance(c, dict) and "error" not in c]) == bodies.PIECES[0]
    assert second.calls == []


def test_when_every_target_fails_the_client_is_told_why(two_targets):
    router, first, second = two_targets
    first.always(FAILURES["500"])
    second.always(scripts.whole(bodies.error("second is full"), status=429, headers=[("Retry-After", "9")]))
    answer = router.chat()
    assert answer.status_code in (429, 500)
    assert answer.json()["error"]["message"]
    assert len(first.calls) == len(second.calls) == 1


def test_the_first_target_is_used_as_long_as_it_is_healthy(two_targets):
    router, first, second = two_targets
    for _ in range(5):
        assert router.chat().status_code == 200
    assert len(first.calls) == 5 and second.calls == []


@pytest.fixture
def two_targets(start_router, start_upstream):
    first, second = start_upstream(), start_upstream()
    router = start_router({
        "model_list": [
            model("chat", first, upstream_model="first-model", model_info={"id": "first-id"}),
            model("chat", second, upstream_model="second-model", api_key="key-two", model_info={"id": "second-id"}),
        ],
        "general_settings": {"first_byte_timeout": 0.5, "heartbeat_interval": 0},
    })
    return router, first, second


def test_a_mocked_entry_can_stand_in_for_a_dead_one(start_router):
    router = start_router({"model_list": [model("chat", dead_port()), model("chat", mock_response="stand-in")]})
    assert router.chat().json()["choices"][0]["message"]["content"] == "stand-in"


def test_every_model_in_the_list_can_be_called(routed, upstream):
    for name in routed.models():
        assert routed.chat(name).status_code == 200, name
