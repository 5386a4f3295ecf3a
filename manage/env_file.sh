# shellcheck shell=bash
# .env: making it, and filling in the secrets that nobody has to think up. It is for its owner alone. A value that is
# there is never touched. What its lines mean is read by settings.py.

# What stands for a password that is still to be made.
readonly placeholder='change[-_]?me[^[:space:]]*|your[-_][^[:space:]]*|<[^>]*>'

make_env_file() {
    if [ ! -e .env ]; then write_env_file <.env.example; fi
    if fill_in_secret LLM_ROUTER_MASTER_KEY sk-; then
        say "Made a master key. It is in .env; provider keys go there too."
    fi
}

# make_open_webui_secrets: what Open WebUI needs besides. A .env from before has no line for some of them.
make_open_webui_secrets() {
    local name
    if ! grep -qE '^(export )?LITELLM_MASTER_KEY=.' .env; then need_line LLM_ROUTER_MASTER_KEY; fi
    for name in OPENWEBUI_DB_PASSWORD WEBUI_SECRET_KEY FORWARD_USER_INFO_HEADER_JWT_SECRET; do need_line $name; done
    make_env_file
    for name in OPENWEBUI_DB_PASSWORD WEBUI_SECRET_KEY FORWARD_USER_INFO_HEADER_JWT_SECRET; do
        if fill_in_secret $name ''; then say "Made $name. It is in .env."; fi
    done
}

need_line() {
    if grep -qE "^(export )?$1=" .env; then return; fi
    { cat .env && printf '\n%s=\n' "$1"; } | write_env_file
}

# fill_in_secret NAME PREFIX: where NAME's line is empty or a placeholder; fails when there was nothing to do.
fill_in_secret() {
    local line="^((export )?$1=)[\"']?($placeholder)?[\"']?[[:space:]]*(#.*)?\$"
    grep -qiE "$line" .env || return 1
    sed -E "s/$line/\\1$2$(random_secret)/I" .env | write_env_file
}

# set_line NAME VALUE: what it was before stays above, as a comment.
set_line() {
    if grep -qxF "$1=$2" .env; then return; fi
    { sed -E "s/^(export )?$1=/#&/" .env && printf '%s=%s\n' "$1" "$2"; } | write_env_file
    say "Set $1 in .env."
}

random_secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

# write_env_file: what comes in becomes .env, at once and as a whole; where .env is a link, the file it leads to.
write_env_file() {
    local file
    file=$(realpath .env)
    (
        umask 077
        cat >"$file.new"
    )
    mv "$file.new" "$file"
}
