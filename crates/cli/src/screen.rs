//! The output device for answers: its width, and whether it shows colours.

use std::io::{self, Write};

use anstream::AutoStream;
use clap::ColorChoice;

use crate::excerpt::Run;
use crate::visible::visible;

/// The width of an output that is not a terminal, such as a file or another program.
const COLUMNS: usize = 160;

/// The smallest useful width.
const NARROW: usize = 40;

/// The output device for answers.
pub(crate) struct Screen {
    colour: bool,
    /// The width in columns.
    pub(crate) columns: usize,
}

/// The style of a text.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    Plain,
    Bold,
    Dim,
    /// A line that answers the query.
    Beam,
    /// A match in that line.
    Match,
}

impl Screen {
    /// Standard output. With automatic colours, a terminal has them unless `NO_COLOR` or
    /// `TERM=dumb` is set; `CLICOLOR_FORCE` turns them on for every output.
    pub(crate) fn new(color: ColorChoice) -> Screen {
        let colour = match color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never,
        };
        let size = console::Term::stdout().size_checked();
        Screen { colour, columns: size.map_or(COLUMNS, |(_, columns)| columns.into()).max(NARROW) }
    }

    /// Writes a text after making its control characters visible.
    pub(crate) fn write(&self, out: &mut impl Write, style: Style, text: &str) -> io::Result<()> {
        self.paint(out, style, &visible(text))
    }

    /// Writes a line whose control characters are already visible.
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
