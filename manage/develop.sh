# shellcheck shell=bash
# For those who change the router: bench, fuzz, format, tidy.

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
