# shellcheck shell=bash
# What takes long says little: its words go to a file, and a terminal sees the newest of them.

# logged FILE COMMAND...: keeps what the command prints in FILE; a terminal sees its newest line.
logged() {
    local file=$1
    shift
    mkdir -p "$(dirname "$file")"
    "$@" </dev/null 2>&1 | tee "$file" | show_newest_line
}

# die_with FILE REASON: ends with the last that FILE, a log, has to say.
die_with() {
    tail -n 30 "$1" >&2
    die "$2. All of it: $1"
}

show_newest_line() {
    local line
    if [ ! -t 1 ]; then
        cat >/dev/null
        return
    fi
    while IFS= read -r line; do
        printf '\r\e[K  %.100s' "$line"
    done
    printf '\r\e[K'
}
