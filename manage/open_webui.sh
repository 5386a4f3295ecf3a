# shellcheck shell=bash
# Open WebUI, installed by uv into a virtual environment.

# The version that ./manage.sh test open-webui was seen to pass with. OPENWEBUI_VERSION in .env names another one.
readonly tested_version=0.12.4

# Without torch, unless it is to make embeddings itself: torch and what it brings along are gigabytes.
install_open_webui() {
    local version=${webui_version:-$tested_version} wanted
    wanted="open-webui[postgres]==$version${1:+ with local embeddings}"
    if [ "$(cat $home/installed 2>/dev/null)" = "$wanted" ]; then
        say "Open WebUI $version is installed."
        return
    fi
    find_uv
    say "Installing Open WebUI $version into $home/venv."
    rm -f $home/installed
    logged build/log/open-webui.log "$uv" venv --allow-existing --python '>=3.11,<3.13' $home/venv ||
        die_with build/log/open-webui.log "there is no Python 3.11 or 3.12, and uv could not fetch one"
    install_python_packages "$version" "$1" || die_with build/log/open-webui.log "Open WebUI could not be installed"
    printf '%s\n' "$wanted" >$home/installed
}

install_python_packages() {
    local command=("$uv" pip install --python "$home/venv/bin/python" "open-webui[postgres]==$1")
    if [ -n "$2" ]; then
        logged build/log/open-webui.log "${command[@]}" --torch-backend cpu
    else
        printf '%s\n' "torch ; sys_platform == 'never'" "triton ; sys_platform == 'never'" >$home/left-out.txt
        logged build/log/open-webui.log "${command[@]}" --override $home/left-out.txt
    fi
}

# It is to trust whom this machine trusts, as pip does.
find_uv() {
    export UV_SYSTEM_CERTS=true
    uv=$(command -v uv) && return
    uv=$PWD/$home/uv/bin/uv
    [ ! -x "$uv" ] || return 0
    say "Installing uv into $home/uv. It installs Open WebUI in seconds, where pip takes minutes."
    python3 -m venv $home/uv &&
        logged build/log/uv.log $home/uv/bin/python -m pip install --disable-pip-version-check uv ||
        die_with build/log/uv.log "uv could not be installed"
}
