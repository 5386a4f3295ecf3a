"""Coding agents, run as their users run them but for nobody to ask: an empty home, a scratch repository, no terminal."""

import json
import os
import subprocess
from pathlib import Path

from fakes.truth import Call, Said, Usage
from sdk.node import find_node

ROOT = Path(__file__).resolve().parents[2]
INSTALLED = Path(os.environ.get("AGENTS", ROOT / "build" / "agents")) / "node_modules" / ".bin"
ASKED = "Read note.txt and tell me what it says"
WORD = "quokka-7731"
KEY = "sk-agent-5d1c"


class Agent:
    """A program, and how it is told where the router is."""

    def __init__(self, program: str, dialect: str, command, tool, environment, files=None):
        self.program = program
        self.dialect = dialect
        self.command = command  # (model) -> arguments
        self.tool = tool  # (folder) -> the Call that reads the note
        self.environment = environment  # (url) -> variables
        self.files = files or (lambda url: {})  # in its home

    def run(self, folder: Path, url: str, model: str, within=90) -> subprocess.CompletedProcess:
        home, work = folder / "home", folder / "work"
        home.mkdir()
        work.mkdir()
        (work / "note.txt").write_text(f"The password is {WORD}.\n")
        for name, text in self.files(url).items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text)
        subprocess.run(["git", "init", "-q", str(work)], check=True, env={"PATH": os.environ["PATH"], "HOME": str(home)})
        path = f"{Path(find_node()).parent}:{os.environ['PATH']}"
        variables = {"PATH": path, "HOME": str(home), "TERM": "dumb", **self.environment(url)}
        return subprocess.run([str(INSTALLED / self.program), *self.command(model)], cwd=work, env=variables, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=within)

    def mind(self, folder: Path, thought=("I must ", "read the note.")):
        """A model that has the note read, and then says what it says."""
        call = self.tool(folder / "work")

        def answer(seen):
            told = [result["text"] for result in seen.results]
            if told:
                found = WORD if WORD in told[-1] else f"nothing but {told[-1]!r}"
                return Said(text=("The note says ", found, "."), usage=Usage(prompt=2000, completion=9, cached=0))
            if call.name in seen.tools:
                return Said(thought=thought, text=("Let me look.",), calls=(call,), usage=Usage(prompt=1500, completion=30, cached=0, thinking=8))
            return Said(text=("A note",), usage=Usage(prompt=100, completion=2, cached=0))

        return answer


def _codex_config(url) -> dict:
    return {".codex/config.toml": f'model_provider="router"\n[model_providers.router]\nname="Router"\nbase_url="{url}/v1"\n'
                                  'env_key="ROUTER_KEY"\nwire_api="responses"\n'}


def _gemini_settings(url) -> dict:
    settings = {"security": {"auth": {"selectedType": "gemini-api-key"}}, "privacy": {"usageStatisticsEnabled": False}}
    return {".gemini/settings.json": json.dumps(settings)}


AGENTS = {
    "claude code": Agent(
        "claude", "anthropic_messages",
        lambda model: ["-p", ASKED, "--model", model],
        lambda folder: Call("Read", {"file_path": str(folder / "note.txt")}),
        lambda url: {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_AUTH_TOKEN": KEY, "DISABLE_TELEMETRY": "1", "DISABLE_AUTOUPDATER": "1",
                     "CLAUDE_CODE_MAX_RETRIES": "1"}),
    "codex": Agent(
        "codex", "openai_responses",
        lambda model: ["exec", "--skip-git-repo-check", "--sandbox", "read-only", "-m", model, ASKED],
        lambda folder: Call("exec_command", {"cmd": "cat note.txt"}),
        lambda url: {"ROUTER_KEY": KEY}, _codex_config),
    "gemini cli": Agent(
        "gemini", "gemini",
        lambda model: ["-p", ASKED, "--skip-trust", "-m", model],
        lambda folder: Call("read_file", {"file_path": str(folder / "note.txt")}),
        lambda url: {"GOOGLE_GEMINI_BASE_URL": url, "GEMINI_API_KEY": KEY}, _gemini_settings),
}
