//! Tables, read back by other programs' libraries.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use kernel::money::{Currency, Money};
use papers::{Cell, Format, Table};
use proptest::prelude::*;

use crate::pdf;

fn table() -> Table {
    Table {
        title: "Participants: Kedarkantha [Batch 3]".into(),
        made: "2026-03-01T10:00:00Z".parse().unwrap(),
        columns: ["Name", "Paid", "Seats", "Born", "Booked"].map(str::to_owned).into(),
        rows: vec![
            vec![
                "Łukasz \"Ő\" Peña, ₹€£¥".into(),
                Money::new(123_456, Currency::EUR).into(),
                2_u32.into(),
                jiff::civil::date(1990, 2, 28).into(),
                "2026-02-03T04:05:06Z".parse::<jiff::Timestamp>().unwrap().into(),
            ],
            vec![
                "=HYPERLINK(\"https://evil.example\")".into(),
                Money::new(-5, "KWD".parse().unwrap()).into(),
                (-1_i64).into(),
                Cell::Empty,
                None::<String>.into(),
            ],
        ],
    }
}

fn csv_rows(file: &[u8]) -> Vec<Vec<String>> {
    let text = file.strip_prefix("\u{feff}".as_bytes()).expect("a mark that it is UTF-8");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text);
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn sheet(file: Vec<u8>) -> (String, Vec<Vec<Data>>) {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    let name = book.sheet_names().remove(0);
    let range = book.worksheet_range(&name).unwrap();
    (name, range.rows().map(<[Data]>::to_vec).collect())
}

#[test]
fn csv_holds_everything_and_no_formula() {
    let file = table().write(Format::Csv).unwrap();
    let expected = [
        ["Name", "Paid", "Seats", "Born", "Booked"],
        ["Łukasz \"Ő\" Peña, ₹€£¥", "1234.56 EUR", "2", "1990-02-28", "2026-02-03T04:05:06Z"],
        ["'=HYPERLINK(\"https://evil.example\")", "-0.005 KWD", "-1", "", ""],
    ];
    assert_eq!(csv_rows(&file), expected);
    assert!(String::from_utf8(file).unwrap().ends_with("\r\n"));
}

#[test]
fn every_way_to_begin_a_formula_is_taken_away() {
    for text in ["=1", "+1", "-1", "@A1", "\t=1", "\r=1", "\n1", "  =1", "＝1"] {
        let table = Table { columns: vec![text.into()], rows: vec![vec![text.into()]], ..table() };
        let rows = csv_rows(&table.write(Format::Csv).unwrap());
        assert_eq!(rows, [[format!("'{text}")], [format!("'{text}")]], "{text:?}");
        let (_, rows) = sheet(table.write(Format::Xlsx).unwrap());
        assert!(rows.iter().flatten().all(|cell| matches!(cell, Data::String(_))), "{rows:?}");
    }
}

#[test]
fn xlsx_has_numbers_and_dates_as_such() {
    let file = table().write(Format::Xlsx).unwrap();
    let (name, rows) = sheet(file);
    assert_eq!(name, "Participants Kedarkantha Batch");
    assert_eq!(rows[1][0], Data::String("Łukasz \"Ő\" Peña, ₹€£¥".into()));
    assert_eq!((&rows[1][1], &rows[1][2]), (&Data::Float(1234.56), &Data::Float(2.0)));
    assert_eq!((&rows[2][1], &rows[2][2]), (&Data::Float(-0.005), &Data::Float(-1.0)));
    assert!(matches!(&rows[1][3], Data::DateTime(date) if date.as_f64() == 32_932.0), "{:?}", rows[1][3]);
    assert!(matches!(&rows[1][4], Data::DateTime(_)));
    assert_eq!((&rows[2][3], &rows[2][4]), (&Data::Empty, &Data::Empty));
}

#[test]
fn a_pdf_has_its_head_on_every_sheet_and_nothing_is_lost() {
    let rows = (0..200).map(|row| {
        let mut cells = table().rows[0].clone();
        cells[0] = format!("Guest {row} Ærøskøbing").into();
        cells
    });
    let table = Table { rows: rows.collect(), ..table() };
    let pages = pdf::pages(&table.write(Format::Pdf).unwrap());
    assert!(pages.len() > 3);
    for (number, page) in (1..).zip(&pages) {
        assert!(page.contains("Booked"), "{page}");
        assert!(page.contains(&format!("{number} / {}", pages.len())), "{page}");
    }
    let all = pages.concat();
    for row in 0..200 {
        assert!(all.contains(&format!("Guest {row} Ærøskøbing")), "{row}");
    }
    assert!(all.contains("1234.56 EUR"));
}

#[test]
fn what_is_too_wide_is_broken_and_letters_of_other_scripts_are_marked() {
    let name = "x".repeat(400);
    let columns: Vec<String> = (0..25).map(|number| format!("Column {number}")).collect();
    let cells: Vec<Cell> = columns.iter().map(|_| Cell::from(name.as_str())).collect();
    let table = Table { columns, rows: vec![cells], ..table() };
    let all = pdf::pages(&table.write(Format::Pdf).unwrap()).concat();
    assert!(all.matches('x').count() > 1000 && all.contains('…'));
    let table = Table { columns: vec!["हिन्दी ₹".into()], rows: vec![], ..table };
    let all = pdf::pages(&table.write(Format::Pdf).unwrap()).concat();
    assert!(all.contains("?????? ₹"), "{all}");
}

#[test]
fn the_same_table_is_the_same_file() {
    for format in Format::ALL {
        assert_eq!(table().write(format).unwrap(), table().write(format).unwrap(), "{format}");
        assert_eq!(format.extension().parse::<Format>().unwrap(), format);
    }
    assert!("doc".parse::<Format>().is_err());
    let file = table().write(Format::Pdf).unwrap();
    assert!(file.len() < 20_000, "{} bytes: only the letters that are used", file.len());
}

#[test]
fn a_row_of_another_length_is_our_mistake() {
    let table = Table { rows: vec![vec![Cell::Empty]], ..table() };
    assert!(table.write(Format::Csv).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_breaks_a_file(title: String, text: String, number: i64) {
        let money = Money::new(number, Currency::INR);
        let row = vec![text.as_str().into(), number.into(), money.into()];
        let columns = vec![text.clone(), title.clone(), "n".into()];
        let table = Table { title, columns, rows: vec![row], ..table() };
        csv_rows(&table.write(Format::Csv).unwrap());
        sheet(table.write(Format::Xlsx).unwrap());
        prop_assert!(!pdf::pages(&table.write(Format::Pdf).unwrap()).is_empty());
    }
}
