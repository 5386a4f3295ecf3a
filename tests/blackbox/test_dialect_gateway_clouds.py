"""Azure, Google Cloud and Amazon, each with its URLs, its sign-in and its streams, for clients of every dialect."""

import json

import pytest

import grammar
from dialects import KEYS, body_of, path_of
from fakes import scripts
from fakes.clouds import AWS_KEY, AWS_REGION, AWS_SECRET, Azure, Bedrock, TokenServer, Vertex, framed, service_account
from fakes.provider import says
from fakes.truth import Call
from router import PROMPT, PROVIDER_KEY

SAYS = says("Grüße ", calls=(Call("weather", {"city": "Bern"}),))
CLIENTS = [(dialect, stream) for dialect in grammar.CHECKS for stream in (False, True)]
every_client = pytest.mark.parametrize("dialect, stream", CLIENTS, ids=[f"{d}{', streaming' if s else ''}" for d, s in CLIENTS])


@pytest.fixture
def serve(start_router, start_upstream):
    """serve(provider, model, ...): a router with one entry that leads to the provider at its cloud."""

    def start(provider, model: str, arguments=(), **params):
        params = {name: value(upstream) if callable(value) else value for upstream in [start_upstream(provider)]
                  for name, value in {"model": model, "api_base": lambda upstream: upstream.origin, **params}.items()}
        return start_router({"model_list": [{"model_name": "cloudy", "litellm_params": params}]}, arguments=arguments)

    return start


def ask(router, dialect: str, stream=False, **more):
    with router.client(headers=KEYS[dialect]) as client:
        return client.post(path_of(dialect, "cloudy", stream), json=body_of(dialect, "cloudy", stream, **more))


def must_have_said_it(dialect: str, stream: bool, answer, provider):
    assert provider.refusals == [] and answer.status_code == 200, (provider.refusals, answer.text)
    if stream:
        grammar.must_hold(dialect, answer.content, model="cloudy")
    assert "Grüße" in answer.text and "weather" in answer.text and "Bern" in answer.text
    assert provider.seen[-1].stream == stream and PROMPT in "".join(provider.seen[-1].of("text", "user"))


# -- Azure


@every_client
@pytest.mark.parametrize("version", ["2024-10-21", None], ids=["a deployment's URL", "v1"])
def test_azure_is_asked_at_its_own_urls(serve, dialect, stream, version):
    upstream = "openai_responses" if dialect == "openai_responses" and version is None else "openai_chat"  # v1 has both
    provider = Azure(upstream, lambda seen: SAYS, PROVIDER_KEY, "my-gpt", version)
    router = serve(provider, "azure/my-gpt", api_key=PROVIDER_KEY, **({"api_version": version} if version else {}))
    must_have_said_it(dialect, stream, ask(router, dialect, stream), provider)


# -- Google


@pytest.fixture(scope="module")
def account_key():
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(key) -> str:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


MODELS = {"gemini": "vertex_ai/gemini-2.5-flash", "anthropic_messages": "vertex_ai/claude-sonnet-4-5@20250929"}


@pytest.fixture
def vertex(serve, start_upstream, account_key):
    """vertex(provider, tokens): a router that signs in for its model with a service account. Each thread has tokens of its own: it has one."""

    def start(provider, tokens):
        account = service_account(start_upstream(tokens).origin + "/token", pem_of(account_key))
        return serve(provider, MODELS[provider.dialect.name], ["--threads", "1"], vertex_location="europe-west4", vertex_credentials=json.dumps(account))

    return start


@every_client
@pytest.mark.parametrize("upstream", MODELS)
def test_vertex_signs_in_once_and_asks(vertex, account_key, upstream, dialect, stream):
    tokens = TokenServer(account_key.public_key())
    provider = Vertex(upstream, lambda seen: SAYS, "token-1")
    router = vertex(provider, tokens)
    for _ in range(2):
        must_have_said_it(dialect, stream, ask(router, dialect, stream), provider)
    assert tokens.given == 1


def test_a_token_that_ends_soon_is_got_anew(vertex, account_key):
    tokens = TokenServer(account_key.public_key(), lifetime=59)
    provider = Vertex("gemini", lambda seen: says(), "token-1")
    router = vertex(provider, tokens)
    assert ask(router, "openai_chat").status_code == 200
    provider.token = "token-2"
    assert ask(router, "openai_chat").status_code == 200 and tokens.given == 2


@pytest.mark.parametrize("answer", [scripts.whole({"error": "invalid_grant"}, 400), scripts.whole({"access_token": ""}), scripts.whole(b"<html>"),
                                    scripts.drop], ids=["refused", "an empty token", "a page", "nothing at all"])
def test_without_a_token_nobody_is_asked(vertex, answer):
    provider = Vertex("gemini", lambda seen: says(), "token-1")
    refused = ask(vertex(provider, answer), "openai_chat")
    assert refused.status_code in (502, 503) and provider.seen == [] and provider.refusals == []
    assert "127.0.0.1" not in refused.text and "invalid_grant" not in refused.text


# -- Amazon

CLAUDE, NOVA = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "bedrock/amazon.nova-pro-v1:0"
KEYS_OF_AWS = {"aws_access_key_id": AWS_KEY, "aws_secret_access_key": AWS_SECRET, "aws_region_name": AWS_REGION}


@every_client
@pytest.mark.parametrize("model, upstream", [(CLAUDE, "anthropic_messages"), (NOVA, "converse")], ids=["Claude", "Converse"])
def test_bedrock_is_sent_signed_calls_and_read_in_frames(serve, model, upstream, dialect, stream):
    provider = Bedrock(upstream, lambda seen: SAYS)
    router = serve(provider, model, **KEYS_OF_AWS)
    router.secrets.append(AWS_SECRET)
    must_have_said_it(dialect, stream, ask(router, dialect, stream), provider)
    assert provider.seen[-1].model == model.removeprefix("bedrock/") and set(provider.seen[-1].tools) == {"weather", "now"}


def test_a_result_goes_back_to_converse(serve):
    provider = Bedrock("converse", lambda seen: says() if seen.results else SAYS)
    router = serve(provider, NOVA, **KEYS_OF_AWS)
    message = ask(router, "openai_chat").json()["choices"][0]["message"]
    messages = [{"role": "user", "content": PROMPT}, message, {"role": "tool", "tool_call_id": message["tool_calls"][0]["id"], "content": "sunny"}]
    answer = ask(router, "openai_chat", messages=messages)
    assert provider.refusals == [] and answer.json()["choices"][0]["message"]["content"] == "Bonjour."
    assert [one["text"] for one in provider.seen[-1].results] == ["sunny"]


@pytest.mark.parametrize("model, upstream", [(CLAUDE, "anthropic_messages"), (NOVA, "converse")], ids=["Claude", "Converse"])
def test_a_wrong_secret_is_told_as_the_clouds_refusal(serve, model, upstream):
    provider = Bedrock(upstream, lambda seen: says())
    answer = ask(serve(provider, model, **KEYS_OF_AWS | {"aws_secret_access_key": "another"}), "openai_chat")
    assert answer.status_code == 403 and provider.seen == [] and "does not match" in provider.refusals[0]


def test_amazons_exception_in_mid_stream_ends_it_as_an_error(serve):
    head = framed("messageStart", b'{"role":"assistant"}') + framed("contentBlockDelta", b'{"contentBlockIndex":0,"delta":{"text":"Gr"}}')
    whole = head + framed("throttlingException", b'{"message":"Too many tokens, quokka."}', kind="exception")

    def breaks(call):
        call.stream_head(content_type="application/vnd.amazon.eventstream")
        call.chunk(whole)
        call.last_chunk()

    router = serve(breaks, NOVA, **KEYS_OF_AWS)
    for dialect in grammar.CHECKS:
        answer = ask(router, dialect, stream=True)
        grammar.must_hold(dialect, answer.content, ending="error")
        assert "Too many tokens" in answer.text


def test_damaged_frames_never_end_as_if_whole(serve):
    good = framed("messageStart", b'{"role":"assistant"}') + framed("contentBlockDelta", b'{"contentBlockIndex":0,"delta":{"text":"Gr"}}')
    spoiled = bytearray(framed("messageStop", b'{"stopReason":"end_turn"}'))
    spoiled[-1] ^= 1

    def breaks(call):
        call.stream_head(content_type="application/vnd.amazon.eventstream")
        call.chunk(good + bytes(spoiled))
        call.last_chunk()

    answer = ask(serve(breaks, NOVA, **KEYS_OF_AWS), "openai_chat", stream=True)
    grammar.must_hold("openai_chat", answer.content, ending="error")
