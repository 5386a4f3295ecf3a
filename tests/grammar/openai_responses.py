"""A stream of Responses: numbered events, items that open and close, and the whole response at the end."""

import json

from grammar import schemas
from grammar.framing import Faults, each, events

TERMINAL = {"response.completed", "response.incomplete", "response.failed"}
PREFIXES = {"message": "msg_", "function_call": "fc_", "reasoning": "rs_", "custom_tool_call": "ctc_"}
# What a delta is joined to: the `done` event, and its member that must hold all deltas.
DONE = {
    "response.output_text": "text",
    "response.refusal": "refusal",
    "response.function_call_arguments": "arguments",
    "response.custom_tool_call_input": "input",
    "response.reasoning_summary_text": "text",
    "response.reasoning_text": "text",
}


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
        self.number = 0
        self.id = None
        self.terminal = None
        self.is_error = False
        self.items = []  # as they were done, by output_index
        self.open = None  # the item of output_item.added
        self.parts = {}  # index of a part -> its texts joined
        self.parts_open = set()
        self.kinds = []

    def take(self, name, value):
        if not self.faults.unless(isinstance(value, dict), f"not an object: {value!r}"):
            return
        self.faults.unless(name == value.get("type"), f"the event {name!r} says that it is {value.get('type')!r}")
        say, kind = self.faults.unless, value.get("type")
        say(value.get("sequence_number") == self.number, f"sequence_number is {value.get('sequence_number')}, not {self.number}")
        self.number += 1
        say(self.terminal is None, f"{kind} follows {self.terminal}")
        if kind == "error":
            self._error(value)
            return
        if not say(kind in schemas.event_types("responses event"), f"no such event: {kind!r}"):
            return
        for problem in schemas.event_problems("responses event", value):
            self.faults.say(problem)
        self.kinds.append(kind)
        if "response" in value:
            self._response(kind, value["response"])
        elif kind == "response.output_item.added":
            self._added(value)
        elif kind == "response.output_item.done":
            self._done(value)
        else:
            self._inside(kind, value)

    def _error(self, value):
        self.is_error = True
        inner = value.get("error")
        say = self.faults.unless
        say(isinstance(value.get("message"), str) and "code" in value and "param" in value, f"an error without the flat members: {value!r}")
        say(isinstance(inner, dict) and inner.get("message") == value.get("message"), "an error without the nested object")

    def _response(self, kind, response):
        say = self.faults.unless
        self.id = self.id or response.get("id")
        say(response.get("id") == self.id and str(self.id).startswith("resp_"), f"the id of the response is {response.get('id')!r}")
        say(self.model in (None, response.get("model")), f"the model is {response.get('model')!r}, not {self.model!r}")
        if kind in ("response.created", "response.in_progress", "response.queued"):
            order = ["response.created", "response.in_progress"]
            say(kind == order[0] if len(self.kinds) == 1 else kind == order[1], f"{kind} is the {len(self.kinds)}-th event")
            say(response["output"] == [] and response["status"] in ("in_progress", "queued"), "a response begins with output or a status of its end")
        if kind in TERMINAL:
            self._terminal(kind, response)

    def _terminal(self, kind, response):
        say = self.faults.unless
        self.terminal = kind
        say(response["status"] == kind.split(".")[1], f"{kind} with the status {response['status']!r}")
        say((response.get("error") is not None) == (kind == "response.failed"), f"{kind}, and the error is {response.get('error')!r}")
        say((response.get("incomplete_details") is not None) == (kind == "response.incomplete"),
            f"{kind}, and incomplete_details is {response.get('incomplete_details')!r}")
        if kind != "response.failed":
            say(self.open is None, "an item is open at the end")
            say(response["output"] == self.items, "the output of the response is not what the items were")
            say(response.get("usage") is not None, "no usage at the end")
        say("output_text" not in response, "output_text belongs to the SDKs")

    def _added(self, value):
        say, item = self.faults.unless, value["item"]
        say(self.kinds[:2] == ["response.created", "response.in_progress"], "an item before created and in_progress")
        say(self.open is None, "an item begins while another is open")
        say(value["output_index"] == len(self.items), f"item {len(self.items)} has the output_index {value['output_index']}")
        prefix = PREFIXES.get(item["type"], "")
        say(item.get("id", "").startswith(prefix) and item.get("id"), f"the id of a {item['type']} is {item.get('id')!r}")
        say(not item.get("content") and not item.get("arguments") and not item.get("summary"), f"an item begins with content: {item!r}")
        self.open, self.parts, self.parts_open = item, {}, set()

    def _done(self, value):
        say, item = self.faults.unless, value["item"]
        if not say(self.open is not None, "an item is done that was not open"):
            return
        say(value["output_index"] == len(self.items), f"item {len(self.items)} is done as {value['output_index']}")
        for member in ("id", "type", "call_id", "name", "role"):
            say(item.get(member) == self.open.get(member), f"{member} changes from {self.open.get(member)!r} to {item.get(member)!r}")
        say(not self.parts_open, f"parts are open: {self.parts_open}")
        if item["type"] == "function_call":
            say(item.get("call_id") and item.get("name"), "a call without call_id or name")
            say(self.parts.get(("response.function_call_arguments", 0), [None])[-1] == item["arguments"], "the item's arguments are not those of .done")
            self._is_object(item["arguments"])
        if item["type"] == "message":
            texts = [part.get("text", part.get("refusal")) for part in item["content"]]
            said = [self.parts[key][-1] for key in sorted(self.parts, key=lambda key: key[1])]
            say(texts == said, f"the item says {texts!r}, its events {said!r}")
        self.items.append(item)
        self.open = None

    def _is_object(self, arguments):
        try:
            self.faults.unless(isinstance(json.loads(arguments), dict), f"the arguments are no object: {arguments!r}")
        except ValueError:
            self.faults.say(f"the arguments are no JSON: {arguments!r}")

    def _inside(self, kind, value):
        say = self.faults.unless
        if not say(self.open is not None, f"{kind} without an item"):
            return
        say(value.get("output_index") == len(self.items), f"{kind} of item {value.get('output_index')} in item {len(self.items)}")
        say(value.get("item_id") == self.open.get("id"), f"{kind}: item_id is {value.get('item_id')!r}, not {self.open.get('id')!r}")
        stem, _, end = kind.rpartition(".")
        number = value.get("content_index", value.get("summary_index", 0))
        part = (stem, number)
        if stem in DONE:
            texts = self.parts.setdefault(part, [""])
            if end == "delta":
                say(len(texts) == 1, f"{kind} after its end")
                say(value["delta"], "an empty delta")
                texts[0] += value["delta"]
            else:
                say(value[DONE[stem]] == texts[0], f"{kind} says {value[DONE[stem]]!r}, its deltas {texts[0]!r}")
                texts.append(value[DONE[stem]])
        elif end == "added" and stem.endswith("_part"):
            say(part not in self.parts_open, f"part {number} begins twice")
            say(not value["part"].get("text") and not value["part"].get("refusal"), "a part begins with content")
            self.parts_open.add(part)
        elif end == "done":
            say(part in self.parts_open, f"{kind} of a part that was not open")
            self.parts_open.discard(part)

    def end(self, ending):
        say = self.faults.unless
        if ending == "whole":
            say(self.terminal in ("response.completed", "response.incomplete"), f"the stream ends with {self.terminal}")
            say(not self.is_error, "an error in a stream that should be whole")
        if ending == "error":
            say(self.is_error or self.terminal == "response.failed", "no error at the end")
            say(self.terminal in (None, "response.failed"), f"a stream that failed ends with {self.terminal}")
