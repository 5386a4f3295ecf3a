"""The official SDK for Node: tests/node/client.mjs makes each call, and says what came of it."""

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from fakes import bodies, scripts
from fakes.bodies import ANSWER, PIECES, USAGE, sse_stream, text_chunks
from router import MASTER_KEY, PROMPT
from sdk.node import find_node

NODE = Path(__file__).resolve().parents[1] / "node"


@pytest.fixture
def node(router):
    program = find_node()
    if not shutil.which(program) or not (NODE / "node_modules" / "openai").is_dir():
        pytest.fail("node, or what `npm ci` in tests/node installs, is not there; ./manage.sh test sees to it")

    def run(scenario, **env):
        ended = subprocess.run(
            [program, NODE / "client.mjs", scenario], capture_output=True, text=True, timeout=60,
            env={"PATH": os.environ["PATH"], "ROUTER_URL": router.url, "ROUTER_KEY": MASTER_KEY, "PROMPT": PROMPT, **env})
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return run


HOW = {"as it is": lambda script: script, "byte by byte": scripts.byte_by_byte}


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_a_chat_is_answered(node, upstream, how):
    upstream.next(how(scripts.well_behaved))
    assert node("chat") == {"text": ANSWER, "model": "chat", "usage": USAGE}


STREAMS = {
    "as it is": scripts.well_behaved,
    "byte by byte": scripts.byte_by_byte(scripts.well_behaved),
    "CRLF": scripts.chunks(text_chunks(usage=USAGE), end=b"\r\n"),
    "without [DONE]": scripts.chunks(text_chunks(usage=USAGE), done=False),
    "cut into single bytes": scripts.stream([bytes([b]) for event in sse_stream(text_chunks(usage=USAGE)) for b in event]),
}


@pytest.mark.parametrize("script", STREAMS.values(), ids=STREAMS)
def test_a_chat_is_streamed(node, upstream, script):
    upstream.next(script)
    assert node("stream") == {"text": ANSWER, "usages": [USAGE], "models": ["chat"]}


@pytest.mark.parametrize("ending", ["fin", "rst", "truncated_chunk"])
def test_a_stream_that_breaks_is_an_error_after_its_text(node, upstream, ending):
    upstream.next(scripts.stream_then(ending, events=3))
    found = node("broken_stream")
    assert found["text"] == "".join(PIECES[:2])
    assert found["error"] and found["isApiError"]


@pytest.mark.parametrize("scenario", ["tools", "tool_stream"])
def test_tools_are_called(node, scenario):
    calls = node(scenario)["calls"]
    assert [(call["id"], call["function"]["name"], call["function"]["arguments"]) for call in calls] == [
        (call["id"], call["function"]["name"], call["function"]["arguments"]) for call in bodies.TOOL_CALLS]


def test_embeddings_work(node, upstream):
    """Without being told otherwise the SDK asks for base64 and decodes it itself."""
    assert node("embeddings")["vectors"] == [bodies.vector(text) for text in ("one", "two", "three and a bit")]
    assert json.loads(upstream.only_call.body)["encoding_format"] == "base64"


def test_images_work(node):
    assert node("images") == {"image": "a picture"}


def test_audio_is_transcribed(node):
    found = node("transcription")
    assert found["text"] == found["expected"]


def test_speech_is_made(node):
    assert node("speech") == {"sha256": hashlib.sha256(bodies.SPEECH).hexdigest()}


def test_moderations_work(node):
    assert node("moderation") == {"flagged": False}


def test_models_are_listed_and_shown(node):
    found = node("models")
    assert "chat" in found["listed"] and found["shown"] == "vendor/large/model"


@pytest.mark.parametrize("status, name", [(400, "BadRequestError"), (401, "AuthenticationError"), (429, "RateLimitError"),
                                          (503, "InternalServerError")])
def test_errors_of_the_upstream_are_the_sdks_errors(node, upstream, status, name):
    upstream.next(scripts.whole(bodies.error("it went wrong", code="a_code"), status=status))
    found = node("error")
    assert (found["name"], found["status"], found["code"]) == (name, status, "a_code")
    assert "it went wrong" in found["message"] and found["requestID"]


def test_our_own_errors_are_the_sdks_errors(node):
    found = node("error", MODEL="no-such-model")
    assert (found["name"], found["code"]) == ("NotFoundError", "model_not_found")
    assert node("error", ROUTER_KEY="sk-wrong")["name"] == "AuthenticationError"


def test_a_retry_after_a_wait_succeeds(node, upstream):
    upstream.next(scripts.whole(bodies.error("slow down"), status=429, headers=[("Retry-After", "0.05")]))
    assert node("chat", RETRIES="2")["text"] == ANSWER
    assert len(upstream.calls) == 2


def test_an_aborted_stream_ends_the_call_upstream(node, upstream):
    upstream.next(scripts.stream_then("stall"))
    assert node("abort")["first"] == {"role": "assistant", "content": ""}
    assert upstream.only_call.wait_until_left(2)
