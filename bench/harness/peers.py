"""Other gateways, each installed from its registry into a folder of its own under build/bench/peers/."""

import json
import subprocess
import venv
from pathlib import Path

from . import machine, works
from .proxies import ROUTER_CONFIG, Proxy


class Unavailable(Exception):
    """A peer that cannot be measured here; the reason goes into the table."""


def run(*command, cwd=None):
    done = subprocess.run([str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Unavailable((done.stderr or done.stdout).strip().splitlines()[-1][:200])
    return done.stdout


def python_with(home, *packages):
    """A virtual environment with these packages."""
    python = home / "bin" / "python"
    if not python.exists():
        print(f"installing {' '.join(packages)} from PyPI into {home}, to measure it", flush=True)
        venv.create(home, with_pip=True, clear=True)
        run(python, "-m", "pip", "install", "-q", *packages)
    return python


def python_version(python, package):
    return run(python, "-c", f"import importlib.metadata as m; print(m.version('{package}'))").strip()


class Peer(Proxy):
    slow = True
    streams = 20  # of an event every 20 ms, about as many as half a processor serves
    keeps_events = False
    patience = 120

    def __init__(self, folder, mock, home):
        super().__init__(folder, mock)
        self.home = home / self.name
        self.version = ""

    def expected_bytes(self, work):
        return work.answer * 3 // 4  # an answer written anew leaves out what the gateway does not know


class LiteLLM(Peer):
    name = "litellm"
    streams = 8

    def install(self):
        # Releases that were withdrawn as compromised are never to be taken.
        python = python_with(self.home, "litellm[proxy]!=1.82.7,!=1.82.8,!=1.107.0")
        self.version = python_version(python, "litellm")

    def command(self):
        config = self.folder / "litellm.yml"
        config.write_text(ROUTER_CONFIG.format(mock=self.mock.port, tls=self.mock.tls_port))
        program = self.home / "bin" / "litellm"
        return [program, "--config", config, "--host", "127.0.0.1", "--port", self.port, "--num_workers", 1]

    def environment(self):
        ca = str(self.folder / "ca.pem")
        return {"LITELLM_TELEMETRY": "False", "LITELLM_LOCAL_MODEL_COST_MAP": "True", "SSL_CERT_FILE": ca}


class Portkey(Peer):
    name = "portkey"
    streams = 100

    def install(self):
        package = self.home / "node_modules" / "@portkey-ai" / "gateway" / "package.json"
        if not package.exists():
            machine.need("npm", "npm", "to measure Portkey, which npm ships")
            print(f"installing @portkey-ai/gateway from npm into {self.home}, to measure it", flush=True)
            self.home.mkdir(parents=True, exist_ok=True)
            wanted = {
                "private": True,
                "dependencies": {"@portkey-ai/gateway": "1.15.2"},
                # With the server package that 1.15.2 gets by itself every OpenAI stream is answered 500.
                "overrides": {"@hono/node-server": "1.3.3"},
            }
            (self.home / "package.json").write_text(json.dumps(wanted))
            run("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", cwd=self.home)
        self.version = json.loads(package.read_text())["version"]

    def command(self):
        program = self.home / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
        return ["node", program, f"--port={self.port}", "--headless"]

    def environment(self):
        return {"NODE_ENV": "production", "NODE_EXTRA_CA_CERTS": str(self.folder / "ca.pem")}

    def headers(self, work):
        scheme, port = ("https", self.mock.tls_port) if work.tls else ("http", self.mock.port)
        return {"x-portkey-provider": "openai", "x-portkey-custom-host": f"{scheme}://localhost:{port}/v1"}


TENSORZERO_CONFIG = """\
[gateway]
observability.enabled = false
[models.bench]
routing = ["mock"]
[models.bench.providers.mock]
type = "openai"
model_name = "upstream-model"
api_base = "http://127.0.0.1:{mock}/v1/"
api_key_location = "env::BENCH_UPSTREAM_KEY"
[models.bench-tls]
routing = ["mock"]
[models.bench-tls.providers.mock]
type = "openai"
model_name = "upstream-model"
api_base = "https://localhost:{tls}/v1/"
api_key_location = "env::BENCH_UPSTREAM_KEY"
"""

# The wheel holds the gateway as a library; this is the function that its own OpenAI patch starts it with.
TENSORZERO_START = """\
import sys, time, tensorzero
gateway = tensorzero._start_http_gateway(config_file=sys.argv[1], clickhouse_url=None, postgres_url=None,
                                         valkey_url=None, async_setup=False)
open(sys.argv[2], "w").write(gateway.base_url)
time.sleep(86400)
"""


class TensorZero(Peer):
    name = "tensorzero"
    streams = 300

    def install(self):
        python = python_with(self.home, "tensorzero")
        self.version = python_version(python, "tensorzero")

    def command(self):
        config, program = self.folder / "tensorzero.toml", self.folder / "start-tensorzero.py"
        config.write_text(TENSORZERO_CONFIG.format(mock=self.mock.port, tls=self.mock.tls_port))
        program.write_text(TENSORZERO_START)
        self.address = self.folder / "tensorzero.address"
        self.address.unlink(missing_ok=True)
        return [self.home / "bin" / "python", program, config, self.address]

    def environment(self):
        return {"BENCH_UPSTREAM_KEY": "sk-upstream", "SSL_CERT_FILE": str(self.folder / "ca.pem")}

    def start(self):
        """It chooses its own port and writes it down."""
        log = self.folder / f"{self.name}.log"
        self.child = machine.start(self.command(), machine.PROXY_CPU, log, self.environment())
        self.start_seconds = machine.wait_for_file(self.address, self.child, self.patience)
        self.base = self.address.read_text().rstrip("/")
        self.port = int(self.base.split(":")[2].split("/")[0])

    def path(self, work):
        tail = "/".join(self.base.split("/")[3:])
        return f"/{tail}/chat/completions".replace("//", "/")

    def model(self, work):
        return f"tensorzero::model_name::{work.model}"


PEERS = {peer.name: peer for peer in (LiteLLM, Portkey, TensorZero)}


def start(names, folder, mock, home):
    """The peers that can be measured, running, and for the others why not."""
    ready, missing = [], {}
    for name in names:
        if name not in PEERS:
            machine.give_up(f"no peer {name!r}; there are {', '.join(PEERS)}")
        peer = PEERS[name](folder, mock, Path(home))
        try:
            peer.install()
            peer.start()
            ready.append(peer)
        except (Unavailable, RuntimeError, OSError) as why:
            missing[name] = f"{why}: {machine.last_line(folder / f'{name}.log')}"
            peer.stop()
    return ready, missing


def can_do(peer, bench, work):
    """Whether it answers such a call rightly; otherwise what is wrong."""
    small = works.for_slow(work, calls=2, streams=2)
    outcome = bench.call(peer, small, small.calls) if small.calls else bench.stream(peer, small)
    return outcome["first_error"]
