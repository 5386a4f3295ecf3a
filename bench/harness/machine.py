"""The kernel's figures about processes, the two processors, and programs that have to be installed."""

import contextlib
import os
import platform
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

PROXY_CPU = 0
LOAD_CPU = 1


def need(program, package, reason):
    """Installs a Debian package whose program is missing, and says why."""
    if shutil.which(program):
        return
    print(f"installing {package}: {reason}", flush=True)
    apt = ["apt-get"] if os.geteuid() == 0 else ["sudo", "apt-get"]
    subprocess.run([*apt, "update", "-qq"], check=True)
    install = [*apt, "install", "-y", "-qq", "--no-install-recommends", package]
    subprocess.run(install, check=True, stdout=subprocess.DEVNULL)


def raise_file_limit():
    """8,000 streams are 16,000 descriptors in a proxy; children inherit the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, cpu, log, env=None):
    """A child on one processor, its output in `log`. Ended by stop(), never by name."""
    with open(log, "ab") as output:
        return subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(env or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, {cpu}),
        )


def stop(child):
    """Ends a child and what it started."""
    for pid in reversed(tree(child.pid)):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def tree(pid):
    """The process and its descendants, itself first."""
    pids = [pid]
    for parent in pids:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
    return pids


def cpu_ns(pid):
    """Time on a processor, in nanoseconds, of all threads of the process and its descendants (schedstat's first field)."""
    total = 0
    for process in tree(pid):
        for task in Path(f"/proc/{process}/task").iterdir():
            with contextlib.suppress(OSError):
                total += int((task / "schedstat").read_text().split()[0])
    return total


def pss_kb(pid):
    """Proportional set size: private memory, and a share of what is mapped by several."""
    total = 0
    for process in tree(pid):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total


def wait_for_port(port, child, seconds):
    """Seconds until something listens on the port."""
    begin = time.monotonic()
    while time.monotonic() < begin + seconds:
        if child.poll() is not None:
            raise RuntimeError(f"ended with status {child.returncode} before it listened")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return time.monotonic() - begin
        time.sleep(0.005)
    raise RuntimeError(f"does not listen after {seconds} s")


def wait_for_file(file, child, seconds):
    """Seconds until the child has written the file."""
    begin = time.monotonic()
    while time.monotonic() < begin + seconds:
        if child.poll() is not None:
            raise RuntimeError(f"ended with status {child.returncode} before it was ready")
        if file.exists() and file.read_text():
            return time.monotonic() - begin
        time.sleep(0.005)
    raise RuntimeError(f"not ready after {seconds} s")


def last_line(file):
    """What a program said last."""
    lines = file.read_text(errors="replace").strip().splitlines() if file.exists() else []
    return lines[-1][:300] if lines else ""


def output_of(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip()


def describe():
    """What the figures depend on."""
    model = "unknown"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return {
        "processor": model,
        "processors": os.cpu_count(),
        "kernel": platform.release().split("-")[0],
        "system": platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        "nginx": output_of("nginx", "-v").rsplit("/", 1)[-1].split()[0],
        "day": time.strftime("%Y-%m-%d"),
    }


def give_up(complaint):
    sys.exit(f"bench: {complaint}")
