# shellcheck shell=bash
# ./manage.sh start, stop, restart, status, logs: the router and Open WebUI as services of PM2's. What PM2's users know
# works too: pm2 logs, pm2 restart all. Secrets are in .env alone; each service reads it when it starts.

readonly ecosystem=ecosystem.config.js

start() {
    local names=()
    choose_services "$@"
    read_settings
    need_pm2
    build_the_router
    make_configuration
    if chosen open-webui; then
        [ -e $home/installed ] || die "Open WebUI is not installed. ./manage.sh init -x installs it;" \
            "./manage.sh start llm-router starts the router alone."
        [ -z "$database_is_postgres" ] || [ -z "$database_is_local" ] || start_postgresql
    fi
    local name
    for name in "${names[@]}"; do
        look_at_owner "$name"
        look_at_port "$name"
    done
    write_ecosystem_file
    for name in "${names[@]}"; do start_service "$name"; done
    say_where_it_is
}

# choose_services [NAME]: into names.
choose_services() {
    case ${1-} in
        '') names=(llm-router open-webui) ;;
        llm-router | open-webui) names=("$1") ;;
        *) die "there is no service \"$1\". There are llm-router and open-webui; without a name, both are meant." ;;
    esac
}

chosen() { [[ " ${names[*]} " == *" $1 "* ]]; }

url_of() { if [ "$1" = llm-router ]; then say "$router_url/health/liveliness"; else say "$webui_url/health"; fi; }
port_of() { if [ "$1" = llm-router ]; then say "$router_port"; else say "$webui_port"; fi; }

look_at_owner() {
    local state
    state=$(state_of "$1")
    [[ $state != of\ * ]] || die "PM2 has a service $1 already, ${state/of/that of}. If it is to make room for this one: pm2 delete $1"
}

# A port that somebody else has would let the service start and end, again and again.
look_at_port() {
    local owner
    if [ "$(state_of "$1")" = online ]; then return; fi
    owner=$(python3 manage/probe.py port "$(port_of "$1")") || return 0
    die "port $(port_of "$1"), which $1 is to have, is taken by $owner. End that, or give $1 another port in .env" \
        "(LLM_ROUTER_PORT, OPENWEBUI_PORT)."
}

write_ecosystem_file() {
    cat >$ecosystem.new <<TEXT
// What PM2 runs. Written by ./manage.sh start, anew each time. Settings are in .env and conf/config.yml.
module.exports = {
  apps: [
    {
      name: "llm-router",
      script: "$(realpath "$router")",
      args: ["serve", "--port", "$router_port"],
      interpreter: "none",
      cwd: "$PWD",
      kill_timeout: 35000, // calls under way get 30 s to finish
      exp_backoff_restart_delay: 200,
    },
    {
      name: "open-webui",
      script: "$PWD/manage/serve_open_webui.py",
      interpreter: "$PWD/$home/venv/bin/python",
      cwd: "$PWD",
      kill_timeout: 15000,
      exp_backoff_restart_delay: 1000,
    },
  ],
};
TEXT
    mv $ecosystem.new $ecosystem
}

# start_service NAME: and waits until it answers.
start_service() {
    local name=$1
    if [ "$(state_of "$name")" = online ]; then
        say "$name runs already."
    else
        say "Starting $name."
        # Only what is needed of this shell's variables: PM2 keeps them, in a file that others may read.
        logged build/log/pm2.log env -i HOME="$HOME" PATH="$PATH" LANG="${LANG-}" PM2_HOME="${PM2_HOME-$HOME/.pm2}" \
            "$pm2" start $ecosystem --only "$name" || die_with build/log/pm2.log "PM2 could not start $name"
        logged build/log/pm2.log "$pm2" save --force
    fi
    if ! python3 manage/probe.py wait "$(url_of "$name")" "$name" "$pm2"; then
        "$pm2" logs "$name" --nostream --lines 20 >&2 || true
        die "$name does not answer. Its log is above; ./manage.sh doctor looks for the reason."
    fi
}

say_where_it_is() {
    say "The router answers on $router_url/v1; its key is LLM_ROUTER_MASTER_KEY in .env."
    if chosen open-webui; then
        say "Open WebUI is on $webui_url. Whoever signs up first is its administrator."
    fi
    say "So that both come back after a restart of this machine: pm2 startup"
}

stop() {
    local names=() name
    choose_services "$@"
    need_pm2
    for name in "${names[@]}"; do
        look_at_owner "$name"
        if [ -z "$(state_of "$name")" ]; then
            say "$name does not run."
            continue
        fi
        say "Stopping $name."
        logged build/log/pm2.log "$pm2" delete "$name" || die_with build/log/pm2.log "PM2 could not stop $name"
    done
    logged build/log/pm2.log "$pm2" save --force
}

restart() {
    stop "$@"
    start "$@"
}

status() {
    find_pm2 || pm2=
    exec python3 manage/status.py "$router" "$pm2"
}

logs() {
    need_pm2
    exec "$pm2" logs "$@"
}

need_pm2() { find_pm2 || die "PM2 is not installed. ./manage.sh init -x installs it."; }

# state_of NAME: online, stopped, errored and so on; "of FOLDER" when it is another installation's; nothing when PM2 has
# no such service.
state_of() { "$pm2" jlist 2>/dev/null | python3 manage/probe.py state "$1"; }
