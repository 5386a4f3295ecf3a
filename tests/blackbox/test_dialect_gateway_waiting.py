"""A client that waits for a stream: what keeps it from leaving, and what it gets from a provider that answers in one
piece."""

import json

import pytest

import grammar
from dialects import KEYS, body_of, path_of
from fakes import scripts
from fakes.gate import Gate
from fakes.provider import Provider
from fakes.sayings import GOOD, SAID
from grammar import schemas
from raw_http import events, request
from router import MASTER_KEY
from sdk.world import UPSTREAMS, World

PAIRS = [(dialect, upstream) for dialect in grammar.CHECKS for upstream in UPSTREAMS]
CONVERTED = [(dialect, upstream) for dialect, upstream in PAIRS if dialect != upstream]

ANSWERS = {"openai_chat": "chat answer", "openai_responses": "responses answer", "anthropic_messages": "messages answer", "gemini": "gemini answer"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    made = World(tmp_path_factory.mktemp("waiting"), general_settings={"heartbeat_interval": 0.05, "first_byte_timeout": 20, "idle_timeout": 20})
    yield made
    made.stop()


class Waiting:
    """A client that has asked for a stream, and sees each piece that the router writes."""

    def __init__(self, world: World, dialect: str, upstream: str, script, sse=True):
        world.upstreams[upstream].forget()
        world.upstreams[upstream].always(script)
        self.dialect = dialect
        body = json.dumps(body_of(dialect, world.model(upstream), True)).encode()
        self.connection = world.router.raw()
        self.connection.send(request("POST", path_of(dialect, world.model(upstream), True, sse), body, MASTER_KEY))
        self.head = None
        self.pieces = []

    def piece(self) -> bytes:
        if self.head is None:
            self.head = self.connection.read_head()
        self.pieces.append(self.connection.read_chunk())
        return self.pieces[-1]

    def pieces_until(self, is_enough) -> list[bytes]:
        while not is_enough(self.pieces):
            assert self.piece(), "the stream has ended"
        return self.pieces

    def rest(self) -> bytes:
        """All that came, when it is over."""
        while self.piece():
            pass
        self.connection.close()
        return b"".join(self.pieces)


def is_beat(dialect: str, piece: bytes) -> bool:
    """What a client passes over: section 3 of what each SDK bears."""
    if dialect == "gemini":  # its clients take nothing for a comment
        return piece.strip(b"\n") == b""
    if piece.startswith(b":") and piece.endswith(b"\n\n"):
        return piece.count(b"\n") == 2
    found = events(piece)
    return len(found) == 1 and found[0] != "[DONE]" and found[0].get("type") in ("ping", "response.in_progress")


@pytest.mark.parametrize("dialect, upstream", PAIRS)
def test_beats_come_before_the_first_byte(world, dialect, upstream):
    gate, provider = Gate(), Provider(upstream, lambda seen: GOOD)
    client = Waiting(world, dialect, upstream, scripts.after(gate, provider))
    early = list(client.pieces_until(lambda pieces: len(pieces) == 3))
    assert all(is_beat(dialect, piece) for piece in early), early
    assert client.head.status == 200 and client.head.header("content-type").startswith("text/event-stream")
    gate.open()
    grammar.must_hold(dialect, client.rest(), model=world.model(upstream))


@pytest.mark.parametrize("dialect, upstream", PAIRS)
def test_beats_come_between_the_pieces(world, dialect, upstream):
    gate, provider = Gate(), Provider(upstream, lambda seen: GOOD)

    def pausing(call):
        found = provider.dialect.events(GOOD, provider.dialect.read(call))
        call.stream_head()
        for event in found[:-3]:
            call.chunk(event)
        call.wait(gate)
        for event in found[-3:]:
            call.chunk(event)
        call.last_chunk()

    client = Waiting(world, dialect, upstream, pausing)
    client.pieces_until(lambda pieces: any(not is_beat(dialect, piece) for piece in pieces))
    client.pieces_until(lambda pieces: len(pieces) > 3 and all(is_beat(dialect, piece) for piece in pieces[-3:]))
    if dialect in ("anthropic_messages", "openai_responses"):  # which have an event for it
        assert len(events(client.pieces[-1])) == 1
    gate.open()
    grammar.must_hold(dialect, client.rest(), model=world.model(upstream))


@pytest.mark.parametrize("upstream", ["anthropic_messages", "gemini"])
def test_an_array_is_not_begun_before_its_time(world, upstream):
    """Gemini's clients that do not ask for events get JSON, with its status: nothing may be promised before it is there."""
    gate = Gate()
    client = Waiting(world, "gemini", upstream, scripts.after(gate, scripts.whole({"error": {"message": "Out of quokkas."}}, 429)), sse=False)
    world.upstreams[upstream].wait_for_call()
    other = Waiting(world, "gemini", "deepseek", scripts.after(gate, Provider("deepseek", lambda seen: GOOD)))
    other.pieces_until(lambda pieces: len(pieces) == 4)  # the first one would have had its beats by now
    gate.open()
    assert client.connection.read_response().status == 429
    other.rest()


@pytest.mark.parametrize("upstream", ["anthropic_messages", "gemini"])
def test_an_array_may_come_late(world, upstream):
    gate = Gate()
    client = Waiting(world, "gemini", upstream, scripts.after(gate, Provider(upstream, lambda seen: GOOD)), sse=False)
    world.upstreams[upstream].wait_for_call()
    gate.open()
    grammar.must_hold("gemini", client.rest(), model=world.model(upstream), array=True)


@pytest.mark.parametrize("dialect, upstream", PAIRS)
def test_an_error_behind_beats_is_an_event(world, dialect, upstream):
    gate = Gate()
    client = Waiting(world, dialect, upstream, scripts.after(gate, scripts.whole({"error": {"message": "Out of quokkas."}}, 500)))
    client.pieces_until(lambda pieces: len(pieces) == 1)
    gate.open()
    whole = client.rest()
    grammar.must_hold(dialect, whole, ending="error")
    assert b"Out of quokkas." in whole


# -- one piece where a stream was asked for


def in_one_piece(upstream: str, said, gate=None):
    provider = Provider(upstream, lambda seen: said)

    def script(call):
        if gate:
            call.wait(gate)
        call.whole(json.dumps(provider.dialect.answer(said, provider.dialect.read(call)), ensure_ascii=False).encode())

    return script


def ask(world, dialect: str, upstream: str, script, sse=True, **more):
    world.upstreams[upstream].forget()
    world.upstreams[upstream].always(script)
    model = world.model(upstream)
    answer = world.http.post(world.router.url + path_of(dialect, model, True, sse), json=body_of(dialect, model, True, **more), headers=KEYS[dialect])
    world.look(upstream)
    return answer


@pytest.mark.parametrize("dialect, upstream, said", [
    pytest.param(dialect, upstream, said, id=f"{dialect}-{upstream}-{name}") for dialect, upstream in PAIRS
    for name, said in {"all": GOOD, **SAID}.items() if (dialect, name) not in [(upstream, "refusal"), (upstream, "filter")]])  # these in our words
def test_an_answer_in_one_piece_is_told_as_the_stream_that_was_asked_for(world, dialect, upstream, said):
    streamed = ask(world, dialect, upstream, Provider(upstream, lambda seen: said))
    whole = ask(world, dialect, upstream, in_one_piece(upstream, said))
    assert whole.status_code == 200 and whole.headers["content-type"].startswith("text/event-stream"), whole.text
    grammar.must_hold(dialect, whole.content, model=world.model(upstream))
    assert told(dialect, whole) == told(dialect, streamed)


def told(dialect: str, answer) -> tuple:
    """What of a stream does not depend on how it is cut: its words, its calls' arguments and its finish."""
    found = [one for one in events(answer.content) if one != "[DONE]"]
    text = arguments = finish = ""
    for one in found:
        if dialect == "openai_chat":
            for choice in one["choices"]:
                text += choice["delta"].get("content") or ""
                arguments += "".join(call["function"]["arguments"] for call in choice["delta"].get("tool_calls") or [])
                finish = choice["finish_reason"] or finish
        elif dialect == "openai_responses":
            text += one["delta"] if one["type"] == "response.output_text.delta" else ""
            arguments += one["delta"] if one["type"] == "response.function_call_arguments.delta" else ""
            finish = one["response"]["status"] if "response" in one else finish
        elif dialect == "anthropic_messages":
            text += one.get("delta", {}).get("text", "")
            arguments += one.get("delta", {}).get("partial_json", "")
            finish = one.get("delta", {}).get("stop_reason", finish)
        else:
            for part in one["candidates"][0]["content"]["parts"] if "candidates" in one else []:
                text += part.get("text", "")
                arguments += json.dumps(part["functionCall"]["args"]) if "functionCall" in part else ""
            finish = one.get("candidates", [{}])[0].get("finishReason", finish)
    return text, arguments.replace(" ", "").replace("{}", ""), finish  # no arguments may be said in two ways


@pytest.mark.parametrize("dialect, upstream", PAIRS)
def test_it_is_told_behind_beats_too(world, dialect, upstream):
    gate = Gate()
    client = Waiting(world, dialect, upstream, in_one_piece(upstream, GOOD, gate))
    client.pieces_until(lambda pieces: len(pieces) == 2)
    gate.open()
    whole = client.rest()
    grammar.must_hold(dialect, whole, model=world.model(upstream))
    assert "Grüße".encode() in whole


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_it_is_told_as_an_array_too(world, upstream):
    answer = ask(world, "gemini", upstream, in_one_piece(upstream, GOOD), sse=False)
    assert answer.headers["content-type"].startswith("application/json")
    grammar.must_hold("gemini", answer.content, model=world.model(upstream), array=True)


def test_what_no_dialect_converts_is_an_error_once_a_stream_was_promised(world):
    gate, legacy = Gate(), {"object": "text_completion", "choices": [{"index": 0, "text": "Grüße", "finish_reason": "stop"}]}
    world.upstreams["openai_chat"].forget()
    world.upstreams["openai_chat"].always(scripts.after(gate, scripts.whole(legacy)))
    with world.router.raw() as connection:
        body = {"model": world.model("openai_chat"), "prompt": "hi", "stream": True}
        connection.send(request("POST", "/v1/completions", json.dumps(body).encode(), MASTER_KEY))
        connection.read_head()
        connection.read_chunk()
        gate.open()
        rest = b""
        while piece := connection.read_chunk():
            rest += piece
    assert b"in one piece" in rest and "Grüße".encode() not in rest


def test_an_answer_that_is_too_long_to_convert_is_refused(world):
    def endless(call):
        call.head(200, [("Content-Length", str(70 << 20))])
        call.write(b'{"a":"' + b"x" * (70 << 20))

    answer = ask(world, "openai_chat", "gemini", endless)
    assert answer.status_code == 502 or b"64 MB" in answer.content, answer.text[:300]
    assert "longer than 64 MB" in answer.text


# -- a stream where one piece was asked for


def as_events(upstream: str, said, content_type="text/event-stream", cut=0):
    provider = Provider(upstream, lambda seen: said)

    def script(call):
        told = provider.dialect.events(said, provider.dialect.read(call))
        call.whole(b"".join(told[: len(told) - cut]), content_type=content_type)

    return script


def ask_for_one_piece(world, dialect: str, upstream: str, script):
    world.upstreams[upstream].forget()
    world.upstreams[upstream].always(script)
    model = world.model(upstream)
    answer = world.http.post(world.router.url + path_of(dialect, model, False), json=body_of(dialect, model), headers=KEYS[dialect])
    world.look(upstream)
    return answer


CHANGING = {"id", "created", "created_at", "completed_at", "responseId", "usage", "usageMetadata"}  # a whole call does not ask a stream for usage


def lasting(value):
    """What two answers of the same words have in common."""
    if isinstance(value, dict):
        return {key: lasting(inner) for key, inner in value.items() if key not in CHANGING}
    return [lasting(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("said", [GOOD, *SAID.values()], ids=["all", *SAID])
@pytest.mark.parametrize("dialect, upstream", CONVERTED)
def test_a_stream_is_told_as_the_one_piece_that_was_asked_for(world, dialect, upstream, said):
    whole = ask_for_one_piece(world, dialect, upstream, Provider(upstream, lambda seen: said))
    gathered = ask_for_one_piece(world, dialect, upstream, as_events(upstream, said))
    assert gathered.status_code == 200 and gathered.headers["content-type"].startswith("application/json"), gathered.text
    assert lasting(gathered.json()) == lasting(whole.json())


@pytest.mark.parametrize("dialect", grammar.CHECKS)
def test_it_is_in_one_dialect_too(world, dialect):
    answer = ask_for_one_piece(world, dialect, dialect, as_events(dialect, GOOD))
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("application/json"), answer.text
    assert schemas.problems(ANSWERS[dialect], answer.json()) == []
    for words in (GOOD.whole_text, "weather", "Bern", "now", "CET"):
        assert words in json.dumps(answer.json(), ensure_ascii=False)


@pytest.mark.parametrize("dialect, upstream", PAIRS)
def test_a_stream_that_ends_early_is_no_answer_in_one_piece(world, dialect, upstream):
    answer = ask_for_one_piece(world, dialect, upstream, as_events(upstream, GOOD, cut=4))
    assert answer.status_code in (500, 502) and answer.json()["error"]["message"], answer.text


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/json"])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_events_are_known_whatever_their_type_says(world, content_type, stream):
    script = as_events("openai_chat", SAID["text"], content_type)
    if stream:
        answer = ask(world, "openai_chat", "openai_chat", script)
        grammar.must_hold("openai_chat", answer.content, model=world.model("openai_chat"))
    else:
        answer = ask_for_one_piece(world, "openai_chat", "openai_chat", script)
        assert answer.json()["choices"][0]["message"]["content"] == SAID["text"].whole_text


# -- a stream's last bytes, and too many of them


@pytest.mark.parametrize("dialect, upstream", PAIRS)
def test_the_last_event_needs_no_blank_line_behind_it(world, dialect, upstream):
    provider = Provider(upstream, lambda seen: GOOD)

    def cut_short(call):
        call.stream_head()
        call.chunk(b"".join(provider.dialect.events(GOOD, provider.dialect.read(call))).rstrip(b"\n"))
        call.last_chunk()

    answer = ask(world, dialect, upstream, cut_short)
    assert answer.status_code == 200 and b'"error":{' not in answer.content, answer.text
    assert told(dialect, answer) == told(dialect, ask(world, dialect, upstream, provider))


@pytest.mark.parametrize("dialect, upstream", [("openai_chat", "gemini"), ("gemini", "gemini"), ("anthropic_messages", "openai_chat")])
def test_an_event_that_never_ends_is_refused(world, dialect, upstream):
    def endless(call):
        call.stream_head()
        call.chunk(b'data: {"a":"' + b"x" * (33 << 20))
        call.wait_for_peer_to_leave()

    answer = ask(world, dialect, upstream, endless)
    assert "longer than 32 MB" in answer.text, answer.text[:300]
