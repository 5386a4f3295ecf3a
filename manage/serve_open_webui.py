#!/usr/bin/env python3
"""Starts Open WebUI as .env says; for PM2 and systemd. It is run by the Python that Open WebUI is installed in.

The settings are read here and not by who starts this, so that `pm2 restart open-webui` takes a changed .env, and no secret
is in PM2's files.
"""

import json
import os
import re
import sys
from pathlib import Path

import settings

FIXED = settings.ROOT / "deploy" / "open-webui.env"
PROVIDERS = settings.ROOT / "src" / "config" / "providers.yml"
CONNECTION = settings.DATA / "router-connection.json"
SERVICES = ("OPENAI", "RAG_OPENAI", "AUDIO_TTS_OPENAI", "AUDIO_STT_OPENAI", "IMAGES_OPENAI", "IMAGES_EDIT_OPENAI")


def environment(known: settings.Settings) -> dict:
    """Open WebUI's variables: what is fixed, then .env, then what follows from both. Keys of providers stay with the router."""
    variables, _ = settings.read_variables(FIXED.read_text())
    variables.update({name: value for name, value in known.variables.items() if not _is_the_routers(name)})
    for service in SERVICES:
        # None of these takes another's address or key; left out, it is api.openai.com.
        plural = "S" if service == "OPENAI" else ""
        variables[f"{service}_API_BASE_URL{plural}"] = f"{known.router_url}/v1"
        variables[f"{service}_API_KEY{plural}"] = known.master_key
    variables["DATABASE_URL"] = known.database.url
    variables["DATA_DIR"] = str(settings.DATA)
    for name in ("NO_PROXY", "no_proxy"):
        variables.setdefault(name, "127.0.0.1,localhost,::1")
    return variables


def _is_the_routers(name: str) -> bool:
    if name.startswith(("LLM_ROUTER_", "LITELLM_", "OPENWEBUI_")):
        return True
    keys = re.findall(r"\bkey: *(\[.*?\]|\w+)", PROVIDERS.read_text()) if PROVIDERS.exists() else []
    return name in set(re.findall(r"\w+", " ".join(keys)))


def renew_connection(known: settings.Settings):
    """Open WebUI keeps the router's address and key in its database. Where .env has others now, they are put there too.

    Raises what SQLAlchemy raises when the database cannot be reached.
    """
    now = {"url": f"{known.router_url}/v1", "key": known.master_key}
    before = json.loads(CONNECTION.read_text()) if CONNECTION.exists() else now
    if now != before:
        _replace_in_configuration(known.database.url, [(before[what], now[what]) for what in now])
    with open(os.open(CONNECTION, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(now, file)


def _replace_in_configuration(url: str, pairs: list):
    from sqlalchemy import create_engine, inspect, text

    engine = create_engine(re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", url))
    with engine.begin() as database:
        if not inspect(database).has_table("config"):
            return
        for key, value in database.execute(text("SELECT key, CAST(value AS TEXT) FROM config")).all():
            fresh = value
            for old, new in pairs:
                fresh = fresh.replace(json.dumps(old), json.dumps(new))
            if fresh != value:
                cast = "CAST(:value AS JSON)" if engine.dialect.name == "postgresql" else ":value"
                database.execute(text(f"UPDATE config SET value = {cast} WHERE key = :key"), {"value": fresh, "key": key})


def main():
    try:
        known = settings.load()
    except settings.Wrong as wrong:
        sys.exit(f"{wrong}")
    settings.DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    renew_connection(known)
    program = Path(sys.executable).with_name("open-webui")
    os.chdir(settings.DATA)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    os.execve(program, [str(program), "serve", "--host", known.webui_host, "--port", str(known.webui_port)], {**kept, **environment(known)})


if __name__ == "__main__":
    main()
