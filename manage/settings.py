#!/usr/bin/env python3
"""What .env says: read, expanded, checked. Everything here that wants a setting asks this file.

    settings.py check      says what is missing or wrong: which line, and what to put there
    settings.py shell      the settings as assignments, for a shell to eval
    settings.py sql FILE   the template FILE, filled in

The grammar of .env is the router's own (docs/configuration.md): NAME=value, quotes, ${NAME} and ${NAME:-text}.
"""

import dataclasses
import os
import re
import shlex
import sys
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
ENV_FILE = ROOT / ".env"
DATA = ROOT / ".open-webui" / "data"

LINE = re.compile(r"""\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=[^\S\n]*(?:'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\n]*))""", re.DOTALL)
VARIABLE = re.compile(r"\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")
DEFAULT_DATABASE = "postgresql://${OPENWEBUI_DB_USER}:${OPENWEBUI_DB_PASSWORD}@localhost:5432/${OPENWEBUI_DB_NAME}"
PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$-]{0,62}")  # of a role or database, quoted or not


class Wrong(Exception):
    """All that is wrong, a line of text each."""

    def __init__(self, problems):
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclasses.dataclass(frozen=True)
class Database:
    url: str  # as Open WebUI takes it
    is_postgres: bool
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    name: str = ""
    options: tuple = ()  # of the query: sslmode and its like

    @property
    def is_local(self) -> bool:
        return self.host in ("", "localhost", "127.0.0.1", "::1") or self.host.startswith("/")

    def libpq(self) -> dict:
        """The variables by which psql finds it. A password in an argument could be read by everyone on this machine."""
        found = {"PGHOST": self.host or "localhost", "PGPORT": str(self.port), "PGUSER": self.user, "PGPASSWORD": self.password,
                 "PGDATABASE": self.name, "PGCONNECT_TIMEOUT": "5"}
        return {**found, **{f"PG{key.upper()}": value for key, value in self.options if key.startswith("ssl")}}


@dataclasses.dataclass(frozen=True)
class Settings:
    variables: dict  # all of .env
    master_key: str
    router_port: int
    router_url: str  # where Open WebUI finds the router, without /v1
    webui_host: str
    webui_port: int
    database: Database

    @property
    def webui_url(self) -> str:
        return _url(self.webui_host, self.webui_port)


def read_variables(text: str, otherwise=None) -> tuple[dict, dict]:
    """NAME -> value, and NAME -> number of its line. `otherwise` has the variables that are not in the text."""
    values, lines = {}, {}
    at = 0
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text) + 1
        found = LINE.match(text, at) if text[at:end].strip()[:1] not in ("", "#") else None
        if found:
            name, plain, quoted, bare = found.groups()
            if bare is not None:
                bare = "" if bare.startswith("#") else re.split(r"[ \t]#", bare)[0].strip()
            if quoted is not None:
                quoted = re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "$": "$$"}.get(m[1], m[1]), quoted, flags=re.DOTALL)
            lines[name] = text.count("\n", 0, found.start(1)) + 1
            values[name] = plain if plain is not None else _expanded(quoted if quoted is not None else bare, values, otherwise or {}, name)
            end = text.find("\n", found.end()) + 1 or len(text) + 1
        at = end
    return values, lines


def _expanded(text: str, values: dict, otherwise: dict, name: str) -> str:
    """${NAME} replaced. In a URL of a database what is put in is encoded, so that a password may have any character."""

    def value(found):
        if found[0] == "$$":
            return "$"
        known = values.get(found[1]) or otherwise.get(found[1]) or found[2] or ""
        return quote(known, safe="") if name == "DATABASE_URL" else known

    return VARIABLE.sub(value, text)


def load(path: Path = ENV_FILE) -> Settings:
    """Raises Wrong, with everything that is wrong at once."""
    if not path.exists():
        raise Wrong([".env is missing: ./manage.sh init makes one."])
    text = path.read_text(encoding="utf-8-sig")
    variables, lines = read_variables(text, os.environ)
    if not variables.get("DATABASE_URL"):  # a .env from before Open WebUI
        for name in ("OPENWEBUI_DB_USER", "OPENWEBUI_DB_NAME"):
            variables.setdefault(name, "openwebui")
        variables["DATABASE_URL"] = read_variables(f"DATABASE_URL={DEFAULT_DATABASE}\n", variables)[0]["DATABASE_URL"]
    problems = []

    def wrong(name, what, put):
        place = f".env:{lines[name]}: {name}" if name in lines else f".env: {name}"
        problems.append(f"{place} {what}; {put}")

    def port(name, usual):
        given = variables.get(name) or str(usual)
        if not (given.isascii() and given.isdigit() and 1 <= int(given) <= 65535):
            wrong(name, f'is "{given}"', f"put a number from 1 to 65535 there, like {usual}")
            return usual
        return int(given)

    router_port, webui_port = port("LLM_ROUTER_PORT", 8086), port("OPENWEBUI_PORT", 8087)
    if router_port == webui_port:
        wrong("OPENWEBUI_PORT", f"is {webui_port}, and so is LLM_ROUTER_PORT", "give one of them another port")
    key = variables.get("LITELLM_MASTER_KEY") or variables.get("LLM_ROUTER_MASTER_KEY") or ""
    if not key:
        wrong("LLM_ROUTER_MASTER_KEY", "is missing", "./manage.sh init makes one")
    router_url = (variables.get("LLM_ROUTER_URL") or _url(variables.get("LLM_ROUTER_HOST", ""), router_port)).rstrip("/").removesuffix("/v1")
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", router_url):
        wrong("LLM_ROUTER_URL", f'is "{router_url}"', f"put the router's address there, like http://127.0.0.1:{router_port}")
    database = _database(variables, wrong)
    if problems:
        raise Wrong(problems)
    return Settings(variables, key, router_port, router_url, variables.get("OPENWEBUI_HOST") or "127.0.0.1", webui_port, database)


def _url(host: str, port: int) -> str:
    host = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _database(variables: dict, wrong) -> Database | None:
    url = variables["DATABASE_URL"]
    like = f"put {DEFAULT_DATABASE} there, or take the line out"
    if url.startswith("sqlite"):
        return Database(url, is_postgres=False)
    try:
        parts = urlsplit(url)
        number = parts.port or 5432
    except ValueError as error:
        return wrong("DATABASE_URL", f"is not an address ({error})", "write a password with such characters in OPENWEBUI_DB_PASSWORD, "
                     "as it is, and ${OPENWEBUI_DB_PASSWORD} here")
    if parts.scheme not in ("postgresql", "postgres"):
        return wrong("DATABASE_URL", f'begins with "{parts.scheme}:"', like)
    for name in ("OPENWEBUI_DB_USER", "OPENWEBUI_DB_PASSWORD", "OPENWEBUI_DB_NAME"):
        variables.setdefault(name, "")
    user, password, name = unquote(parts.username or ""), unquote(parts.password or ""), unquote(parts.path.removeprefix("/"))
    for variable, part, what in (("OPENWEBUI_DB_USER", user, "user"), ("OPENWEBUI_DB_NAME", name, "database")):
        if not part:
            wrong(variable, "is missing", f"put the {what}'s name there, like openwebui")
        elif not PLAIN_NAME.fullmatch(part):
            wrong(variable, f'is "{part}"', "a name has letters, digits, _ and -, and begins with a letter")
    if not password:
        wrong("OPENWEBUI_DB_PASSWORD", "is missing", "./manage.sh init makes one")
    if "/" in name or parts.fragment or not (parts.hostname or "host=" in parts.query):
        wrong("DATABASE_URL", "cannot be read", like)
    options = dict(parse_qsl(parts.query))
    return Database(url, True, parts.hostname or options.get("host", ""), number, user, password, name, tuple(options.items()))


def sql(template: str, database: Database) -> str:
    """${user}, ${name} and ${password} in a template of SQL, quoted as literals."""
    values = {key: "'" + getattr(database, key).replace("'", "''") + "'" for key in ("user", "password", "name")}
    return re.sub(r"\$\{(\w+)\}", lambda found: values[found[1]], template)


def as_shell(settings: Settings) -> str:
    database = settings.database
    known = {"router_url": settings.router_url, "router_port": settings.router_port, "webui_url": settings.webui_url,
             "webui_port": settings.webui_port, "database_is_postgres": "yes" if database.is_postgres else "",
             "database_is_local": "yes" if database.is_local else "", "database_host": database.host, "database_port": database.port,
             "database_user": database.user, "database_name": database.name,
             "webui_version": settings.variables.get("OPENWEBUI_VERSION", "")}
    return "\n".join(f"{name}={shlex.quote(str(value))}" for name, value in known.items())


def main() -> int:
    verb = sys.argv[1] if len(sys.argv) > 1 else "check"
    try:
        settings = load()
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        return 1
    if verb == "shell":
        print(as_shell(settings))
    if verb == "sql":
        sys.stdout.write(sql(Path(sys.argv[2]).read_text(), settings.database))
    if verb == "psql":
        os.execvpe("psql", ["psql", "--no-password", "--quiet", *sys.argv[2:]], {**os.environ, **settings.database.libpq()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
