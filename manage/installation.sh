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
    need "to read .env and to run Open WebUI" python3 python3-venv
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

uninstall() { :; }
doctor() { :; }
scan_models() { :; }
