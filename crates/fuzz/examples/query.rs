//! Any text as a query: it is parsed without a panic, and every filter lies at its stated range.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let parsed = descry_search::parse(text);
    let mut end = 0;
    for filter in &parsed.filters {
        assert!(filter.bytes.start >= end, "filters overlap");
        assert!(text.get(filter.bytes.clone()).is_some(), "a filter lies outside the text");
        end = filter.bytes.end;
    }
    let _ = descry_search::kind_of(&parsed.words);
});

fn main() -> std::process::ExitCode {
    descry_fuzz::run()
}
