//! Figures by row and column, for people and for programs.

use std::fmt;

use serde_json::{Map, Value, json};

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell {
    /// A number of items.
    Count(usize),
    /// A mean or a share, from 0 to 1; `None` if there are no items.
    Share(Option<f64>),
    /// The difference between two means.
    Gain(f64),
}

/// Smaller changes are invisible in the output.
const LEAST_CHANGE: f64 = 5e-5;

/// The figures of one measure.
pub(crate) struct Table {
    /// Its name for programs.
    pub(crate) key: &'static str,
    /// Its name for people.
    pub(crate) title: String,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<(String, Vec<Cell>)>,
    /// Each miss, with what was found instead.
    pub(crate) misses: Vec<String>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(
        key: &'static str,
        title: &str,
        columns: impl IntoIterator<Item = impl Into<String>>,
    ) -> Table {
        let columns = columns.into_iter().map(Into::into).collect();
        Table { key, title: title.to_owned(), columns, rows: Vec::new(), misses: Vec::new() }
    }

    /// `{"row": {"column": figure}}`
    pub(crate) fn json(&self) -> Value {
        let row = |(name, cells): &(String, Vec<Cell>)| {
            let cells = self.columns.iter().cloned().zip(cells.iter().map(|cell| cell.json()));
            (name.clone(), Value::Object(cells.collect::<Map<_, _>>()))
        };
        Value::Object(self.rows.iter().map(row).collect())
    }

    /// The changes since these figures (from [`Table::json`]), without unchanged rows.
    pub(crate) fn changes(&self, before: &Value) -> Table {
        let change = |(name, cells): &(String, Vec<Cell>)| {
            let cells = self.columns.iter().zip(cells).map(|(column, cell)| {
                let before = before.get(name).and_then(|row| row.get(column)?.as_f64());
                match (*cell, before) {
                    (Cell::Share(Some(now)) | Cell::Gain(now), Some(before)) => {
                        Cell::Gain(now - before)
                    }
                    (cell, _) => cell,
                }
            });
            let cells: Vec<Cell> = cells.collect();
            let changed =
                |cell: &Cell| matches!(cell, Cell::Gain(change) if change.abs() > LEAST_CHANGE);
            cells.iter().any(changed).then(|| (name.clone(), cells))
        };
        let rows = self.rows.iter().filter_map(change).collect();
        let title = format!("{}: changes", self.title);
        Table { title, columns: self.columns.clone(), rows, misses: Vec::new(), ..*self }
    }
}

impl Cell {
    fn json(self) -> Value {
        match self {
            Cell::Count(count) => json!(count),
            Cell::Share(share) => json!(share),
            Cell::Gain(gain) => json!(gain),
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Cell::Count(count) => count.to_string(),
            Cell::Share(Some(share)) => format!("{share:.4}"),
            Cell::Share(None) => "-".to_owned(),
            Cell::Gain(gain) => format!("{gain:+.4}"),
        };
        f.pad(&text)
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.rows.iter().map(|(name, _)| name.chars().count());
        let names = names.max().unwrap_or(0);
        writeln!(f, "{}", self.title)?;
        let widths: Vec<usize> = self.columns.iter().map(|name| name.len().max(7) + 2).collect();
        write!(f, "{:names$}", "")?;
        for (column, width) in self.columns.iter().zip(&widths) {
            write!(f, "{column:>width$}")?;
        }
        for (name, cells) in &self.rows {
            write!(f, "\n{name:names$}")?;
            for (cell, width) in cells.iter().zip(&widths) {
                write!(f, "{cell:>width$}")?;
            }
        }
        writeln!(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_in_columns() {
        let mut table = Table::new("docs", "Doc comments", ["questions", "all", "gain"]);
        let cells = vec![Cell::Count(12), Cell::Share(Some(0.5)), Cell::Gain(-0.25)];
        table.rows.push(("flask".to_owned(), cells));
        let cells = vec![Cell::Count(0), Cell::Share(None), Cell::Gain(0.0)];
        table.rows.push(("gin".to_owned(), cells));
        let expected = "Doc comments
       questions      all     gain
flask         12   0.5000  -0.2500
gin            0        -  +0.0000
";
        assert_eq!(table.to_string(), expected);
        let expected = json!({
            "flask": {"questions": 12, "all": 0.5, "gain": -0.25},
            "gin": {"questions": 0, "all": null, "gain": 0.0},
        });
        assert_eq!(table.json(), expected);
        assert!(table.changes(&expected).rows.is_empty());
        let before = json!({"flask": {"questions": 12, "all": 0.75, "gain": -0.25}});
        let changed = vec![Cell::Count(12), Cell::Gain(-0.25), Cell::Gain(0.0)];
        assert_eq!(table.changes(&before).rows, [("flask".to_owned(), changed)]);
    }
}
