"""The work that every proxy is given, and the limits the router has set itself."""

import dataclasses
import json


@dataclasses.dataclass(frozen=True)
class Work:
    name: str
    title: str
    connections: int
    calls: int  # of a closed loop; 0: one stream a connection
    body: int = 1024  # bytes of the request
    answer: int = 1024
    events: int = 0  # content events of a stream; 0: a whole answer
    interval_us: int = 0
    tls: bool = False  # to the upstream
    to: str = ""  # the upstream's dialect, where the router must convert; nginx passes OpenAI's bytes on
    limit: float = 1.0  # x nginx's CPU

    @property
    def stream(self):
        return self.events > 0

    @property
    def unit(self):
        return "event" if self.stream else "call"

    @property
    def model(self):
        return "bench-tls" if self.tls else f"bench-{self.to}" if self.to else "bench"

    def text(self):
        if self.stream:
            return f"@bench events={self.events} interval_us={self.interval_us} "
        return f"@bench bytes={self.answer} "


WORKS = [
    Work("json-1k", "JSON, 1 KB", connections=32, calls=30000),
    Work("json-100k", "JSON, 100 KB body", connections=16, calls=8000, body=100 * 1024),
    Work("json-100k-answer", "JSON, 100 KB answer", connections=16, calls=8000, answer=100 * 1024),
    Work("sse", "SSE, 300 streams of 50 events/s", connections=300, calls=0, events=200, interval_us=20000),
    Work("sse-fast", "SSE, 16 streams, without pauses", connections=16, calls=240, events=1000),
    Work("tls-json-1k", "JSON, 1 KB, TLS upstream", connections=32, calls=20000, tls=True),
    Work("tls-sse", "SSE, 300 streams, TLS upstream", connections=300, calls=0, events=200, interval_us=20000, tls=True),
    *(
        work
        for to, name in [("anthropic", "Anthropic"), ("gemini", "Gemini")]
        for work in [
            Work(f"{to}-json-2k", f"OpenAI to {name}, JSON, 2 KB", 32, 20000, 2048, 2048, to=to, limit=1.2),
            Work(f"{to}-json-100k", f"OpenAI to {name}, JSON, 100 KB body", 16, 8000, 100 * 1024, to=to, limit=1.2),
            Work(f"{to}-sse", f"OpenAI to {name}, SSE", 300, 0, events=200, interval_us=20000, to=to, limit=1.2),
        ]
    ),
]

# What is not CPU: a name, its title, and the router's limit.
MEASURES = {
    "syscalls": ("system calls per JSON call, 1 KB", 6.5),
    "latency": ("p50 / p99 at a fixed rate, µs", None),
    "idle-memory": ("memory when idle, MB", 10.0),
    "stream-memory": ("memory per open stream, KB", 8.0),
    "tls-stream-memory": ("memory per open stream, TLS upstream, KB", 40.0),
    "hold": ("streams held without an error", 8000),
    "start": ("start to first answer, ms", 20.0),
}


def quick(work):
    """The same work, shorter."""
    return dataclasses.replace(work, calls=work.calls // 5, events=min(work.events, 200 if work.calls else 50))


def for_slow(work, calls, streams):
    """The same work for a proxy that needs milliseconds where nginx needs microseconds: fewer calls, fewer streams."""
    if work.calls == 0:
        return dataclasses.replace(work, connections=min(streams, work.connections))
    connections = min(work.connections, calls)
    return dataclasses.replace(work, connections=connections, calls=calls, events=min(work.events, 100))


def body_of(work, model):
    """A chat call as the SDKs write it. The mock reads what it is to do from the text."""
    call = {"model": model, "stream": work.stream}
    if work.stream:
        call["stream_options"] = {"include_usage": True}
    call["temperature"] = 0.7
    call["messages"] = [
        {"role": "system", "content": "You are a helpful assistant."},
        {"role": "user", "content": work.text()},
    ]
    padding = "Tell me more about the history of this place and why it matters. "
    missing = work.body - len(json.dumps(call, separators=(",", ":")))
    call["messages"][1]["content"] += (padding * (missing // len(padding) + 1))[: max(missing, 0)]
    return json.dumps(call, separators=(",", ":"))


# What the OpenAI SDK for Python sends, since a proxy pays for each header.
SDK_HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "User-Agent": "OpenAI/Python 2.6.1",
    "X-Stainless-Lang": "python",
    "X-Stainless-Package-Version": "2.6.1",
    "X-Stainless-OS": "Linux",
    "X-Stainless-Arch": "x64",
    "X-Stainless-Runtime": "CPython",
    "X-Stainless-Runtime-Version": "3.12.3",
    "X-Stainless-Async": "false",
    "x-stainless-retry-count": "0",
    "x-stainless-read-timeout": "600",
    "Authorization": "Bearer sk-bench",
}


def request_of(path, port, body, headers):
    lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in {**SDK_HEADERS, **headers}.items()]
    lines += [f"Content-Length: {len(body.encode())}", "", body]
    return "\r\n".join(lines)


def expectations(work, proxy):
    """What bench_load holds every answer to."""
    words = ["--expect-tail", '"total_tokens"', "--expect-head", proxy.expected_head(work)]
    if not work.stream:
        return [*words, "--expect-bytes", str(proxy.expected_bytes(work))]
    words += ["--expect-stream", "1"]
    if proxy.keeps_events:  # the role, the content, the reason to finish, the usage, [DONE]
        words += ["--expect-events", str(work.events + 4)]
    return words
