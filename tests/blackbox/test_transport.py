"""TLS on both sides, proxies, unix sockets, names."""

import base64
import re
import socket
import ssl

import httpx
import pytest

from fakes import bodies, scripts
from fakes.bodies import ANSWER
from fakes.certificates import Authority
from fakes.gate import Gate
from fakes.proxy import FakeProxy
from fakes.upstream import FakeUpstream
from raw_http import RawHttp, events, request, text_of
from router import MASTER_KEY, chat_request, free_port, model, run, to_yaml


@pytest.fixture
def secure_upstream(authority, start_upstream) -> FakeUpstream:
    return start_upstream(tls=authority.server())


def routed(start_router, upstream, ca=None, **more):
    env = {"SSL_CERT_FILE": str(ca)} if ca else {}
    env.update(more.pop("env", {}))
    return start_router({"model_list": [model("chat", upstream)]}, env=env, **more)


# -- TLS upstream


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_an_upstream_with_a_trusted_certificate_is_called(start_router, authority, secure_upstream, stream):
    answer = routed(start_router, secure_upstream, authority.pem).chat(stream=stream)
    assert answer.status_code == 200
    assert (text_of(events(answer.content)) if stream else answer.json()["choices"][0]["message"]["content"]) == ANSWER


def assert_not_trusted(router, upstream):
    answer = router.chat()
    assert answer.status_code == 502
    message = answer.json()["error"]["message"]
    assert message and str(upstream.port) not in message
    assert upstream.calls == []  # not a byte of the call, nor our key, was shown to it


def test_an_upstream_that_nobody_vouches_for_is_not_called(start_router, secure_upstream):
    assert_not_trusted(routed(start_router, secure_upstream), secure_upstream)


def test_an_upstream_that_another_authority_vouches_for_is_not_called(start_router, tmp_path, secure_upstream):
    assert_not_trusted(routed(start_router, secure_upstream, Authority(tmp_path).pem), secure_upstream)


def test_an_upstream_with_another_ones_certificate_is_not_called(start_router, authority, start_upstream):
    upstream = start_upstream(tls=authority.server("somebody-else.example"))
    assert_not_trusted(routed(start_router, upstream, authority.pem), upstream)


def test_an_upstream_that_does_not_speak_tls_is_not_called(start_router, authority, upstream):
    router = start_router({"model_list": [model("chat", upstream.base_url.replace("http:", "https:"))],
                           "general_settings": {"connect_timeout": 0.4}}, env={"SSL_CERT_FILE": str(authority.pem)})
    answer = router.chat()
    assert answer.status_code in (502, 504) and answer.json()["error"]["message"]
    assert upstream.calls == []


def test_an_address_in_a_certificate_counts(start_router, authority, start_upstream):
    tls = authority.server("127.0.0.1")
    tls.host = "127.0.0.1"
    assert routed(start_router, start_upstream(tls=tls), authority.pem).chat().status_code == 200


def test_connections_are_kept_and_sessions_resumed(start_router, authority, secure_upstream):
    router = routed(start_router, secure_upstream, authority.pem, arguments=["--threads", "1"])
    for _ in range(3):
        assert router.chat().status_code == 200
    assert len(secure_upstream.connections) == 1
    secure_upstream.close_idle_connections()
    assert router.chat().status_code == 200
    assert [connection.session_reused for connection in secure_upstream.connections] == [False, True]


def test_a_tls_stream_that_is_cut_is_an_error_not_an_end(start_router, authority, start_upstream):
    upstream = start_upstream(scripts.stream_then("rst"), tls=authority.server())
    found = events(routed(start_router, upstream, authority.pem).chat(stream=True).content)
    assert [c for c in found if c != "[DONE]" and "error" in c]


def test_a_tls_upstream_that_answers_early_and_stops_reading_is_heard_at_once(start_router, authority, start_upstream):
    gate = Gate()

    def refuse_and_wait(call):
        call.whole(bodies.as_json(bodies.error("that is too much")), status=413)
        call.wait(gate)

    upstream = start_upstream(scripts.early(refuse_and_wait), tls=authority.server())
    answer = routed(start_router, upstream, authority.pem).chat(padding="p" * (16 << 20))
    gate.open()
    assert answer.status_code == 413


def test_a_tls_upstream_that_falls_silent_in_the_handshake_is_given_up(start_router, authority):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        router = start_router({"model_list": [model("chat", f"https://127.0.0.1:{mute.getsockname()[1]}/v1")],
                               "general_settings": {"connect_timeout": 0.4}})
        assert router.chat().status_code in (502, 504)


# -- proxies


@pytest.fixture
def proxy():
    with FakeProxy() as proxy:
        yield proxy


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_a_tls_upstream_is_reached_through_the_proxy(start_router, authority, secure_upstream, proxy, variable):
    router = routed(start_router, secure_upstream, authority.pem, env={variable: f"http://127.0.0.1:{proxy.port}"})
    for stream in (False, True):
        assert router.chat(stream=stream).status_code == 200
    assert set(proxy.targets) == {f"localhost:{secure_upstream.port}"}
    assert "sk-" not in "".join(proxy.heads)


def test_the_proxys_credentials_are_sent_to_it_alone(start_router, authority, secure_upstream, proxy):
    router = routed(start_router, secure_upstream, authority.pem, env={"HTTPS_PROXY": f"http://me:s3cr3t-word@127.0.0.1:{proxy.port}"})
    router.secrets.append("s3cr3t-word")
    assert router.chat().status_code == 200
    said = base64.b64encode(b"me:s3cr3t-word").decode()
    assert re.search(f"^proxy-authorization: basic {re.escape(said)}\r$", proxy.heads[0], re.MULTILINE | re.IGNORECASE)
    assert "proxy-authorization" not in secure_upstream.only_call.header_names()


@pytest.mark.parametrize("exempt", ["localhost", "*", "other.example,localhost", "LOCALHOST"])
def test_no_proxy_is_honoured(start_router, authority, secure_upstream, proxy, exempt):
    env = {"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}", "NO_PROXY": exempt}
    assert routed(start_router, secure_upstream, authority.pem, env=env).chat().status_code == 200
    assert proxy.heads == []


def test_the_certificate_is_verified_through_a_proxy_too(start_router, secure_upstream, proxy):
    router = routed(start_router, secure_upstream, env={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"})
    assert_not_trusted(router, secure_upstream)


@pytest.mark.parametrize("refusal", [b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n",
                                     b"HTTP/1.1 403 Forbidden\r\nContent-Length: 6\r\n\r\nDenied", b"garbage\r\n\r\n", b""],
                         ids=["407", "403", "garbage", "nothing"])
def test_a_proxy_that_refuses_is_a_bad_gateway(start_router, authority, secure_upstream, refusal):
    with FakeProxy(refusal) as proxy:
        env = {"HTTPS_PROXY": f"http://me:s3cr3t-word@127.0.0.1:{proxy.port}"}
        answer = routed(start_router, secure_upstream, authority.pem, env=env).chat()
    assert answer.status_code == 502
    assert answer.json()["error"]["message"] and "s3cr3t-word" not in answer.text
    assert secure_upstream.calls == []


# -- TLS for clients


@pytest.fixture
def secure_router(start_router, authority, upstream):
    chain, key = authority.files()
    return start_router({"model_list": [model("chat", upstream)],
                         "general_settings": {"ssl_certfile": str(chain), "ssl_keyfile": str(key)}}, ca=authority.client())


def test_clients_are_served_over_tls(secure_router, upstream):
    assert secure_router.chat().json()["choices"][0]["message"]["content"] == ANSWER
    answer = secure_router.chat(stream=True)
    assert text_of(events(answer.content)) == ANSWER
    assert secure_router.models() == ["chat"]


def test_plain_bytes_on_the_tls_port_get_no_answer_and_do_no_harm(secure_router):
    with secure_router.raw() as connection:
        connection.send(request("GET", "/v1/models", key=MASTER_KEY))
        assert b"gpt" not in connection.read_to_end()
    assert secure_router.chat().status_code == 200


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_of_tls_are_refused(secure_router, authority):
    context = authority.client()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        secure_router.raw(tls=context)


def test_a_client_that_leaves_over_tls_ends_the_call(secure_router, authority, upstream):
    upstream.next(scripts.silent)
    connection = secure_router.raw(tls=authority.client())
    connection.send(secure_router.chat_bytes(stream=True))
    call = upstream.wait_for_call()
    connection.close()
    assert call.wait_until_left(2)


def test_a_large_body_and_a_large_answer_pass_over_tls(secure_router, upstream):
    text = "t" * (4 << 20)
    upstream.next(scripts.whole(bodies.completion(text)))
    assert secure_router.chat(padding="p" * (4 << 20)).json()["choices"][0]["message"]["content"] == text
    assert len(upstream.only_call.body) > 4 << 20


@pytest.mark.parametrize("missing", ["ssl_certfile", "ssl_keyfile"])
def test_half_a_certificate_keeps_it_from_starting(tmp_path, authority, missing):
    chain, key = authority.files()
    both = {"ssl_certfile": str(chain), "ssl_keyfile": str(key)}
    del both[missing]
    config = {"model_list": [model("mock", mock_response="x")], "general_settings": {"master_key": MASTER_KEY, **both}}
    (tmp_path / "config.yml").write_text(to_yaml(config))
    ended = run("check", "config.yml", cwd=tmp_path)
    assert ended.returncode == 1 and missing in ended.stdout + ended.stderr


def test_a_certificate_that_cannot_be_read_keeps_it_from_starting(tmp_path):
    config = {"model_list": [model("mock", mock_response="x")],
              "general_settings": {"master_key": MASTER_KEY, "ssl_certfile": "absent.pem", "ssl_keyfile": "absent.key"}}
    (tmp_path / "config.yml").write_text(to_yaml(config))
    ended = run("serve", "--config", "config.yml", "--port", free_port(), cwd=tmp_path)
    assert ended.returncode == 1 and "absent." in ended.stderr


# -- unix sockets


def test_a_unix_socket_is_listened_on_as_well(start_router, upstream, tmp_path):
    path = tmp_path / "r.sock"
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"unix_socket": str(path)}})
    transport = httpx.HTTPTransport(uds=str(path))
    with httpx.Client(transport=transport, base_url="http://router", headers={"Authorization": f"Bearer {MASTER_KEY}"}) as client:
        assert client.get("/v1/models").status_code == 200
        assert client.post("/v1/chat/completions", json=chat_request()).status_code == 200
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), base_url="http://router") as stranger:
        assert stranger.get("/v1/models").status_code == 401
    assert router.chat().status_code == 200


def test_a_client_that_leaves_a_unix_socket_ends_the_call(start_router, upstream, tmp_path):
    path = tmp_path / "r.sock"
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"unix_socket": str(path)}})
    upstream.next(scripts.silent)
    connection = RawHttp(str(path))
    connection.send(router.chat_bytes())
    call = upstream.wait_for_call()
    connection.close()
    assert call.wait_until_left(2)


def test_a_socket_file_left_behind_by_a_crash_is_replaced(start_router, upstream, tmp_path):
    path = tmp_path / "r.sock"
    left_behind = socket.socket(socket.AF_UNIX)
    left_behind.bind(str(path))
    left_behind.close()
    start_router({"model_list": [model("chat", upstream)], "general_settings": {"unix_socket": str(path)}})
    with RawHttp(str(path)) as connection:
        connection.send(request("GET", "/v1/models", key=MASTER_KEY))
        assert connection.read_response().status == 200


def test_the_socket_file_is_gone_after_the_end(start_router, upstream, tmp_path):
    path = tmp_path / "r.sock"
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"unix_socket": str(path)}})
    assert path.is_socket()
    router.terminate()
    assert router.wait_until_gone() == 0
    assert not path.exists()


# -- names


def test_an_upstream_is_found_by_name(start_router, upstream):
    router = start_router({"model_list": [model("chat", f"http://localhost:{upstream.port}/v1")]})
    assert router.chat().status_code == 200
    assert upstream.only_call.header("host") == f"localhost:{upstream.port}"
