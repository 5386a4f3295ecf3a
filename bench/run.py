#!/usr/bin/env python3
"""The router and nginx side by side on the same work. docs/performance.md says how it is measured and what came out.

./manage.sh bench [--quick] [--only json-1k,sse,...] [--peers litellm,portkey,tensorzero] [--charts] [--docs]
"""

import argparse
import json
import os
import tempfile
import time
from pathlib import Path

from harness import charts, machine, measure, peers, proxies, report, works

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / "build" / "bench"
DOCUMENT = ROOT / "docs" / "performance.md"


def parse_arguments():
    names = [work.name for work in works.WORKS] + list(works.MEASURES)
    parser = argparse.ArgumentParser(prog="manage.sh bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="about half a minute, for a first look")
    parser.add_argument("--only", default="", help="a list of: " + ", ".join(names))
    parser.add_argument("--peers", default="", help="a list of: " + ", ".join(peers.PEERS))
    parser.add_argument("--charts", action="store_true", help="write docs/performance/*.svg")
    parser.add_argument("--docs", action="store_true", help="fill the tables of docs/performance.md")
    parser.add_argument("--no-run", action="store_true", help="measure nothing: show the last results again")
    parser.add_argument("--tools", type=Path, default=TOOLS, help="where bench_mock and bench_load are")
    parser.add_argument("--router", type=Path, default=None, help="another router than that of --tools")
    arguments = parser.parse_args()
    arguments.only = [name for name in arguments.only.split(",") if name] or names
    arguments.peers = [name for name in arguments.peers.split(",") if name]
    if unknown := set(arguments.only) - set(names):
        parser.error(f"--only: no {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    return arguments


def prepare():
    machine.need("nginx", "nginx-light", "the router is measured beside it")
    machine.need("openssl", "openssl", "to make a certificate for the upstream with TLS")
    machine.need("strace", "strace", "to count system calls")
    if os.cpu_count() < 2:
        machine.give_up("two processors are needed: one for the proxy, one for what drives it")
    if machine.raise_file_limit() < 17000:
        print("fewer than 17,000 open files are allowed: 8,000 streams cannot be held")


def measure_works(bench, own, others, only):
    measured = {}
    for work in works.WORKS:
        if work.name not in only:
            continue
        print(f"  {work.title}", flush=True)
        wrong = {peer.name: peers.can_do(peer, bench, work) for peer in others}
        able = [peer for peer in others if not wrong[peer.name]]
        measured[work.name] = bench.cpu(own + able, work)
        reasons = {name: {"reason": why, "errors": 0} for name, why in wrong.items() if why}
        measured[work.name]["proxies"] |= reasons
    return measured


def measure_rest(bench, own, others, direct, only):
    """Restarts the proxies: memory and start are those of a fresh process."""
    each = {
        "syscalls": (own, bench.syscalls),
        "idle-memory": (own + others, bench.idle_memory),
        "stream-memory": (own, lambda proxy: bench.open_streams(proxy, 500 if bench.quick else 2000, False, 10)),
        "tls-stream-memory": (own, lambda proxy: bench.open_streams(proxy, 250 if bench.quick else 1000, True, 10)),
        "hold": (own, bench.hold),
        "start": (own + others, bench.start_time),
    }
    measured = {}
    for name in works.MEASURES:
        if name not in only:
            continue
        print(f"  {works.MEASURES[name][0]}", flush=True)
        if name == "latency":
            measured[name] = bench.latency([*own, *others, direct])
        else:
            proxies_of, take = each[name]
            measured[name] = {proxy.name: take(proxy) for proxy in proxies_of}
    return measured


def measure_all(arguments, folder):
    proxies.make_certificates(folder)
    running = [mock := proxies.Mock(arguments.tools, folder)]
    try:
        own = [proxies.Nginx(folder, mock)]
        router = (arguments.router or arguments.tools / "open-llm-router").resolve()
        if router.exists():
            own.append(proxies.Router(folder, mock, router))
        else:
            print(f"no {router}: nginx alone")
        for proxy in own:
            running.append(proxy)
            proxy.start()
        others, missing = peers.start(arguments.peers, folder, mock, arguments.tools / "peers")
        running += others
        direct = proxies.Direct(folder, mock)
        direct.start()

        bench = measure.Bench(arguments.tools, folder, arguments.quick)
        begin = time.monotonic()
        results = {
            "machine": machine.describe(),
            "quick": arguments.quick,
            "rounds": bench.rounds,
            "streams_to_hold": 2000 if arguments.quick else 8000,
            "works": measure_works(bench, own, others, arguments.only),
            "measures": measure_rest(bench, own, others, direct, arguments.only),
            "peers": {peer.name: {"version": peer.version} for peer in others}
            | {name: {"reason": why} for name, why in missing.items()},
        }
        results["seconds"] = round(time.monotonic() - begin)
        return results
    finally:
        for each in reversed(running):
            each.stop()


def main():
    arguments = parse_arguments()
    file = arguments.tools / "results.json"
    if arguments.no_run:
        results = json.loads(file.read_text())
    else:
        if not (arguments.tools / "bench_load").exists():
            machine.give_up(f"no bench_load in {arguments.tools}: build it with cmake --preset bench")
        prepare()
        with tempfile.TemporaryDirectory(prefix="router-bench-") as folder:
            results = measure_all(arguments, Path(folder))
        file.write_text(json.dumps(results, indent=1) + "\n")
    report.print_all(results)
    if arguments.charts:
        charts.write(ROOT / "docs" / "performance", results)
    if arguments.docs:
        report.fill(DOCUMENT, results)
    wrong = [one for work in results["works"].values() for one in work["proxies"].values() if one["errors"]]
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
