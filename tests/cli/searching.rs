//! Answers.

use descry_e2e::{Desk, SHOP};

#[test]
fn a_folder_answers_after_it_was_indexed() {
    let desk = Desk::new();
    let project = desk.project("shop", SHOP);
    desk.index(&project);
    assert_eq!(desk.found("retry_with_backoff")[0], "src/backoff.rs");
}
