//! Projects to search.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder of files that tests write, change and delete.
pub struct Project {
    path: PathBuf,
}

impl Project {
    /// Makes a folder with these files: relative path and text.
    pub fn create(path: PathBuf, files: &[(&str, &str)]) -> Project {
        fs::create_dir_all(&path).expect("a temporary folder can be made");
        // The operating system's form of the path, which Descry shows.
        let project = Project { path: path.canonicalize().expect("it was just made") };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder, as an argument.
    pub fn arg(&self) -> &str {
        self.path.to_str().expect("temporary folders have plain names")
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path.join(path);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder is made");
        fs::write(path, text).expect("a file is written");
    }

    /// Deletes a file.
    pub fn delete(&self, path: &str) {
        fs::remove_file(self.path.join(path)).expect("a file is deleted");
    }

    /// The text of a file.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path.join(path)).expect("a file is read")
    }
}

/// The words of a text as an index sees them: identifiers are split at `_` and at capitals.
pub fn words(text: &str) -> BTreeSet<String> {
    let mut spaced = String::new();
    let mut before = ' ';
    for c in text.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.push(if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' });
        before = c;
    }
    spaced.split_whitespace().map(str::to_owned).collect()
}

/// Panics if a question shares a word with its answer.
#[track_caller]
pub fn share_no_word(question: &str, answer: &str) {
    let answer = words(answer);
    let shared: Vec<_> = words(question).into_iter().filter(|word| answer.contains(word)).collect();
    assert!(shared.is_empty(), "question and answer share the words {shared:?}");
}

/// A small shop in several languages; each file has one clear purpose, in its own words.
pub const SHOP: &[(&str, &str)] = &[
    (
        "src/backoff.rs",
        r#"//! Resilience for remote calls.

use std::time::Duration;

/// The pause before the first repetition.
const INITIAL: Duration = Duration::from_millis(100);

/// Runs `operation`; after an error it sleeps, doubles the delay, and repeats, `limit` times at most.
pub fn retry_with_backoff<T, E>(limit: u32, operation: impl Fn() -> Result<T, E>) -> Result<T, E> {
    let mut delay = INITIAL;
    for _ in 1..limit {
        if let Ok(value) = operation() {
            return Ok(value);
        }
        std::thread::sleep(delay);
        delay *= 2;
    }
    operation()
}
"#,
    ),
    (
        "src/cart.rs",
        r#"//! The shopping cart.

/// An article and how many of it.
pub struct Item {
    pub cents: u64,
    pub count: u64,
}

/// The sum of all prices in the cart.
pub fn total(items: &[Item]) -> u64 {
    items.iter().map(|item| item.cents * item.count).sum()
}
"#,
    ),
    (
        "auth/passwords.py",
        r#""""Keeps secrets of users unreadable."""
import hashlib
import os


def hash_password(plain: str) -> bytes:
    """Derives a salted digest, so that the plain secret is never written to disk."""
    salt = os.urandom(16)
    return salt + hashlib.pbkdf2_hmac("sha256", plain.encode(), salt, 200_000)


def verify_password(plain: str, stored: bytes) -> bool:
    """Compares a secret with its stored digest."""
    salt, digest = stored[:16], stored[16:]
    return hashlib.pbkdf2_hmac("sha256", plain.encode(), salt, 200_000) == digest
"#,
    ),
    (
        "web/format-date.ts",
        r#"/** Writes a moment the way people read it, such as "3 March 2024". */
export function formatDate(moment: Date, locale = "en-GB"): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "long" }).format(moment);
}
"#,
    ),
    (
        "cache/lru.go",
        r#"// Package cache keeps recently used values in memory.
package cache

import "container/list"

// Cache drops the least recently used entry when it is full.
type Cache struct {
	capacity int
	order    *list.List
	entries  map[string]*list.Element
}

// evict removes the oldest entry.
func (c *Cache) evict() {
	oldest := c.order.Back()
	c.order.Remove(oldest)
	delete(c.entries, oldest.Value.(string))
}
"#,
    ),
    (
        "docs/shipping.md",
        "# Shipping\n\nParcels leave the warehouse every morning. Customs papers are printed for other countries.\n",
    ),
];

/// Two functions, each with a doc comment in other words.
pub const COMMENTED: &[(&str, &str)] = &[
    (
        "src/backoff.rs",
        "/// Tries once more later when the network fails.\npub fn retry_with_backoff(times: u32) -> u32 {\n    \
         times * 2\n}\n",
    ),
    (
        "src/tokens.rs",
        "/// Hashes a password together with a salt.\npub fn digest(secret: &str) -> usize {\n    \
         secret.len()\n}\n",
    ),
];
