#!/bin/sh
# Compiles a crate of this workspace with the counters that libFuzzer needs to tell which inputs are
# new. Cargo calls it in place of rustc: RUSTC_WORKSPACE_WRAPPER.
case " $* " in
# Counting every branch of its kernels would take many minutes to compile; it counts functions.
*" --crate-name descry_embed_gguf "*) level=1 compares= ;;
*) level=4 compares="-C llvm-args=-sanitizer-coverage-trace-compares" ;;
esac
# shellcheck disable=SC2086
exec "$@" -C passes=sancov-module \
    -C llvm-args=-sanitizer-coverage-level=$level \
    -C llvm-args=-sanitizer-coverage-inline-8bit-counters \
    -C llvm-args=-sanitizer-coverage-pc-table $compares
