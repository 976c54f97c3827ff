//! `descry search`: one query, or a file of them.

use std::io::{BufRead, BufReader};

use anyhow::Context;
use descry_base::RootId;
use descry_engine::{Answer, Hit, Query, Status};
use descry_session::{Session, SessionError};

use crate::args::SearchArgs;
use crate::folder::{find, known};
use crate::output::{JsonAnswer, json_line, print_hits, say, sentence};
use crate::{Needs, again_if_gone, matches, open};

/// Results, unless another number is asked for.
const SHOWN: usize = 10;

pub(crate) fn run(args: &SearchArgs) -> anyhow::Result<()> {
    let (session, status) = again_if_gone(|| ready(args))?;
    let root = match &args.folder {
        Some(folder) => Some(find(&status, folder)?.id),
        None => None,
    };
    if status.folders.is_empty() {
        anyhow::bail!("no folder is indexed yet; run `descry index FOLDER` first");
    }
    let mut searcher = Searcher { session, status, root, args };
    if args.wants_all() {
        return searcher.all(&args.query.join(" "));
    }
    match &args.queries {
        Some(path) => {
            let file = std::fs::File::open(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            for line in BufReader::new(file).lines() {
                searcher.json(line?.trim_end_matches('\r'))?;
            }
            Ok(())
        }
        None if args.json => searcher.json(&args.query.join(" ")),
        None => searcher.people(&args.query.join(" ")),
    }
}

/// A session that has seen what was saved since the last look, and its folders.
fn ready(args: &SearchArgs) -> anyhow::Result<(Session, Status)> {
    let model = args.model.clone();
    let session = open(Needs { model, catch_up: true, ..Needs::default() })?;
    let status = known(&session)?;
    session.settle(false)?;
    if !args.wants_all() && (args.tiers.instant || args.tiers.full) {
        wait_for_model(&session);
    }
    Ok((session, status))
}

/// A model that fails is told with the answer, which is by words then.
fn wait_for_model(session: &Session) {
    if let Some(engine) = session.engine() {
        // The reason comes with the answer.
        let _ = engine.wait_for_model();
    }
}

struct Searcher<'a> {
    session: Session,
    status: Status,
    root: Option<RootId>,
    args: &'a SearchArgs,
}

impl Searcher<'_> {
    fn query(&self, text: &str) -> Query {
        let roots = self.root.into_iter().collect();
        Query {
            tiers: self.args.tiers,
            roots,
            ..Query::new(text, self.args.limit.unwrap_or(SHOWN))
        }
    }

    fn ask(&mut self, text: &str) -> anyhow::Result<Answer> {
        let query = self.query(text);
        again_if_gone(|| {
            let answer = self.session.search(&query);
            if let Err(SessionError::Gone) = answer {
                (self.session, self.status) = ready(self.args)?;
            }
            Ok(answer?)
        })
    }

    fn all(&mut self, text: &str) -> anyhow::Result<()> {
        let query = self.query(text);
        let files = again_if_gone(|| {
            let files = self.session.files(&query);
            if let Err(SessionError::Gone) = files {
                (self.session, self.status) = ready(self.args)?;
            }
            Ok(files?)
        })?;
        matches::run(self.args, &files, &|root| self.folder(root))
    }

    fn json(&mut self, text: &str) -> anyhow::Result<()> {
        let answer = self.ask(text)?;
        Ok(json_line(&JsonAnswer::new(text, &answer, |hit| self.folder_of(hit)))?)
    }

    fn people(&mut self, text: &str) -> anyhow::Result<()> {
        let answer = self.ask(text)?;
        if let Some(notice) = &answer.notice {
            say(&sentence(notice));
        }
        if answer.hits.is_empty() {
            say(&match answer.nearest.is_empty() {
                true => "nothing found".to_owned(),
                false => format!("nothing found; near are: {}", answer.nearest.join(", ")),
            });
        }
        Ok(print_hits(&answer, |hit| match self.folder_of(hit) {
            Some(folder) => format!("{folder}/"),
            None => String::new(),
        })?)
    }

    /// The folder's path, where more than one was searched.
    fn folder_of(&self, hit: &Hit) -> Option<&str> {
        self.folder(hit.root)
    }

    fn folder(&self, root: RootId) -> Option<&str> {
        if self.root.is_some() {
            return None;
        }
        let folder = self.status.folders.iter().find(|folder| folder.id == root)?;
        Some(&folder.path)
    }
}
