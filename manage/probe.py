#!/usr/bin/env python3
"""What is to be seen of a running installation: who has a port, what PM2 runs, what answers.

    probe.py port NUMBER        who listens there; fails when nobody does
    probe.py state NAME         PM2's state of a service, of what `pm2 jlist` says on standard input; "of FOLDER" when it is
                                another installation's
    probe.py wait URL NAME PM2  until it answers; fails when the time is over, or when PM2 has given the service up
"""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

PATIENCE = 180  # seconds; Open WebUI's first start, with its migrations, takes fifteen of them on a good day


def get(request, key: str = "", within=10.0) -> tuple[int, bytes]:
    """Status and body; 0 and why, when nothing answers. The request is a URL, or one of urllib's."""
    if isinstance(request, str):
        request = urllib.request.Request(request, headers={"Authorization": f"Bearer {key}"} if key else {})
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=within) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except (OSError, ValueError) as error:
        return 0, str(getattr(error, "reason", error)).encode()


def listener(port: int) -> str:
    """Who listens on a port of this machine, in words; empty when nobody does."""
    with socket.socket() as probe:
        probe.settimeout(2)
        if probe.connect_ex(("127.0.0.1", port)) != 0:
            return ""
    process = _process_of(_inodes_listening(port))
    return process or "a process of another user's"


def _inodes_listening(port: int) -> set:
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:] if Path(table).exists() else []:
            fields = line.split()
            if fields[3] == "0A" and fields[1].endswith(f":{port:04X}"):
                found.add(f"socket:[{fields[9]}]")
    return found


def _process_of(sockets: set) -> str:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(file.readlink()) in sockets for file in (process / "fd").iterdir()):
                words = (process / "cmdline").read_bytes().split(b"\0")
                return f"process {process.name} ({' '.join(word.decode(errors='replace') for word in words[:2])})"
        except OSError:
            continue  # it has ended, or is none of ours
    return ""


def services(jlist: str) -> dict:
    """NAME -> what PM2 says of it. Its list may stand behind words of welcome."""
    begin = re.search(r"^\[(\{|\])", jlist, re.MULTILINE)
    return {one["name"]: one for one in json.loads(jlist[begin.start():])} if begin else {}


def ask_pm2(pm2: str) -> dict:
    if not pm2:
        return {}
    return services(subprocess.run([pm2, "jlist"], capture_output=True, text=True).stdout)


def wait(url: str, name: str, pm2: str = "") -> bool:
    began = time.monotonic()
    status = 0
    while time.monotonic() - began < PATIENCE:
        status, _ = get(url, within=2)
        if status == 200:
            break
        if sys.stdout.isatty():
            print(f"\r\033[K  waiting for {name}: {time.monotonic() - began:.0f} s", end="", flush=True)
        if pm2 and ask_pm2(pm2).get(name, {}).get("pm2_env", {}).get("restart_time", 0) > 3:
            return False
        time.sleep(0.3)
    if sys.stdout.isatty():
        print("\r\033[K", end="")
    if status == 200:
        print(f"{name} answers, after {time.monotonic() - began:.0f} s.")
    return status == 200


def main() -> int:
    verb, *arguments = sys.argv[1:]
    if verb == "port":
        owner = listener(int(arguments[0]))
        print(owner)
        return 0 if owner else 1
    if verb == "state":
        service = services(sys.stdin.read()).get(arguments[0])
        is_ours = service and service["pm2_env"]["pm_cwd"] == str(Path(__file__).resolve().parents[1])
        print(service["pm2_env"]["status"] if is_ours else f"of {service['pm2_env']['pm_cwd']}" if service else "")
        return 0
    if verb == "wait":
        return 0 if wait(*arguments) else 1
    return 2


if __name__ == "__main__":
    sys.exit(main())
