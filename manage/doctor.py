#!/usr/bin/env python3
"""./manage.sh doctor: what is wrong, and the command that mends it. Changes nothing.

Its exit status is 1 when something is wrong. A hint is what may well be meant so.
"""

import base64
import hmac
import json
import shutil
import subprocess
import sys
import time
import urllib.request

import probe
import serve_open_webui
import settings
import status

INIT = "./manage.sh init -x"
FREE_BYTES = 1 << 30


class Doctor:
    def __init__(self):
        self.found = 0

    def look(self, is_well: bool, what: str, otherwise: str, mend: str) -> bool:
        if is_well:
            print(f"  ok     {what}")
        else:
            self.found += 1
            print(f"  wrong  {otherwise}\n         mend: {mend}")
        return is_well

    def hint(self, text: str):
        print(f"  hint   {text}")


def look_at_env_file(doctor: Doctor) -> settings.Settings | None:
    file = settings.ENV_FILE
    if not doctor.look(file.exists(), ".env is there", ".env is missing", "./manage.sh init"):
        return None
    doctor.look(file.stat().st_mode & 0o077 == 0, ".env is for its owner alone", "others on this machine can read .env, and the keys in it",
                "chmod 600 .env")
    try:
        known = settings.load()
    except settings.Wrong as wrong:
        for problem in wrong.problems:
            doctor.look(False, "", *problem.split("; ", 1))
        return None
    doctor.look(True, ".env has what is needed", "", "")
    return known


def look_at_router(doctor: Doctor, router: str):
    works = shutil.which(router) is not None
    if not doctor.look(works, f"the router is built: {router}", f"{router} is not there", "./manage.sh build"):
        return
    checked = subprocess.run([router, "check"], cwd=settings.ROOT, capture_output=True, text=True)
    words = (checked.stdout + checked.stderr).strip()
    doctor.look(checked.returncode == 0, words.splitlines()[-1] if words else "the configuration is good", words.replace("\n", "\n         "),
                "edit the file where it says so; it is used as soon as it is saved")


def look_at_installation(doctor: Doctor, pm2: str):
    doctor.look(bool(pm2), f"PM2 is installed: {pm2}", "PM2 is not installed", INIT)
    version = status.open_webui_version()
    is_whole = (settings.ROOT / ".open-webui" / "installed").exists()
    doctor.look(bool(version) and is_whole, f"Open WebUI {version} is installed",
                f"Open WebUI {version} is installed in part" if version else "Open WebUI is not installed", INIT)
    free = shutil.disk_usage(settings.ROOT).free
    doctor.look(free > FREE_BYTES, f"the disk has {free / 1e9:.0f} GB left", f"the disk has {free / 1e6:.0f} MB left",
                "make room: uploads and logs need it, and a database that cannot write stops")


def look_at_database(doctor: Doctor, known: settings.Settings):
    database = known.database
    if not database.is_postgres:
        doctor.look(True, f"the database is {database.url}", "", "")
        return
    where = f"{database.host}:{database.port}"
    answers, words = status.ask_database(known, "SELECT has_schema_privilege('public', 'CREATE')")
    mend = INIT if database.is_local else "have .open-webui/database.sql run there by its administrator (./manage.sh init writes it)"
    if doctor.look(answers, f"PostgreSQL on {where} lets {database.user} in", f"PostgreSQL on {where}: {words}", mend):
        doctor.look(words == "t", f"{database.user} can make tables in {database.name}",
                    f"{database.user} cannot make tables in {database.name}", mend)


def look_at_services(doctor: Doctor, known: settings.Settings, pm2: str):
    services = probe.ask_pm2(pm2)
    for name, port, url in (("llm-router", known.router_port, f"{known.router_url}/health/liveliness"),
                            ("open-webui", known.webui_port, f"{known.webui_url}/health")):
        about = services.get(name, {}).get("pm2_env", {})
        if about and about["pm_cwd"] != str(settings.ROOT):
            doctor.look(False, "", f"PM2 has a service {name} of {about['pm_cwd']}", f"pm2 delete {name}, then ./manage.sh start {name}")
            continue
        if not about:
            owner = probe.listener(port)
            mend = f"end it, or give {name} another port in .env; then ./manage.sh start {name}" if owner else f"./manage.sh start {name}"
            doctor.look(False, "", f"{name} is not started" + (f", and its port {port} is taken by {owner}" if owner else ""), mend)
            continue
        doctor.look(probe.get(url)[0] == 200, f"{name} answers on port {port}",
                    f"{name} is {about['status']}, restarted {about['restart_time']} times, and does not answer on port {port}",
                    f"./manage.sh logs {name} --lines 50 says why; then ./manage.sh restart {name}")


def look_at_connection(doctor: Doctor, known: settings.Settings):
    """Between Open WebUI and the router."""
    code, names = status.models(known)
    if code == 0:
        return  # it does not run, which was said
    if not doctor.look(code == 200, "the router takes the key of .env", f"the router answers {code} to the key of .env",
                       "general_settings.master_key in conf/config.yml must be the key in .env: write os.environ/LLM_ROUTER_MASTER_KEY there"):
        return
    doctor.look(bool(names), f"the router lists {len(names)} models", "the router lists no model, so there is none to chat with",
                "give model_list in conf/config.yml an entry with a model_name; ./manage.sh scan-models finds local ones")
    kept, words = status.ask_database(known, "SELECT value FROM config WHERE key = 'openai.api_base_urls'")
    if kept and words:
        wanted = f"{known.router_url}/v1"
        doctor.look(wanted in json.loads(words), "Open WebUI is connected to the router", f"Open WebUI is connected to {words}, not to {wanted}",
                    "./manage.sh restart open-webui; if someone took the connection out: Admin Panel, Settings, Connections")
    hint_at_documents(doctor, known)


def hint_at_documents(doctor: Doctor, known: settings.Settings):
    variables = serve_open_webui.environment(known)
    if variables["RAG_EMBEDDING_ENGINE"] != "openai":
        return
    model = variables["RAG_EMBEDDING_MODEL"]
    headers = {"Authorization": f"Bearer {known.master_key}", "Content-Type": "application/json"}
    if secret := variables.get("FORWARD_USER_INFO_HEADER_JWT_SECRET"):
        headers["X-OpenWebUI-User-Jwt"] = signed_user(secret)
    asked = urllib.request.Request(f"{known.router_url}/v1/embeddings", json.dumps({"model": model, "input": ["doctor"]}).encode(), headers)
    code, _ = probe.get(asked, within=20)
    if code == 200:
        doctor.look(True, f"documents are embedded by {model}", "", "")
    else:
        doctor.hint(f"documents cannot be searched: {model} answers with status {code}. Give the router such a model, or name another one as "
                    "RAG_EMBEDDING_MODEL in .env, or let Open WebUI do it: ./manage.sh init -x --local-embeddings")


def signed_user(secret: str) -> str:
    """Who asks, as Open WebUI tells the router: a JSON Web Token, HS256, good for a minute."""
    now = int(time.time())
    claims = {"sub": "doctor", "email": "doctor@localhost", "name": "doctor", "role": "admin", "iss": "open-webui", "iat": now, "exp": now + 60}
    signed = ".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{_base64url(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def main() -> int:
    router, pm2 = sys.argv[1:3]
    doctor = Doctor()
    known = look_at_env_file(doctor)
    look_at_router(doctor, router)
    look_at_installation(doctor, pm2)
    if known:
        look_at_database(doctor, known)
        look_at_services(doctor, known, pm2)
        look_at_connection(doctor, known)
    print("Nothing is wrong." if not doctor.found else f"{doctor.found} things are wrong; mend the first one first.")
    return 1 if doctor.found else 0


if __name__ == "__main__":
    sys.exit(main())
