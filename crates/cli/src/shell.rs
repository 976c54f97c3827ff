//! `descry shell`: does the app's job in a terminal, for machines without a display.

use std::io::{BufRead, Write};

use descry_engine::{ModelStatus, Query};
use descry_session::SessionError;

use clap::ColorChoice;

use crate::args::{ShellArgs, Wait};
use crate::index::index;
use crate::output::{print_hits, say, sentence};
use crate::screen::Screen;
use crate::search::wait_for_model;
use crate::{Needs, again_if_gone, open};

/// The number of results that fit on a screen.
const SHOWN: usize = 8;

pub(crate) fn run(args: &ShellArgs, color: ColorChoice) -> anyhow::Result<()> {
    let ready = || {
        let model = args.model.clone();
        let session = open(Needs { model, watch: true, catch_up: true, background: true })?;
        let (folder, within) = index(&session, &args.folder, Wait::Instant)?;
        Ok((session, folder, within))
    };
    let (mut session, folder, within) = again_if_gone(ready)?;
    say(&format!(
        "{}: {} files, {} chunks searchable; full meaning follows in the background",
        folder.path, folder.files, folder.coverage.chunks
    ));
    say("Type a query; an empty line or Ctrl+D quits.");
    let mut lines = std::io::stdin().lock().lines();
    loop {
        let mut out = std::io::stdout().lock();
        write!(out, "descry> ")?;
        out.flush()?;
        drop(out);
        let Some(line) = lines.next().transpose()?.filter(|line| !line.trim().is_empty()) else {
            return Ok(());
        };
        let (roots, within) = (vec![folder.id], within.clone());
        let query = Query { roots, within, ..Query::new(line, SHOWN) };
        let (answer, status) = again_if_gone(|| {
            let answer = wait_for_model(&session)
                .and_then(|()| session.search(query.clone()))
                .and_then(|answer| Ok((answer, session.status()?)));
            if let Err(SessionError::Gone) = answer {
                (session, ..) = ready()?;
            }
            Ok(answer?)
        })?;
        if let Some(notice) = &answer.notice {
            say(&sentence(notice));
        }
        print_hits(&answer, &Screen::new(color), |_| String::new())?;
        let covered = status.folders.iter().find(|f| f.id == folder.id).map(|f| f.coverage);
        if let (Some(covered), ModelStatus::Ready { .. }) = (covered, &status.model) {
            say(&format!(
                "{} of {} candidates in {:.0} ms; full meaning for {} of {} chunks",
                answer.hits.len(),
                answer.total,
                answer.elapsed.as_secs_f64() * 1e3,
                covered.dense_vectors,
                covered.chunks
            ));
        }
    }
}
