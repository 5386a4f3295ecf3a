""".env: how it is read, what is made of it, and what is said when it is wrong."""

import json
import re

import pytest

import serve_open_webui
import settings

EXISTING = """\
# of a user of long standing
OPENWEBUI_DB_USER=webui
OPENWEBUI_DB_PASSWORD={password}
OPENWEBUI_DB_NAME=chats
DATABASE_URL=postgresql://${{OPENWEBUI_DB_USER}}:${{OPENWEBUI_DB_PASSWORD}}@localhost:5432/${{OPENWEBUI_DB_NAME}}
OPENWEBUI_PORT=8087
LLM_ROUTER_PORT=8086
LLM_ROUTER_MASTER_KEY=sk-mine
OPENAI_API_KEY=sk-of-openai
CLAUDE_API_KEY=sk-of-claude
"""


@pytest.fixture
def load(tmp_path):
    def from_text(text: str) -> settings.Settings:
        file = tmp_path / ".env"
        file.write_text(text)
        return settings.load(file)

    return from_text


@pytest.mark.parametrize("line, value", [
    ("A=b", "b"), ("export A=b", "b"), (" A = b c ", "b c"), ("A=b # said", "b"), ("A=b#c", "b#c"), ("A=# said", ""), ("A=", ""),
    ("A='b # ${X} \\'", "b # ${X} \\"), ('A="b # \\"c\\" \\$X"', 'b # "c" $X'), ('A="b\nc"', "b\nc"), ("A='b\nc'", "b\nc"),
    ("X=y\nA=${X}z", "yz"), ("A=${NOWHERE}z", "z"), ("A=${NOWHERE:-y}z", "yz"), ("A=$${X}", "${X}"), ("A=$5", "$5"),
    ('A={"0":{"a":"{{TASK}}"}}', '{"0":{"a":"{{TASK}}"}}'), ("A=1\nA=2", "2"), ("#A=1\nA=2", "2"),
])
def test_a_line_means_what_the_router_takes_it_for(line, value):
    assert settings.read_variables(line + "\n")[0]["A"] == value


def test_lines_are_counted_across_values_of_several_lines():
    assert settings.read_variables("# x\nA='1\n2'\n\nB=3\n")[1] == {"A": 2, "B": 5}


@pytest.mark.parametrize("password", ["plain", "p@ss:w/rd%#1", 'with "quotes" and $', "ünï?&="])
def test_a_password_may_have_any_character(load, password):
    database = load(EXISTING.format(password=f"'{password}'")).database
    assert (database.user, database.password, database.name) == ("webui", password, "chats")
    assert database.libpq()["PGPASSWORD"] == password
    assert re.fullmatch(r"postgresql://webui:[A-Za-z0-9%._~-]+@localhost:5432/chats", database.url)


def test_without_an_address_the_database_is_the_local_one(load):
    known = load("OPENWEBUI_DB_USER=a\nOPENWEBUI_DB_PASSWORD=b@\nOPENWEBUI_DB_NAME=c\nLLM_ROUTER_MASTER_KEY=sk\n")
    assert known.database.url == "postgresql://a:b%40@localhost:5432/c" and known.database.is_local
    assert (known.router_url, known.webui_url) == ("http://127.0.0.1:8086", "http://127.0.0.1:8087")


def test_a_file_from_before_open_webui_is_enough(clone):
    clone.write_env("LLM_ROUTER_MASTER_KEY=sk-mine\n")
    assert clone.manage("init").returncode == 0
    assert "'openwebui', " in (clone.folder / ".open-webui" / "database.sql").read_text()
    assert clone.value("LLM_ROUTER_MASTER_KEY") == "sk-mine"


@pytest.mark.parametrize("change, said", [
    ("OPENWEBUI_PORT=80x", r'\.env:6: OPENWEBUI_PORT is "80x"; put a number from 1 to 65535 there, like 8087'),
    ("OPENWEBUI_PORT=70000", r'\.env:6: OPENWEBUI_PORT is "70000"'),
    ("OPENWEBUI_PORT=8086", r"\.env:6: OPENWEBUI_PORT is 8086, and so is LLM_ROUTER_PORT; give one of them another port"),
    ("OPENWEBUI_DB_USER=1;drop", r'\.env:2: OPENWEBUI_DB_USER is "1;drop"; a name has letters'),
    ("OPENWEBUI_DB_NAME=", r"\.env:4: OPENWEBUI_DB_NAME is missing; put the database's name there, like openwebui"),
    ("OPENWEBUI_DB_PASSWORD=", r"\.env:3: OPENWEBUI_DB_PASSWORD is missing; \./manage\.sh init makes one"),
    ("LLM_ROUTER_MASTER_KEY=", r"\.env:8: LLM_ROUTER_MASTER_KEY is missing; \./manage\.sh init makes one"),
    ("DATABASE_URL=mysql://a:b@c/d", r'\.env:5: DATABASE_URL begins with "mysql:"; put postgresql://'),
    ("DATABASE_URL=postgresql://a:p#w@localhost/d", r"\.env:5: DATABASE_URL .*; "),
    ("DATABASE_URL=postgresql://a:p@localhost:port/d", r"\.env:5: DATABASE_URL is not an address .*OPENWEBUI_DB_PASSWORD"),
    ("LLM_ROUTER_URL=here", r'\.env: LLM_ROUTER_URL is "here"; put the router\'s address there, like http://127\.0\.0\.1:8086|'
                            r'\.env:11: LLM_ROUTER_URL is "here"'),
])
def test_what_is_wrong_is_said_with_its_line_and_its_remedy(load, change, said):
    name = change.split("=")[0]
    text = EXISTING.format(password="secret-word")
    text, count = re.subn(rf"(?m)^{name}=.*$", lambda _: change, text)
    with pytest.raises(settings.Wrong) as wrong:
        load(text if count else text + change + "\n")
    assert re.search(said, str(wrong.value)), wrong.value
    assert "secret-word" not in str(wrong.value)


def test_all_that_is_wrong_is_said_at_once(load):
    with pytest.raises(settings.Wrong) as wrong:
        load("OPENWEBUI_PORT=x\nLLM_ROUTER_PORT=y\n")
    assert len(wrong.value.problems) >= 4


def test_init_makes_the_secrets_and_writes_the_sql(clone):
    done = clone.manage("init")
    assert done.returncode == 0, done.stderr
    assert clone.env_file.stat().st_mode & 0o777 == 0o600
    secrets = [clone.value(name) for name in ("LLM_ROUTER_MASTER_KEY", "OPENWEBUI_DB_PASSWORD", "WEBUI_SECRET_KEY",
                                              "FORWARD_USER_INFO_HEADER_JWT_SECRET")]
    assert len(set(secrets)) == 4 and all(len(secret) >= 48 for secret in secrets)
    assert not any(secret in done.stdout + done.stderr for secret in secrets)
    file = clone.folder / ".open-webui" / "database.sql"
    assert file.stat().st_mode & 0o777 == 0o600
    assert f"'openwebui', '{secrets[1]}'" in file.read_text()


@pytest.mark.parametrize("placeholder", ["", "change-me", "CHANGEME", "change_me_please", "your-password", "<password>", "'change-me'"])
def test_a_placeholder_becomes_a_password(clone, placeholder):
    clone.write_env(EXISTING.format(password=placeholder))
    assert clone.manage("init").returncode == 0
    assert re.fullmatch("[0-9a-f]{48}", clone.value("OPENWEBUI_DB_PASSWORD"))


def test_what_is_in_the_file_stays_as_it_is(clone):
    text = EXISTING.format(password="'it''s mine'")
    clone.write_env(text)
    assert clone.manage("init").returncode == 0
    assert clone.env_file.read_text().startswith(text)
    clone.manage("init")
    assert clone.env_file.read_text().count("WEBUI_SECRET_KEY=") == 1


def test_a_password_with_quotes_is_quoted_in_sql(clone):
    clone.write_env(EXISTING.format(password='"it\'s \\\\ mine"'))
    assert clone.manage("init").returncode == 0
    assert "'webui', 'it''s \\ mine'" in (clone.folder / ".open-webui" / "database.sql").read_text()


def test_no_postgres_leads_to_sqlite_and_keeps_the_old_line(clone):
    clone.write_env(EXISTING.format(password="mine"))
    assert clone.manage("init", "--no-postgres").returncode == 0
    text = clone.env_file.read_text()
    assert "\n#DATABASE_URL=postgresql://" in text
    assert text.rstrip().endswith(f"DATABASE_URL=sqlite:///{clone.folder}/.open-webui/data/webui.db")
    assert not (clone.folder / ".open-webui" / "database.sql").exists()


def test_open_webui_gets_the_routers_key_and_no_providers(load):
    known = load(EXISTING.format(password="p@ss") + "WEBUI_SECRET_KEY=abc\nTAVILY_API_KEY=tvly\nRAG_EMBEDDING_MODEL=my-own\n")
    environment = serve_open_webui.environment(known)
    for service in ("OPENAI_API_{}S", "RAG_OPENAI_API_{}", "AUDIO_TTS_OPENAI_API_{}", "AUDIO_STT_OPENAI_API_{}", "IMAGES_OPENAI_API_{}",
                    "IMAGES_EDIT_OPENAI_API_{}"):
        assert environment[service.format("BASE_URL")] == "http://127.0.0.1:8086/v1"
        assert environment[service.format("KEY")] == "sk-mine"
    assert "sk-of-openai" not in environment.values() and "sk-of-claude" not in environment.values()
    assert "p@ss" not in environment.values() and environment["DATABASE_URL"] == "postgresql://webui:p%40ss@localhost:5432/chats"
    assert environment["TAVILY_API_KEY"] == "tvly" and environment["RAG_EMBEDDING_MODEL"] == "my-own"
    assert environment["OFFLINE_MODE"] == "true" and environment["ENABLE_FORWARD_USER_INFO_HEADERS"] == "true"
    assert json.loads(environment["OPENAI_API_CONFIGS"])["0"]["headers"] == {"X-OpenWebUI-Task": "{{TASK}}"}
    assert json.loads(environment["DEFAULT_MODEL_METADATA"]) == {"capabilities": {"usage": True}}
