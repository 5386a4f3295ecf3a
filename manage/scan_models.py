#!/usr/bin/env python3
"""./manage.sh scan-models: finds the model servers of this machine and offers their models to conf/config.yml.

    scan_models.py ROUTER [--yes] [URL...]     --yes adds them all without asking; a URL is a server to look at besides

The file as it was is kept beside it. What is already in it, by server and model, is not offered again.
"""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import probe
import settings

CONFIGURATIONS = ("config.yml", "config.yaml")

# Where each server listens unless told otherwise, and the provider by which the router asks it.
SERVERS = (("Ollama", "http://127.0.0.1:11434"), ("LM Studio", "http://127.0.0.1:1234"), ("vLLM", "http://127.0.0.1:8000"),
           ("llama.cpp", "http://127.0.0.1:8080"))


class Found(NamedTuple):
    server: str
    url: str
    model: str

    def entry(self, name: str) -> str:
        """Of model_list, without indentation."""
        if self.server == "Ollama":
            model, base, key = f"ollama_chat/{self.model}", self.url, ""
        else:
            model, base, key = f"openai/{self.model}", f"{self.url}/v1", "\n    api_key: none"
        return (f"- model_name: {_scalar(name)}   # {self.server}\n  litellm_params:\n    model: {_scalar(model)}\n    api_base: {base}{key}\n")


def _scalar(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]*(:[A-Za-z0-9._-]+)*", text) else json.dumps(text)


def scan(server: str, url: str) -> list:
    """What it serves; nothing when it is not there, or no model server."""
    tags = _json(f"{url}/api/tags")
    if isinstance(tags, dict) and isinstance(tags.get("models"), list):
        return [Found("Ollama", url, model["name"]) for model in tags["models"]]
    listed = _json(f"{url}/v1/models")
    if isinstance(listed, dict) and isinstance(listed.get("data"), list):
        owners = {str(model.get("owned_by", "")).lower() for model in listed["data"]}
        server = {"vllm": "vLLM", "llamacpp": "llama.cpp"}.get(next(iter(owners), ""), server)
        return [Found(server, url, model["id"]) for model in listed["data"]]
    return []


def _json(url: str):
    status, body = probe.get(url, within=3)
    try:
        return json.loads(body) if status == 200 else None
    except ValueError:
        return None


def is_known(text: str, found: Found) -> bool:
    """Whether an entry leads to this model on this server."""
    address = urlsplit(found.url).netloc.replace("127.0.0.1", "localhost")
    for entry in re.split(r"(?m)^\s*- +(?=model_name)", text.replace("127.0.0.1", "localhost")):
        live = "\n".join(line for line in entry.splitlines() if not line.lstrip().startswith("#"))
        if address in live and re.search(rf"model: [\"']?\w+/{re.escape(found.model)}[\"']?\s*(#.*)?$", live, re.MULTILINE):
            return True
    return False


def names_for(text: str, offered: list) -> list:
    """A name for each: the model's own, with the server's behind it where another entry has that."""
    taken = set(re.findall(r"(?m)^\s*- +model_name: [\"']?([^\"'#\n]+?)[\"']?\s*(?:#.*)?$", text))
    names = []
    for found in offered:
        name = found.model
        if name in taken:
            name = f"{found.model}@{found.server.lower().replace(' ', '-')}"
        taken.add(name)
        names.append(name)
    return names


def with_entries(text: str, entries: list) -> str:
    """The entries come first in model_list, with the indentation of those that are there."""
    head = re.search(r"(?m)^model_list:[ \t]*(\[\])?[ \t]*(#.*)?\n", text + "\n")
    if not head:
        return text.rstrip("\n") + "\n\nmodel_list:\n" + "".join(_indented(entry, "  ") for entry in entries)
    rest = text[head.end():]
    item = re.search(r"(?m)^([ \t]*)- ", rest)
    pad = item[1] if item and not head[1] else "  "
    return text[: head.start()] + "model_list:\n" + "".join(_indented(entry, pad) for entry in entries) + rest


def _indented(entry: str, pad: str) -> str:
    return "".join(f"{pad}{line}\n" for line in entry.splitlines())


def choose(offered: list, take_all: bool) -> list:
    if take_all or not sys.stdin.isatty():
        return offered if take_all else []
    answer = input("Add which of them to the configuration? Numbers, \"all\", or nothing: ").strip()
    if answer == "all":
        return offered
    return [offered[int(number) - 1] for number in re.findall(r"\d+", answer) if 1 <= int(number) <= len(offered)]


def save(file: Path, text: str, router: str) -> int:
    """Puts the text in place of the file if the router takes it, and keeps what was there."""
    fresh = file.with_name(f"{file.stem}.scanned{file.suffix}")
    fresh.write_text(text)
    checked = subprocess.run([router, "check", str(fresh)], cwd=settings.ROOT, capture_output=True, text=True)
    if checked.returncode != 0:
        print(f"The router would not take the file with these in it, so {file} stays as it is:\n{checked.stdout}{checked.stderr}", file=sys.stderr)
        fresh.unlink()
        return 1
    backup = file.with_name(f"{file.name}.{time.strftime('%Y%m%d-%H%M%S')}.bak")
    shutil.copy2(file, backup)
    shutil.copymode(file, fresh)
    fresh.replace(file)
    print(f"Added. {backup.name} has the file as it was. A router that runs has them already.")
    return 0


def main() -> int:
    router, *arguments = sys.argv[1:]
    take_all = "--yes" in arguments
    more = [("a server", url.rstrip("/").removesuffix("/v1")) for url in arguments if url != "--yes"]
    file = next((place for name in CONFIGURATIONS if (place := settings.ROOT / "conf" / name).exists()), None)
    text = file.read_text()
    found = [one for server, url in (*SERVERS, *more) for one in scan(server, url)]
    for server, url in (*SERVERS, *more):
        count = sum(one.url == url for one in found)
        print(f"{server:<10} {url:<28} {f'{count} models' if count else 'is not there'}")
    offered = [one for one in found if not is_known(text, one)]
    if not offered:
        print("Nothing new." if found else "No model server answers here. Another address: ./manage.sh scan-models http://HOST:PORT")
        return 0
    names = names_for(text, offered)
    for number, (one, name) in enumerate(zip(offered, names), 1):
        print(f"{number:>4}  {name}  ({one.server})")
    chosen = choose(offered, take_all)
    if not chosen:
        print("Nothing was added. ./manage.sh scan-models --yes adds them all.")
        return 0
    return save(file, with_entries(text, [one.entry(names[offered.index(one)]) for one in chosen]), router)


if __name__ == "__main__":
    sys.exit(main())
