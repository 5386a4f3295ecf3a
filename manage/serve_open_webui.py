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


def renew_connection(known: settings.Settings, variables: dict):
    """Open WebUI keeps its connections in its database, which stands above its variables from the first start on. Where .env
    has another address or key of the router's than at the last start, they are put there too; and the router is added to the
    connections of an Open WebUI that was here before.

    Raises what SQLAlchemy raises when the database cannot be reached.
    """
    now = {"url": f"{known.router_url}/v1", "key": known.master_key}
    before = json.loads(CONNECTION.read_text()) if CONNECTION.exists() else None
    if now != before:
        _change_configuration(known.database.url, lambda kept: _replaced(kept, before, now) if before else _added(kept, now, variables))
    with open(os.open(CONNECTION, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(now, file)


def _replaced(kept: dict, before: dict, now: dict) -> dict:
    changed = {}
    for key, value in kept.items():
        fresh = json.dumps(value)
        for what in now:
            fresh = fresh.replace(json.dumps(before[what]), json.dumps(now[what]))
        changed[key] = json.loads(fresh)
    return changed


def _added(kept: dict, now: dict, variables: dict) -> dict:
    urls = kept.get("openai.api_base_urls")
    if urls is None or now["url"] in urls:
        return kept
    keys = [*kept.get("openai.api_keys", []), *[""] * len(urls)][: len(urls)]
    ours = json.loads(variables["OPENAI_API_CONFIGS"])["0"]
    return {**kept, "openai.enable": True, "openai.api_base_urls": [*urls, now["url"]], "openai.api_keys": [*keys, now["key"]],
            "openai.api_configs": {**kept.get("openai.api_configs", {}), str(len(urls)): ours}}


def _change_configuration(url: str, change):
    """`change` is given the settings in Open WebUI's database, if there are any, and returns them as they are to be."""
    from sqlalchemy import JSON, bindparam, column, create_engine, inspect, select, table, update

    engine = create_engine(re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", url))
    config = table("config", column("key"), column("value", JSON))
    with engine.begin() as database:
        if not inspect(database).has_table("config"):
            return
        kept = dict(database.execute(select(config.c.key, config.c.value)).all())
        changed = [{"name": key, "fresh": value} for key, value in change(kept).items() if kept.get(key) != value]
        if changed:
            database.execute(update(config).where(config.c.key == bindparam("name")).values(value=bindparam("fresh", type_=JSON)), changed)


def main():
    try:
        known = settings.load()
    except settings.Wrong as wrong:
        sys.exit(f"{wrong}")
    settings.DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
    variables = environment(known)
    renew_connection(known, variables)
    program = Path(sys.executable).with_name("open-webui")
    os.chdir(settings.DATA)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    os.execve(program, [str(program), "serve", "--host", known.webui_host, "--port", str(known.webui_port)], {**kept, **variables})


if __name__ == "__main__":
    main()
