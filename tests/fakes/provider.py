"""A provider of one dialect: as strict with what it is sent as the real one, and misbehaving as real ones do.

    provider = Provider("anthropic_messages", mind)
    with FakeUpstream(provider) as upstream: ...
    provider.seen[-1].results        # what the model understood
    provider.refusals                # what it refused, and in which words

`mind` is a function of one Seen that says what to answer: a Said, a Breaks, or a Refused.
"""

import json

from fakes import anthropic_messages, gemini, openai_chat, openai_responses
from fakes.truth import Breaks, Refused, Said

DIALECTS = {
    "openai_chat": openai_chat.OpenAiChat,
    "deepseek": openai_chat.DeepSeek,
    "openai_responses": openai_responses.OpenAiResponses,
    "anthropic_messages": anthropic_messages.AnthropicMessages,
    "gemini": gemini.Gemini,
}


class Provider:
    """A script for FakeUpstream.

    dialect      the name of one of DIALECTS, or one that only some cloud speaks
    end          of a line in a stream
    pieces       into how many bytes a stream's bytes are cut, whatever they are; 0: an event at a time
    """

    def __init__(self, dialect, mind, end=b"\n", pieces=0):
        self.dialect = DIALECTS[dialect]() if isinstance(dialect, str) else dialect
        self.mind = mind
        self.end = end
        self.pieces = pieces
        self.seen = []
        self.refusals = []

    def forget(self):
        self.seen.clear()
        self.refusals.clear()

    def __call__(self, call):
        try:
            if self.dialect.answers_other(call):
                return
            seen = self.dialect.read(call)
            self.seen.append(seen)
            said = self.mind(seen)
            if isinstance(said, Refused):
                raise said
        except Refused as refused:
            self.refusals.append(refused.message)
            self._refuse(call, refused)
            return
        if isinstance(said, Breaks):
            self._break(call, seen, said)
        elif seen.stream:
            call.stream_head(self.dialect.headers())
            self._send(call, self.dialect.events(said, seen))
            call.last_chunk()
        else:
            body = json.dumps(self.dialect.answer(said, seen), ensure_ascii=False).encode()
            call.whole(body, headers=self.dialect.headers())

    def _refuse(self, call, refused: Refused):
        body, headers = self.dialect.error(refused)
        call.whole(json.dumps(body).encode(), refused.status, [*self.dialect.headers(), *refused.headers, *headers])

    def _break(self, call, seen, breaks: Breaks):
        events = self.dialect.events(breaks.said, seen)
        events = events[: min(breaks.after, len(events) - 3)]  # it never came to its end
        if breaks.how == "error":
            events = events + self.dialect.error_events(breaks, len(events))
        call.stream_head(self.dialect.headers())
        self._send(call, events)
        if breaks.how == "error":
            call.last_chunk()
            return
        call.until_read()
        if breaks.how == "stall":
            call.wait_for_peer_to_leave()
        if breaks.how == "rst":
            call.reset()
        call.finish()

    def _send(self, call, events: list):
        events = [event.replace(b"\n", self.end) for event in events]
        if self.pieces:
            whole = b"".join(events)
            events = [whole[at : at + self.pieces] for at in range(0, len(whole), self.pieces)]
        for event in events:
            call.chunk(event)


def says(text="Bonjour.", **more) -> Said:
    return Said(text=(text,), **more)
