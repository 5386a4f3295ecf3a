"""Responses that clients ask to have stored: the router keeps those whose provider cannot."""

import json

import pytest

from dialects import KEYS
from fakes import scripts
from fakes.provider import says
from fakes.sayings import GOOD, SAID
from fakes.truth import Breaks
from fakes.upstream import FakeUpstream
from raw_http import events, request
from router import MASTER_KEY, PROMPT, PROVIDER_KEY, Router, model
from sdk.world import UPSTREAMS, World, entry

KEY = KEYS["openai_responses"]
KEPT_HERE = [dialect for dialect in UPSTREAMS if dialect != "openai_responses"]  # theirs is kept by the provider
both_ways = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("stored"))
    yield made
    made.stop()


class Client:
    """Of Responses."""

    def __init__(self, router: Router, http, key=KEY):
        self.url = router.url + "/v1/responses"
        self.http = http
        self.key = key

    def create(self, model: str, what=PROMPT, stream=False, **more) -> dict:
        """The response, also of a stream."""
        answer = self.http.post(self.url, json={"model": model, "input": what, "stream": stream, **more}, headers=self.key)
        assert answer.status_code == 200, answer.text
        return events(answer.content)[-1]["response"] if stream else answer.json()

    def continue_from(self, id: str, model: str, what=PROMPT):
        return self.http.post(self.url, json={"model": model, "input": what, "previous_response_id": id}, headers=self.key)

    def get(self, rest: str):
        return self.http.get(f"{self.url}/{rest}", headers=self.key)

    def delete(self, rest: str):
        return self.http.delete(f"{self.url}/{rest}", headers=self.key)


@pytest.fixture(scope="module")
def client(world):
    return Client(world.router, world.http)


@pytest.fixture
def demo(world, start_router):
    """A client of a router whose model is a mock, and a provider of another dialect."""
    models = [model("demo", mock_response="Bonjour."), entry("other", "anthropic_messages", world.upstreams["anthropic_messages"])]
    return Client(start_router({"model_list": models}), world.http)


def must_be_unknown(answer):
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "response_not_found"), answer.text


# -- kept, or not


@both_ways
@pytest.mark.parametrize("upstream", KEPT_HERE)
def test_a_response_is_kept_where_its_provider_keeps_none(world, client, upstream, stream):
    world.provide(upstream, lambda seen: SAID["calls"])
    made = client.create(world.model(upstream), stream=stream, store=True)
    assert made["output"] and client.get(made["id"]).json() == made
    by_default = client.create(world.model(upstream), stream=stream)
    assert client.get(by_default["id"]).json() == by_default


@both_ways
def test_a_mocks_response_is_kept_like_any_other(demo, world, stream):
    made = demo.create("demo", stream=stream)
    assert made["output"][0]["content"][0]["text"] == "Bonjour."
    assert demo.get(made["id"]).json() == made
    provider = world.provide("anthropic_messages", lambda seen: says("Au revoir."))
    assert demo.continue_from(made["id"], "other", "and then?").status_code == 200
    assert provider.seen[-1].of("text") == [PROMPT, "Bonjour.", "and then?"]


@both_ways
@pytest.mark.parametrize("upstream", [*KEPT_HERE, "mock"])
def test_what_shall_not_be_stored_is_not(world, client, demo, upstream, stream):
    asker = demo if upstream == "mock" else client
    if upstream != "mock":
        world.provide(upstream, lambda seen: says())
    world.upstreams["openai_responses"].always(scripts.whole({}, 404))
    made = asker.create("demo" if upstream == "mock" else world.model(upstream), stream=stream, store=False)
    must_be_unknown(asker.get(made["id"]))


def test_an_answer_that_fails_is_not_kept(world, client):
    world.provide("anthropic_messages", lambda seen: Breaks(GOOD, after=6))
    answer = world.http.post(client.url, json={"model": world.model("anthropic_messages"), "input": PROMPT, "stream": True}, headers=KEY)
    found = events(answer.content)
    assert found[-1]["type"] == "response.failed", found[-1]
    world.upstreams["openai_responses"].always(scripts.whole({}, 404))
    must_be_unknown(client.get(found[0]["response"]["id"]))


# -- going on from one


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_a_conversation_goes_on_with_any_provider(world, client, upstream):
    world.provide("anthropic_messages", lambda seen: says("Bonjour."))
    first = client.create(world.model("anthropic_messages"), "one", stream=True)
    provider = world.provide(upstream, lambda seen: says("Ça va."))
    second = client.continue_from(first["id"], world.model(upstream), "two")
    assert provider.refusals == [] and second.status_code == 200, second.text
    seen = provider.seen[-1]
    assert [(part.role, part.value) for part in seen.parts] == [("user", "one"), ("assistant", "Bonjour."), ("user", "two")]
    assert "previous_response_id" not in seen.body
    if upstream in KEPT_HERE:
        world.provide("gemini", lambda seen: says("Bon."))
        third = client.continue_from(second.json()["id"], world.model("gemini"), [{"role": "user", "content": "three"}])
        assert third.status_code == 200, third.text
        seen = world.upstreams["gemini"].default.seen[-1]
        assert seen.of("text") == ["one", "Bonjour.", "two", "Ça va.", "three"]


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_a_call_is_answered_across_providers(world, client, upstream):
    """The proof of a thought goes to nobody but the one that made it."""
    world.provide("gemini", lambda seen: SAID["thought and call"])
    tools = [{"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}, "strict": False}]
    first = client.create(world.model("gemini"), "one", stream=True, tools=tools)
    [call] = [item for item in first["output"] if item["type"] == "function_call"]
    provider = world.provide(upstream, lambda seen: says())
    output = [{"type": "function_call_output", "call_id": call["call_id"], "output": "sunny"}]
    answer = world.http.post(client.url, headers=KEY, json={"model": world.model(upstream), "input": output, "tools": tools,
                                                           "previous_response_id": first["id"]})
    assert provider.refusals == [] and answer.status_code == 200, answer.text
    assert [(one["name"], one["text"]) for one in provider.seen[-1].results] == [("weather", "sunny")]


@pytest.mark.parametrize("upstream", KEPT_HERE)
def test_an_unknown_response_cannot_be_gone_on_from(world, client, upstream):
    provider = world.provide(upstream, lambda seen: says())
    answer = client.continue_from("resp_unknown", world.model(upstream))
    assert answer.status_code == 400 and answer.json()["error"]["code"] == "previous_response_not_found", answer.text
    assert answer.json()["error"]["param"] == "previous_response_id" and provider.seen == []


def test_the_id_of_a_providers_own_response_goes_to_it(world, client):
    world.provide("openai_responses", lambda seen: says())
    answer = client.continue_from("resp_theirs", world.model("openai_responses"))
    assert answer.status_code == 400
    assert json.loads(world.upstreams["openai_responses"].only_call.body)["previous_response_id"] == "resp_theirs"


# -- looking at one, and forgetting it


def test_the_input_is_listed_as_items(world, client):
    world.provide("gemini", lambda seen: says("Oui."))
    first = client.create(world.model("gemini"), "one")
    second = client.continue_from(first["id"], world.model("gemini"), "two").json()
    listed = client.get(second["id"] + "/input_items").json()
    assert listed["object"] == "list" and listed["has_more"] is False
    assert [(item["role"], item["content"][0]["text"]) for item in listed["data"]] == [("user", "one"), ("assistant", "Oui."), ("user", "two")]


def test_a_deleted_response_is_gone(world, client):
    world.provide("gemini", lambda seen: says())
    world.upstreams["openai_responses"].always(scripts.whole({}, 404))
    made = client.create(world.model("gemini"))["id"]
    assert client.delete(made).json() == {"id": made, "object": "response.deleted", "deleted": True}
    must_be_unknown(client.get(made))
    must_be_unknown(client.delete(made))
    assert client.continue_from(made, world.model("gemini")).json()["error"]["code"] == "previous_response_not_found"


def test_a_response_of_the_providers_is_asked_of_the_provider(world, client):
    theirs = world.upstreams["openai_responses"]
    theirs.forget()
    theirs.always(scripts.whole({"id": "resp_1", "object": "response"}))
    assert client.get("resp_1").json()["id"] == "resp_1"
    assert client.get("resp_1/input_items").status_code == 200
    assert client.delete("resp_1").status_code == 200
    assert [(call.method, call.path) for call in theirs.calls] == [
        ("GET", "/v1/responses/resp_1"), ("GET", "/v1/responses/resp_1/input_items"), ("DELETE", "/v1/responses/resp_1")]
    assert {call.header("authorization") for call in theirs.calls} == {f"Bearer {PROVIDER_KEY}"}
    theirs.always(scripts.whole({}, 404))
    must_be_unknown(client.get("resp_1"))


WAYS_OUT = ["../models", "..%2fmodels", "%2e%2e/models", "%2e%2e%2fmodels", "resp_1/../../models", "resp_1/%2e%2e/x", "resp_1/cancel", "resp_1?a=b/../c/",
            "a.b", "resp%00", "resp_1%0d%0aX-Evil:%201", "r" * 257, "r%C3%A9sp"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("path", WAYS_OUT)
def test_no_id_leads_anywhere_else(world, path, method):
    theirs = world.upstreams["openai_responses"]
    theirs.forget()
    theirs.always(scripts.whole({"id": "resp_1"}, 404))
    with world.router.raw() as connection:
        connection.send(request(method, "/v1/responses/" + path, key=MASTER_KEY))
        assert connection.read_response().status in (400, 404, 405)
    assert [call.target for call in theirs.calls if call.target != "/v1/responses/resp_1"] == []


def test_nobody_looks_without_a_key(world, client):
    world.provide("gemini", lambda seen: says())
    made = client.create(world.model("gemini"))["id"]
    world.upstreams["openai_responses"].forget()
    stranger = Client(world.router, world.http, {"authorization": "Bearer sk-wrong"})
    for answer in (stranger.get(made), stranger.get("resp_unknown"), stranger.delete(made)):
        assert answer.status_code == 401
    assert world.upstreams["openai_responses"].calls == [] and client.get(made).status_code == 200


# -- what outlives a run


def test_responses_outlive_a_restart_and_are_their_callers_alone(tmp_path, world):
    with FakeUpstream(scripts.whole({}, 404)) as theirs:
        config = {"model_list": [model("demo", mock_response="Bonjour."), entry("other", "openai_responses", theirs)]}
        with Router(tmp_path, config) as router:
            client = Client(router, world.http)
            stopped, deleted = client.create("demo"), client.create("demo")
            client.delete(deleted["id"])
        first = Router(tmp_path, config)
        client = Client(first, world.http)
        assert client.get(stopped["id"]).json() == stopped
        must_be_unknown(client.get(deleted["id"]))
        killed = client.create("demo", stream=True)
        with first.kill_and_start_again({"responses": 2}) as router:
            client = Client(router, world.http)
            assert client.get(stopped["id"]).json() == stopped and client.get(killed["id"]).json() == killed
        with Router(tmp_path, config, master_key=None, arguments=["--no-auth"]) as router:
            stranger = Client(router, world.http, {})
            must_be_unknown(stranger.get(stopped["id"]))
            must_be_unknown(stranger.delete(stopped["id"]))
            must_be_unknown(stranger.get(stopped["id"] + "/input_items"))
        with Router(tmp_path, config) as router:
            assert Client(router, world.http).get(stopped["id"]).json() == stopped
