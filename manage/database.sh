# shellcheck shell=bash
# PostgreSQL for Open WebUI: the SQL that prepares it, and a server when it is this machine's business to have one.

readonly database_sql=$home/database.sql

write_database_sql() {
    (
        umask 077
        mkdir -p $home
        python3 manage/settings.py sql manage/database.sql >$database_sql
    )
}

# prepare_database: afterwards Open WebUI's user can log in and make tables; or it ends, and says who has to do what.
prepare_database() {
    if [ -z "$database_is_local" ]; then
        need "to reach the database" postgresql-client
        install_missing_packages
        database_is_ready || die "$database_user cannot make tables in $database_name on $database_host:$database_port." \
            "The administrator of that PostgreSQL has to run $database_sql there: psql -f $database_sql postgres"
        say "The database $database_name on $database_host is ready."
        return
    fi
    need "the database of Open WebUI" postgresql
    install_missing_packages
    start_postgresql
    if ! database_is_ready; then
        say "Creating the user $database_user and the database $database_name."
        logged build/log/database.log run_database_sql ||
            die_with build/log/database.log "the database could not be prepared"
        database_is_ready || die "PostgreSQL took $database_sql, and yet $database_user cannot log in." \
            "Does pg_hba.conf let it in with a password from $database_host?"
    fi
    say "PostgreSQL is ready: database $database_name on port $database_port."
}

run_database_sql() { as_postgres psql -X -p "$database_port" -f - postgres <$database_sql; }

database_is_ready() {
    [ "$(python3 manage/settings.py psql -At -c "SELECT has_schema_privilege('public', 'CREATE')" 2>/dev/null)" = t ]
}

drop_database() {
    [ -n "$database_is_local" ] || die "$database_name is on $database_host: its administrator has to drop it."
    logged build/log/database.log as_postgres psql -X -p "$database_port" -v ON_ERROR_STOP=1 postgres \
        -c "DROP DATABASE IF EXISTS \"$database_name\" WITH (FORCE)" -c "DROP ROLE IF EXISTS \"$database_user\""
}

start_postgresql() {
    if pg_isready -q -h "${database_host:-localhost}" -p "$database_port"; then return; fi
    say "Starting PostgreSQL."
    if [ -d /run/systemd/system ]; then
        as_root systemctl enable --quiet --now postgresql || die "systemctl could not start PostgreSQL: systemctl status postgresql"
    else
        start_cluster
    fi
    pg_isready -q -t 30 -h "${database_host:-localhost}" -p "$database_port" ||
        die "PostgreSQL runs, but nothing answers on port $database_port. pg_lsclusters says which ports it has;" \
            "put the right one into DATABASE_URL in .env."
}

# Debian's clusters, where no systemd is: the one with the wanted port.
start_cluster() {
    local version name
    read -r version name < <(pg_lsclusters -h 2>/dev/null | awk -v port="$database_port" '$3 == port { print $1, $2 }') ||
        die "this machine has no PostgreSQL for port $database_port. pg_lsclusters lists what there is;" \
            "put its port into DATABASE_URL in .env, or make one: pg_createcluster -p $database_port VERSION NAME"
    logged build/log/database.log as_root pg_ctlcluster "$version" "$name" start ||
        die_with build/log/database.log "PostgreSQL could not be started"
}

as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        runuser -u postgres -- "$@"
    else
        sudo -u postgres -- "$@"
    fi
}
