"""Open WebUI as the router's client: what it sends, and a router with a provider of each kind behind it."""

import json

import httpx

from fakes.provider import Provider
from fakes.upstream import FakeUpstream
from open_webui_reader import Reading, read_answer
from router import MASTER_KEY, PROMPT, Router
from sdk.world import entry

MODELS = {  # a name in the selector -> the provider's dialect, the model as the configuration has it
    "gpt": ("openai_chat", "openai/gpt-4.1"),
    "grok": ("openai_chat", "xai/grok-4"),
    "gpt-by-responses": ("openai_responses", "openai/responses/gpt-5.5"),
    "claude": ("anthropic_messages", "anthropic/claude-sonnet-4-5"),
    "gemini": ("gemini", "gemini/gemini-3-pro-preview"),
}
SYSTEM = "You are terse."
HEADERS = {"User-Agent": "Python/3.11 aiohttp/3.14.5", "Accept": "*/*", "Accept-Encoding": "gzip, deflate, br"}
USER_HEADERS = {"X-OpenWebUI-User-Name": "Ada L%C3%B6we", "X-OpenWebUI-User-Id": "u-17", "X-OpenWebUI-User-Email": "ada%40example.org",
                "X-OpenWebUI-User-Role": "user", "X-OpenWebUI-Auth-Type": "password", "X-OpenWebUI-Chat-Id": "c-4"}


def as_sent(body) -> bytes:
    """ASCII, with \\uXXXX for all else, halves of surrogate pairs too."""
    return json.dumps(body).encode("ascii")


def user(text=PROMPT, *images: str) -> dict:
    if not images:
        return {"role": "user", "content": text}
    files = {"type": "text", "text": "<attached_files>\n<file type=\"image\" url=\"f-1\"/>\n</attached_files>"}
    shown = [{"type": "image_url", "image_url": {"url": url}} for url in images]
    return {"role": "user", "content": [files, {"type": "text", "text": text}, *shown]}


def system(text=SYSTEM, role="system") -> dict:
    return {"role": role, "content": text}


def called(*calls: dict, content="", **more) -> dict:
    """The assistant's message as it is sent again: calls have no other keys than these."""
    return {"role": "assistant", "content": content, "tool_calls": [
        {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}} for call in calls], **more}


def result(call_id: str, text: str) -> dict:
    return {"role": "tool", "tool_call_id": call_id, "content": text}


def task(kind="title", example='{ "title": "your concise title here" }') -> dict:
    prompt = (f"### Task:\nGenerate a concise, 3-5 word {kind} summarizing the chat history.\n### Output:\nJSON format: {example}\n"
              f"### Chat History:\n<chat_history>\nUSER: {PROMPT}\n</chat_history>")
    return user(prompt)


def _tool(name: str, description: str, properties: dict, required=(), **more) -> dict:
    schema = {"type": "object", "properties": properties, "required": list(required), **more}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": schema}}


_WORDS = ("Use this when the user refers to something that they have kept, and prefer the most specific call there is. The answer is JSON, "
          "newest first, with an id in each entry that other tools take. Ask for no more entries than you will read. ")
_SHAPES = (  # of what Open WebUI's own tools, and those of OpenAPI and MCP servers, have for parameters
    {"query": {"type": "string", "description": "What to look for."}, "count": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": 5}},
    {"ids": {"type": "array", "items": {"type": "string"}, "description": "Of entries."}, "deep": {"type": "boolean", "default": False}},
    {"when": {"type": "string", "format": "date-time"}, "options": {"type": "object", "additionalProperties": {"type": "string"}}},
    {"item": {"$ref": "#/$defs/Item"}, "kind": {"enum": ["note", "chat", None]}},
    {"value": {"type": ["string", "number", "null"], "description": "A union."}, "limit": {"type": "integer", "minimum": 1, "maximum": 50}},
    {},
)
_DEFS = {"$defs": {"Item": {"type": "object", "properties": {"title": {"type": "string"}, "parent": {"$ref": "#/$defs/Item"}},
                            "required": ["title"], "additionalProperties": False}}}
_KINDS = {"timestamp": 2, "ask_user": 1, "knowledge": 7, "chats": 2, "notes": 4, "create_skill": 1, "tasks": 2, "automations": 5, "calendar": 4}


def built_in_tools(more=0) -> list:
    """The 28 that a plain chat carries, some 21 KB of JSON; and more, as of memory and MCP servers."""
    names = [f"{kind}_{at}" if count > 1 else kind for kind, count in _KINDS.items() for at in range(count)]
    names += [f"mcp_server-{at}_do" for at in range(more)]
    tools = []
    for at, name in enumerate(names):
        shape = _SHAPES[at % len(_SHAPES)]
        more_of_it = _DEFS if "item" in shape else {}
        tools.append(_tool(name, f"Works with {name}. {_WORDS * 2}", shape, list(shape)[:1], **more_of_it))
    return tools


class Site:
    """A router, and a provider behind each of MODELS. `more` are further entries of the configuration."""

    def __init__(self, folder, more=(), prices=None, **config):
        self.upstreams = {name: FakeUpstream(Provider(dialect, None)) for name, (dialect, _) in MODELS.items()}
        models = [entry(name, dialect, self.upstreams[name], model, **(prices or {})) for name, (dialect, model) in MODELS.items()]
        self.http = httpx.Client(timeout=60, trust_env=False, headers=HEADERS)
        try:
            self.router = Router(folder, {"model_list": [*models, *more], **config})
        except BaseException:
            self._stop_upstreams()
            raise

    def provide(self, name: str, mind, kind=Provider, **how) -> Provider:
        """The provider behind the model of this name, for one test."""
        provider = kind(MODELS[name][0], mind, **how)
        self.answer_with(name, provider)
        return provider

    def answer_with(self, name: str, script) -> FakeUpstream:
        upstream = self.upstreams[name]
        upstream.forget()
        upstream.always(script)
        return upstream

    def post(self, path: str, body, headers=None, key=MASTER_KEY) -> httpx.Response:
        sent = {"Content-Type": "application/json", "Authorization": f"Bearer {key}", **(headers or {})}
        return self.http.post(self.router.url + "/v1" + path, content=as_sent(body), headers=sent)

    def chat_response(self, model: str, *messages: dict, stream=True, headers=None, **more) -> httpx.Response:
        body = {"model": model, "messages": list(messages) or [user()], "stream": stream, **more}
        return self.post("/chat/completions", body, headers)

    def chat(self, model: str, *messages: dict, stream=True, **more) -> Reading:
        """A chat that succeeds."""
        answer = self.chat_response(model, *messages, stream=stream, **more)
        assert answer.status_code == 200, answer.text
        reading = read_answer(answer.headers["content-type"], answer.content)
        assert reading.unread == [], reading.unread
        for upstream in self.upstreams.values():
            assert not upstream.script_errors, upstream.script_errors
        return reading

    def _stop_upstreams(self):
        for upstream in self.upstreams.values():
            upstream.stop()

    def stop(self):
        self.http.close()
        try:
            self.router.stop()
        finally:
            self.router.kill()
            self._stop_upstreams()
