"""The mock upstream, and the proxies in front of it: nginx and the router. Peers are in peers.py."""

import os
import subprocess
from pathlib import Path

from . import machine, works

ROUTER_CONFIG = """\
model_list:
  - model_name: bench
    litellm_params: {{model: openai/upstream-model, api_base: "http://127.0.0.1:{mock}/v1", api_key: sk-upstream}}
  - model_name: bench-tls
    litellm_params: {{model: openai/upstream-model, api_base: "https://localhost:{tls}/v1", api_key: sk-upstream}}
  - model_name: bench-anthropic
    litellm_params: {{model: anthropic/claude-3-haiku, api_base: "http://127.0.0.1:{mock}", api_key: sk-upstream}}
  - model_name: bench-gemini
    litellm_params: {{model: gemini/gemini-2.5-flash, api_base: "http://127.0.0.1:{mock}", api_key: sk-upstream}}
  - model_name: demo
    litellm_params: {{model: openai/demo, mock_response: "Hello"}}
general_settings:
  master_key: sk-bench
"""

ROUTER_SETTINGS = """\
  log_format: json
  log_file: {log}
  port: {port}
  threads: 1
"""

NGINX_CONFIG = """\
worker_processes 1;
daemon off;
pid {folder}/nginx-{port}.pid;
error_log {folder}/nginx-error.log;
{user}
events {{ worker_connections 19000; }}
http {{
    access_log {folder}/nginx-access.log combined buffer=64k flush=1s;
    keepalive_requests 100000000;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    client_body_buffer_size 256k;
    client_max_body_size 64m;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_max_temp_file_size 0;
    proxy_read_timeout 300s;
    proxy_ssl_verify on;
    proxy_ssl_trusted_certificate {folder}/ca.pem;
    proxy_ssl_name localhost;
    proxy_ssl_server_name on;
    proxy_ssl_session_reuse on;
    upstream mock {{ server 127.0.0.1:{mock}; keepalive 512; keepalive_requests 100000000; }}
    upstream mock_tls {{ server 127.0.0.1:{tls}; keepalive 512; keepalive_requests 100000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location /json/ {{ proxy_pass http://mock/; proxy_buffers 16 16k; }}
        location /sse/ {{ proxy_pass http://mock/; proxy_buffering off; }}
        location /tls-json/ {{ proxy_pass https://mock_tls/; proxy_buffers 16 16k; }}
        location /tls-sse/ {{ proxy_pass https://mock_tls/; proxy_buffering off; }}
    }}
}}
"""


def make_certificates(folder):
    """An authority of this run's own, and a certificate of it for localhost."""
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    usage = folder / "server.ext"
    usage.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n")
    steps = [
        ["req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=bench authority"],
        ["req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost"],
        ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial"]
        + ["-days", "2", "-extfile", usage.name, "-out", "server.pem"],
    ]
    for step in steps:
        done = subprocess.run(["openssl", *step], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            machine.give_up(f"openssl {step[0]}: {done.stderr}")


class Mock:
    """bench_mock twice, plain and with TLS, on the load generator's processor."""

    def __init__(self, tools, folder):
        self.port, self.tls_port = machine.free_port(), machine.free_port()
        program, log = tools / "bench_mock", folder / "mock.log"
        tls = ["--tls-cert", folder / "server.pem", "--tls-key", folder / "server.key"]
        self.children = [
            machine.start([program, "--port", self.port], machine.LOAD_CPU, log),
            machine.start([program, "--port", self.tls_port, *tls], machine.LOAD_CPU, log),
        ]
        for port, child in zip((self.port, self.tls_port), self.children):
            machine.wait_for_port(port, child, 10)

    def stop(self):
        for child in self.children:
            machine.stop(child)


class Proxy:
    """Something between the load generator and the mock, on a processor of its own."""

    name = ""
    slow = False  # gets less of the same work: works.for_slow
    keeps_events = True  # hands on as many events as it gets
    patience = 10  # seconds to wait for its port

    def __init__(self, folder, mock):
        self.folder, self.mock = folder, mock
        self.port = machine.free_port()
        self.child = None
        self.start_seconds = None

    def command(self):
        raise NotImplementedError

    def environment(self):
        return {}

    def start(self):
        log = self.folder / f"{self.name}.log"
        self.child = machine.start(self.command(), machine.PROXY_CPU, log, self.environment())
        self.start_seconds = machine.wait_for_port(self.port, self.child, self.patience)

    def stop(self):
        if self.child:
            machine.stop(self.child)
            self.child = None

    def restart(self):
        self.stop()
        self.start()

    @property
    def pid(self):
        return self.child.pid

    def path(self, work):
        return "/v1/chat/completions"

    def model(self, work):
        return work.model

    def headers(self, work):
        return {}

    def expected_head(self, work):
        return ""

    def expected_bytes(self, work):
        return work.answer

    def request_file(self, work):
        file = self.folder / f"{self.name}-{work.name}-{work.events}-{work.interval_us}.http"
        body = works.body_of(work, self.model(work))
        file.write_text(works.request_of(self.path(work), self.port, body, self.headers(work)), newline="")
        return file


class Direct(Proxy):
    """No proxy: what the mock and the load generator need by themselves."""

    name = "direct"

    def start(self):
        self.port = self.mock.port

    def model(self, work):
        return "upstream-model"


class Nginx(Proxy):
    name = "nginx"

    def command(self):
        return ["nginx", "-p", self.folder, "-c", self.write_config(self.port)]

    def write_config(self, port):
        # Started by root it would give up its rights, and its log with them.
        user = "user root;" if os.geteuid() == 0 else ""
        text = NGINX_CONFIG.format(
            folder=self.folder, port=port, mock=self.mock.port, tls=self.mock.tls_port, user=user
        )
        file = self.folder / f"nginx-{port}.conf"
        file.write_text(text)
        return file

    def path(self, work):
        kind = ("tls-" if work.tls else "") + ("sse" if work.stream else "json")
        return f"/{kind}/v1/chat/completions"

    def expected_head(self, work):
        return '"model":"upstream-model"'

    def start_command(self, port):
        return ["nginx", "-p", self.folder, "-c", self.write_config(port)]

    def start_request(self, port):
        work = works.WORKS[0]
        return works.request_of(self.path(work), port, works.body_of(work, work.model), {})


class Router(Proxy):
    """With everything on: keys, routing, usage, a log line a call."""

    name = "router"

    def __init__(self, folder, mock, program):
        super().__init__(folder, mock)
        self.program = Path(program)

    def command(self):
        return self.start_command(self.port)

    def start_command(self, port):
        config = self.folder / f"router-{port}.yml"
        log = self.folder / f"router-{port}.jsonl"
        text = ROUTER_CONFIG.format(mock=self.mock.port, tls=self.mock.tls_port)
        config.write_text(text + ROUTER_SETTINGS.format(log=log, port=port))
        return [self.program, "serve", "--config", config, "--port", port, "--threads", 1]

    def environment(self):
        return {"SSL_CERT_FILE": str(self.folder / "ca.pem")}

    def expected_head(self, work):
        return f'"model":"{work.model}"'  # the name the client asked for, not the upstream's

    def expected_bytes(self, work):
        # What is converted has other words around the same text.
        return work.answer // 2 if work.to else work.answer - len("upstream-model")

    def start_request(self, port):
        return works.request_of(self.path(None), port, works.body_of(works.WORKS[0], "demo"), {})
