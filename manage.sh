#!/usr/bin/env bash
# Open LLM Router: everything a person does with a clone. Without an argument it lists its verbs; manage/ has a file for
# each group of them.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")"

# A binary that is named is taken as it is; nothing is compiled.
readonly router=${ROUTER_BINARY:-build/release/open-llm-router}

help() {
    cat <<'TEXT'
Open LLM Router

  ./manage.sh run [FLAGS]        build what is missing, then run the router on http://127.0.0.1:8086
  ./manage.sh test               build and run every test; the last line counts them
  ./manage.sh build              the part of run before the start

With Open WebUI, both as services of PM2's (docs/open-webui.md):

  ./manage.sh init               make .env and its secrets, and write the SQL for Open WebUI's database
  ./manage.sh init -x            and run it; install PostgreSQL, Open WebUI and PM2 where they are missing
      --no-postgres              with SQLite in place of PostgreSQL
      --local-embeddings         Open WebUI embeds documents itself, without the router; torch, gigabytes
  ./manage.sh start [SERVICE]    start llm-router and open-webui, or one of them
  ./manage.sh stop [SERVICE]
  ./manage.sh restart [SERVICE]
  ./manage.sh status             services, ports, database, versions, models, what went wrong last
  ./manage.sh logs [SERVICE]     follow what they say
  ./manage.sh doctor             what is wrong, and the command that mends it
  ./manage.sh scan-models        find Ollama, LM Studio, vLLM and llama.cpp here, and offer their models
  ./manage.sh uninstall          remove Open WebUI and PM2's services; what people wrote stays

For those who change it:

  ./manage.sh test unit          the C++ tests alone
  ./manage.sh test blackbox      the tests of the running binary alone
  ./manage.sh test manage        the tests of this script alone
  ./manage.sh test agents        Claude Code, Codex and Gemini CLI through the router; fetches them with npm, 900 MB
  ./manage.sh test open-webui    the real Open WebUI, in a browser, through the router; 2 GB
  ./manage.sh test tsan          the same under the thread sanitizer; without: address and undefined behaviour
  ./manage.sh bench [FLAGS]      measure the router beside nginx
  ./manage.sh fuzz [SECONDS]     run every fuzz target for so long, 600 unless told
  ./manage.sh format             lay out the C++ sources
  ./manage.sh tidy               build with clang-tidy's checks

FLAGS of run go to the router:             ./manage.sh run --port 9000
What follows -- goes to pytest:            ./manage.sh test blackbox -- -k streaming
TEXT
}

say() { printf '%s\n' "$*"; }

die() {
    printf 'manage.sh: %s\n' "$*" >&2
    exit 1
}

source manage/logged.sh
source manage/packages.sh
source manage/build.sh
source manage/env_file.sh
source manage/settings.sh
source manage/database.sh
source manage/open_webui.sh
source manage/pm2.sh
source manage/services.sh
source manage/installation.sh
source manage/tests.sh
source manage/develop.sh

verb=${1-help}
shift || true
case $verb in
    run | init | start | stop | restart | status | logs | doctor | uninstall | bench | fuzz | format | tidy) "$verb" "$@" ;;
    scan-models) scan_models "$@" ;;
    test) run_tests "$@" ;;
    build)
        build_the_router
        say "$router is ready."
        ;;
    help | -h | --help) help ;;
    *)
        help >&2
        die "there is no verb \"$verb\"."
        ;;
esac
