"""The fixtures of the tests of manage.sh and manage/. Nothing is installed or started."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "blackbox"), str(ROOT / "manage")]

from router import find_binary  # noqa: E402


class Clone:
    """A clone of the repository, as far as manage.sh needs one, with the router that is tested."""

    def __init__(self, folder: Path):
        folder.mkdir()
        self.folder = folder
        for name in ("manage", "deploy", "conf"):
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("config.yml", "config.yaml", "*.bak", "__pycache__"))
        for name in ("manage.sh", ".env.example"):
            shutil.copy2(ROOT / name, folder / name)
        self.env_file = folder / ".env"

    def manage(self, *arguments) -> subprocess.CompletedProcess:
        env = {"HOME": str(self.folder), "PATH": os.environ["PATH"], "ROUTER_BINARY": str(find_binary())}
        return subprocess.run(["./manage.sh", *arguments], cwd=self.folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=50)

    def write_env(self, text: str):
        self.env_file.write_text(text)
        self.env_file.chmod(0o600)

    def value(self, name: str) -> str:
        return dict(line.split("=", 1) for line in self.env_file.read_text().splitlines() if "=" in line)[name]


@pytest.fixture
def clone(tmp_path) -> Clone:
    return Clone(tmp_path / "clone")
