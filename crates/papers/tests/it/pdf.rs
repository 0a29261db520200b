//! Reading a PDF back.

use lopdf::Document;

/// The text of each sheet, its parts one after the other.
pub fn pages(file: &[u8]) -> Vec<String> {
    let document = Document::load_mem(file).expect("a PDF");
    let numbers: Vec<u32> = document.get_pages().into_keys().collect();
    numbers.iter().map(|number| document.extract_text(&[*number]).expect("text")).collect()
}
