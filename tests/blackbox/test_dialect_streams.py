"""The bytes that a client is sent, in its own dialect, whichever the provider has: streams that hold to the dialect's
grammar, whole answers and errors of its shape, and what else stands at its URLs."""

import json

import httpx
import pytest

import grammar
from dialects import KEYS, body_of, path_of
from fakes.provider import Provider
from fakes.sayings import GOOD, SAID
from fakes.truth import Breaks, Refused
from grammar import schemas
from router import MASTER_KEY
from sdk.world import UPSTREAMS, World, entry

ANSWERS = {"openai_chat": "chat answer", "openai_responses": "responses answer", "anthropic_messages": "messages answer", "gemini": "gemini answer"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("streams"))
    yield made
    made.stop()


def ask(world, dialect: str, upstream: str, stream=False, sse=True, headers=None, **more) -> httpx.Response:
    model = world.model(upstream)
    answer = world.http.post(world.router.url + path_of(dialect, model, stream, sse), json=body_of(dialect, model, stream, **more),
                        headers=KEYS[dialect] | (headers or {}))
    world.look(upstream)
    return answer


every_dialect = pytest.mark.parametrize("dialect", grammar.CHECKS)


def every_pair(test):
    return pytest.mark.parametrize("upstream", UPSTREAMS)(every_dialect(test))


def each_with(name: str, values, but):
    """Every upstream with every value, without the pairs that `but` names for what no such provider says."""
    cases = [(upstream, value) for value in values for upstream in UPSTREAMS if not but(upstream, value)]
    return pytest.mark.parametrize(f"upstream, {name}", cases)


# -- answers


@every_pair
@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_a_stream_holds_to_its_grammar(world, dialect, upstream, said):
    provider = world.provide(upstream, lambda seen: said)
    answer = ask(world, dialect, upstream, stream=True)
    assert provider.refusals == [] and answer.status_code == 200, (provider.refusals, answer.text)
    assert answer.headers["content-type"].startswith("text/event-stream")
    grammar.must_hold(dialect, answer.content, model=world.model(upstream), **({"usage": False} if dialect == "openai_chat" else {}))


@every_pair
@pytest.mark.parametrize("how", [{"end": b"\r\n"}, {"pieces": 1}], ids=["CRLF", "by the byte"])
def test_a_streams_pieces_do_not_matter(world, dialect, upstream, how):
    world.provide(upstream, lambda seen: GOOD, **how)
    grammar.must_hold(dialect, ask(world, dialect, upstream, stream=True).content, model=world.model(upstream))


@every_pair
@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_a_whole_answer_has_the_types_of_its_dialect(world, dialect, upstream, said):
    provider = world.provide(upstream, lambda seen: said)
    answer = ask(world, dialect, upstream)
    assert provider.refusals == [] and answer.status_code == 200, (provider.refusals, answer.text)
    assert answer.headers["content-type"].startswith("application/json")
    assert schemas.problems(ANSWERS[dialect], answer.json()) == []


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_chat_counts_when_it_is_asked_to(world, upstream):
    world.provide(upstream, lambda seen: GOOD)
    answer = ask(world, "openai_chat", upstream, stream=True, stream_options={"include_usage": True})
    grammar.must_hold("openai_chat", answer.content, usage=True)
    [counted] = [json.loads(line[6:])["usage"] for line in answer.text.split("\n") if '"usage":{' in line.replace(": ", ":")]
    assert (counted["prompt_tokens"], counted["completion_tokens"], counted["total_tokens"]) == (1201, 77, 1278)


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_gemini_without_sse_is_one_array(world, upstream):
    world.provide(upstream, lambda seen: GOOD)
    answer = ask(world, "gemini", upstream, stream=True, sse=False)
    assert answer.headers["content-type"].startswith("application/json")
    grammar.must_hold("gemini", answer.content, model=world.model(upstream), array=True)


# -- failures in mid-stream


@every_pair
@pytest.mark.parametrize("after", [0, 1, 2, 4, 7, 10])
def test_an_error_in_mid_stream_is_the_dialects_own(world, dialect, upstream, after):
    world.provide(upstream, lambda seen: Breaks(GOOD, after=after))
    answer = ask(world, dialect, upstream, stream=True)
    assert b"the engine caught fire" in answer.content
    if answer.status_code == 200:
        grammar.must_hold(dialect, answer.content, ending="error")
    else:
        assert_is_error(dialect, answer)


@every_pair
@pytest.mark.parametrize("how", ["fin", "rst"])
@pytest.mark.parametrize("after", [1, 3, 6, 9])
def test_a_broken_stream_never_ends_as_if_whole(world, dialect, upstream, after, how):
    world.provide(upstream, lambda seen: Breaks(GOOD, after=after, how=how))
    answer = ask(world, dialect, upstream, stream=True)
    if answer.status_code == 200:
        grammar.must_hold(dialect, answer.content, ending="error")
    else:
        assert_is_error(dialect, answer)


@every_pair
def test_a_stream_that_breaks_behind_its_last_event_is_whole(world, dialect, upstream):
    provider = Provider(upstream, lambda seen: GOOD)

    def without_last_chunk(call):
        call.stream_head()
        for event in provider.dialect.events(GOOD, provider.dialect.read(call)):
            call.chunk(event)
        call.until_read()
        call.reset()

    world.upstreams[upstream].forget()
    world.upstreams[upstream].always(without_last_chunk)
    grammar.must_hold(dialect, ask(world, dialect, upstream, stream=True).content, model=world.model(upstream))


@pytest.mark.parametrize("dialect, upstream", [(d, u) for d in grammar.CHECKS for u in UPSTREAMS])
def test_a_stream_cut_at_any_byte_never_ends_as_if_whole(world, dialect, upstream):
    """The body ends properly as HTTP goes, in the middle of the dialect."""
    provider = Provider(upstream, lambda seen: GOOD)

    def cut(at):
        def script(call):
            events = b"".join(provider.dialect.events(GOOD, provider.dialect.read(call)))
            call.stream_head()
            call.chunk(events[: int((len(events) - 30) * at)])
            call.last_chunk()

        return script

    for tenth in range(1, 10):
        world.upstreams[upstream].forget()
        world.upstreams[upstream].always(cut(tenth / 10))
        answer = ask(world, dialect, upstream, stream=True)
        if answer.status_code == 200:
            grammar.must_hold(dialect, answer.content, ending="error")
        else:
            assert_is_error(dialect, answer)


# -- errors before anything is said

STATUSES = {400: {}, 404: {}, 413: {"anthropic_messages": 413, "gemini": 400}, 429: {}, 500: {}, 503: {"anthropic_messages": 529},
            529: {"openai_chat": 503, "openai_responses": 503, "gemini": 503}}
KINDS = {("anthropic_messages", 400): "invalid_request_error", ("anthropic_messages", 404): "not_found_error",
         ("anthropic_messages", 413): "request_too_large", ("anthropic_messages", 429): "rate_limit_error",
         ("anthropic_messages", 500): "api_error", ("anthropic_messages", 529): "overloaded_error",
         ("gemini", 400): "INVALID_ARGUMENT", ("gemini", 404): "NOT_FOUND", ("gemini", 429): "RESOURCE_EXHAUSTED",
         ("gemini", 500): "INTERNAL", ("gemini", 503): "UNAVAILABLE"}


def assert_is_error(dialect: str, answer: httpx.Response) -> dict:
    """The body of an error, whose shape its dialect has; its `error` member."""
    assert answer.headers["content-type"].startswith("application/json"), answer.headers
    body = answer.json()
    error = body["error"]
    assert isinstance(error["message"], str) and error["message"], body
    if dialect == "anthropic_messages":
        assert body["type"] == "error" and set(body) <= {"type", "error", "request_id"} and error["type"], body
    elif dialect == "gemini":
        assert set(body) == {"error"} and error["code"] == answer.status_code and error["status"].isupper(), body
    else:
        assert set(body) == {"error"} and {"message", "type", "param", "code"} <= set(error), body
    return error


@every_dialect
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streaming"])
@each_with("status", STATUSES, but=lambda upstream, status: status == 529 and upstream != "anthropic_messages")
def test_an_upstreams_error_is_told_in_the_clients_words(world, dialect, upstream, status, stream):
    world.provide(upstream, lambda seen: Refused(status, "It is too odd, quokka."))
    answer = ask(world, dialect, upstream, stream=stream)
    error = assert_is_error(dialect, answer)
    assert "It is too odd, quokka." in error["message"]
    expected = STATUSES[status].get(dialect, status)
    # A 5xx of the upstream may be told as ours (502) to clients of OpenAI.
    assert answer.status_code == expected or (status == 500 and answer.status_code == 502), answer.text
    kind = KINDS.get((dialect, answer.status_code))
    assert kind in (None, error.get("status", error.get("type"))), error


@every_dialect
@each_with("where", ["header", "body", "text"], but=lambda upstream, where: (upstream, where) == ("anthropic_messages", "text"))
def test_a_wait_is_told_wherever_it_stood(world, dialect, upstream, where):
    world.provide(upstream, lambda seen: Refused(429, "Slow down.", retry_after=17, retry_in=where))
    answer = ask(world, dialect, upstream)
    error = assert_is_error(dialect, answer)
    assert answer.status_code == 429
    assert 15 <= float(answer.headers["retry-after"]) <= 18, answer.headers
    if dialect == "gemini":
        [hint] = [detail for detail in error["details"] if detail["@type"] == "type.googleapis.com/google.rpc.RetryInfo"]
        assert 15 <= float(hint["retryDelay"].removesuffix("s")) <= 18


@every_pair
def test_our_own_key_is_our_fault(world, dialect, upstream):
    """A client of OpenAI is told of it with OpenAI's status, which others would take for their own key's."""
    world.provide(upstream, lambda seen: Refused(401, "invalid x-api-key sk-provider-90d2ab7735e1c468"))
    answer = ask(world, dialect, upstream)
    assert_is_error(dialect, answer)
    assert answer.status_code == 401 if dialect.startswith("openai") else answer.status_code >= 500
    assert "sk-provider" not in answer.text


@pytest.mark.parametrize("dialect", grammar.CHECKS)
def test_our_own_errors_have_the_clients_shape(world, dialect):
    url, keys = world.router.url, KEYS[dialect]

    def post(model="the-gemini", headers=keys, content=None):
        body = content if content is not None else json.dumps(body_of(dialect, model)).encode()
        return world.http.post(url + path_of(dialect, model, False), content=body,
                          headers={"content-type": "application/json"} | headers)

    wrong = {name: value.replace(MASTER_KEY, "sk-wrong") for name, value in keys.items()}
    for answer, status in ((post(model="no-such-model"), 404), (post(content=b'{"model":'), 400), (post(content=b"[]"), 400),
                           (post(headers=wrong), 401), (post(headers={}), 401)):
        assert_is_error(dialect, answer)
        assert answer.status_code == status, answer.text


# -- what else stands at a dialect's URLs


@pytest.mark.parametrize("headers", [{"authorization": f"Bearer {MASTER_KEY}"}, {"x-api-key": MASTER_KEY}, {"x-goog-api-key": MASTER_KEY}],
                         ids=["bearer", "x-api-key", "x-goog-api-key"])
@pytest.mark.parametrize("dialect", grammar.CHECKS)
def test_a_key_may_come_in_any_header(world, dialect, headers):
    world.provide("gemini", lambda seen: SAID["text"])
    body = body_of(dialect, "the-gemini")
    answer = world.http.post(world.router.url + path_of(dialect, "the-gemini", False), json=body, headers=headers)
    assert answer.status_code == 200, answer.text


def test_geminis_key_may_stand_in_the_url(world):
    world.provide("gemini", lambda seen: SAID["text"])
    url = f"{world.router.url}/v1beta/models/the-gemini:generateContent?key={MASTER_KEY}"
    assert world.http.post(url, json=body_of("gemini", "the-gemini")).status_code == 200


@pytest.mark.parametrize("prefix", ["/v1beta/models/", "/v1/models/"])
def test_geminis_urls_are_served_in_both_versions(world, prefix):
    world.provide("anthropic_messages", lambda seen: SAID["text"])
    url = f"{world.router.url}{prefix}the-anthropic_messages:generateContent"
    answer = world.http.post(url, json=body_of("gemini", ""), headers=KEYS["gemini"])
    assert answer.status_code == 200 and answer.json()["candidates"][0]["content"]["parts"][0]["text"] == "Grüße 你好 😀"


def test_models_are_listed_in_the_dialect_of_the_asker(world):
    def listed(path, headers):
        answer = world.http.get(world.router.url + path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    names = {world.model(dialect) for dialect in UPSTREAMS}
    openai = listed("/v1/models", KEYS["openai_chat"])
    assert openai["object"] == "list" and {one["id"] for one in openai["data"]} == names
    anthropic = listed("/v1/models", KEYS["anthropic_messages"])
    assert {one["id"] for one in anthropic["data"]} == names and anthropic["has_more"] is False
    assert all(one["type"] == "model" and one["display_name"] and one["created_at"] for one in anthropic["data"])
    gemini = listed("/v1beta/models", KEYS["gemini"])
    assert {one["name"] for one in gemini["models"]} == {f"models/{name}" for name in names}
    assert listed("/v1/models", KEYS["gemini"])["models"]


COUNTING = {"openai_responses": "/v1/responses/input_tokens", "anthropic_messages": "/v1/messages/count_tokens"}
COUNTS = {"openai_responses": "input_tokens", "anthropic_messages": "input_tokens", "gemini": "totalTokens"}


@pytest.mark.parametrize("upstream", UPSTREAMS)
@pytest.mark.parametrize("dialect", COUNTS)
def test_tokens_are_counted_for_every_provider(world, dialect, upstream):
    world.provide(upstream, lambda seen: SAID["text"])
    model = world.model(upstream)
    body = body_of(dialect, model)
    for member in ("max_tokens", "store", "stream", "generationConfig"):
        body.pop(member, None)
    path = COUNTING.get(dialect, f"/v1beta/models/{model}:countTokens")
    answer = world.http.post(world.router.url + path, json=body, headers=KEYS[dialect])
    assert answer.status_code == 200, answer.text
    assert answer.json()[COUNTS[dialect]] > 0


def test_codex_is_told_that_there_are_no_websockets(world):
    headers = {**KEYS["openai_responses"], "upgrade": "websocket", "connection": "upgrade", "sec-websocket-version": "13",
               "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="}
    assert world.http.get(world.router.url + "/v1/responses", headers=headers).status_code == 426


# -- heartbeats


@pytest.fixture(scope="module")
def beating(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("beating"), general_settings={"heartbeat_interval": 0.1, "first_byte_timeout": 20, "idle_timeout": 20})
    yield made
    made.stop()


@every_pair
@pytest.mark.parametrize("after", [0, 4], ids=["before its first event", "between its events"])
def test_a_silent_stream_is_kept_alive_as_its_dialect_allows(beating, dialect, upstream, after):
    provider = Provider(upstream, lambda seen: GOOD)

    def pausing(call):
        events = provider.dialect.events(GOOD, provider.dialect.read(call))
        call.stream_head()
        for event in events[:after]:
            call.chunk(event)
        call.until_read()
        assert not call.wait_until_left(0.35)
        for event in events[after:]:
            call.chunk(event)
        call.last_chunk()

    beating.upstreams[upstream].forget()
    beating.upstreams[upstream].always(pausing)
    answer = ask(beating, dialect, upstream, stream=True)
    grammar.must_hold(dialect, answer.content, model=beating.model(upstream))


def test_one_name_may_stand_for_providers_of_two_dialects(world, start_router):
    """One of them is down: the other answers, in another dialect, and no client notices."""
    world.provide("anthropic_messages", lambda seen: Refused(529, "Overloaded."))
    world.provide("gemini", lambda seen: SAID["text"])
    router = start_router({"model_list": [entry("both", name, world.upstreams[name]) for name in ("anthropic_messages", "gemini")]})
    for dialect in grammar.CHECKS:
        for _ in range(4):
            answer = world.http.post(router.url + path_of(dialect, "both", True), json=body_of(dialect, "both", True), headers=KEYS[dialect])
            assert answer.status_code == 200, answer.text
            grammar.must_hold(dialect, answer.content, model="both")
