# shellcheck shell=bash
# Building the router, and running it.

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
    if [ -n "${ROUTER_BINARY-}" ]; then return; fi
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

run() {
    build_the_router
    make_env_file
    make_configuration
    exec "$router" serve "$@"
}

make_configuration() {
    if [ -e conf/config.yml ] || [ -e conf/config.yaml ]; then return; fi
    cp conf/config.example.yml conf/config.yml
    say "Made conf/config.yml from conf/config.example.yml. It has a demo model; add your own."
}
