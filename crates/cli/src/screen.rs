//! Where answers are shown: how wide it is, and whether in colours.

use std::io::{self, Write};

use anstream::AutoStream;
use clap::ColorChoice;

use crate::excerpt::Run;
use crate::visible::visible;

/// Columns of what is no terminal: a file, another program.
const COLUMNS: usize = 160;

/// Fewer columns show nothing.
const NARROW: usize = 40;

/// Where answers are shown.
pub(crate) struct Screen {
    colour: bool,
    /// How wide it is.
    pub(crate) columns: usize,
}

/// How a text is shown.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    Plain,
    Bold,
    Dim,
    /// A line that answers.
    Beam,
    /// What matches in it.
    Match,
}

impl Screen {
    /// Standard output. Where colours are left to it, a terminal has them unless `NO_COLOR` or
    /// `TERM=dumb` say otherwise, and `CLICOLOR_FORCE` gives them to all.
    pub(crate) fn new(color: ColorChoice) -> Screen {
        let colour = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        };
        let size = console::Term::stdout().size_checked();
        Screen { colour, columns: size.map_or(COLUMNS, |(_, columns)| columns.into()).max(NARROW) }
    }

    /// Writes a text in which nothing steers the terminal.
    pub(crate) fn write(&self, out: &mut impl Write, style: Style, text: &str) -> io::Result<()> {
        self.paint(out, style, &visible(text))
    }

    /// Writes a line that is made visible already.
    pub(crate) fn write_runs(
        &self,
        out: &mut impl Write,
        style: Style,
        runs: &[Run],
    ) -> io::Result<()> {
        for (text, marked) in runs {
            self.paint(out, if *marked { Style::Match } else { style }, text)?;
        }
        Ok(())
    }

    fn paint(&self, out: &mut impl Write, style: Style, text: &str) -> io::Result<()> {
        let code = match style {
            Style::Plain => "",
            Style::Bold => "\x1b[1m",
            Style::Dim => "\x1b[2m",
            Style::Beam => "\x1b[33m",
            Style::Match => "\x1b[1;33m",
        };
        match self.colour && !code.is_empty() && !text.is_empty() {
            true => write!(out, "{code}{text}\x1b[0m"),
            false => write!(out, "{text}"),
        }
    }
}
