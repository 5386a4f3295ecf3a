"""What a Chat request says in other words to a provider of Chat, while its bytes go through."""

import json

import pytest

from router import PROMPT, Router, chat_request, model

TOOLS = [{"type": "function", "function": {"name": "now", "parameters": {"type": "object", "properties": {}}}}]


@pytest.fixture(scope="module")
def worded(tmp_path_factory, shared_upstream):
    up = shared_upstream
    names = {"mistral": "mistral/mistral-large-latest", "groq": "groq/llama-3.3-70b-versatile", "grok": "xai/grok-4-0709",
             "like": "openai_like/anything", "o": "azure/gpt-5"}
    entries = [model(name, up, drop_params=drops) | {"model_name": name + ("-dropping" if drops else "")}
               for name in names for drops in (False, True)]
    for entry in entries:
        entry["litellm_params"]["model"] = names[entry["model_name"].removesuffix("-dropping")]
    with Router(tmp_path_factory.mktemp("words"), {"model_list": entries}) as router:
        yield router


@pytest.fixture
def ask(worded, shared_upstream):
    def asked(name: str, **members) -> dict:
        shared_upstream.forget()
        body = {"x": 1.50, "messages": [{"role": "user", "content": PROMPT}], **members, "model": name}
        with worded.client() as client:
            client.post("/v1/chat/completions", json=body)
        sent = json.loads(shared_upstream.only_call.body)
        assert sent.pop("x") == 1.5 and sent.pop("messages") == body["messages"]  # an unknown member shows that nothing was converted
        del sent["model"]
        return sent
    return asked


def test_mistral_is_told_in_its_own_words(ask):
    sent = ask("mistral", seed=7, max_completion_tokens=50, tools=TOOLS, tool_choice="required", stop=["a"])
    assert sent == {"random_seed": 7, "max_tokens": 50, "tools": TOOLS, "tool_choice": "any", "stop": ["a"]}


def test_a_provider_that_knows_no_developer_hears_the_system(worded, shared_upstream):
    def roles(name):
        shared_upstream.forget()
        messages = [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": PROMPT}]
        with worded.client() as client:
            assert client.post("/v1/chat/completions", json={"model": name, "messages": messages}).status_code == 200
        return [message["role"] for message in json.loads(shared_upstream.only_call.body)["messages"]]

    assert roles("mistral") == ["system", "user"]
    assert roles("o") == ["developer", "user"]
    assert roles("like") == ["developer", "user"]  # an unknown server is told what the client said


def test_stream_options_are_left_out_where_they_are_refused(ask):
    assert ask("mistral", stream=True, stream_options={"include_usage": True}) == {"stream": True}
    assert ask("groq", stream=True, stream_options={"include_usage": True}) == {"stream": True, "stream_options": {"include_usage": True}}


def test_a_name_that_the_client_says_itself_stays_alone(ask):
    assert ask("mistral", seed=7, random_seed=8, max_tokens=3, max_completion_tokens=4) == {"random_seed": 8, "max_tokens": 3}


def test_an_unknown_server_is_told_what_the_client_said(ask):
    members = {"seed": 7, "max_completion_tokens": 50, "max_tokens": 40, "tools": TOOLS, "tool_choice": "required", "stop": "a", "temperature": 0.5}
    assert ask("like", **members) == members


def test_what_a_model_refuses_is_left_out_with_drop_params_alone(ask):
    members = {"stop": ["a"], "presence_penalty": 1, "frequency_penalty": 1, "temperature": 0.5}
    assert ask("grok", **members) == members
    assert ask("grok-dropping", **members) == {"temperature": 0.5}


def test_a_reasoning_model_of_openais_gets_its_limit_under_the_name_that_it_knows(ask):
    assert ask("o", max_tokens=50) == {"max_completion_tokens": 50}


# -- additional_drop_params inside, allowed_openai_params

STRICT = {"type": "function", "function": {"name": "f", "strict": True, "parameters": {"type": "object", "properties": {}}}}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_path_drops_what_it_leads_to_and_no_more(start_router, upstream, stream):
    router = start_router({"model_list": [model("chat", upstream, additional_drop_params=["tools[*].function.strict", "metadata.secret"])]})
    body = chat_request("chat", stream=stream, tools=[STRICT], metadata={"secret": "x", "kept": 1.50}, seed=7)
    with router.client() as client:
        assert client.post("/v1/chat/completions", json=body).status_code == 200
    sent = json.loads(upstream.only_call.body)
    assert "strict" not in sent["tools"][0]["function"] and sent["tools"][0]["function"]["name"] == "f"
    assert sent["metadata"] == {"kept": 1.5} and sent["seed"] == 7 and sent["model"] == "gpt-upstream"


def test_what_is_allowed_is_sent_although_drop_params_would_leave_it_out(start_router, upstream):
    entry = model("chat", upstream, drop_params=True, allowed_openai_params=["logprobs"])
    entry["litellm_params"]["model"] = "groq/llama"
    models = [entry]
    router = start_router({"model_list": models})
    with router.client() as client:
        assert client.post("/v1/chat/completions", json=chat_request("chat", logprobs=True, logit_bias={"1": 1})).status_code == 200
    sent = json.loads(upstream.only_call.body)
    assert sent["logprobs"] is True and "logit_bias" not in sent
