//! Single identifiers and file names as queries to whole folders, by words and static vectors: this
//! needs no dense vectors.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use descry_base::SymbolKind;
use descry_engine::evaluation::{self, Shard, Sources, Weights};
use descry_engine::{Answer, FileRole, Hit, Tiers};
use descry_evaluation::score::K;

use crate::args::Args;
use crate::asked::of_model;
use crate::configuration::{Configuration, Coverage};
use crate::corpus::{At, Corpus, File, Verdict, name};
use crate::folder::{Folder, Indexing};
use crate::judged;
use crate::table::{Cell, Table};
use crate::whole::lay_out;

/// The number of identifiers to ask per folder.
const IDENTIFIERS: usize = 400;

/// The number of misses to report per kind and folder.
const MISSES: usize = 20;

/// The tables of identifiers and of file names.
pub(crate) fn tables(args: &Args, weights: &Weights) -> Result<[Table; 2]> {
    let way = Configuration {
        name: "words+instant".to_owned(),
        tiers: Tiers { dense_vectors: false, ..Tiers::default() },
        weights: weights.clone(),
        coverage: Coverage::NONE,
    };
    let mut identifiers = Table::new(
        "exact",
        "Identifiers as queries: share whose first hit (or its file) has it, whose hits (or files) \
         with it all rank above those without, and whose first hit defines it",
        ["asked", "hit", "file", "hit order", "file order", "defined", "defines"],
    );
    let mut names = Table::new(
        "names",
        "File names as queries: share whose first hit has that name",
        ["asked", "first"],
    );
    let mut all = Vec::new();
    for (name, folder, data) in folders(args)? {
        let how = Indexing { data, model: args.model.clone(), full: false, vectors_of: None };
        let mut folder = Folder::open(&folder, how).with_context(|| format!("indexing {name}"))?;
        let found = ask(&mut folder, &way)?;
        found.rows(&name, &mut identifiers, &mut names);
        all.push(found);
    }
    let count = all.len();
    let all = all.into_iter().reduce(Found::with).unwrap_or_default();
    if count > 1 {
        all.rows("all", &mut identifiers, &mut names);
    }
    Ok([identifiers, names])
}

/// The folders to ask: name, path, and where the index is kept.
fn folders(args: &Args) -> Result<Vec<(String, PathBuf, PathBuf)>> {
    let mut folders = Vec::new();
    for repository in judged::load(&args.annotations, &args.whole)? {
        let data = of_model(args).join(&repository.name).join("whole/index");
        folders.push((repository.name.clone(), lay_out(args, &repository)?, data));
    }
    for folder in &args.folder {
        let real = folder.canonicalize();
        let real = real.with_context(|| format!("{} cannot be read", folder.display()))?;
        let name = real.file_name().map_or_else(|| "/".into(), |name| name.to_string_lossy());
        let hash = blake3::hash(real.as_os_str().as_encoded_bytes()).to_hex();
        let data = of_model(args).join("folders").join(format!("{name}-{}", &hash[..8]));
        folders.push((name.into_owned(), real.clone(), data));
    }
    Ok(folders)
}

/// The answers to the identifiers and file names of a folder.
#[derive(Default)]
struct Found {
    identifiers: Vec<Asked>,
    names: usize,
    named: usize,
    misses: Vec<Vec<String>>,
}

/// An identifier and its answer.
struct Asked {
    at: At,
    verdict: Verdict,
    /// Whether the first hit defines it, if anything does.
    defines: Option<bool>,
}

impl Found {
    fn with(mut self, other: Found) -> Found {
        self.identifiers.extend(other.identifiers);
        self.names += other.names;
        self.named += other.named;
        self
    }

    /// Adds the result to the tables.
    fn rows(&self, name: &str, identifiers: &mut Table, names: &mut Table) {
        let all: Vec<&Asked> = self.identifiers.iter().collect();
        identifiers.rows.push((name.to_owned(), cells(&all)));
        for (at, what) in At::ALL {
            let some: Vec<&Asked> = all.iter().filter(|asked| asked.at == at).copied().collect();
            identifiers.rows.push((format!("  {name}, {what}"), cells(&some)));
        }
        let share = Cell::Share(share(self.named, self.names));
        names.rows.push((name.to_owned(), vec![Cell::Count(self.names), share]));
        let kinds = ["does not have it", "out of order", "does not define it"];
        for (kind, misses) in kinds.into_iter().zip(&self.misses) {
            identifiers.misses.extend(misses.iter().map(|miss| format!("{name}, {kind}: {miss}")));
        }
        let unnamed = self.misses.last().into_iter().flatten();
        names.misses.extend(unnamed.map(|miss| format!("{name}: {miss}")));
    }
}

fn cells(asked: &[&Asked]) -> Vec<Cell> {
    let of = |is: fn(&Verdict) -> bool| {
        let count = asked.iter().filter(|asked| is(&asked.verdict)).count();
        Cell::Share(share(count, asked.len()))
    };
    let defined: Vec<bool> = asked.iter().filter_map(|asked| asked.defines).collect();
    let defines = defined.iter().filter(|defines| **defines).count();
    vec![
        Cell::Count(asked.len()),
        of(|verdict| verdict.first),
        of(|verdict| verdict.first_file),
        of(|verdict| verdict.in_order),
        of(|verdict| verdict.files_in_order),
        Cell::Count(defined.len()),
        Cell::Share(share(defines, defined.len())),
    ]
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

fn ask(folder: &mut Folder, way: &Configuration) -> Result<Found> {
    let snapshot = evaluation::snapshot(&folder.engine);
    let [shard] = &snapshot.shards[..] else { anyhow::bail!("the index has more than one folder") };
    let files = files(folder, shard);
    ensure!(!files.is_empty(), "{} has no indexed files", shard.path.display());
    let corpus = Corpus::of(&files);
    let defined = defined(shard);
    let drawn = corpus.draw(IDENTIFIERS);
    let mut found = Found::default();
    let [mut other, mut order, mut user, mut unnamed] = [const { Vec::new() }; 4];
    for (identifier, answer) in drawn.iter().zip(folder.ask(way, &drawn, K)?) {
        let texts = texts(folder, &answer);
        let hits: Vec<(&str, &str)> = answer
            .hits
            .iter()
            .zip(&texts)
            .map(|(hit, text)| (hit.path.as_str(), &**text))
            .collect();
        let verdict = Verdict::of(&corpus, identifier, &hits);
        let first = answer.hits.first();
        let defines = defined.contains(*identifier).then(|| {
            first.is_some_and(|hit| definitions(shard, hit).any(|name| name == *identifier))
        });
        let holder = corpus.holders(identifier).next().map_or("", |file| &file.path);
        let miss = || format!("{identifier} (in {holder}): {}", shown(first));
        if !verdict.first {
            other.push(miss());
        } else if !verdict.files_in_order {
            order.push(miss());
        } else if defines == Some(false) {
            user.push(miss());
        }
        found.identifiers.push(Asked { at: corpus.at(identifier), verdict, defines });
    }
    let names = corpus.names();
    for (file, answer) in names.iter().zip(folder.ask(way, &names, K)?) {
        let first = answer.hits.first();
        match first.is_some_and(|hit| name(hit.path.as_str()) == *file) {
            true => found.named += 1,
            false => unnamed.push(format!("{file}: {}", shown(first))),
        }
    }
    found.names = names.len();
    for misses in [&mut other, &mut order, &mut user, &mut unnamed] {
        misses.truncate(MISSES);
    }
    found.misses = vec![other, order, user, unnamed];
    Ok(found)
}

fn files(folder: &Folder, shard: &Shard) -> Vec<File> {
    let read = shard.table.files().filter_map(|file| {
        // A file that can no longer be read is omitted.
        let text = folder.engine.read_file(shard.root, &file.path).ok()?.text;
        Some(File { path: file.path.to_string(), is_source: file.role == FileRole::Source, text })
    });
    read.collect()
}

fn texts(folder: &Folder, answer: &Answer) -> Vec<String> {
    let ids: Vec<_> = answer.hits.iter().map(|hit| hit.chunk).collect();
    evaluation::sources(&folder.engine)
        .texts(&ids)
        .into_iter()
        .map(Option::unwrap_or_default)
        .collect()
}

/// Every name that the folder defines.
fn defined(shard: &Shard) -> HashSet<String> {
    let chunks = shard.table.files().flat_map(|file| file.chunks.iter());
    let names = chunks.flat_map(|chunk| chunk.defines.iter()).filter(|it| is_definition(it.kind));
    names.map(|defined| defined.name.clone()).collect()
}

/// The names that a hit defines.
fn definitions<'a>(shard: &'a Shard, hit: &Hit) -> impl Iterator<Item = &'a str> {
    let file = shard.table.file_of(hit.chunk);
    let chunk = file.and_then(|file| file.chunk(hit.chunk));
    let names = chunk.into_iter().flat_map(|chunk| chunk.defines.iter());
    names.filter(|it| is_definition(it.kind)).map(|defined| defined.name.as_str())
}

fn is_definition(kind: SymbolKind) -> bool {
    !matches!(kind, SymbolKind::Section | SymbolKind::Reexport)
}

fn shown(hit: Option<&Hit>) -> String {
    match hit {
        Some(hit) => format!("{}:{} first", hit.path, hit.span.first_line + 1),
        None => "nothing found".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use descry_testkit::fixture;

    use super::*;

    #[test]
    fn a_folder_is_asked_for_what_stands_in_it() {
        let project = fixture(
            "
//- /src/basket.rs
pub fn withdraw_everything() {
    empty_basket();
}
//- /src/vault.rs
pub fn empty_basket() {}
//- /settings.yaml
opening_hours: never
",
        );
        let data = tempfile::tempdir().unwrap();
        let data_dir = data.path().join("index");
        let how = Indexing { data: data_dir, model: None, full: false, vectors_of: None };
        let mut folder = Folder::open(project.path(), how).unwrap();
        let way = Configuration {
            name: "words".to_owned(),
            tiers: Tiers { lexical: true, static_vectors: false, dense_vectors: false },
            weights: Weights::default(),
            coverage: Coverage::NONE,
        };
        let found = ask(&mut folder, &way).unwrap();
        let shown = |at: At| found.identifiers.iter().filter(|asked| asked.at == at).count();
        // `withdraw_everything`, `empty_basket`; `opening_hours`, `never`; none is in both.
        assert_eq!([shown(At::Source), shown(At::Elsewhere), shown(At::Both)], [2, 2, 0]);
        assert!(found.identifiers.iter().all(|asked| asked.verdict.first_file));
        let defined = found.identifiers.iter().filter(|asked| asked.defines.is_some()).count();
        assert_eq!((defined, found.names), (2, 3));
    }
}
