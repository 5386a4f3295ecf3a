"""The official SDK for Python, as people use it, against upstreams good and bad."""

import asyncio
import base64
import hashlib
import io
import json

import openai
import pytest

from fakes import bodies, scripts
from fakes.bodies import ANSWER, PIECES, USAGE, sse_stream, text_chunks, tool_chunks
from fakes.gate import Gate
from router import MASTER_KEY, PROMPT, model

MESSAGES = [{"role": "user", "content": PROMPT}]
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}]


@pytest.fixture
def sdk(router):
    with openai.OpenAI(api_key=MASTER_KEY, base_url=router.url + "/v1", timeout=30, max_retries=0) as client:
        yield client


def text(stream) -> str:
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


HOW = {"as it is": lambda script: script, "byte by byte": scripts.byte_by_byte}


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_a_chat_is_answered(sdk, upstream, how):
    upstream.next(how(scripts.well_behaved))
    answer = sdk.chat.completions.create(model="chat", messages=MESSAGES, temperature=0.5, max_tokens=50)
    assert answer.choices[0].message.content == ANSWER
    assert answer.model == "chat" and answer.usage.total_tokens == USAGE["total_tokens"]
    assert json.loads(upstream.only_call.body)["temperature"] == 0.5


STREAMS = {
    "as it is": scripts.well_behaved,
    "byte by byte": scripts.byte_by_byte(scripts.well_behaved),
    "CRLF": scripts.chunks(text_chunks(), end=b"\r\n"),
    "without [DONE]": scripts.chunks(text_chunks(), done=False),
    "with comments": scripts.stream([b": ping\n\n"] + sse_stream(text_chunks()) + [b": ping\n\n"]),
    "cut into single bytes": scripts.stream([bytes([b]) for event in sse_stream(text_chunks()) for b in event]),
    "with null deltas": scripts.chunks([bodies.chunk({"role": "assistant"}), {**bodies.chunk(), "choices": [
        {"index": 0, "delta": None, "finish_reason": None}]}, *text_chunks()[1:]]),
}


@pytest.mark.parametrize("script", STREAMS.values(), ids=STREAMS)
def test_a_chat_is_streamed(sdk, upstream, script):
    upstream.next(script)
    with sdk.chat.completions.create(model="chat", messages=MESSAGES, stream=True) as stream:
        assert text(stream) == ANSWER


def test_a_stream_with_usage_ends_with_it(sdk):
    stream = sdk.chat.completions.create(model="chat", messages=MESSAGES, stream=True, stream_options={"include_usage": True})
    chunks = list(stream)
    assert text(chunks) == ANSWER
    assert [chunk.usage.total_tokens for chunk in chunks if chunk.usage] == [USAGE["total_tokens"]]
    assert chunks[-1].choices == [] and {chunk.model for chunk in chunks} == {"chat"}


def test_the_sdks_own_gathering_of_a_stream_works(sdk, upstream):
    upstream.next(scripts.byte_by_byte(scripts.well_behaved))
    with sdk.chat.completions.stream(model="chat", messages=MESSAGES) as stream:
        for _ in stream:
            pass
        assert stream.get_final_completion().choices[0].message.content == ANSWER


def test_tools_are_called(sdk, upstream):
    answer = sdk.chat.completions.create(model="chat", messages=MESSAGES, tools=TOOLS, tool_choice="auto")
    calls = answer.choices[0].message.tool_calls
    assert [(call.id, call.function.name, call.function.arguments) for call in calls] == expected_calls()
    assert answer.choices[0].finish_reason == "tool_calls"
    assert json.loads(upstream.only_call.body)["tools"] == TOOLS


@pytest.mark.parametrize("how", HOW.values(), ids=HOW)
def test_tools_are_called_in_a_stream(sdk, upstream, how):
    upstream.next(how(scripts.chunks(tool_chunks(USAGE))))
    calls = {}
    for chunk in sdk.chat.completions.create(model="chat", messages=MESSAGES, tools=TOOLS, stream=True):
        for part in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
            call = calls.setdefault(part.index, [None, "", ""])
            call[0] = part.id or call[0]
            call[1] += part.function.name or ""
            call[2] += part.function.arguments or ""
    assert [tuple(call) for call in calls.values()] == expected_calls()


def expected_calls():
    return [(call["id"], call["function"]["name"], call["function"]["arguments"]) for call in bodies.TOOL_CALLS]


def test_a_conversation_with_tool_results_goes_through(sdk, upstream):
    conversation = [*MESSAGES, {"role": "assistant", "content": "", "tool_calls": bodies.TOOL_CALLS},
                    {"role": "tool", "tool_call_id": "call_a", "content": "sunny"}, {"role": "tool", "tool_call_id": "call_b", "content": "noon"}]
    assert sdk.chat.completions.create(model="chat", messages=conversation).choices[0].message.content == ANSWER
    assert json.loads(upstream.only_call.body)["messages"] == conversation


def test_a_picture_in_a_message_goes_through(sdk, upstream):
    parts = [{"type": "text", "text": PROMPT},
             {"type": "image_url", "image_url": {"url": "data:image/png;base64," + base64.b64encode(bytes(300_000)).decode()}}]
    sdk.chat.completions.create(model="chat", messages=[{"role": "user", "content": parts}])
    assert json.loads(upstream.only_call.body)["messages"][0]["content"] == parts


def test_text_completions_work(sdk):
    assert sdk.completions.create(model="chat", prompt=PROMPT).choices[0].text == ANSWER
    stream = sdk.completions.create(model="chat", prompt=PROMPT, stream=True)
    assert "".join(chunk.choices[0].text for chunk in stream) == ANSWER


@pytest.mark.parametrize("encoding", [{}, {"encoding_format": "float"}, {"encoding_format": "base64"}], ids=str)
def test_embeddings_work_in_each_encoding(sdk, upstream, encoding):
    """Without being told otherwise the SDK asks for base64 and decodes it itself."""
    texts = ["one", "two", "three and a bit"]
    answer = sdk.embeddings.create(model="chat", input=texts, **encoding)
    vectors = [item.embedding for item in answer.data]
    if encoding.get("encoding_format") == "base64":
        assert all(isinstance(vector, str) for vector in vectors)
    else:
        assert [list(vector) for vector in vectors] == [bodies.vector(one) for one in texts]
    assert json.loads(upstream.only_call.body)["encoding_format"] == encoding.get("encoding_format", "base64")
    assert answer.model == "chat"


def test_images_work(sdk):
    image = sdk.images.generate(model="chat", prompt=PROMPT, response_format="b64_json").data[0]
    assert base64.b64decode(image.b64_json) == b"a picture"


def test_image_edits_work(sdk, upstream):
    picture = ("one.png", b"\x89PNG\r\n\x1a\n" + bytes(1000), "image/png")
    assert sdk.images.edit(model="chat", image=picture, prompt=PROMPT).data
    assert picture[1] in upstream.only_call.body and b"gpt-upstream" in upstream.only_call.body


@pytest.mark.parametrize("size", [0, 1, 100_000, 5_000_000])
def test_audio_is_transcribed(sdk, size):
    recording = hashlib.sha512(b"sound").digest() * (size // 64 + 1)
    recording = recording[:size]
    heard = sdk.audio.transcriptions.create(model="chat", file=("speech.wav", io.BytesIO(recording)), language="de")
    assert heard.text == f"{size} {hashlib.sha256(recording).hexdigest()}"


def test_speech_is_made(sdk):
    assert sdk.audio.speech.create(model="chat", input=PROMPT, voice="alloy").read() == bodies.SPEECH
    with sdk.audio.speech.with_streaming_response.create(model="chat", input=PROMPT, voice="alloy") as answer:
        assert b"".join(answer.iter_bytes()) == bodies.SPEECH


def test_moderations_work(sdk):
    assert sdk.moderations.create(model="chat", input=PROMPT).results[0].flagged is False


def test_models_are_listed_and_shown(sdk):
    listed = [entry.id for entry in sdk.models.list()]
    assert "chat" in listed and "vendor/large/model" in listed
    for name in listed:
        assert sdk.models.retrieve(name).id == name


# -- errors


@pytest.mark.parametrize("status, kind", [
    (400, openai.BadRequestError), (401, openai.AuthenticationError), (403, openai.PermissionDeniedError), (404, openai.NotFoundError),
    (409, openai.ConflictError), (422, openai.UnprocessableEntityError), (429, openai.RateLimitError), (500, openai.InternalServerError),
    (503, openai.InternalServerError),
])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_errors_of_the_upstream_are_the_sdks_errors(sdk, upstream, status, kind, stream):
    upstream.next(scripts.whole(bodies.error("it went wrong", code="a_code"), status=status))
    with pytest.raises(kind) as raised:
        sdk.chat.completions.create(model="chat", messages=MESSAGES, stream=stream)
    assert raised.value.status_code == status and raised.value.code == "a_code"
    assert "it went wrong" in raised.value.message
    assert raised.value.request_id


def test_our_own_errors_are_the_sdks_errors(router, sdk):
    with pytest.raises(openai.NotFoundError) as raised:
        sdk.chat.completions.create(model="no-such-model", messages=MESSAGES)
    assert raised.value.code == "model_not_found"
    with pytest.raises(openai.AuthenticationError):
        openai.OpenAI(api_key="sk-wrong", base_url=router.url + "/v1", max_retries=0).models.list()


def test_a_retry_after_a_wait_succeeds(sdk, upstream):
    upstream.next(scripts.whole(bodies.error("slow down"), status=429, headers=[("Retry-After", "0.05")]))
    answer = sdk.with_options(max_retries=2).chat.completions.create(model="chat", messages=MESSAGES)
    assert answer.choices[0].message.content == ANSWER
    assert len(upstream.calls) == 2  # the SDK's retry, none of our own


def test_a_retry_after_a_failure_succeeds(sdk, upstream):
    upstream.next(scripts.whole(scripts.HTML_502, status=502, content_type="text/html"), scripts.drop)
    answer = sdk.with_options(max_retries=3).chat.completions.create(model="chat", messages=MESSAGES, stream=True)
    assert text(answer) == ANSWER


@pytest.mark.parametrize("ending", ["fin", "rst", "bad_chunk", "truncated_chunk"])
def test_a_stream_that_breaks_is_an_error_after_its_text(sdk, upstream, ending):
    upstream.next(scripts.stream_then(ending, events=3))
    seen = []
    with pytest.raises(openai.APIError):
        for chunk in sdk.chat.completions.create(model="chat", messages=MESSAGES, stream=True):
            seen.append(chunk.choices[0].delta.content)
    assert "".join(seen) == "".join(PIECES[:2])


@pytest.mark.parametrize("script", [scripts.stall_in_head, scripts.silent], ids=["in the head", "silent"])
def test_an_upstream_that_stalls_is_an_error_in_time(start_router, upstream, script):
    upstream.next(script)
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"first_byte_timeout": 0.3}})
    with openai.OpenAI(api_key=MASTER_KEY, base_url=router.url + "/v1", max_retries=0, timeout=20) as sdk:
        with pytest.raises(openai.InternalServerError) as raised:
            sdk.chat.completions.create(model="chat", messages=MESSAGES)
    assert raised.value.status_code == 504


def test_an_aborted_stream_ends_the_call_upstream(sdk, upstream):
    upstream.next(scripts.stream_then("stall"))
    stream = sdk.chat.completions.create(model="chat", messages=MESSAGES, stream=True)
    next(iter(stream))
    stream.close()
    assert upstream.only_call.wait_until_left(2)


def test_a_timeout_of_the_client_ends_the_call_upstream(sdk, upstream):
    upstream.next(scripts.silent)
    with pytest.raises(openai.APITimeoutError):
        sdk.with_options(timeout=0.3).chat.completions.create(model="chat", messages=MESSAGES)
    assert upstream.only_call.wait_until_left(2)


# -- the asynchronous client


def test_many_asynchronous_streams_at_once_each_get_their_own(router, upstream):
    upstream.always(_echo)

    async def one(sdk, number):
        word = f"word-{number}"
        stream = await sdk.chat.completions.create(model="chat", messages=[{"role": "user", "content": word}], stream=True)
        return word, [chunk.choices[0].delta.content async for chunk in stream if not chunk.choices[0].finish_reason]

    async def all_of_them():
        async with openai.AsyncOpenAI(api_key=MASTER_KEY, base_url=router.url + "/v1", max_retries=0, timeout=60) as sdk:
            return await asyncio.gather(*(one(sdk, number) for number in range(60)))

    for word, pieces in asyncio.run(all_of_them()):
        assert pieces == [word] * 5


def _echo(call):
    word = json.loads(call.body)["messages"][0]["content"]
    scripts.chunks([bodies.chunk({"content": word})] * 5)(call)


def test_a_cancelled_task_ends_the_call_upstream(router, upstream):
    gate = Gate()
    upstream.next(scripts.gated_stream(gate))

    async def cancel_in_mid_stream():
        async with openai.AsyncOpenAI(api_key=MASTER_KEY, base_url=router.url + "/v1", max_retries=0) as sdk:
            async def read():
                stream = await sdk.chat.completions.create(model="chat", messages=MESSAGES, stream=True)
                async for _ in stream:
                    first.set()

            first = asyncio.Event()
            task = asyncio.create_task(read())
            await asyncio.wait_for(first.wait(), 20)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            return upstream.only_call.wait_until_left(2)

    assert asyncio.run(cancel_in_mid_stream())
