//! A table on sheets: its columns as wide as their contents, its head on each sheet.

use kernel::Result;

use super::{Cell, Table};
use crate::sheets::{MARGIN, Sheets, Style};

const CELL: Style = Style::regular(8.0);
const HEAD: Style = Style::bold(8.0);
/// Between two columns.
const GAP: f32 = 8.0;
/// Below a row.
const SPACE: f32 = 4.0;
/// No row is higher than a sheet.
const MOST_LINES: usize = 30;
const WIDEST: f32 = 240.0;

pub fn write(table: &Table) -> Result<Vec<u8>> {
    let upright = Sheets::new(false)?;
    let natural = natural_widths(&upright, table);
    let landscape = natural.iter().sum::<f32>() > room(&upright, natural.len());
    let sheets = if landscape { Sheets::new(true)? } else { upright };
    let room = room(&sheets, natural.len());
    let columns = (0..).zip(shared(&natural, room)).map(|(number, width)| column(table, number, width));
    let mut writer = Writer { columns: columns.collect(), sheets, y: MARGIN };

    writer.title(table);
    writer.head(table);
    for row in &table.rows {
        writer.row(table, row);
    }
    let made = table.made.strftime("%Y-%m-%d %H:%M UTC");
    writer.sheets.finish(&format!("{} · {made}", table.title), table.made)
}

struct Column {
    width: f32,
    /// Its name stands above its numbers.
    right: bool,
}

struct Writer {
    columns: Vec<Column>,
    sheets: Sheets,
    y: f32,
}

impl Writer {
    fn title(&mut self, table: &Table) {
        let style = Style::bold(14.0);
        let width = self.sheets.right() - MARGIN;
        for line in self.sheets.wrap(&table.title, width, style) {
            self.y += style.leading();
            self.sheets.text(MARGIN, self.y, style, &line);
        }
        self.y += style.leading();
    }

    fn head(&mut self, table: &Table) {
        let names = table.columns.iter().zip(&self.columns);
        let cells = names.map(|(name, column)| (self.lines(name, column, HEAD), column.right)).collect();
        self.print(cells, HEAD);
        self.sheets.rule(MARGIN, self.sheets.right(), self.y, 0.2);
        self.y += SPACE;
    }

    fn row(&mut self, table: &Table, row: &[Cell]) {
        let cells = row.iter().zip(&self.columns);
        let cells: Vec<_> =
            cells.map(|(cell, column)| (self.lines(&cell.shown(), column, CELL), cell.is_number())).collect();
        if self.y + height(&cells, CELL) > self.sheets.bottom() {
            self.sheets.turn();
            self.y = MARGIN;
            self.head(table);
        }
        self.print(cells, CELL);
        self.sheets.rule(MARGIN, self.sheets.right(), self.y, 0.85);
        self.y += SPACE / 2.0;
    }

    fn print(&mut self, cells: Vec<(Vec<String>, bool)>, style: Style) {
        let below = self.y + height(&cells, style);
        let mut x = MARGIN;
        for ((lines, right), column) in cells.iter().zip(&self.columns) {
            let mut y = self.y;
            for line in lines {
                y += style.leading();
                if *right {
                    self.sheets.text_to(x + column.width, y, style, line);
                } else {
                    self.sheets.text(x, y, style, line);
                }
            }
            x += column.width + GAP;
        }
        self.y = below;
    }

    fn lines(&self, text: &str, column: &Column, style: Style) -> Vec<String> {
        let mut lines = self.sheets.wrap(text, column.width, style);
        if lines.len() > MOST_LINES {
            lines.truncate(MOST_LINES - 1);
            lines.push("…".to_owned());
        }
        lines
    }
}

fn height(cells: &[(Vec<String>, bool)], style: Style) -> f32 {
    let lines = cells.iter().map(|(lines, _)| lines.len()).max().unwrap_or_default().max(1);
    lines as f32 * style.leading() + SPACE
}

/// What is left for the columns.
fn room(sheets: &Sheets, columns: usize) -> f32 {
    sheets.right() - MARGIN - GAP * columns.saturating_sub(1) as f32
}

/// As wide as the widest cell, within reason.
fn natural_widths(sheets: &Sheets, table: &Table) -> Vec<f32> {
    let mut widths: Vec<f32> = table.columns.iter().map(|name| sheets.text_width(name, HEAD)).collect();
    for row in &table.rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = width.max(sheets.text_width(&cell.shown(), CELL));
        }
    }
    // A hair more, so that what just fits is not broken by rounding.
    widths.into_iter().map(|width| width.min(WIDEST) + 0.1).collect()
}

/// Narrow columns keep their width; the wide ones share what is left.
fn shared(natural: &[f32], room: f32) -> Vec<f32> {
    let mut by_width: Vec<usize> = (0..natural.len()).collect();
    by_width.sort_by(|a, b| natural[*a].total_cmp(&natural[*b]));
    let (mut left, mut widths) = (room, natural.to_vec());
    for (done, column) in by_width.iter().enumerate() {
        let share = left / (natural.len() - done) as f32;
        widths[*column] = natural[*column].min(share);
        left -= widths[*column];
    }
    widths
}

fn column(table: &Table, number: usize, width: f32) -> Column {
    let mut cells = table.rows.iter().filter_map(|row| row.get(number));
    let numbers = cells.clone().any(Cell::is_number);
    Column { width, right: numbers && cells.all(|cell| cell.is_number() || *cell == Cell::Empty) }
}
