//! `descry search`: runs one query, or every query of a file.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use anyhow::{Context, bail};
use clap::ColorChoice;
use descry_base::RootId;
use descry_engine::{Answer, FolderStatus, Mode, Phase, Query, Status};
use descry_session::{Session, SessionError};

use crate::args::SearchArgs;
use crate::folder::{Limits, known, limits};
use crate::output::{JsonAnswer, json_line, print_hits, say, sentence};
use crate::question::question;
use crate::screen::Screen;
use crate::status::shortfall;
use crate::{Needs, again_if_gone, matches, open};

/// The default number of results.
const SHOWN: usize = 10;

/// The delay before a message says that the search waits for the model.
const SOON: Duration = Duration::from_secs(2);

/// How long to wait for the owner's model; after that, words alone answer, with a notice.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) fn run(args: &SearchArgs, color: ColorChoice) -> anyhow::Result<()> {
    let asked = match &args.queries {
        Some(_) => None,
        None => Some(question(args)?),
    };
    let (session, status, limits) = again_if_gone(|| ready(args))?;
    let mut searcher = Searcher { session, status, limits, args, lacking: None };
    if let Some(text) = asked.as_deref().filter(|_| args.wants_all()) {
        return searcher.all(text, color);
    }
    match (&args.queries, asked) {
        (Some(path), _) => {
            let file = std::fs::File::open(path)
                .with_context(|| format!("{} cannot be read", path.display()))?;
            for line in BufReader::new(file).lines() {
                searcher.json(line?.trim_end_matches('\r'))?;
            }
        }
        (None, Some(asked)) if args.json => searcher.json(&asked)?,
        (None, Some(asked)) => searcher.people(&asked, &Screen::new(color))?,
        (None, None) => {}
    }
    match searcher.lacking {
        Some(lacking) => bail!("nothing was found, but not all was searched: {lacking}"),
        None => Ok(()),
    }
}

fn is_missing(folder: &FolderStatus) -> bool {
    folder.phase == Phase::Missing
}

/// A session that has read the latest changes, its status, and the limits of the search.
fn ready(args: &SearchArgs) -> anyhow::Result<(Session, Status, Limits)> {
    let model = args.model.clone();
    let session = open(Needs { model, catch_up: true, ..Needs::default() })?;
    if known(&session)?.folders.is_empty() {
        bail!("no folder is indexed yet; run `descry index FOLDER` first");
    }
    session.settle(false)?;
    if !args.wants_all() && (args.tiers.static_vectors || args.tiers.dense_vectors) {
        wait_for_model(&session)?;
    }
    let status = session.status()?;
    let limits = match &args.folder {
        Some(folder) => limits(&session, &status, folder)?,
        None => Limits::default(),
    };
    Ok((session, status, limits))
}

/// Waits for the model: without limit for our own, up to [`PATIENCE`] for the owner's. If it fails
/// or takes too long, words alone answer, and a notice says so.
pub(crate) fn wait_for_model(session: &Session) -> Result<(), SessionError> {
    if !session.wait_for_model(SOON)? {
        say("waiting for the model to load");
        let patience = if session.engine().is_some() { Duration::MAX } else { PATIENCE };
        session.wait_for_model(patience)?;
    }
    Ok(())
}

struct Searcher<'a> {
    session: Session,
    status: Status,
    limits: Limits,
    args: &'a SearchArgs,
    /// What is missing from the index, which may be why a query found nothing.
    lacking: Option<String>,
}

impl Searcher<'_> {
    fn query(&self, text: &str) -> Query {
        let Limits { roots, within, .. } = self.limits.clone();
        let limit = self.args.limit.unwrap_or(SHOWN);
        Query { tiers: self.args.tiers, roots, within, ..Query::new(text, limit) }
    }

    /// The answer, and a notice for the user.
    fn ask(&mut self, text: &str) -> anyhow::Result<(Answer, Option<String>)> {
        let answer = again_if_gone(|| {
            let query = self.query(text);
            // The status reports what could not be written in the meantime.
            let answer = self.session.search(query.clone());
            let answer = answer.and_then(|answer| Ok((answer, self.session.status()?)));
            if let Err(SessionError::Gone) = answer {
                (self.session, self.status, self.limits) = ready(self.args)?;
            }
            let (answer, status) = answer?;
            self.status = status;
            Ok(answer)
        })?;
        // A missing folder matters only if nothing was found or a hit lies in it.
        let tell = |folder: &&FolderStatus| {
            !is_missing(folder)
                || answer.hits.is_empty()
                || answer.hits.iter().any(|hit| hit.root == folder.id)
        };
        let lacks: Vec<String> = self.searched().filter(tell).filter_map(shortfall).collect();
        if answer.hits.is_empty() && !lacks.is_empty() && self.is_inconclusive() {
            self.lacking = Some(lacks.join("; "));
        }
        let notices: Vec<String> = answer.notice.iter().map(sentence).chain(lacks).collect();
        Ok((answer, Some(notices.join("; ")).filter(|notice| !notice.is_empty())))
    }

    fn all(&mut self, text: &str, color: ColorChoice) -> anyhow::Result<()> {
        let mode = if self.args.regex { Mode::Regex } else { Mode::All };
        let query = Query { mode, ..self.query(text) };
        let files = again_if_gone(|| {
            let files = self.session.files(query.clone());
            if let Err(SessionError::Gone) = files {
                (self.session, self.status, self.limits) = ready(self.args)?;
            }
            Ok(files?)
        })?;
        let found = matches::run(self.args, color, &files, &|root| self.folder(root));
        self.status = self.session.status()?;
        let lacks: Vec<String> = self.searched().filter_map(shortfall).collect();
        match found {
            Err(error) if error.is::<matches::Nothing>() && self.is_inconclusive() => {
                bail!("nothing matches, but not all was searched: {}", lacks.join("; "))
            }
            found => {
                lacks.iter().for_each(|lack| say(lack));
                found
            }
        }
    }

    /// The searched folders.
    fn searched(&self) -> impl Iterator<Item = &FolderStatus> {
        let roots = &self.limits.roots;
        let is_searched = |folder: &&FolderStatus| roots.is_empty() || roots.contains(&folder.id);
        self.status.folders.iter().filter(is_searched)
    }

    /// Whether an empty result proves nothing: a folder is incomplete, or all are missing.
    fn is_inconclusive(&self) -> bool {
        self.searched().all(is_missing)
            || self.searched().any(|folder| !is_missing(folder) && shortfall(folder).is_some())
    }

    fn json(&mut self, text: &str) -> anyhow::Result<()> {
        let (answer, notice) = self.ask(text)?;
        Ok(json_line(&JsonAnswer::new(text, &answer, notice, |root| self.folder(root)))?)
    }

    fn people(&mut self, text: &str, screen: &Screen) -> anyhow::Result<()> {
        let (answer, notice) = self.ask(text)?;
        if let Some(notice) = notice.filter(|_| self.lacking.is_none()) {
            say(&notice);
        }
        if answer.hits.is_empty() && self.lacking.is_none() {
            say(&match answer.nearest.is_empty() {
                true => "nothing found".to_owned(),
                false => format!("nothing found; did you mean: {}", answer.nearest.join(", ")),
            });
        }
        Ok(print_hits(&answer, screen, |root| match self.folder(root) {
            Some(folder) => format!("{folder}/"),
            None => String::new(),
        })?)
    }

    /// The folder's path; `None` if the search names one whole folder.
    fn folder(&self, root: RootId) -> Option<&str> {
        if self.limits.one {
            return None;
        }
        let folder = self.status.folders.iter().find(|folder| folder.id == root)?;
        Some(&folder.path)
    }
}
