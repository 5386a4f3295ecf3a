"""Forms that are longer than memory is to hold: they lie on disk until they are answered."""

import hashlib
import json
import os
import random
import re
import resource
from pathlib import Path

import pytest

from fakes import bodies, scripts
from fakes.gate import Gate
from raw_http import request
from router import MASTER_KEY, eventually, model

TYPE = "multipart/form-data; boundary=bound-4711"
BEFORE = b'--bound-4711\r\nContent-Disposition: form-data; name="file"; filename="long.wav"\r\nContent-Type: audio/wav\r\n\r\n'
BEHIND = b'\r\n--bound-4711\r\nContent-Disposition: form-data; name="model"\r\n\r\n%s\r\n--bound-4711--\r\n'
PIECE = 1 << 20


def recording(megabytes: int):
    """Sound that nobody can guess, in pieces, the same each time."""
    noise = random.Random(megabytes)
    for _ in range(megabytes):
        yield noise.randbytes(PIECE)


def digest_of(megabytes: int, model_name=b"gpt-upstream") -> str:
    digest = hashlib.sha256(BEFORE)
    for piece in recording(megabytes):
        digest.update(piece)
    digest.update(BEHIND % model_name)
    return digest.hexdigest()


def begin_upload(router, **headers):
    connection = router.raw()
    head = request("POST", "/v1/audio/transcriptions", key=MASTER_KEY, Content_Type=TYPE, **headers)
    connection.send(head.replace(b"Content-Length: 0", b"Transfer-Encoding: chunked"))
    return connection


def upload(router, megabytes: int, after_each=lambda: None):
    """Sends it in chunks, the model behind the sound."""
    connection = begin_upload(router)
    for piece in (BEFORE, *recording(megabytes), BEHIND % b"chat"):
        connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        after_each()
    connection.send(b"0\r\n\r\n")
    return connection


def hashing(then):
    """Reads the body without keeping it; `then` answers."""

    def script(call):
        left, digest = int(call.header("content-length")), hashlib.sha256()
        while left:
            piece = call.connection.read_exactly(min(left, PIECE))
            digest.update(piece)
            left -= len(piece)
        call.body = b""
        call.digest = digest.hexdigest()
        then(call)

    return scripts.early(script)


def say_hash(call):
    call.whole(bodies.as_json({"text": call.digest}))


TSANS_OWN = "tsan.rodata"  # a file that the thread sanitizer maps in TMPDIR


def anonymous_memory(router) -> int:
    status = Path(f"/proc/{router.process.pid}/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+) kB", status).group(1)) << 10


def held_in(router, folder) -> list[str]:
    """What the process has open, or mapped, of the folder."""
    of_process = Path(f"/proc/{router.process.pid}")
    opened = [os.readlink(link) for link in (of_process / "fd").iterdir() if link.is_symlink()]
    mapped = (of_process / "maps").read_text().splitlines()
    return [line for line in opened + mapped if str(folder) in line and TSANS_OWN not in line]


def has_shadow(router) -> bool:
    """Whether a sanitizer keeps a shadow of all memory, several times as large."""
    return TSANS_OWN in Path(f"/proc/{router.process.pid}/maps").read_text()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "spool").mkdir()
    return tmp_path / "spool"


def test_a_long_upload_arrives_byte_for_byte_and_takes_no_memory(start_router, upstream, folder):
    gate = Gate()
    upstream.next(hashing(lambda call: (call.wait(gate), say_hash(call))))
    router = start_router({"model_list": [model("chat", upstream)]}, env={"TMPDIR": str(folder)})
    before, memory = anonymous_memory(router), []
    connection = upload(router, 200, after_each=lambda: memory.append(anonymous_memory(router)))
    call = upstream.wait_for_call()
    memory.append(anonymous_memory(router))
    assert eventually(lambda: hasattr(call, "digest"))
    assert list(folder.iterdir()) == []  # it has no name from the start
    assert held_in(router, folder)
    gate.open()
    assert connection.read_response().json() == {"text": digest_of(200)}
    assert has_shadow(router) or max(memory) - before < 32 << 20
    eventually(lambda: not held_in(router, folder), what="the file's end")
    with router.client() as client:
        assert client.get("/v1/models").status_code == 200
    connection.close()


def test_a_long_upload_goes_to_the_second_target_when_the_first_one_fails(start_router, start_upstream, folder):
    first = start_upstream(hashing(lambda call: call.whole(bodies.as_json(bodies.error("overloaded")), status=503)))
    second = start_upstream(hashing(say_hash))
    router = start_router({"model_list": [model("chat", first), model("chat", second)]}, env={"TMPDIR": str(folder)})
    with upload(router, 12) as connection:
        assert connection.read_response().json() == {"text": digest_of(12)}
    assert first.only_call.digest == second.only_call.digest
    eventually(lambda: not held_in(router, folder), what="the file's end")


@pytest.mark.parametrize("interim", [b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3],
                         ids=["100", "103"])
def test_an_interim_answer_does_not_end_an_upload(start_router, upstream, folder, interim):
    """Some servers say 100 to every upload; that is no answer, and they wait for the rest."""

    def go_on(call):
        call.write(interim[:9])
        call.until_read()
        call.write(interim[9:])
        call.until_read()
        call.read_body()
        call.whole(bodies.as_json({"text": hashlib.sha256(call.body).hexdigest()}))

    upstream.next(scripts.early(go_on))
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"first_byte_timeout": 5}}, env={"TMPDIR": str(folder)})
    with upload(router, 30) as connection:
        assert connection.read_response().json() == {"text": digest_of(30)}


def test_an_answer_that_comes_before_all_of_an_upload_ends_it(start_router, upstream, folder):
    def refuse(call):
        call.whole(bodies.as_json(bodies.error("that is too much")), status=413)
        call.wait_for_peer_to_leave()  # and reads nothing more

    upstream.next(scripts.early(refuse))
    router = start_router({"model_list": [model("chat", upstream)]}, env={"TMPDIR": str(folder)})
    with upload(router, 30) as connection:
        answer = connection.read_response()
        assert answer.status == 413 and "that is too much" in answer.json()["error"]["message"]
        with upload(router, 1) as other:  # on another connection: that one is in the middle of a request
            assert other.read_response().status == 200
    assert len(upstream.connections) == 2


def test_an_upload_with_a_length_takes_the_same_way(start_router, upstream, folder):
    for _ in range(2):
        upstream.next(hashing(say_hash))
    router = start_router({"model_list": [model("chat", upstream)]}, env={"TMPDIR": str(folder)})
    body = BEFORE + b"".join(recording(40)) + BEHIND % b"chat"
    before = anonymous_memory(router)
    with router.raw() as connection:
        connection.send(request("POST", "/v1/audio/transcriptions", body, MASTER_KEY, Content_Type=TYPE) * 2)
        assert connection.read_response().json() == {"text": digest_of(40)}
        assert connection.read_response().json() == {"text": digest_of(40)}
    assert has_shadow(router) or anonymous_memory(router) - before < 20 << 20


def test_an_upload_above_its_limit_is_refused_however_it_comes(start_router, upstream, folder):
    limits = {"max_upload_size_mb": 3, "max_request_size_mb": 64}
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": limits}, env={"TMPDIR": str(folder)})
    with router.raw() as connection:
        head = request("POST", "/v1/audio/transcriptions", key=MASTER_KEY, Content_Type=TYPE)
        connection.send(head.replace(b"Content-Length: 0", b"Content-Length: %d" % ((3 << 20) + 1)))
        told = connection.read_response()
    with begin_upload(router) as connection:
        for piece in (BEFORE, *recording(3), b"x"):
            connection.try_to_send(b"%x\r\n%s\r\n" % (len(piece), piece))
        grown = connection.read_response()
    for answer in (told, grown):
        assert answer.status == 413
        assert "3 MB" in answer.json()["error"]["message"] and "max_upload_size_mb" in answer.json()["error"]["message"]
    assert upstream.calls == []
    eventually(lambda: not held_in(router, folder), what="the file's end")


def test_json_sent_to_an_endpoint_of_forms_is_bounded_as_all_json_is(start_router, upstream):
    router = start_router({"model_list": [model("chat", upstream)], "general_settings": {"max_request_size_mb": 1}})
    with router.client() as client:
        answer = client.post("/v1/images/edits", content=b'{"model": "chat"' + b" " * (1 << 20) + b"}")
    assert answer.status_code == 413 and "max_request_size_mb" in answer.json()["error"]["message"]


def test_a_client_that_leaves_in_mid_upload_leaves_no_file(start_router, upstream, folder):
    router = start_router({"model_list": [model("chat", upstream)]}, env={"TMPDIR": str(folder)})
    with begin_upload(router) as connection:
        for piece in (BEFORE, *recording(4)):
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        eventually(lambda: held_in(router, folder), what="the file")
    eventually(lambda: not held_in(router, folder), what="the file's end")
    assert upstream.calls == []


def test_a_client_that_leaves_behind_its_upload_ends_the_call_upstream(start_router, upstream, folder):
    """At once, though the upstream takes nothing more and would find the end behind megabytes."""
    upstream.next(scripts.early(scripts.silent))
    router = start_router({"model_list": [model("chat", upstream)]}, env={"TMPDIR": str(folder)})
    with upload(router, 30):
        call = upstream.wait_for_call()
    assert call.wait_until_left(2.0)
    eventually(lambda: not held_in(router, folder), what="the file's end")


@pytest.mark.parametrize("why", ["no such folder", "no room"])
def test_an_upload_that_cannot_be_kept_is_refused_with_the_reason_and_the_log_says_where(start_router, upstream, folder, why):
    place = folder / "gone" if why == "no such folder" else folder
    router = start_router({"model_list": [model("chat", upstream)]}, env={"TMPDIR": str(place)})
    if why == "no room":
        resource.prlimit(router.process.pid, resource.RLIMIT_FSIZE, (2 << 20, 2 << 20))
    with begin_upload(router) as connection:
        for piece in (BEFORE, *recording(3)):
            connection.try_to_send(b"%x\r\n%s\r\n" % (len(piece), piece))
        answer = connection.read_response()
    assert answer.status == 503
    message = answer.json()["error"]["message"]
    assert {"no such folder": "No such file or directory", "no room": "File too large"}[why] in message
    assert str(folder) not in json.dumps(answer.json())
    assert str(place) in eventually(lambda: router.calls_logged(), what="its line")[0]["error"]
    assert router.chat().status_code == 200  # all else goes on
    assert held_in(router, folder) == []
