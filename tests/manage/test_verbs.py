"""The verbs of manage.sh, as far as they go without anything installed; and the files of deploy/, as their tools see them."""

import http.server
import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import scan_models
import serve_open_webui
from conftest import ROOT
from router import find_binary, free_port


def test_every_verb_is_in_the_help(clone):
    said = clone.manage().stdout
    verbs = re.search(r"(?ms)^case \$verb in(.*?)^esac", (ROOT / "manage.sh").read_text())[1]
    for verb in re.findall(r"[a-z]+(?:-[a-z]+)*(?= *[|)])", verbs):
        assert verb in ("help", "h") or f"./manage.sh {verb}" in said, verb


@pytest.mark.parametrize("arguments, said", [
    (["fly"], 'there is no verb "fly"'), (["init", "--fast"], 'init knows no "--fast"'), (["start", "nginx"], 'there is no service "nginx"'),
    (["uninstall", "--all"], 'uninstall knows no "--all"'), (["test", "everything"], 'test knows no "everything"'),
])
def test_what_it_does_not_know_is_said(clone, arguments, said):
    done = clone.manage(*arguments)
    assert done.returncode == 1 and said in done.stderr


def test_start_before_init_says_what_to_do(clone):
    done = clone.manage("start")
    assert done.returncode == 1 and ".env is missing: ./manage.sh init makes one." in done.stderr


def test_doctor_names_what_is_wrong_and_what_mends_it(clone):
    assert clone.manage("init", "--no-postgres").returncode == 0
    clone.env_file.chmod(0o644)
    done = clone.manage("doctor")
    assert done.returncode == 1
    assert re.search(r"wrong +others on this machine can read \.env.*\n +mend: chmod 600 \.env", done.stdout)
    assert re.search(r"wrong +Open WebUI is not installed\n +mend: \./manage\.sh init -x", done.stdout)
    assert re.search(r"wrong +open-webui is not started.*\n +mend: .*\./manage\.sh start open-webui", done.stdout)


def test_doctor_knows_who_has_the_port(clone):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler) as other:
        clone.manage("init", "--no-postgres")
        clone.write_env(clone.env_file.read_text().replace("OPENWEBUI_PORT=8087", f"OPENWEBUI_PORT={other.server_port}"))
        assert f"its port {other.server_port} is taken by process " in clone.manage("doctor").stdout


@pytest.mark.parametrize("verb", ["start", "stop"])
def test_another_installations_services_are_left_alone(clone, verb):
    """PM2 has one list of names, whoever started them."""
    clone.manage("init", "--no-postgres")
    pm2 = clone.folder / ".open-webui" / "bin" / "pm2"
    pm2.parent.mkdir(parents=True)
    theirs = json.dumps([{"name": "llm-router", "pm2_env": {"status": "online", "pm_cwd": "/srv/older"}}])
    pm2.write_text(f"#!/bin/sh\necho \"$@\" >> {clone.folder}/asked\necho '{theirs}'\n")
    pm2.chmod(0o755)
    done = clone.manage(verb, "llm-router")
    assert done.returncode == 1 and "PM2 has a service llm-router already, that of /srv/older." in done.stderr
    assert set((clone.folder / "asked").read_text().split()) == {"jlist"}


# -- scan-models

OLLAMA = {"/api/tags": {"models": [{"name": "llama3.2:latest"}, {"name": "demo"}]}}
VLLM = {"/v1/models": {"object": "list", "data": [{"id": "Qwen/Qwen3-8B", "owned_by": "vllm"}]}}


@pytest.fixture
def serve():
    started = []

    def with_answers(answers: dict) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                found = self.path in answers
                body = json.dumps(answers.get(self.path, {})).encode()
                self.send_response(200 if found else 404)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield with_answers
    for server in started:
        server.shutdown()
        server.server_close()


def test_scan_models_adds_what_it_finds_and_keeps_a_backup(clone, serve):
    ollama, vllm = serve(OLLAMA), serve(VLLM)
    clone.manage("init", "--no-postgres")
    shutil.copy2(clone.folder / "conf" / "config.example.yml", clone.folder / "conf" / "config.yml")
    before = (clone.folder / "conf" / "config.yml").read_text()
    done = clone.manage("scan-models", "--yes", ollama, f"{vllm}/v1")
    assert done.returncode == 0, done.stdout + done.stderr
    after = (clone.folder / "conf" / "config.yml").read_text()
    assert f"model: ollama_chat/llama3.2:latest\n      api_base: {ollama}\n" in after
    assert f"model: openai/Qwen/Qwen3-8B\n      api_base: {vllm}/v1\n      api_key: none\n" in after
    assert 'model_name: "demo@ollama"' in after  # there is a demo already
    assert [file.read_text() for file in (clone.folder / "conf").glob("*.bak")] == [before]
    assert "Nothing new." in clone.manage("scan-models", "--yes", ollama, vllm).stdout
    assert (clone.folder / "conf" / "config.yml").read_text() == after


def test_scan_models_asks_before_it_adds(clone, serve):
    ollama = serve(OLLAMA)
    done = clone.manage("scan-models", ollama)
    assert "llama3.2:latest" in done.stdout and "Nothing was added." in done.stdout
    assert "llama3.2" not in re.sub(r"(?m)^ *#.*$", "", (clone.folder / "conf" / "config.yml").read_text())


def test_scan_models_says_when_nothing_answers(clone):
    assert "No model server answers here." in clone.manage("scan-models", f"http://127.0.0.1:{free_port()}").stdout


@pytest.mark.parametrize("text", ["model_list: []\n", "general_settings:\n  port: 1\n", "",
                                  "model_list:\n- model_name: a\n  litellm_params: {model: openai/a}\n"])
def test_entries_fit_into_any_file(clone, text):
    added = scan_models.with_entries(text, [scan_models.Found("Ollama", "http://127.0.0.1:1", "m").entry("m")])
    file = clone.folder / "conf" / "config.yml"
    file.write_text(added)
    checked = subprocess.run([find_binary(), "check", str(file)], capture_output=True, text=True)
    assert checked.returncode == 0, added + checked.stdout + checked.stderr


# -- linters


def test_the_scripts_are_clean():
    linted = subprocess.run(["shellcheck", "-x", "manage.sh"], cwd=ROOT, capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout


def test_the_compose_file_is_one():
    checked = subprocess.run([sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "deploy/compose.yml"], cwd=ROOT,
                             capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_container_file_is_clean():
    hadolint = Path(sys.executable).parent / "hadolint"
    linted = subprocess.run([hadolint, "--no-color", "deploy/Containerfile"], cwd=ROOT, capture_output=True, text=True)
    assert linted.returncode == 0 and not linted.stdout, linted.stdout


def test_compose_gives_open_webui_what_manage_gives_it():
    text = (ROOT / "deploy" / "compose.yml").read_text()
    for service in serve_open_webui.SERVICES:
        assert f"{service}_API_BASE_URL" in text and f"{service}_API_KEY" in text


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not there")
@pytest.mark.parametrize("name", ["llm-router", "open-webui"])
def test_the_units_are_units(tmp_path, name):
    text = (ROOT / "deploy" / "systemd" / f"{name}.service").read_text()
    unit = tmp_path / f"{name}.service"
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text).replace("llm-router.service", "network.target"))
    checked = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert checked.returncode == 0 and not checked.stderr, checked.stderr
