"""A whole installation, made and run by ./manage.sh as a user would, in a folder of its own beside nothing of the user's.

It stays in build/open-webui between runs, so that Open WebUI is installed once; what people wrote in it is new each time.
"""

import json
import os
import re
import shutil
import subprocess
from contextlib import contextmanager

import httpx

from fakes.provider import Provider, says
from fakes.truth import Said, Seen
from fakes.upstream import FakeUpstream
import providers
from router import ROOT, eventually, find_binary, free_port, to_yaml
from sdk.world import entry

FOLDER = ROOT / "build" / "open-webui"
DATABASE = "openwebui_test"
PASSWORD = 'p@ss:w/rd%#1 "x$y'  # one that has to be encoded
THINKING = {"thinking": {"type": "enabled", "budget_tokens": 2048}}  # Claude is asked to think, and so wants its signatures back
IDLE_TIMEOUT = 4  # seconds of silence after which Open WebUI gives a stream up
NAMES = {"openai_chat": "gpt", "openai_responses": "responses", "deepseek": "deepseek", "anthropic_messages": "claude", "gemini": "gemini"}
SERVICE_MODELS = ("text-embedding-3-small", "gpt-4o-mini-tts", "gpt-4o-mini-transcribe", "gpt-image-1")
TASKS = {"title": {"title": "Quokka Talk"}, "tags": {"tags": ["Animals"]}, "follow_ups": {"follow_ups": ["Where do quokkas live?"]},
         "queries": {"queries": ["quokka"]}}


def answer_task(seen: Seen) -> Said:
    """What a model says to one of Open WebUI's own questions: the JSON that it asks for."""
    for member, answer in TASKS.items():
        if f'"{member}"' in seen.last_user_text:
            return says(json.dumps(answer))
    return says("Hm.")


class Site:
    """The folder, the fakes behind its router, and ./manage.sh."""

    def __init__(self):
        self.folder = FOLDER
        self.home = FOLDER / "home"
        self.router_port, self.webui_port = free_port(), free_port()
        self.router_url, self.webui_url = f"http://127.0.0.1:{self.router_port}", f"http://127.0.0.1:{self.webui_port}"
        self.upstreams = {dialect: FakeUpstream(Provider(dialect, None)) for dialect in NAMES}
        self.tasks = Provider("openai_chat", answer_task)
        self.tasks_upstream = FakeUpstream(self.tasks)
        self.services = FakeUpstream(providers.services)
        self.models = [entry(name, dialect, self.upstreams[dialect], **(THINKING if name == "claude" else {})) for dialect, name in NAMES.items()]
        self.models += [entry("tasks", "openai_chat", self.tasks_upstream)]
        self.models += [entry(name, "openai_chat", self.services, f"openai/{name}") for name in SERVICE_MODELS]
        self._lay_out()

    def _lay_out(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / ".env").exists():
            self.manage("stop", must_succeed=False)
        for name in (".env", "conf", "manage", "deploy", "state", "screenshots"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / ".env").unlink(missing_ok=True)
        shutil.rmtree(self.folder / ".open-webui" / "data", ignore_errors=True)
        for name in ("manage", "deploy", "conf"):
            shutil.copytree(ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("config.yml", "config.yaml", "__pycache__"))
        for name in ("manage.sh", ".env.example"):
            shutil.copy2(ROOT / name, self.folder / name)
        (self.folder / "src" / "config").mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / "src" / "config" / "providers.yml", self.folder / "src" / "config")
        (self.home / ".local" / "bin").mkdir(parents=True, exist_ok=True)
        (self.folder / "screenshots").mkdir()
        self.set_env(LLM_ROUTER_PORT=self.router_port, OPENWEBUI_PORT=self.webui_port, OPENWEBUI_DB_USER=DATABASE, OPENWEBUI_DB_NAME=DATABASE,
                     OPENWEBUI_DB_PASSWORD=f"'{PASSWORD}'", AIOHTTP_CLIENT_STREAM_IDLE_TIMEOUT=IDLE_TIMEOUT)
        self.write_configuration(self.models)

    # -- what its owner edits

    def set_env(self, **lines):
        file = self.folder / ".env"
        text = (file if file.exists() else ROOT / ".env.example").read_text()
        for name, value in lines.items():
            text, count = re.subn(rf"(?m)^#?{name}=.*$", lambda _: f"{name}={value}", text)
            text += "" if count else f"{name}={value}\n"
        file.touch(mode=0o600)
        file.write_text(text)

    def env(self, name: str) -> str:
        return re.search(rf"(?m)^{name}=(.*)$", (self.folder / ".env").read_text())[1]

    def write_configuration(self, models, **more):
        general = {"master_key": "os.environ/LLM_ROUTER_MASTER_KEY", "heartbeat_interval": 1, "drain_timeout": 1, **more}
        fresh = self.folder / "conf" / "config.new"
        fresh.write_text(to_yaml({"model_list": models, "general_settings": general}) + "\n")
        fresh.rename(self.folder / "conf" / "config.yml")

    @contextmanager
    def configured(self, models, **more):
        """Another configuration for a while."""
        self.write_configuration(models, **more)
        try:
            yield
        finally:
            self.write_configuration(self.models)

    # -- what its owner runs

    def run(self, *command, must_succeed=True, within=600) -> str:
        path = f"{self.home / '.local' / 'bin'}:{os.environ['PATH']}"
        env = {**os.environ, "HOME": str(self.home), "PATH": path, "ROUTER_BINARY": str(find_binary())}
        env.pop("PM2_HOME", None)
        ended = subprocess.run(command, cwd=self.folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=within)
        said = ended.stdout + ended.stderr
        assert ended.returncode == 0 or not must_succeed, f"{command} ended with {ended.returncode}:\n{said[-6000:]}"
        return said

    def manage(self, *arguments, **how) -> str:
        return self.run("./manage.sh", *arguments, **how)

    def pm2(self, *arguments) -> str:
        return self.run(str(self.folder / ".open-webui" / "bin" / "pm2"), *arguments)

    def wait_until_up(self):
        def answers():
            try:
                return httpx.get(f"{self.webui_url}/health", trust_env=False).status_code == 200
            except httpx.TransportError:
                return False

        eventually(answers, 120, "Open WebUI")

    def log(self, service: str) -> str:
        return "".join(file.read_text(errors="replace") for file in (self.home / ".pm2" / "logs").glob(f"{service}-*.log"))

    # -- the providers behind it

    def provide(self, dialect: str, mind, kind=Provider, **how) -> Provider:
        """The provider behind the model of this dialect, from now on."""
        provider = kind(dialect, mind, **how)
        self.upstreams[dialect].forget()
        self.upstreams[dialect].always(provider)
        return provider

    def look(self):
        for upstream in (*self.upstreams.values(), self.tasks_upstream, self.services):
            assert not upstream.script_errors, upstream.script_errors

    def drop_database(self):
        for statement in (f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)", f"DROP ROLE IF EXISTS {DATABASE}"):
            self.run("runuser", "-u", "postgres", "--", "psql", "-qc", statement, "postgres", must_succeed=False)

    def close(self):
        self.manage("stop", must_succeed=False)
        self.pm2("kill")
        for upstream in (*self.upstreams.values(), self.tasks_upstream, self.services):
            upstream.stop()
