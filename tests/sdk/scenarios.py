"""Conversations that every SDK holds with every provider, and what must come of them, whatever lies between."""

import base64
import dataclasses
import json
from typing import Callable

from fakes.truth import Breaks, Call, Refused, Said, Seen, Usage, png

PROMPT = "zanzibar-prompt: what is the weather?"
SYSTEM = "zanzibar-prompt: you are terse."
PICTURE = base64.b64encode(png()).decode()
TEXT = ("quokka-", "Grüße ", "你好 ", "😀 \"quoted\" \\ ", "and\nlines.")
THOUGHT = ("quokka-Hm, ", "the user wants ", "“weather”.")
TOOLS = [
    {"name": "weather", "description": "The weather of a city.", "schema": {
        "type": "object", "properties": {"city": {"type": "string", "description": "its name"}, "days": {"type": "integer"}},
        "required": ["city"]}},
    {"name": "now", "description": "The time.", "schema": {"type": "object", "properties": {}}},
]
RESULTS = {"weather": "quokka-sunny, 21 °C", "now": "noon"}
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}, "degrees": {"type": "number"}}, "required": ["city", "degrees"],
          "additionalProperties": False}
CALLS = (Call("weather", {"city": "Zürich \"old\"", "days": 2}), Call("now", {}))
FIRST = Usage(prompt=1201, completion=77, cached=640)
SECOND = Usage(prompt=1333, completion=12, cached=1216)
SHOWS_THOUGHTS = ("anthropic_messages", "gemini", "openai_responses", "deepseek")


@dataclasses.dataclass
class Run:
    """One conversation: who spoke with whom, what came of it, and what the provider saw."""

    client: str
    dialect: str  # of the client
    upstream: str  # the provider's dialect
    spec: dict
    rounds: list
    error: dict | None
    provider: object

    @property
    def seen(self) -> list[Seen]:
        return self.provider.seen


@dataclasses.dataclass(frozen=True)
class Scenario:
    mind: Callable
    check: Callable
    spec: dict
    ways: tuple = (False, True)  # whole, streaming
    not_for: tuple = ()  # dialects of providers
    not_between: tuple = ()  # a client's and a provider's dialect


def _without_an_error(run: Run):
    assert run.error is None, run.error
    assert not run.provider.refusals, run.provider.refusals


def _usage_is_true(run: Run, found: dict, truth: Usage):
    usage = found["usage"]
    assert usage, "no usage"
    names = ["prompt", "completion", "total", "cached"]
    if run.upstream != "openai_chat" and not run.client.startswith("ai-sdk"):
        names.append("thinking")
    for name in names:
        expected = getattr(truth, name)
        assert (usage[name] or 0) == expected, f"{name}: {usage[name]}, not {expected}: {usage}"


# -- text

SAID = Said(text=TEXT, usage=FIRST)


def _check_text(run: Run):
    _without_an_error(run)
    [found] = run.rounds
    assert found["text"] == "".join(TEXT)
    assert found["finish"] == "stop" and not found["calls"] and not found["thought"]
    assert found["model"] == run.spec["model"]
    _usage_is_true(run, found, FIRST)
    seen = run.seen[-1]
    assert seen.last_user_text == PROMPT and seen.system == [SYSTEM] and seen.stream == bool(run.spec["stream"])


# -- tools


def _calls_tools(said: Said, final: Said):
    def mind(seen: Seen):
        if seen.results:
            return final
        assert set(seen.tools) == {"weather", "now"}, seen.tools
        return said

    return mind


FINAL = Said(text=("quokka-It is sunny.",), usage=SECOND)
CALLING = Said(text=("quokka-Let me look.",), calls=CALLS, usage=FIRST)


def _check_tools(run: Run):
    _without_an_error(run)
    assert len(run.rounds) == 2, run.rounds
    first, second = run.rounds
    assert [(call["name"], call["arguments"]) for call in first["calls"]] == [(call.name, call.arguments) for call in CALLS]
    ids = [call["id"] for call in first["calls"]]
    assert run.dialect == "gemini" or (all(ids) and len(set(ids)) == len(ids)), ids
    assert first["finish"] == "calls" and first["text"] in ("quokka-Let me look.", "")
    assert second["text"] == "quokka-It is sunny." and second["finish"] == "stop"
    _usage_is_true(run, first, FIRST)
    _usage_is_true(run, second, SECOND)
    _check_what_came_back(run)


def _check_what_came_back(run: Run):
    again = run.seen[-1]
    assert [call["name"] for call in again.of("call")] == ["weather", "now"]
    assert [call["arguments"] for call in again.of("call")] == [call.arguments for call in CALLS]
    assert [(result["name"], result["is_error"]) for result in again.results] == [("weather", False), ("now", False)]
    for result in again.results:  # in some dialects the result is an object that holds it
        expected = RESULTS[result["name"]]
        assert result["text"] == expected or (run.dialect == "gemini" and expected in result["text"]), result
    ours, theirs = ([part["id"] for part in again.of(kind)] for kind in ("call", "result"))
    assert ours == theirs


# -- thinking

THINKING = Usage(prompt=1201, completion=77, cached=640, thinking=40)
THINKING_AND_CALLING = dataclasses.replace(CALLING, thought=THOUGHT, usage=THINKING)
THINKING_SAID = Said(thought=THOUGHT, text=TEXT, usage=THINKING)


def _check_thinking_tools(run: Run):
    _without_an_error(run)
    assert len(run.rounds) == 2, run.rounds
    _thought_is_shown(run, run.rounds[0])
    _usage_is_true(run, run.rounds[0], THINKING)
    _check_what_came_back(run)
    _proof_came_back(run)


def _thought_is_shown(run: Run, found: dict):
    if run.upstream in SHOWS_THOUGHTS:
        assert found["thought"] == "".join(THOUGHT)


def _proof_came_back(run: Run):
    if run.upstream in ("anthropic_messages", "gemini", "openai_responses"):  # DeepSeek refuses by itself
        assert run.seen[-1].signatures, "the proof of thinking did not come back"
        assert "skip_thought_signature_validator" not in run.seen[-1].signatures


def _check_thinking(run: Run):
    _without_an_error(run)
    [found] = run.rounds
    assert found["text"] == "".join(TEXT)
    _thought_is_shown(run, found)
    _usage_is_true(run, found, THINKING)
    assert run.upstream in ("openai_chat", "deepseek") or run.seen[-1].thinks, run.seen[-1].body


# -- pictures, schemas


def _check_picture(run: Run):
    _without_an_error(run)
    assert run.seen[-1].of("image", "user") == [("image/png", PICTURE)]
    assert run.seen[-1].last_user_text == PROMPT


STRUCTURED = Said(text=('{"city":"Zürich",', '"degrees":21.5}'))


def _check_schema(run: Run):
    _without_an_error(run)
    if run.client == "ai-sdk anthropic":  # it knows no models but Anthropic's, and makes a tool of the schema
        assert run.seen[-1].schema or run.seen[-1].tools["json"]["properties"] == SCHEMA["properties"]
        return
    assert json.loads(run.rounds[0]["text"]) == {"city": "Zürich", "degrees": 21.5}
    if run.upstream == "deepseek" and run.dialect == "openai_chat":  # goes through as it is
        return
    if run.upstream == "deepseek":  # knows JSON and no schemas
        assert run.seen[-1].body["response_format"] == {"type": "json_object"}
        return
    schema = dict(run.seen[-1].schema)
    schema.pop("$schema", None)
    assert schema == SCHEMA


# -- ends

def _ends(finish):
    def check(run: Run):
        _without_an_error(run)
        [found] = run.rounds
        assert found["finish"] == finish
        if finish == "filter" and run.client == "ai-sdk compatible":  # it does not look at `refusal`
            return
        assert found["text"] == "quokka-It is"

    return check


def _check_refusal(run: Run):
    """Refused, whether it is said with a finish or with a text."""
    _without_an_error(run)
    [found] = run.rounds
    assert found["finish"] == "filter" or "quokka-no" in found["text"], found
    if run.upstream in ("openai_chat", "openai_responses"):
        assert "quokka-no" in found["text"], found


# -- errors


def _status_of(dialect, status):
    """What an upstream's status becomes in the client's dialect."""
    return {("anthropic_messages", 503): 529, ("anthropic_messages", 529): 529}.get((dialect, status), 503 if status == 529 else status)


def _fails(status, words, retry_after=None):
    def check(run: Run):
        assert run.error, run.rounds
        assert words in run.error["message"], run.error
        if run.error["status"] is not None or not run.spec["stream"]:
            assert run.error["status"] == _status_of(run.dialect, status), run.error
        if retry_after is not None and run.dialect != "gemini":
            assert run.error["retry_after"] is not None and float(run.error["retry_after"]) == retry_after, run.error

    return check


def _refuses(status, message, **more):
    return lambda seen: Refused(status, message, **more)


def _check_hidden_key(run: Run):
    """Our key is wrong upstream: a client of OpenAI is told so, to others it is our failure."""
    allowed = (401,) if run.dialect.startswith("openai") else range(500, 600)
    assert run.error and run.error["status"] in allowed, run.error


def _check_broken(run: Run):
    """An error after what was said, and never a proper end."""
    assert run.error, f"a broken stream ended as if whole: {run.rounds}"
    assert not any(found["finish"] == "stop" and found["text"] == "".join(TEXT) for found in run.rounds)


def _check_told(run: Run):
    _check_broken(run)
    assert "the engine caught fire" in run.error["message"], run.error


def _check_abort(run: Run):
    assert run.error is None, run.error
    assert run.rounds[0]["text"]


ASKED = {"user": PROMPT, "system": SYSTEM}
WITH_TOOLS = {**ASKED, "tools": TOOLS, "results": RESULTS}
THINK = {"effort": "high"}

SCENARIOS = {
    "text": Scenario(lambda seen: SAID, _check_text, ASKED),
    "tools in two rounds": Scenario(_calls_tools(CALLING, FINAL), _check_tools, WITH_TOOLS),
    "thinking, and tools": Scenario(_calls_tools(THINKING_AND_CALLING, FINAL), _check_thinking_tools, {**WITH_TOOLS, **THINK}),
    "thinking, and tools, its proof not sent back": Scenario(
        _calls_tools(THINKING_AND_CALLING, FINAL), _check_thinking_tools, {**WITH_TOOLS, **THINK, "bare": True}, not_between=("gemini", "gemini")),
    "thinking": Scenario(lambda seen: THINKING_SAID, _check_thinking, {**ASKED, **THINK}),
    "a picture": Scenario(lambda seen: SAID, _check_picture, {**ASKED, "image": PICTURE}, (False,), ("deepseek",)),
    "a schema": Scenario(lambda seen: STRUCTURED, _check_schema, {**ASKED, "schema": SCHEMA}),
    "the limit": Scenario(lambda seen: Said(text=("quokka-It", " is"), finish="length"), _ends("length"), {**ASKED, "max_tokens": 64}),
    "a filter": Scenario(lambda seen: Said(text=("quokka-It", " is"), finish="filter"), _ends("filter"), ASKED),
    "a refusal": Scenario(lambda seen: Said(refusal="quokka-no, I will not."), _check_refusal, ASKED),
    "429": Scenario(_refuses(429, "Slow down.", retry_after=7), _fails(429, "Slow down.", 7), ASKED),
    "429, the wait elsewhere": Scenario(_refuses(429, "Slow down.", retry_after=9, retry_in="body"), _fails(429, "Slow down."), ASKED),
    "400": Scenario(_refuses(400, "That is too odd."), _fails(400, "That is too odd."), ASKED),
    "503": Scenario(_refuses(503, "Overloaded."), _fails(503, "Overloaded."), ASKED, (False,)),
    "our key is refused": Scenario(_refuses(401, "invalid x-api-key"), _check_hidden_key, ASKED, (False,)),
    "an error in mid-stream": Scenario(lambda seen: Breaks(SAID, after=4), _check_told, ASKED, (True,)),
    "a cut stream": Scenario(lambda seen: Breaks(SAID, after=4, how="fin"), _check_broken, ASKED, (True,)),
    "a client that leaves": Scenario(lambda seen: Breaks(SAID, after=5, how="stall"), _check_abort, {**ASKED, "abort": True}, (True,)),
}
SPLITS = {"as it is": {}, "CRLF": {"end": b"\r\n"}, "by three bytes": {"pieces": 3}}
