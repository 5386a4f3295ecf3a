"""A stream of Chat Completions: role, deltas, one finish per choice, one usage where asked, [DONE]."""

import json

from grammar import schemas
from grammar.framing import Faults, each, events

CONSTANT = ("id", "created", "model", "object")


def check(raw: bytes, ending="whole", model: str | None = None, usage: bool | None = None, relayed=False) -> Faults:
    """Says what is wrong.

    ending   whole; error: an error event ends it; cut: it stops anywhere
    model    that was asked for, and must be named
    usage    whether it was asked for; None: not known
    relayed  it comes from another server of the dialect, and may have what every SDK bears
    """
    faults = Faults()
    found = events(raw, faults, names=False, comments=True)
    stream = _Stream(faults, model, relayed)
    each(found, faults, lambda name, value: stream.take(value))
    stream.end(ending, usage)
    return faults


class _Stream:
    def __init__(self, faults: Faults, model, relayed: bool):
        self.faults = faults
        self.model = model
        self.relayed = relayed
        self.first = None
        self.choices = {}
        self.usages = 0
        self.usage_members = set()
        self.is_done = self.is_error = False

    def take(self, value):
        self.faults.unless(not self.is_done, "something follows [DONE]")
        if value == "[DONE]":
            self.is_done = True
        elif self.faults.unless(isinstance(value, dict), f"not an object: {value!r}"):
            self._error(value) if "error" in value else self._chunk(value)

    def _error(self, value):
        self.is_error = True
        error = value["error"]
        self.faults.unless(isinstance(error, dict) and isinstance(error.get("message"), str) and error["message"],
                           f"an error without a message: {value!r}")

    def _chunk(self, value):
        self.faults.unless(not self.is_error, "a chunk follows an error")
        for problem in schemas.problems("chat chunk", value):
            self.faults.unless(self.relayed and "Additional properties" in problem, problem)
        self.first = self.first or value
        for member in CONSTANT:
            self.faults.unless(value.get(member) == self.first.get(member), f"{member} changes to {value.get(member)!r}")
        self.faults.unless(self.model in (None, value.get("model")), f"the model is {value.get('model')!r}, not {self.model!r}")
        self.usage_members.add("usage" in value)
        choices = value.get("choices", [])
        if value.get("usage") is not None:
            self.usages += 1
            self.faults.unless(choices == [], "the usage rides on a chunk with choices")
        elif not choices and not self.relayed:
            self.faults.say("a chunk without choices and without usage")
        self.faults.unless(not self.usages or value.get("usage") is not None, "a chunk follows the usage")
        for choice in choices:
            self.choices.setdefault(choice.get("index"), _Choice(self.faults, self.relayed)).take(choice)

    def end(self, ending, usage):
        if ending == "error":
            self.faults.unless(self.is_error, "no error event at the end")
        if ending != "whole":
            self.faults.unless(not any(choice.finish for choice in self.choices.values()) or ending == "cut",
                               "a stream that failed says that it finished")
            return
        self.faults.unless(not self.is_error, "an error in a stream that should be whole")
        self.faults.unless(self.is_done, "no [DONE]")
        self.faults.unless(self.choices, "no choice at all")
        for index, choice in self.choices.items():
            self.faults.unless(choice.finish, f"choice {index} has no finish_reason")
            choice.end()
        if usage is not None:
            self.faults.unless(self.usages == int(usage), f"{self.usages} usages instead of {int(usage)}")
            self.faults.unless(self.usage_members <= {usage}, "`usage` is on some chunks only" if usage else "`usage` was not asked for")


class _Choice:
    def __init__(self, faults: Faults, relayed: bool):
        self.faults = faults
        self.relayed = relayed
        self.has_role = False
        self.finish = None
        self.calls = {}

    def take(self, choice):
        say = self.faults.unless
        delta = choice.get("delta") or {}
        say(not self.finish, "a choice goes on after its finish_reason")
        say(self.has_role or delta.get("role") == "assistant", "the first delta of a choice has no role")
        say(not (self.has_role and delta.get("role")), "the role is told twice")
        self.has_role = True
        if choice.get("finish_reason"):
            self.finish = choice["finish_reason"]
            say(self.relayed or not any(delta.values()), f"the chunk that finishes has a delta: {delta!r}")
        for entry in delta.get("reasoning_details") or []:
            say(isinstance(entry.get("index"), int), "an entry of reasoning_details has no index")  # the Python SDK joins by it
        for call in delta.get("tool_calls") or []:
            self._call(call)

    def _call(self, call):
        say = self.faults.unless
        index, function = call.get("index"), call.get("function") or {}
        if index not in self.calls:
            say(index == len(self.calls), f"the call {index} is the {len(self.calls)}-th")
            say(call.get("id") and call.get("type") == "function" and function.get("name"), f"a call begins without id, type or name: {call!r}")
            say(isinstance(function.get("arguments"), str), "a call begins without arguments")
            self.calls[index] = ""
        else:  # SDKs join what comes twice
            say(not call.get("id") and not function.get("name"), f"a later fragment repeats id or name: {call!r}")
        self.calls[index] += function.get("arguments") or ""

    def end(self):
        for index, arguments in self.calls.items():
            _check_arguments(self.faults, f"call {index}", arguments)
        if self.calls:
            self.faults.unless(self.finish in ("tool_calls", "length", "content_filter"), f"calls, and it finishes with {self.finish!r}")


def _check_arguments(faults, what, arguments):
    try:
        faults.unless(isinstance(json.loads(arguments), dict), f"the arguments of {what} are no object: {arguments!r}")
    except ValueError:
        faults.say(f"the arguments of {what} are no JSON: {arguments!r}")
