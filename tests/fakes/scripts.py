"""Ways to answer a call: the right one, and the many wrong ones that providers have shown."""

import hashlib
import json
import re

from fakes import bodies
from fakes.bodies import DONE, sse, sse_stream


def well_behaved(call):
    """What OpenAI would answer."""
    path = re.sub(r"^(/.*)?/v\d+(beta)?(?=/)", "", call.path)
    answer = _ANSWERS.get((call.method, path))
    if answer is None:
        call.whole(bodies.as_json(bodies.error(f"no such path: {call.path}")), status=404)
    else:
        answer(call)


def _asked(call) -> dict:
    return json.loads(call.body)


def _usage_if_asked(request: dict):
    return bodies.USAGE if (request.get("stream_options") or {}).get("include_usage") else None


def _chat(call):
    request = _asked(call)
    tools = request.get("tools")
    if request.get("stream"):
        usage = _usage_if_asked(request)
        _send_stream(call, sse_stream(bodies.tool_chunks(usage) if tools else bodies.text_chunks(usage=usage)))
    elif tools:
        call.whole(bodies.as_json(bodies.completion(None, tool_calls=bodies.TOOL_CALLS)))
    else:
        call.whole(bodies.as_json(bodies.completion()))


def _completions(call):
    request = _asked(call)
    if request.get("stream"):
        _send_stream(call, sse_stream(bodies.text_completion_chunks(usage=_usage_if_asked(request))))
    else:
        call.whole(bodies.as_json(bodies.text_completion()))


def _embeddings(call):
    request = _asked(call)
    inputs = request["input"] if isinstance(request["input"], list) else [request["input"]]
    call.whole(bodies.as_json(bodies.embeddings(inputs, request.get("encoding_format", "float"))))


def _transcription(call):
    """Says what it heard: the digest and the length of the file part."""
    boundary = re.search(r'boundary="?([^";]+)', call.header("content-type")).group(1).encode()
    for part in call.body.split(b"--" + boundary)[1:-1]:
        head, _, content = part[2:].partition(b"\r\n\r\n")
        if b'name="file"' in head:
            heard = content[:-2]
            text = f"{len(heard)} {hashlib.sha256(heard).hexdigest()}"
            call.whole(bodies.as_json({"text": text}))
            return
    call.whole(bodies.as_json(bodies.error("no file", param="file")), status=400)


_ANSWERS = {
    ("POST", "/chat/completions"): _chat,
    ("POST", "/completions"): _completions,
    ("POST", "/embeddings"): _embeddings,
    ("POST", "/images/generations"): lambda call: call.whole(bodies.as_json(bodies.IMAGES)),
    ("POST", "/images/edits"): lambda call: call.whole(bodies.as_json(bodies.IMAGES)),
    ("POST", "/audio/speech"): lambda call: call.whole(bodies.SPEECH, content_type="audio/mpeg"),
    ("POST", "/audio/transcriptions"): _transcription,
    ("POST", "/moderations"): lambda call: call.whole(bodies.as_json(bodies.moderation())),
    ("POST", "/rerank"): lambda call: call.whole(bodies.as_json(bodies.rerank(_asked(call)["documents"]))),
    ("GET", "/models"): lambda call: call.whole(b'{"object":"list","data":[]}'),
}


def _send_stream(call, events):
    call.stream_head()
    for event in events:
        call.chunk(event)
    call.last_chunk()


# -- answers of the test's choice


def whole(body, status=200, headers=(), content_type="application/json"):
    """One body, a dict as JSON."""
    data = body if isinstance(body, bytes) else bodies.as_json(body)
    return lambda call: call.whole(data, status, headers, content_type)


def raw(data: bytes, then="keep"):
    """These bytes, whatever they are; then the connection stays, ends (`fin`), breaks (`rst`) or hangs (`hang`)."""

    def script(call):
        call.write(data)
        if then == "hang":
            call.wait_for_peer_to_leave()
        if then == "fin":
            call.finish()
        if then == "rst":
            call.until_read()
            call.reset()

    return script


def stream(events, headers=()):
    """These events, each in its own chunk and write."""

    def script(call):
        call.stream_head(headers)
        for event in events:
            call.chunk(event)
        call.last_chunk()

    return script


def chunks(values, **how):
    return stream(sse_stream(values, **how))


def gated_stream(gate, before=2):
    """`before` events, then nothing until the gate opens, then the rest."""

    def script(call):
        events = sse_stream(bodies.text_chunks(usage=_usage_if_asked(_asked(call))))
        call.stream_head()
        for event in events[:before]:
            call.chunk(event)
        call.wait(gate)
        for event in events[before:]:
            call.chunk(event)
        call.last_chunk()

    return script


def after(gate, script):
    """Nothing at all until the gate opens, then the script."""

    def waiting(call):
        call.wait(gate)
        script(call)

    return waiting


def silent(call):
    """Takes the call and never says a word."""
    call.wait_for_peer_to_leave()


def drop(call):
    """Takes the call and closes the connection."""
    call.finish()


def stall_in_head(call):
    call.write(b"HTTP/1.1 200 OK\r\nContent-Type: appl")
    call.wait_for_peer_to_leave()


def stall_in_body(call):
    call.write(b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"id":')
    call.wait_for_peer_to_leave()


def stream_then(ending, events=2, part=b""):
    """Some events, perhaps a part of one, then: `fin`, `rst`, `stall`, `bad_chunk` or `truncated_chunk`."""

    def script(call):
        call.stream_head()
        for event in sse_stream(bodies.text_chunks())[:events]:
            call.chunk(event)
        if part:
            call.chunk(part)
        call.until_read()
        if ending == "stall":
            call.wait_for_peer_to_leave()
        if ending == "rst":
            call.reset()
        if ending == "bad_chunk":
            call.write(b"this is no chunk size\r\n")
            call.wait_for_peer_to_leave()
        if ending == "truncated_chunk":
            call.write(b"400\r\ndata: {\"id\"")
        call.finish()

    return script


def byte_by_byte(script):
    """The same answer, each byte in a write of its own."""

    def dribbling(call):
        call.one_byte_at_a_time = True
        script(call)

    return dribbling


def split_at(data: bytes, *positions):
    """These bytes; the router has read each piece before the next one is sent."""
    return lambda call: call.split(data, *positions)


def framed(events) -> bytes:
    """The bytes of a whole chunked answer that carries the events."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n" % len(e) + e + b"\r\n" for e in events) + b"0\r\n\r\n"


def early(script):
    """The script begins when the head of the request is there; its body is read only if the script does so."""

    def at_once(call):
        script(call)

    at_once.before_body = True
    return at_once


HTML_502 = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
    b"<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n"
)
GEMINI_ERROR = [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}]

__all__ = [name for name in dir() if not name.startswith("_")] + ["DONE", "sse"]
