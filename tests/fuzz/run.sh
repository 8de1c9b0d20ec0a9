#!/usr/bin/env bash
# run.sh SOURCE BUILD SECONDS: builds the fuzz target and runs it. Exits with 77 where there is no clang with libFuzzer.
set -eu
source=$1 build=$2 seconds=$3
for compiler in clang++ clang++-{19,18,17,16,15,14}; do
  command -v $compiler >/dev/null || continue
  echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
    $compiler -x c++ -fsanitize=fuzzer,address - -o /dev/null 2>/dev/null && break
  compiler=
done
[[ -n ${compiler:-} ]] && command -v $compiler >/dev/null ||
  { echo "no clang with libFuzzer (Debian: clang-14, libclang-rt-14-dev)" >&2; exit 77; }
cmake -S "$source" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=$compiler -DSTRANG_TESTS=OFF \
  -DSTRANG_BENCH=OFF -DSTRANG_FUZZ=ON >/dev/null
ninja -C "$build" config_fuzz
mkdir -p "$build/corpus"
cd "$build"
# A leak of a few bytes is a leak; the memory of one input is bounded.
ASAN_OPTIONS=detect_leaks=1 tests/fuzz/config_fuzz -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
  -max_len=1024 -dict="$source/tests/fuzz/config.dict" -print_final_stats=1 corpus "$source/tests/fuzz/seeds"
