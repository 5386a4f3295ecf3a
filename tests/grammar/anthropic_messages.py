"""A stream of Messages: named events, blocks one after the other, message_delta, message_stop."""

import json

from grammar import schemas
from grammar.framing import Faults, each, events

DELTAS = {"text": {"text_delta", "citations_delta"}, "thinking": {"thinking_delta", "signature_delta"}, "tool_use": {"input_json_delta"},
          "server_tool_use": {"input_json_delta"}}
STOPS = {"end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal", "model_context_window_exceeded"}


def check(raw: bytes, ending="whole", model: str | None = None, usage: bool | None = None) -> Faults:
    faults = Faults()
    stream = _Stream(faults, model)
    each(events(raw, faults, names=True, comments=True), faults, stream.take)
    stream.end(ending)
    return faults


class _Stream:
    def __init__(self, faults, model):
        self.faults = faults
        self.model = model
        self.state = "before"  # before, open, closing, over, failed
        self.blocks = 0
        self.open = None  # the block
        self.text = ""
        self.signatures = 0
        self.calls = 0
        self.stop_reason = None

    def take(self, name, value):
        if not self.faults.unless(isinstance(value, dict), f"not an object: {value!r}"):
            return
        self.faults.unless(name == value.get("type"), f"the event {name!r} says that it is {value.get('type')!r}")
        kind = value.get("type")
        say = self.faults.unless
        say(self.state not in ("over", "failed"), f"{kind} follows the end")
        if kind == "error":
            error = value.get("error") or {}
            say(isinstance(error.get("type"), str) and error.get("message"), f"an error without type or message: {value!r}")
            self.state = "failed"
        elif kind == "ping":
            say(value == {"type": "ping"}, f"a ping with more: {value!r}")
            say(self.state != "before", "a ping before message_start")
        elif say(kind in schemas.event_types("messages event"), f"no such event: {kind!r}"):
            for problem in schemas.event_problems("messages event", value):
                self.faults.say(problem)
            getattr(self, "_" + kind)(value)

    def _message_start(self, value):
        say, message = self.faults.unless, value["message"]
        say(self.state == "before", "a second message_start")
        say(message.get("content") == [] and message.get("stop_reason") is None, "message_start has content or a stop_reason")
        say(self.model in (None, message.get("model")), f"the model is {message.get('model')!r}, not {self.model!r}")
        say(str(message.get("id", "")).startswith("msg_"), f"the id is {message.get('id')!r}")
        self.state = "open"

    def _content_block_start(self, value):
        say, block = self.faults.unless, value["content_block"]
        say(self.state == "open", f"a block {self.state} the message")
        say(self.open is None, "a block begins while another is open")
        say(value["index"] == self.blocks, f"the block {self.blocks} has the index {value['index']}")
        say(not block.get("text") and not block.get("thinking"), "a block begins with content")
        say(block["type"] != "tool_use" or block.get("input") == {}, "a tool_use begins with input")
        self.calls += block["type"] == "tool_use"
        self.open, self.text, self.signatures = block, "", 0

    def _content_block_delta(self, value):
        say, delta = self.faults.unless, value["delta"]
        if not say(self.open is not None, "a delta without a block"):
            return
        say(value["index"] == self.blocks, f"a delta of block {value['index']} in block {self.blocks}")
        kind = self.open["type"]
        say(delta["type"] in DELTAS.get(kind, ()), f"a {delta['type']} in a block of {kind}")
        if delta["type"] == "signature_delta":
            self.signatures += 1
            say(delta.get("signature"), "an empty signature")
        else:
            say(not self.signatures, "a block goes on after its signature")
        self.text += delta.get("partial_json") or delta.get("text") or ""

    def _content_block_stop(self, value):
        say = self.faults.unless
        if not say(self.open is not None, "a block ends that was not open"):
            return
        say(value["index"] == self.blocks, f"block {self.blocks} ends as {value['index']}")
        say(self.signatures <= 1, f"{self.signatures} signatures in a block")
        if self.open["type"] == "text":
            say(self.text, "an empty text block")
        if self.open["type"] == "tool_use" and self.text:
            try:
                say(isinstance(json.loads(self.text), dict), f"the input is no object: {self.text!r}")
            except ValueError:
                self.faults.say(f"the input is no JSON: {self.text!r}")
        self.open = None
        self.blocks += 1

    def _message_delta(self, value):
        say = self.faults.unless
        say(self.state == "open" and self.open is None, "message_delta while a block is open, or twice")
        self.stop_reason = value["delta"].get("stop_reason")
        say(self.stop_reason in STOPS, f"the stop_reason is {self.stop_reason!r}")
        say((self.stop_reason == "tool_use") == bool(self.calls) or self.stop_reason in ("max_tokens", "refusal"),
            f"{self.calls} calls, and the stop_reason is {self.stop_reason!r}")
        say((self.stop_reason == "stop_sequence") == (value["delta"].get("stop_sequence") is not None), "stop_sequence against stop_reason")
        self.state = "closing"

    def _message_stop(self, value):
        self.faults.unless(self.state == "closing", "message_stop without message_delta")
        self.state = "over"

    def end(self, ending):
        wanted = {"whole": "over", "error": "failed"}.get(ending)
        self.faults.unless(wanted in (None, self.state), f"at its end the stream is {self.state}, not {wanted}")
