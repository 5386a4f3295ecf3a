# shellcheck shell=bash
# System packages. Each is asked for with its reason. "a|b" stands for the first of them that this release of Debian or
# Ubuntu offers.

missing=() # what is asked for and not installed

need_build_packages() {
    need "to compile" clang-19 cmake ninja-build pkg-config ccache
    need "the libraries the router stands on" \
        libsimdjson-dev libyaml-cpp-dev libssl-dev libc-ares-dev libsqlite3-dev libmimalloc-dev
    need "the certificates that providers are checked against" ca-certificates
}

# llvm-19 has llvm-symbolizer, which puts names and lines into what a sanitizer finds.
need_sanitizers() {
    need "the sanitizers and what makes their reports readable" libclang-rt-19-dev llvm-19
    export PATH="$PATH:/usr/lib/llvm-19/bin"
}

need_test_packages() {
    need_sanitizers
    need "the C++ test framework" libgtest-dev
    python3 -c 'import venv, ensurepip' 2>/dev/null || need "the black-box tests" python3 python3-venv
    command -v openssl >/dev/null || need "certificates for the tests of TLS" openssl
}

# need REASON PACKAGE...: says which of them are not installed, and remembers them.
need() {
    local reason=$1 absent=() names installed package
    shift
    mapfile -t names < <(alternatives "$@")
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${names[@]}" 2>/dev/null || true)
    for package in "$@"; do
        grep -qxE "installed (${package//./\\.})" <<<"$installed" || absent+=("$package")
    done
    ((${#absent[@]})) || return 0
    say "Needed, $reason: ${absent[*]%%|*}"
    missing+=("${absent[@]}")
}

alternatives() { printf '%s\n' "$@" | tr '|' '\n'; }

install_missing_packages() {
    ((${#missing[@]})) || return 0
    if ! command -v apt-get >/dev/null; then
        say "This system has no apt: install the like of these by hand. Trying with what is here."
        missing=()
        return
    fi
    local package name names=()
    for package in "${missing[@]}"; do
        name=$(first_offered "$package") || { update_package_lists && name=$(first_offered "$package"); } ||
            die "no package $package is offered here. Debian 12 and Ubuntu 24.04 have it;" \
                "on Ubuntu the component \"universe\" must be enabled."
        names+=("$name")
    done
    say "Installing ${#names[@]} packages and what they depend on."
    apt_install "${names[@]}" || { update_package_lists && apt_install "${names[@]}"; } ||
        die_with build/log/apt.log "the packages could not be installed"
    missing=()
}

first_offered() {
    local name names
    mapfile -t names < <(alternatives "$1")
    for name in "${names[@]}"; do
        if [[ $(apt-cache policy "$name" 2>/dev/null) == *"Candidate: "[^\(]* ]]; then
            say "$name"
            return
        fi
    done
    return 1
}

package_lists_are_fresh=

update_package_lists() {
    [ -z "$package_lists_are_fresh" ] || return 1
    package_lists_are_fresh=yes
    say "Fetching the lists of packages."
    logged build/log/apt.log as_root apt-get -q update ||
        say "Not all of them could be fetched (build/log/apt.log). Trying with those that are here."
}

apt_install() {
    logged build/log/apt.log as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q install -y --no-install-recommends "$@"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        say "This needs root, and there is no sudo. As root, run: $*"
        return 1
    fi
}
