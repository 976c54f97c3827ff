#!/bin/sh
# Compiles a crate of this workspace with the counters that libFuzzer needs to tell which inputs are
# new. Cargo calls it in place of rustc: RUSTC_WORKSPACE_WRAPPER.
case " $* " in
# It computes with what other crates have checked, and counters would slow its kernels.
*" --crate-name descry_encoder "*) exec "$@" ;;
esac
exec "$@" -C passes=sancov-module \
    -C llvm-args=-sanitizer-coverage-level=4 \
    -C llvm-args=-sanitizer-coverage-inline-8bit-counters \
    -C llvm-args=-sanitizer-coverage-pc-table \
    -C llvm-args=-sanitizer-coverage-trace-compares
