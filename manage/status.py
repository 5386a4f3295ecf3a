#!/usr/bin/env python3
"""./manage.sh status: services, ports, database, versions, models, and what went wrong last. Changes nothing.

Its exit status is 0 when all that is installed runs and answers.
"""

import json
import re
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import probe
import settings

TROUBLE = re.compile(r"\b(error|critical|fatal|traceback)\b", re.IGNORECASE)
SITE_PACKAGES = ".open-webui/venv/lib/python3*/site-packages"


def ask_database(known: settings.Settings, query: str) -> tuple[bool, str]:
    """Whether the database took the query, and its answer or its complaint. SQLite is asked by its file."""
    if not known.database.is_postgres:
        return _ask_sqlite(known.database.url, query)
    try:
        asked = subprocess.run([sys.executable, str(settings.ROOT / "manage" / "settings.py"), "psql", "-XAt", "-c", query],
                               capture_output=True, text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return False, "it does not answer"
    words = (asked.stdout if asked.returncode == 0 else asked.stderr).strip()
    return asked.returncode == 0, words.splitlines()[0] if words else ""


def _ask_sqlite(url: str, query: str) -> tuple[bool, str]:
    import sqlite3

    path = Path(url.split(":///", 1)[-1])
    if not path.exists():
        return False, f"{path} is not there yet; the first start makes it"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        try:
            row = database.execute(query).fetchone()
        except sqlite3.Error as error:
            return False, str(error)
    return True, str(row[0]) if row else ""


def models(known: settings.Settings) -> tuple[int, list]:
    """The status of the router's list, and the names in it."""
    status, body = probe.get(f"{known.router_url}/v1/models", known.master_key)
    return status, [entry["id"] for entry in json.loads(body)["data"]] if status == 200 else []


def open_webui_version() -> str:
    for folder in settings.ROOT.glob(SITE_PACKAGES):
        for found in metadata.distributions(path=[str(folder)], name="open-webui"):
            return found.version
    return ""


def first_line(*command) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=20).stdout.strip().splitlines()[-1]
    except (OSError, IndexError, subprocess.TimeoutExpired):
        return ""


def last_errors(path: str, most=3) -> list:
    """The newest lines of a log that tell of trouble."""
    file = Path(path)
    if not file.exists():
        return []
    with file.open("rb") as log:
        log.seek(max(file.stat().st_size - 200_000, 0))
        lines = log.read().decode(errors="replace").splitlines()
    return [line.strip()[:200] for line in lines if TROUBLE.search(line)][-most:]


def show(label: str, *words):
    print(f"{label:<13} {'  '.join(str(word) for word in words if word)}")


def show_service(name: str, service: dict | None, url: str, port: int) -> bool:
    if service is None:
        owner = probe.listener(port)
        show(name, "not started", f"(port {port} has {owner})" if owner else "")
        return False
    about = service["pm2_env"]
    is_online = about["status"] == "online"
    answers = is_online and probe.get(url)[0] == 200
    show(name, about["status"], f"port {port} {'answers' if answers else 'does not answer'}",
         f"for {_span(time.time() - about['pm_uptime'] / 1000)}" if is_online else "", f"{service['monit']['memory'] / 1e6:.0f} MB",
         f"restarted {about['restart_time']} times" if about["restart_time"] else "")
    return answers


def _span(seconds: float) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} seconds"


def main() -> int:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # for those who look through head
    router, pm2 = sys.argv[1:3]
    try:
        known = settings.load()
    except settings.Wrong as wrong:
        print(f"{wrong}\n./manage.sh doctor says more.", file=sys.stderr)
        return 1
    services = probe.ask_pm2(pm2)
    fine = show_service("llm-router", services.get("llm-router"), f"{known.router_url}/health/liveliness", known.router_port)
    if open_webui_version():
        fine &= show_service("open-webui", services.get("open-webui"), f"{known.webui_url}/health", known.webui_port)
        database = known.database
        answers, words = ask_database(known, "SELECT count(*) FROM \"user\"")
        where = f"{database.name} on {database.host}:{database.port}" if database.is_postgres else database.url
        show("database", where, f"{words} users" if answers else f"no: {words}")
        fine &= answers
    show("versions", *(f"{what} {version}," for what, version in versions(router, pm2, known) if version))
    if "llm-router" in services:
        status, names = models(known)
        show("models", ", ".join(names[:20]) or f"no list: status {status}", f"and {len(names) - 20} more" if len(names) > 20 else "")
    for name, service in services.items():
        for line in last_errors(service["pm2_env"].get("pm_err_log_path", "")) if name in ("llm-router", "open-webui") else []:
            show("last error", f"{name}: {line}")
    return 0 if fine else 1


def versions(router: str, pm2: str, known: settings.Settings) -> list:
    postgres = ask_database(known, "SHOW server_version") if known.database.is_postgres else (False, "")
    return [("router", first_line(router, "--version").removeprefix("open-llm-router ")), ("Open WebUI", open_webui_version()),
            ("PostgreSQL", postgres[1].split(" ")[0] if postgres[0] else ""), ("PM2", first_line(pm2, "--version") if pm2 else "")]


if __name__ == "__main__":
    sys.exit(main())
