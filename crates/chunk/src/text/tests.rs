use super::*;

mod encoding;
mod generated;
mod minified;
mod secret;

#[track_caller]
fn check(path: &str, bytes: &[u8], expected: Result<&str, SkipReason>) {
    let text = Text::read(path, bytes, false);
    assert_eq!(text.as_ref().map(Text::as_str), expected.as_ref().copied(), "{path}");
    if expected != Err(SkipReason::Binary) {
        assert!(Text::read(path, bytes, true).is_ok(), "{path}, brought in by hand");
    }
}

#[track_caller]
fn check_kept(path: &str, text: &str) {
    check(path, text.as_bytes(), Ok(text));
}

#[track_caller]
fn check_out(reason: &SkipReason, path: &str, text: &str) {
    let read = Text::read(path, text.as_bytes(), false).map(|text| text.as_str().to_owned());
    assert_eq!(read, Err(reason.clone()), "{path}: {text}");
    assert!(Text::read(path, text.as_bytes(), true).is_ok(), "{path}, brought in by hand");
}
