# shellcheck shell=bash
# ./manage.sh init, doctor, scan-models and uninstall.

init() {
    local execute='' postgres=yes local_embeddings=''
    while (($#)); do
        case $1 in
            -x) execute=yes ;;
            --no-postgres) postgres='' ;;
            --local-embeddings) local_embeddings=yes ;;
            *) die "init knows no \"$1\". It takes -x, --no-postgres and --local-embeddings." ;;
        esac
        shift
    done
    need "to read .env and to run Open WebUI" python3 python3-venv ca-certificates
    install_missing_packages
    prepare_env_file "$postgres" "$local_embeddings"
    read_settings
    if [ -n "$database_is_postgres" ]; then write_database_sql; fi
    if [ -z "$execute" ]; then
        say_what_is_next
        return
    fi
    if [ -n "$database_is_postgres" ]; then prepare_database; fi
    install_open_webui "$local_embeddings"
    install_pm2
    build_the_router
    make_configuration
    say "All is there. ./manage.sh start starts it."
}

say_what_is_next() {
    if [ -n "$database_is_postgres" ]; then say "Wrote $database_sql: it makes Open WebUI's user and database."; fi
    say "./manage.sh init -x runs it, and installs Open WebUI and PM2."
}

prepare_env_file() {
    make_env_file
    make_open_webui_secrets
    if [ -z "$1" ]; then set_line DATABASE_URL "sqlite:///$PWD/$home/data/webui.db"; fi
    if [ -n "$2" ]; then
        set_line RAG_EMBEDDING_ENGINE ''
        set_line RAG_EMBEDDING_MODEL sentence-transformers/all-MiniLM-L6-v2
        set_line OFFLINE_MODE false # the model is fetched from its hub, once
        set_line HF_HUB_OFFLINE 0
    fi
}

doctor() {
    find_pm2 || pm2=
    exec python3 manage/doctor.py "$router" "$pm2"
}

scan_models() {
    build_the_router
    make_configuration
    exec python3 manage/scan_models.py "$router" "$@"
}

# uninstall: programs go, and what people wrote stays, unless --data says that it is to go too.
uninstall() {
    local data=''
    case ${1-} in
        '') ;;
        --data) data=yes ;;
        *) die "uninstall knows no \"$1\". It takes --data, which removes chats, uploads and the database too." ;;
    esac
    if find_pm2; then stop; else pm2=; fi
    if [ -n "$data" ]; then remove_data; fi
    remove_pm2_command
    say "Removing Open WebUI, PM2 and what they ran on."
    rm -rf $home/venv $home/pm2 $home/bin $home/node $home/uv $home/installed $home/left-out.txt $ecosystem
    if [ -n "$data" ]; then
        rm -rf $home
    else
        say "What people wrote is still there: $home/data, the database, .env. ./manage.sh init -x brings the rest back;" \
            "./manage.sh uninstall --data removes them."
    fi
}

remove_data() {
    read_settings
    if [ -n "$database_is_postgres" ]; then
        say "Dropping the database $database_name and the user $database_user."
        if [ -n "$database_is_local" ]; then start_postgresql; fi
        drop_database || die "the database could not be dropped; nothing else was removed. ./manage.sh doctor looks for the reason."
    fi
}

# PM2 itself ends when nobody else's services are left with it. The link is ours only if it leads to ours.
remove_pm2_command() {
    local link
    if [ "$pm2" = "$PWD/$home/bin/pm2" ] && [ "$("$pm2" jlist 2>/dev/null | tail -n 1)" = '[]' ]; then
        logged build/log/pm2.log "$pm2" kill
    fi
    for link in "$HOME/.local/bin/pm2" /usr/local/bin/pm2; do
        if [ "$(readlink "$link")" = "$PWD/$home/bin/pm2" ]; then rm -f "$link"; fi
    done
}
