"""What a well-behaved OpenAI-compatible provider puts into its answers."""

import base64
import json
import struct

UPSTREAM_MODEL = "gpt-upstream"  # what the fake is asked for, and says that it answers with
ANSWER = "quokka-answer: gr\u00fc\u00dfe \u4f60\u597d \U0001f600"  # two, three and four bytes of UTF-8
PIECES = ["quokka-", "answer: ", "gr\u00fc\u00dfe ", "\u4f60\u597d ", "\U0001f600"]
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
SPEECH = bytes(range(256)) * 257  # every byte value, and no length that is a power of two
DONE = b"data: [DONE]\n\n"


def as_json(value) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def completion(text=ANSWER, model=UPSTREAM_MODEL, usage=USAGE, **message) -> dict:
    answer = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1700000000,
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text, **message},
                "finish_reason": "tool_calls" if "tool_calls" in message else "stop",
            }
        ],
    }
    if usage is not None:
        answer["usage"] = usage
    return answer


def text_completion(text=ANSWER, model=UPSTREAM_MODEL) -> dict:
    return {
        "id": "cmpl-1",
        "object": "text_completion",
        "created": 1700000000,
        "model": model,
        "choices": [{"index": 0, "text": text, "finish_reason": "stop", "logprobs": None}],
        "usage": USAGE,
    }


def chunk(delta=None, finish=None, model=UPSTREAM_MODEL, **more) -> dict:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": model,
        "choices": [{"index": 0, "delta": delta if delta is not None else {}, "finish_reason": finish}],
        **more,
    }


def usage_chunk(usage=USAGE, model=UPSTREAM_MODEL) -> dict:
    return {**chunk(model=model), "choices": [], "usage": usage}


def text_chunks(pieces=PIECES, usage=None) -> list[dict]:
    """A whole stream: the role, the text, the finish, and the usage where one is given."""
    chunks = [chunk({"role": "assistant", "content": ""})]
    chunks += [chunk({"content": piece}) for piece in pieces]
    chunks.append(chunk(finish="stop"))
    return chunks + ([usage_chunk(usage)] if usage else [])


def text_completion_chunks(pieces=PIECES, usage=None) -> list[dict]:
    def one(text, finish=None):
        return {**text_completion(text), "usage": None,
                "choices": [{"index": 0, "text": text, "finish_reason": finish, "logprobs": None}]}

    chunks = [one(piece) for piece in pieces] + [one("", "stop")]
    return chunks + ([{**one(""), "choices": [], "usage": usage}] if usage else [])


TOOL_CALLS = [
    {"id": "call_a", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Bern"}'}},
    {"id": "call_b", "type": "function", "function": {"name": "clock", "arguments": '{"zone":"CET"}'}},
]


def tool_chunks(usage=None) -> list[dict]:
    """Two parallel calls; the arguments of each arrive in fragments."""
    chunks = [chunk({"role": "assistant", "content": None})]
    for index, call in enumerate(TOOL_CALLS):
        name, arguments = call["function"]["name"], call["function"]["arguments"]
        first = {"index": index, "id": call["id"], "type": "function", "function": {"name": name, "arguments": ""}}
        chunks.append(chunk({"tool_calls": [first]}))
        for at in range(0, len(arguments), 4):
            fragment = {"index": index, "function": {"arguments": arguments[at : at + 4]}}
            chunks.append(chunk({"tool_calls": [fragment]}))
    chunks.append(chunk(finish="tool_calls"))
    return chunks + ([usage_chunk(usage)] if usage else [])


def sse(value, end=b"\n") -> bytes:
    return b"data: " + as_json(value) + end + end


def sse_stream(chunks, done=True, end=b"\n") -> list[bytes]:
    """The events of a stream, each with its blank line."""
    return [sse(value, end) for value in chunks] + ([b"data: [DONE]" + end + end] if done else [])


def vector(text: str) -> list[float]:
    """An embedding that tells for which text it stands; its numbers are exact in 32 bits."""
    return [float(len(text)), float(sum(text.encode()) % 65536), 0.5]


def embeddings(inputs, encoding="float", model=UPSTREAM_MODEL) -> dict:
    def encoded(text):
        if encoding == "base64":
            return base64.b64encode(struct.pack("<3f", *vector(text))).decode()
        return vector(text)

    return {
        "object": "list",
        "model": model,
        "data": [{"object": "embedding", "index": i, "embedding": encoded(t)} for i, t in enumerate(inputs)],
        "usage": {"prompt_tokens": len(inputs), "total_tokens": len(inputs)},
    }


IMAGES = {"created": 1700000000, "data": [{"b64_json": base64.b64encode(b"a picture").decode()}]}


def moderation(model=UPSTREAM_MODEL) -> dict:
    return {
        "id": "modr-1",
        "model": model,
        "results": [{"flagged": False, "categories": {"violence": False}, "category_scores": {"violence": 0.01}}],
    }


def rerank(documents) -> dict:
    order = sorted(range(len(documents)), key=lambda i: -len(str(documents[i])))
    return {"id": "rerank-1", "results": [{"index": i, "relevance_score": 1.0 / (n + 1)} for n, i in enumerate(order)]}


def error(message, kind="invalid_request_error", code=None, param=None) -> dict:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
