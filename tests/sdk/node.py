"""Node, and the SDKs for it: one process of tests/node/clients.mjs holds all conversations of a test run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "node"
CLIENTS = {
    "node chat": "openai_chat",
    "node responses": "openai_responses",
    "node messages": "anthropic_messages",
    "node gemini": "gemini",
    "ai-sdk compatible": "openai_chat",
    "ai-sdk openai": "openai_responses",
    "ai-sdk anthropic": "anthropic_messages",
    "ai-sdk google": "gemini",
}


def find_node() -> str:
    """The newest SDKs want Node 22; the environment of the tests brings one where the system's is older."""
    ours = Path(sys.prefix) / "bin" / "node"
    return str(ours) if ours.exists() else shutil.which("node") or "node"


class NodeClients:
    def __init__(self):
        self.process = subprocess.Popen([find_node(), FOLDER / "clients.mjs"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env={"PATH": os.environ["PATH"], "AI_SDK_LOG_WARNINGS": "false"})

    def converse(self, client: str, url: str, key: str, spec: dict) -> dict:
        self.process.stdin.write(json.dumps({"client": client, "url": url, "key": key, "spec": spec}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"the process of tests/node/clients.mjs ended with {self.process.wait(5)}"
        return json.loads(line)

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
