# shellcheck shell=bash
# What settings.py knows of .env, as variables of this script.

# Open WebUI, its data and what it runs on lie here, all but a database of PostgreSQL's.
readonly home=.open-webui

router_url= router_port= webui_url= webui_port= webui_version=
database_is_postgres= database_is_local= database_host= database_port= database_user= database_name=

# read_settings: or the end, with everything that is wrong with .env.
read_settings() {
    local found
    found=$(python3 manage/settings.py shell) || die "nothing was done."
    eval "$found"
}
