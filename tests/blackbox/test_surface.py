"""Every URL, who may use it, and what is said to those who ask wrongly."""

import json

import pytest

from conftest import ALLOWED_ORIGIN
from fakes import bodies, scripts
from raw_http import events, request
from router import MASTER_KEY, PROMPT, PROVIDER_KEY, Router, chat_request, model

CHAT = chat_request()
MULTIPART = {"file": ("speech.wav", b"RIFF....WAVE", "audio/wav")}

POSTS = {
    "/chat/completions": CHAT,
    "/completions": {"model": "chat", "prompt": PROMPT},
    "/embeddings": {"model": "chat", "input": [PROMPT]},
    "/images/generations": {"model": "chat", "prompt": PROMPT},
    "/audio/speech": {"model": "chat", "input": PROMPT, "voice": "alloy"},
    "/moderations": {"model": "chat", "input": PROMPT},
    "/rerank": {"model": "chat", "query": PROMPT, "documents": ["a", "bb"]},
}
FORMS = ["/audio/transcriptions", "/images/edits"]


def assert_error(answer, status, code=None):
    """The one shape that every client understands."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/json")
    error = answer.json()["error"]
    assert isinstance(error["message"], str) and error["message"]
    assert isinstance(error["type"], str) and error["type"]
    assert {"param", "code"} <= error.keys()
    if code:
        assert error["code"] == code
    return error


# -- what is there


@pytest.mark.parametrize("prefix", ["/v1", ""], ids=["v1", "bare"])
@pytest.mark.parametrize("path", POSTS)
def test_it_forwards_with_and_without_the_version(client, upstream, prefix, path):
    answer = client.post(prefix + path, json=POSTS[path])
    assert answer.status_code == 200
    call = upstream.only_call
    assert call.target == "/v1" + path
    assert json.loads(call.body) == {**POSTS[path], "model": "gpt-upstream"}


@pytest.mark.parametrize("prefix", ["/v1", ""], ids=["v1", "bare"])
@pytest.mark.parametrize("path", FORMS)
def test_it_forwards_forms_with_and_without_the_version(client, upstream, prefix, path):
    answer = client.post(prefix + path, data={"model": "chat"}, files=MULTIPART)
    assert answer.status_code == 200, answer.text
    call = upstream.only_call
    assert call.target == "/v1" + path
    assert b"gpt-upstream" in call.body and b"RIFF....WAVE" in call.body


@pytest.mark.parametrize("path", ["/v1/models", "/models"])
def test_it_lists_the_models(client, upstream, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    listed = answer.json()
    assert listed["object"] == "list"
    ids = [entry["id"] for entry in listed["data"]]
    assert ids == list(dict.fromkeys(ids))
    assert {"chat", "vendor/large/model", "mock", "alias"} <= set(ids)
    assert "secret-alias" not in ids
    assert not [name for name in ids if "*" in name]
    for entry in listed["data"]:
        assert entry["object"] == "model"
        assert isinstance(entry["created"], int) and isinstance(entry["owned_by"], str)
        assert not entry.keys() & {"arena", "pipe", "pipeline", "preset", "action_ids", "filter_ids"}
        assert None not in entry.values()
    assert upstream.calls == []  # served from memory


@pytest.mark.parametrize("path", ["/v1/models/chat", "/models/chat", "/v1/models/vendor/large/model", "/models/vendor/large/model",
                                  "/v1/models/vendor%2Flarge%2Fmodel", "/v1/models/alias"])
def test_it_shows_one_model(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json()["id"] == path.replace("%2F", "/").split("/models/")[1]
    assert answer.json()["object"] == "model"


def test_a_model_that_is_not_there_is_not_shown(client):
    assert_error(client.get("/v1/models/no/such/model"), 404, "model_not_found")


def test_the_status_page_needs_no_key(router):
    answer = router.client(headers={}).get("/")
    assert answer.status_code == 200
    assert PROVIDER_KEY not in answer.text and MASTER_KEY not in answer.text


@pytest.mark.parametrize("path", ["/health/liveliness", "/health/liveness", "/health/readiness"])
def test_health_needs_no_key(router, path):
    assert router.client(headers={}).get(path).status_code == 200


def test_readiness_is_a_json_object_with_a_status(client):
    assert isinstance(client.get("/health/readiness").json()["status"], str)


# -- the admin's


ADMIN = [("GET", "/admin/config"), ("GET", "/admin/backends"), ("POST", "/admin/reload-backends")]


@pytest.mark.parametrize("method, path", ADMIN)
def test_admin_endpoints_answer_with_the_admin_key(client, method, path):
    answer = client.request(method, path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    answer.json()


@pytest.mark.parametrize("key", [None, "sk-wrong", PROVIDER_KEY], ids=["none", "wrong", "provider's"])
@pytest.mark.parametrize("method, path", ADMIN)
def test_admin_endpoints_refuse_without_it(router, method, path, key):
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    assert_error(router.client(headers=headers).request(method, path), 401)


def test_the_configuration_is_shown_with_its_secrets_masked(start_router, upstream):
    config = {
        "model_list": [model("chat", upstream, extra_headers={"X-Vendor-Key": "sk-header-secret-1"})],
        "environment_variables": {"VENDOR_API_KEY": "sk-variable-secret-2"},
        "credential_list": [{"credential_name": "one", "credential_values": {"api_key": "sk-credential-secret-3"}}],
    }
    router = start_router(config)
    secrets = ["sk-header-secret-1", "sk-variable-secret-2", "sk-credential-secret-3"]
    router.secrets += secrets
    with router.client() as client:
        shown = client.get("/admin/config")
        assert shown.status_code == 200
        assert "gpt-upstream" in shown.text and upstream.base_url in shown.text
        for secret in [MASTER_KEY, PROVIDER_KEY, *secrets]:
            assert secret not in shown.text
        assert PROVIDER_KEY not in client.get("/admin/backends").text


def test_the_backends_are_listed_with_their_ids(client):
    shown = client.get("/admin/backends").text
    assert "the-chat-target" in shown and "vendor/large/model" in shown
    assert PROVIDER_KEY not in shown


# -- what is not there


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/v1/chat", "/v1/chat/completions/", "/v2/models",
                                  "/v1/v1/models", "/v1/%6dodels", "/admin%2fconfig",
                                  "//v1/models", "/v1//models", "/v1/models/", "/admin", "/admin/", "/health/",
                                  "/v1/../admin/config", "/v1/chat/completions%00", "/%2e%2e/%2e%2e/etc/passwd"])
def test_any_other_path_is_not_found(router, path):
    with router.raw() as connection:
        connection.send(request("GET", path, key=MASTER_KEY))
        answer = connection.read_response()
    assert answer.status == 404, answer
    assert answer.header("content-type").startswith("application/json")
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("path", ["/v1/audio/models", "/v1/audio/voices"])
def test_paths_that_clients_probe_without_a_key_get_json(router, path):
    answer = router.client(headers={}).get(path)
    assert_error(answer, answer.status_code)
    assert answer.status_code in (401, 404)


@pytest.mark.parametrize("method, path, allowed", [
    ("GET", "/v1/chat/completions", "POST"), ("PUT", "/v1/chat/completions", "POST"), ("DELETE", "/v1/embeddings", "POST"),
    ("PATCH", "/chat/completions", "POST"), ("POST", "/v1/models", "GET"), ("DELETE", "/v1/models/chat", "GET"),
    ("GET", "/admin/reload-backends", "POST"), ("POST", "/admin/config", "GET"), ("POST", "/health/liveliness", "GET"),
])
def test_a_wrong_method_is_told_the_right_one(client, method, path, allowed):
    answer = client.request(method, path)
    assert_error(answer, 405)
    assert allowed in [name.strip() for name in answer.headers["allow"].split(",")]


def test_a_query_string_does_not_hide_an_endpoint(client):
    assert client.get("/v1/models?return_wildcard_routes=false").status_code == 200
    assert client.post("/v1/chat/completions?api-version=2024-10-21", json=CHAT).status_code == 200


# -- wrong bodies


@pytest.mark.parametrize("body", [
    b"", b"{", b'{"model": "chat", "messages": []', b"[]", b'"chat"', b"null", b"12", b"not json", b'{"model": "chat",}',
    b'{"model": "chat" "messages": []}', b"{'model': 'chat'}", b'\xef\xbb\xbf{', b'{"model": "ch\xff", "messages": []}',
    b'{"model": "chat", "messages": []} trailing', b'{"model": "chat", "messages": []}{"model": "chat"}',
    b'{"model": "chat", "messages": [{"role": "user", "content": "\x01"}]}',
], ids=lambda body: repr(body)[2:40] or "empty")
def test_what_is_no_json_object_is_a_bad_request(client, upstream, body):
    answer = client.post("/v1/chat/completions", content=body, headers={"Content-Type": "application/json"})
    assert_error(answer, 400)
    assert upstream.calls == []


@pytest.mark.parametrize("path, body, field", [
    ("/v1/chat/completions", {"messages": []}, "model"),
    ("/v1/chat/completions", {"model": "chat"}, "messages"),
    ("/v1/completions", {"prompt": "x"}, "model"),
    ("/v1/completions", {"model": "chat"}, "prompt"),
    ("/v1/embeddings", {"input": "x"}, "model"),
    ("/v1/embeddings", {"model": "chat"}, "input"),
    ("/v1/rerank", {"query": "x", "documents": []}, "model"),
])
def test_a_missing_field_is_named(client, upstream, path, body, field):
    error = assert_error(client.post(path, json=body), 400)
    assert error["param"] == field and field in error["message"]
    assert upstream.calls == []


@pytest.mark.parametrize("value", [None, 5, "", [], {}, True], ids=json.dumps)
def test_a_model_that_is_no_name_is_a_bad_request(client, upstream, value):
    error = assert_error(client.post("/v1/chat/completions", json={**CHAT, "model": value}), 400)
    assert error["param"] == "model"
    assert upstream.calls == []


def test_messages_that_are_null_are_missing(client, upstream):
    error = assert_error(client.post("/v1/chat/completions", json={"model": "chat", "messages": None}), 400)
    assert error["param"] == "messages"
    assert upstream.calls == []


@pytest.mark.parametrize("path", POSTS)
def test_an_unknown_model_is_not_found_and_named(client, upstream, path):
    error = assert_error(client.post("/v1" + path, json={**POSTS[path], "model": "no-such-model"}), 404, "model_not_found")
    assert "no-such-model" in error["message"]
    assert upstream.calls == []


@pytest.mark.parametrize("path", FORMS)
def test_a_form_with_an_unknown_model_is_not_found(client, upstream, path):
    assert_error(client.post(path, data={"model": "no-such-model"}, files=MULTIPART), 404, "model_not_found")
    assert upstream.calls == []


@pytest.mark.parametrize("path", FORMS)
def test_a_form_without_a_model_is_a_bad_request(client, upstream, path):
    assert assert_error(client.post(path, data={"language": "de"}, files=MULTIPART), 400)["param"] == "model"
    assert upstream.calls == []


def test_a_form_that_is_no_form_is_a_bad_request(client, upstream):
    for content_type in ("multipart/form-data", "multipart/form-data; boundary=x"):
        answer = client.post("/v1/audio/transcriptions", content=b"no form at all", headers={"Content-Type": content_type})
        assert_error(answer, 400)
    assert upstream.calls == []


@pytest.fixture(scope="module")
def small_router(tmp_path_factory, shared_upstream):
    config = {"model_list": [model("chat", shared_upstream)], "general_settings": {"max_request_size_mb": 1}}
    with Router(tmp_path_factory.mktemp("small"), config) as router:
        yield router


def test_a_body_said_to_be_too_large_is_refused_before_it_is_sent(small_router, upstream):
    with small_router.raw() as connection:
        head = request("POST", "/v1/chat/completions", key=MASTER_KEY).replace(b"Content-Length: 0", b"Content-Length: 1048577")
        connection.send(head)
        answer = connection.read_response()
    assert answer.status == 413 and answer.json()["error"]["message"]
    assert upstream.calls == []


def test_a_body_that_grows_too_large_is_refused(small_router, upstream):
    with small_router.raw() as connection:
        head = request("POST", "/v1/chat/completions", key=MASTER_KEY)
        connection.send(head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
        piece = b"10000\r\n" + b" " * 65536 + b"\r\n"
        for _ in range(64):
            if connection.has_something(0.0001) or not connection.try_to_send(piece):
                break
        answer = connection.read_response()
    assert answer.status == 413 and answer.json()["error"]["message"]
    assert upstream.calls == []


def test_a_body_of_just_the_limit_is_taken(small_router, upstream):
    body = json.dumps({**CHAT, "padding": ""}).encode()
    body = body.replace(b'"padding": ""', b'"padding": "' + b"x" * ((1 << 20) - len(body)) + b'"')
    assert len(body) == 1 << 20
    with small_router.client() as client:
        assert client.post("/v1/chat/completions", content=body).status_code == 200
        assert client.post("/v1/chat/completions", content=body + b" ").status_code == 413


# -- keys


@pytest.mark.parametrize("headers", [
    {"Authorization": f"Bearer {MASTER_KEY}"}, {"authorization": f"bearer {MASTER_KEY}"}, {"x-api-key": MASTER_KEY},
    {"api-key": MASTER_KEY}, {"x-goog-api-key": MASTER_KEY},
], ids=["bearer", "lower case", "x-api-key", "api-key", "x-goog-api-key"])
def test_the_key_is_taken_from_each_header_and_goes_no_further(router, upstream, headers):
    answer = router.client(headers=headers).post("/v1/chat/completions", json=CHAT)
    assert answer.status_code == 200
    call = upstream.only_call
    assert MASTER_KEY not in call.raw_head.decode("latin-1")
    assert call.header("authorization") == f"Bearer {PROVIDER_KEY}"


WRONG = {
    "none": {}, "empty": {"Authorization": ""}, "no scheme": {"Authorization": MASTER_KEY}, "empty bearer": {"Authorization": "Bearer "},
    "basic": {"Authorization": f"Basic {MASTER_KEY}"}, "wrong": {"Authorization": "Bearer sk-wrong"},
    "shorter": {"Authorization": f"Bearer {MASTER_KEY[:-1]}"}, "longer": {"Authorization": f"Bearer {MASTER_KEY}x"},
    "other case": {"Authorization": f"Bearer {MASTER_KEY.upper()}"}, "wrong x-api-key": {"x-api-key": "sk-wrong"},
    "provider's": {"Authorization": f"Bearer {PROVIDER_KEY}"}, "very long": {"Authorization": "Bearer " + "x" * 4000},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("method, path", [("POST", "/v1/chat/completions"), ("GET", "/v1/models"), ("GET", "/models/chat")])
def test_without_a_good_key_nothing_is_answered(router, upstream, headers, method, path):
    with router.raw() as connection:
        body = json.dumps(CHAT).encode() if method == "POST" else b""
        connection.send(request(method, path, body, **{name.replace("-", "_"): value for name, value in headers.items()}))
        answer = connection.read_response()
    assert answer.status == 401
    message = answer.json()["error"]["message"]
    assert message
    for value in headers.values():
        assert len(value) < 8 or value.split(" ")[-1] not in message
    assert upstream.calls == []


@pytest.mark.parametrize("headers", [{}, {"Expect": "100-continue"}], ids=["plain", "expecting"])
def test_the_key_is_checked_before_the_body_is_sent(router, headers):
    with router.raw() as connection:
        head = request("POST", "/v1/chat/completions", key="sk-wrong", **headers)
        connection.send(head.replace(b"Content-Length: 0", b"Content-Length: 50000000"))
        assert connection.read_response().status == 401  # not 100, and no wait for fifty megabytes


def test_a_refused_upload_does_not_lose_its_refusal(router):
    """A client that is still sending must be able to read the 401: a reset would take it away."""
    with router.raw() as connection:
        head = request("POST", "/v1/chat/completions", key="sk-wrong").replace(b"Content-Length: 0", b"Content-Length: 4000000")
        connection.send(head)
        for _ in range(60):
            if not connection.try_to_send(b"x" * 65536):
                break
        assert connection.read_response().status == 401


# -- browsers


def test_a_preflight_of_an_allowed_origin_passes_without_a_key(router):
    for path in ("/v1/models", "/v1/chat/completions", "/chat/completions", "/v1/models/vendor/large/model"):
        asked = {"Origin": ALLOWED_ORIGIN, "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "authorization,content-type"}
        answer = router.client(headers=asked).options(path)
        assert answer.status_code in (200, 204)
        assert answer.headers["access-control-allow-origin"] in (ALLOWED_ORIGIN, "*")
        methods = {name.strip() for name in answer.headers["access-control-allow-methods"].split(",")}
        assert {"GET", "POST", "OPTIONS"} <= methods
        allowed = answer.headers["access-control-allow-headers"].lower()
        assert "authorization" in allowed and "content-type" in allowed


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://webui.example.evil.example", "http://webui.example",
                                    "https://webui.example:8443", "https://xwebui.example"])
def test_no_other_origin_is_let_in(router, origin):
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in router.client(headers=asked).options("/v1/models").headers
    real = router.client(headers={"Origin": origin, "Authorization": f"Bearer {MASTER_KEY}"}).get("/v1/models")
    assert "access-control-allow-origin" not in real.headers


def test_answers_errors_and_streams_carry_the_allowed_origin(router, upstream):
    client = router.client(headers={"Origin": ALLOWED_ORIGIN, "Authorization": f"Bearer {MASTER_KEY}"})
    upstream.next(scripts.well_behaved, scripts.well_behaved, scripts.whole(bodies.error("full"), status=429))
    answers = {
        200: [client.get("/v1/models"), client.post("/v1/chat/completions", json=CHAT),
              client.post("/v1/chat/completions", json={**CHAT, "stream": True})],
        429: [client.post("/v1/chat/completions", json=CHAT)],
        404: [client.get("/nothing"), client.post("/v1/chat/completions", json=chat_request("no-such-model"))],
        405: [client.put("/v1/models")],
        401: [router.client(headers={"Origin": ALLOWED_ORIGIN}).get("/v1/models")],
    }
    for status, some in answers.items():
        for answer in some:
            assert answer.status_code == status
            assert answer.headers["access-control-allow-origin"] in (ALLOWED_ORIGIN, "*")
            assert answer.headers["access-control-allow-origin"] == "*" or "origin" in answer.headers["vary"].lower()


def test_an_answer_without_an_origin_says_nothing_of_origins(client):
    assert "access-control-allow-origin" not in client.get("/v1/models").headers


def test_a_star_lets_every_origin_in(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"cors_allowed_origins": ["*"]}})
    answer = router.client(headers={"Origin": "https://anyone.example"}).options("/v1/models")
    assert answer.headers["access-control-allow-origin"] in ("*", "https://anyone.example")
    assert "access-control-allow-credentials" not in answer.headers


# -- what every answer tells about itself


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_answer_says_which_call_it_is_and_who_answered(client, upstream, stream):
    answer = client.post("/v1/chat/completions", json={**CHAT, "stream": stream})
    headers = answer.headers
    assert headers["x-request-id"] and headers["x-litellm-call-id"]
    assert headers["x-litellm-model-id"] == "the-chat-target"
    assert headers["x-litellm-model-group"] == "chat"
    assert headers["x-litellm-model-api-base"].startswith(upstream.origin)
    assert headers["x-litellm-version"]
    assert float(headers["x-litellm-response-duration-ms"]) >= 0
    assert float(headers["x-litellm-overhead-duration-ms"]) >= 0


def test_every_call_has_an_id_of_its_own(client):
    ids = [client.post("/v1/chat/completions", json=CHAT).headers["x-request-id"] for _ in range(5)]
    ids.append(client.post("/v1/chat/completions", json=chat_request("no-such-model")).headers["x-request-id"])
    ids.append(client.post("/v1/chat/completions", content=b"{").headers["x-request-id"])
    assert len(set(ids)) == 7


def test_a_stream_is_not_to_be_cached_or_buffered_on_its_way(client):
    answer = client.post("/v1/chat/completions", json={**CHAT, "stream": True})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "no-cache" in answer.headers["cache-control"]
    assert answer.headers["x-accel-buffering"] == "no"


# -- models without an upstream


def test_a_mocked_model_answers_whole(client, upstream):
    answer = client.post("/v1/chat/completions", json=chat_request("mock")).json()
    assert answer["object"] == "chat.completion" and answer["model"] == "mock"
    assert answer["choices"][0]["message"] == {"role": "assistant", "content": "a mocked answer"}
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert all(isinstance(answer["usage"][name], int) for name in ("prompt_tokens", "completion_tokens", "total_tokens"))
    assert upstream.calls == []


@pytest.mark.parametrize("asked", [True, False], ids=["with usage", "without usage"])
def test_a_mocked_model_answers_as_a_stream(client, asked):
    options = {"stream_options": {"include_usage": True}} if asked else {}
    answer = client.post("/v1/chat/completions", json=chat_request("mock", stream=True, **options))
    assert answer.headers["content-type"].startswith("text/event-stream")
    found = events(answer.content)
    assert found[-1] == "[DONE]"
    chunks = found[:-1]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert {chunk["model"] for chunk in chunks} == {"mock"}
    text = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk["choices"])
    assert text == "a mocked answer"
    assert [c["choices"][0]["finish_reason"] for c in chunks if c["choices"]][-1] == "stop"
    assert len([chunk for chunk in chunks if chunk.get("usage")]) == (1 if asked else 0)
