"""The router as its users run it: a process, a configuration file, an address, a log."""

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import httpx

from raw_http import RawHttp, request

ROOT = Path(__file__).resolve().parents[2]

MASTER_KEY = "sk-master-4f1c9be27a60d853"
PROVIDER_KEY = "sk-provider-90d2ab7735e1c468"
PROMPT = "zanzibar-prompt"  # in every prompt of these tests; together with bodies.ANSWER it may never be in a log
NEVER_LOGGED = [MASTER_KEY, PROVIDER_KEY, PROMPT, "quokka-"]
STARTS_WITHIN = 30.0


def eventually(condition, within=15.0, what="the condition"):
    """Waits for what has no event to wait on: a file, a process, a socket of another process."""
    deadline = time.monotonic() + within
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true within {within} s")
        time.sleep(0.01)


def find_binary() -> Path:
    named = os.environ.get("ROUTER_BINARY")
    places = [Path(named)] if named else [ROOT / "build" / kind / "open-llm-router" for kind in ("dev", "release")]
    for place in places:
        if place.exists():
            return place.resolve()
    raise FileNotFoundError(f"no router at {' or '.join(map(str, places))}; ./manage.sh build makes one")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


# -- configuration


def model(name: str, upstream=None, upstream_model="gpt-upstream", model_info=None, **params) -> dict:
    """An entry of model_list that leads to the fake upstream."""
    litellm_params = {"model": f"openai/{upstream_model}", "api_key": PROVIDER_KEY}
    if upstream is not None:
        litellm_params["api_base"] = upstream if isinstance(upstream, str) else upstream.base_url
    entry = {"model_name": name, "litellm_params": {**litellm_params, **params}}
    return {**entry, "model_info": model_info} if model_info else entry


def to_yaml(value, indent=0) -> str:
    """Block style, every scalar as JSON, which YAML understands."""
    pad = "  " * indent
    if isinstance(value, dict) and value:
        lines = []
        for key, item in value.items():
            nested = isinstance(item, (dict, list)) and item
            lines.append(f"{pad}{key if re.fullmatch(r'[a-z_A-Z]+', key) else json.dumps(key)}:"
                         + (f"\n{to_yaml(item, indent + 1)}" if nested else f" {json.dumps(item, ensure_ascii=False)}"))
        return "\n".join(lines)
    if isinstance(value, list) and value:
        return "\n".join(f"{pad}- {to_yaml(item, indent + 1).lstrip()}" for item in value)
    return pad + json.dumps(value, ensure_ascii=False)


# -- processes


def environment(**more) -> dict:
    """What a router sees: nothing of the developer's own variables, but for the sanitizers' options."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TZ") or k.endswith("SAN_OPTIONS")}
    kept.setdefault("UBSAN_OPTIONS", "print_stacktrace=1")
    return {**kept, **more}


def run(*arguments, cwd, env=None, within=30.0) -> subprocess.CompletedProcess:
    """Runs the binary to its end."""
    return subprocess.run([find_binary(), *map(str, arguments)], cwd=cwd, env=environment(**(env or {})),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=within)


class Router:
    """A running router.

    config        what is written to its file, with what every test wants filled in; None: its file lies there already
    arguments     more flags; command_line: all of them, in place of the usual ones
    env           variables that it sees besides PATH and its like
    ca            the authority that it is verified with, when it serves over TLS
    """

    def __init__(self, folder: Path, config: dict | None, *, arguments=(), command_line=None, env=None, port=None,
                 master_key: str | None = MASTER_KEY, ca=None):
        self.folder = folder
        self.port = port or free_port()
        self.ca = ca
        self.url = f"https://localhost:{self.port}" if ca else f"http://127.0.0.1:{self.port}"
        self.key = master_key
        self.config_file = folder / "config.yml"
        self.log_file = folder / "router.log"
        self.stderr_file = folder / "stderr.txt"
        self.stdout_file = folder / "stdout.txt"
        self.secrets = list(NEVER_LOGGED)
        self.expected_exit = 0
        if config is not None:
            self.write_config(config)
        if command_line is None:
            command_line = ["serve", "--config", str(self.config_file), "--port", str(self.port), *arguments]
        with open(self.stderr_file, "wb") as stderr, open(self.stdout_file, "wb") as stdout:
            self.process = subprocess.Popen(
                [find_binary(), *command_line], cwd=folder, env=environment(**(env or {})), stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)
        self.wait_until_ready()

    # -- configuration

    def write_config(self, config: dict):
        """Fills in what every test wants, and puts the file in place in one step."""
        general = {"log_format": "json", "log_file": str(self.log_file), "drain_timeout": 1}
        if self.key:
            general["master_key"] = self.key
        config = {**config, "general_settings": {**general, **config.get("general_settings", {})},
                  "router_settings": {"num_retries": 0, **config.get("router_settings", {})}}  # an error is told at once
        self.write_config_text(to_yaml(config) + "\n")

    def write_config_text(self, text: str):
        fresh = self.config_file.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.config_file)

    # -- life

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def stderr(self) -> str:
        return self.stderr_file.read_text(errors="replace")

    def wait_until_ready(self):
        def ready():
            if not self.is_alive():
                raise AssertionError(f"the router ended with {self.process.returncode}:\n{self.stderr()[-4000:]}")
            try:
                return httpx.get(f"{self.url}/health/liveliness", verify=self.ca or True).status_code == 200
            except httpx.TransportError:
                return False

        try:
            eventually(ready, STARTS_WITHIN, "a live router")
        except AssertionError:
            self.process.kill()
            raise

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait_until_gone(self, within=30.0) -> int:
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the router is still there {within} s after SIGTERM:\n{self.stderr()[-2000:]}") from None

    def kill(self):
        if self.is_alive():
            self.process.kill()
            self.process.wait()

    def stop(self):
        """Ends it and looks at what it leaves behind: its exit code, the sanitizers' word, and its log."""
        if self.is_alive():
            self.terminate()
        code = self.wait_until_gone()
        self.look_at_what_is_left(code)

    def look_at_what_is_left(self, code: int):
        stderr = self.stderr()
        for sign in ("Sanitizer", "runtime error:", "terminate called", "Assertion"):
            assert sign not in stderr, stderr[-6000:]
        assert code == self.expected_exit, f"exit code {code}:\n{stderr[-4000:]}"
        written = stderr + self.stdout_file.read_text(errors="replace") + self.log_text()
        for secret in self.secrets:
            assert secret not in written, f"{secret!r} is in the log: {_around(written, secret)}"

    def __enter__(self):
        return self

    def __exit__(self, failure, *_):
        if failure is None:
            self.stop()
        self.kill()  # the test's own failure is the news

    # -- talking to it

    def raw(self, **how) -> RawHttp:
        return RawHttp(("127.0.0.1", self.port), **how)

    def client(self, **how) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        how.setdefault("headers", headers)
        return httpx.Client(base_url=self.url, verify=self.ca or True, timeout=30, trust_env=False, **how)

    def chat(self, model_name="chat", **fields) -> httpx.Response:
        with self.client() as client:
            return client.post("/v1/chat/completions", json=chat_request(model_name, **fields))

    def start_chat(self, model_name="chat", **fields) -> RawHttp:
        """Sends a call on a connection of its own and does not wait for its answer."""
        connection = self.raw()
        connection.send(self.chat_bytes(model_name, **fields))
        return connection

    def chat_bytes(self, model_name="chat", **fields) -> bytes:
        body = json.dumps(chat_request(model_name, **fields)).encode()
        return request("POST", "/v1/chat/completions", body, self.key)

    def models(self) -> list[str]:
        with self.client() as client:
            return [entry["id"] for entry in client.get("/v1/models").json()["data"]]

    # -- what outlives it

    def records_kept(self, table: str) -> int:
        """How many thoughts (`signatures`) or `responses` are on the disk."""
        with contextlib.closing(sqlite3.connect(f"file:{self.folder}/state/router.db?mode=ro", uri=True)) as database:
            return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]

    def kill_and_start_again(self, records: dict[str, int]) -> "Router":
        """Another one on the same folder, killed when so many records were on the disk: {table: count}."""
        for table, count in records.items():
            eventually(lambda: self.records_kept(table) == count, what=f"{count} {table} on the disk")
        self.kill()
        return Router(self.folder, None, master_key=self.key)

    # -- its log

    def log_text(self) -> str:
        return self.log_file.read_text() if self.log_file.exists() else ""

    def calls_logged(self) -> list[dict]:
        complete = self.log_text().rpartition("\n")[0]
        lines = [json.loads(line) for line in complete.split("\n") if line]  # splitlines() would split at U+2028 too
        return [line for line in lines if line.get("msg") == "call"]

    def logged_call(self, response) -> dict:
        """The one line that the log has of this answer."""
        ids = {response.headers["x-request-id"], response.headers["x-litellm-call-id"]}

        def lines():
            return [line for line in self.calls_logged() if line.get("id") in ids]

        found = eventually(lines, what="a line in the log")
        assert len(found) == 1, found
        return found[0]


def chat_request(model_name="chat", **fields) -> dict:
    return {"model": model_name, "messages": [{"role": "user", "content": PROMPT}], **fields}


def _around(text: str, part: str) -> str:
    at = text.index(part)
    return text[max(at - 200, 0) : at + 200]
