"""The measurements. Each gives plain dictionaries, ready for results.json."""

import dataclasses
import json
import os
import re
import signal
import statistics
import subprocess
import time
from pathlib import Path

from . import machine, works


class Bench:
    def __init__(self, tools, folder, quick):
        self.load, self.folder, self.quick = tools / "bench_load", folder, quick
        self.rounds = 2 if quick else 5

    # -- the load generator ---------------------------------------------------------------------------------------

    def load_command(self, proxy, work, extra):
        command = ["taskset", "-c", machine.LOAD_CPU, self.load, "--port", proxy.port]
        command += ["--request", proxy.request_file(work), "--connections", work.connections]
        command += works.expectations(work, proxy) + extra
        return [str(word) for word in command]

    def call(self, proxy, work, calls, rate=0, limit=60):
        extra = ["--calls", calls, "--limit-s", limit] + (["--rate", rate] if rate else [])
        done = subprocess.run(self.load_command(proxy, work, extra), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return json.loads(done.stdout)

    def stream(self, proxy, work, at_open=lambda: None):
        """One stream a connection; `at_open` is called once all of them are open."""
        seconds = work.events * work.interval_us / 1e6
        extra = ["--mode", "streams", "--limit-s", int(seconds + 60)]
        with subprocess.Popen(self.load_command(proxy, work, extra), stdout=subprocess.PIPE, text=True) as load:
            line = load.stdout.readline()
            if "open" in json.loads(line):
                at_open()
                line = load.stdout.readline()
        return json.loads(line)

    # -- CPU per call and per event ---------------------------------------------------------------------------------

    def cpu_of(self, proxy, work):
        """One round: nanoseconds of CPU a unit. A stream's opening, with its handshakes, is not part of an event."""
        marks = [machine.cpu_ns(proxy.pid)]
        if work.calls:
            outcome = self.call(proxy, work, work.calls)
            units = outcome["events"] if work.stream else outcome["calls"]
        else:
            outcome = self.stream(proxy, work, lambda: marks.append(machine.cpu_ns(proxy.pid)))
            units = outcome["events"] - outcome["events_at_open"]
        spent = machine.cpu_ns(proxy.pid) - marks[-1]
        return {
            "ns": spent / max(units, 1),
            "units": units,
            "busy": (machine.cpu_ns(proxy.pid) - marks[0]) / 1e9 / max(outcome["seconds"], 1e-9),
            "errors": outcome["errors"],
            "first_error": outcome["first_error"],
        }

    def cpu(self, proxies, work):
        """Interleaved rounds; the ratio to nginx is taken within a round, since a machine drifts between them."""
        work = works.quick(work) if self.quick else work
        own = {proxy.name: self.warm(proxy, work) for proxy in proxies}
        rounds = []
        for number in range(self.rounds):
            order = proxies if number % 2 == 0 else proxies[::-1]
            rounds.append({proxy.name: self.cpu_of(proxy, own[proxy.name]) for proxy in order})
        return {
            "title": work.title,
            "unit": work.unit,
            "limit": work.limit,
            "proxies": {proxy.name: self.summary(proxy.name, rounds) for proxy in proxies},
        }

    def warm(self, proxy, work):
        """Fills pools, gets TLS sessions, warms code; gives the work as this proxy can do it in a round."""
        if proxy.slow:
            work = works.for_slow(work, calls=max(work.connections, work.calls // 300), streams=proxy.streams)
        if not work.calls:
            self.stream(proxy, dataclasses.replace(work, events=10))
            return work
        if not proxy.slow:
            self.call(proxy, work, max(work.calls // 10, work.connections))
            return work
        self.call(proxy, work, work.calls)
        took = self.call(proxy, work, work.calls)["seconds"]
        seconds = 1 if self.quick else 3
        return dataclasses.replace(work, calls=max(work.connections, int(work.calls * seconds / took)))

    @staticmethod
    def summary(name, rounds):
        mine = [one[name] for one in rounds]
        ratios = [one[name]["ns"] / one["nginx"]["ns"] for one in rounds]
        return {
            "us": statistics.median(one["ns"] for one in mine) / 1000,
            "us_rounds": [round(one["ns"] / 1000, 3) for one in mine],
            "ratio": statistics.median(ratios),
            "ratio_low": min(ratios),
            "ratio_high": max(ratios),
            "busy": statistics.median(one["busy"] for one in mine),
            "errors": sum(one["errors"] for one in mine),
            "first_error": next((one["first_error"] for one in mine if one["first_error"]), ""),
        }

    # -- system calls -----------------------------------------------------------------------------------------------

    def syscalls(self, proxy):
        """strace counts them while a bounded number of calls is made, in a round of its own: it slows what it watches."""
        work = works.WORKS[0]
        calls = 100 if proxy.slow else 3000
        self.call(proxy, work, calls // 4)
        table = self.folder / f"{proxy.name}.strace"
        targets = [word for pid in machine.tree(proxy.pid) for word in ("-p", str(pid))]
        tracer = subprocess.Popen(["strace", "-c", "-f", "-o", str(table), *targets], stderr=subprocess.DEVNULL)
        try:
            wait_until_traced(machine.tree(proxy.pid))
            outcome = self.call(proxy, work, calls)
        finally:
            tracer.send_signal(signal.SIGINT)
            tracer.wait()
        counts = read_strace(table.read_text())
        most = sorted(counts.items(), key=lambda item: -item[1])[:6]
        return {
            "value": sum(counts.values()) / calls,
            "most": {name: round(count / calls, 2) for name, count in most},
            "errors": outcome["errors"],
        }

    # -- latency ----------------------------------------------------------------------------------------------------

    def latency(self, proxies):
        """Open loop, from the moment each call was meant to be sent; the median of interleaved rounds."""
        seconds, rounds = (2, 1) if self.quick else (5, 3)
        seen = {proxy.name: [] for proxy in proxies}
        for _ in range(rounds):
            for proxy in proxies:
                rate = 50 if proxy.slow else 2000
                outcome = self.call(proxy, works.WORKS[0], rate * seconds, rate=rate, limit=seconds + 20)
                seen[proxy.name].append({**outcome, "rate": rate})
        return {
            name: {
                "rate": outcomes[0]["rate"],
                "p50": statistics.median(one["p50_us"] for one in outcomes),
                "p99": statistics.median(one["p99_us"] for one in outcomes),
                "errors": sum(one["errors"] for one in outcomes),
            }
            for name, outcomes in seen.items()
        }

    # -- memory, streams held, start --------------------------------------------------------------------------------

    def idle_memory(self, proxy):
        """Of a fresh process that has answered one call."""
        proxy.restart()
        self.call(proxy, works.WORKS[0], 1)
        time.sleep(0.3)
        return {"value": machine.pss_kb(proxy.pid) / 1024}

    def open_streams(self, proxy, count, tls, seconds):
        """Opens streams of one event a second on a fresh process, and weighs it before and while they are open."""
        proxy.restart()
        self.call(proxy, works.WORKS[0], 32)
        work = works.Work(
            f"hold-{count}", "", connections=count, calls=0, events=seconds, interval_us=1_000_000, tls=tls
        )
        weights = [machine.pss_kb(proxy.pid)]

        def weigh():
            time.sleep(2.5)  # every stream has had an event since
            weights.append(machine.pss_kb(proxy.pid))

        outcome = self.stream(proxy, work, weigh)
        return {
            "value": (weights[-1] - weights[0]) / count if len(weights) > 1 else None,
            "streams": count,
            "most_open": outcome["most_open"],
            "errors": outcome["errors"],
            "first_error": outcome["first_error"],
            "total_mb": weights[-1] / 1024,
        }

    def hold(self, proxy):
        held = self.open_streams(proxy, 2000 if self.quick else 8000, tls=False, seconds=6 if self.quick else 20)
        return {**held, "value": held["most_open"], "kb_per_stream": held["value"]}

    def start_time(self, proxy):
        """From the program's start to its first answer: the median of fresh processes."""
        if not hasattr(proxy, "start_command"):
            return {"value": proxy.start_seconds * 1000}
        port, request = machine.free_port(), self.folder / f"{proxy.name}-start.http"
        request.write_text(proxy.start_request(port), newline="")
        options = ["--mode", "start", "--runs", 3 if self.quick else 10, "--cpu", machine.PROXY_CPU]
        options += ["--port", port, "--request", request, "--", *proxy.start_command(port)]
        command = ["taskset", "-c", machine.LOAD_CPU, self.load, *options]
        environment = {**os.environ, **proxy.environment()}
        done = subprocess.run(
            [str(word) for word in command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        runs = json.loads(done.stdout)["start_ms"]
        return {"value": statistics.median(runs), "low": min(runs), "high": max(runs)}


def wait_until_traced(pids):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        states = [Path(f"/proc/{pid}/status").read_text() for pid in pids]
        if all(not re.search(r"^TracerPid:\t0$", state, re.M) for state in states):
            break
        time.sleep(0.02)
    time.sleep(0.2)


def read_strace(table):
    """strace -c: the count is the fourth column, the name the last; a total ends the table."""
    counts = {}
    for line in table.splitlines():
        columns = line.split()
        if len(columns) >= 5 and re.fullmatch(r"[\d.]+", columns[0]) and columns[-1] != "total":
            counts[columns[-1]] = int(columns[3])
    return counts
