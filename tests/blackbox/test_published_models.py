"""What providers say their models can do, asked for when `refresh_models` is on."""

import json

import pytest

from fakes.provider import Provider, says
from router import chat_request, eventually
from sdk.world import entry

CLAUDE = {"data": [{"type": "model", "id": "claude-of-tomorrow", "max_input_tokens": 1000, "max_tokens": 700, "capabilities": {
    "thinking": {"types": {name: {"supported": False} for name in ("adaptive", "enabled", "disabled", "between_tools")}}, "effort": {}}}]}
OPENROUTER = {"data": [{"id": "vendor/model", "pricing": {"prompt": "0.001", "completion": "0.002"}}]}


class Publishes:
    """A provider that tells what its models can do, too."""

    def __init__(self, dialect, models, status=200):
        self.provider = Provider(dialect, lambda seen: says("Bonjour."))
        self.models = models
        self.status = status
        self.asked = []

    def __call__(self, call):
        if call.method != "GET":
            return self.provider(call)
        self.asked.append((call.target, call.header("x-api-key") or call.header("authorization")))
        call.whole(json.dumps(self.models).encode(), self.status)


@pytest.fixture
def serve(start_router, start_upstream):
    def serve(publishes, model, dialect, refresh="1h"):
        upstream = start_upstream(publishes)
        models = [entry(name, dialect, upstream, model) for name in ("chat", "again")]  # one account, asked once
        return start_router({"model_list": models, "general_settings": {"refresh_models": refresh}})

    return serve


def reloaded(router):
    return [line for line in router.log_text().splitlines() if "say what their models can do" in line]


def ask(router, **more):
    with router.client() as client:
        answer = client.post("/v1/chat/completions", json=chat_request("chat", **more))
    assert answer.status_code == 200, answer.text
    return answer


def test_what_a_provider_publishes_stands_above_what_is_known(serve):
    publishes = Publishes("anthropic_messages", CLAUDE)
    router = serve(publishes, "anthropic/claude-of-tomorrow", "anthropic_messages")
    eventually(lambda: reloaded(router), what="the providers' word")
    ask(router, reasoning_effort="high", max_tokens=5000)
    seen = publishes.provider.seen[-1]
    assert seen.body["max_tokens"] == 700 and "thinking" not in seen.body and "output_config" not in seen.body
    ((target, key),) = publishes.asked
    assert target.startswith("/v1/models") and key


def test_prices_of_openrouter_are_taken_over(serve):
    publishes = Publishes("openai_chat", OPENROUTER)
    router = serve(publishes, "openrouter/vendor/model", "openai_chat")
    eventually(lambda: reloaded(router), what="the providers' word")
    usage = ask(router).json()["usage"]
    assert usage["cost"] == pytest.approx(usage["prompt_tokens"] * 0.001 + usage["completion_tokens"] * 0.002)


def test_nobody_is_asked_unless_it_is_switched_on(serve):
    publishes = Publishes("anthropic_messages", CLAUDE)
    router = serve(publishes, "anthropic/claude-of-tomorrow", "anthropic_messages", refresh=0)
    ask(router, reasoning_effort="high")
    assert publishes.asked == [] and "output_config" in publishes.provider.seen[-1].body


@pytest.mark.parametrize("models, status", [({"error": {"message": "no"}}, 500), ("no list", 200), ({"data": [{"id": 7}]}, 200)],
                         ids=["refused", "no list", "no names"])
def test_a_provider_that_says_nothing_changes_nothing(serve, models, status):
    publishes = Publishes("anthropic_messages", models, status)
    router = serve(publishes, "anthropic/claude-of-tomorrow", "anthropic_messages")
    eventually(lambda: publishes.asked)
    ask(router, reasoning_effort="high")
    assert "output_config" in publishes.provider.seen[-1].body
