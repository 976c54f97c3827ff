//! Runs the fuzz targets, which are the examples of this crate: each gives a part of Descry any input
//! at all. Does not know what they do.

use std::ffi::{CString, c_char, c_int};
use std::process::ExitCode;

use libfuzzer_sys as _;

type Target = unsafe extern "C" fn(*const u8, usize) -> c_int;

/// Runs libFuzzer with the arguments of this program on the target that `fuzz_target!` defines.
///
/// libFuzzer's own `main` is in an archive, and so is one of numkong's: which of them a program gets
/// depends on the order of archives. Hence each target has a `main` that calls this.
pub fn run() -> ExitCode {
    let arguments = std::env::args().filter_map(|it| CString::new(it).ok());
    let mut argv: Vec<*mut c_char> = arguments.map(CString::into_raw).collect();
    let mut argc = argv.len() as c_int;
    argv.push(std::ptr::null_mut());
    let mut argv = argv.as_mut_ptr();
    // SAFETY: as for a C program's `main`, `argv` has `argc` strings that live to the end, and a null
    // pointer.
    #[allow(unsafe_code, reason = "libFuzzer is a C library")]
    let failed =
        unsafe { LLVMFuzzerRunDriver(&raw mut argc, &raw mut argv, LLVMFuzzerTestOneInput) };
    ExitCode::from(u8::from(failed != 0))
}

#[allow(unsafe_code, reason = "libFuzzer is a C library")]
unsafe extern "C" {
    fn LLVMFuzzerRunDriver(argc: *mut c_int, argv: *mut *mut *mut c_char, target: Target) -> c_int;
    fn LLVMFuzzerTestOneInput(bytes: *const u8, length: usize) -> c_int;
}
