//! Sheets of a PDF. Places are measured in points from the upper left corner.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kernel::Result;
use pdf_writer::{Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};

use crate::font::{Font, Weight, broken, packed};

/// A4, upright.
const A4: (f32, f32) = (595.28, 841.89);
/// On all sides.
pub const MARGIN: f32 = 48.0;
/// What the foot takes above the margin.
const FOOT: f32 = 24.0;
const REGULAR: Name<'_> = Name(b"R");
const BOLD: Name<'_> = Name(b"B");

/// How a text is printed.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    pub size: f32,
    pub weight: Weight,
    /// 0 is black.
    pub gray: f32,
}

impl Style {
    pub const fn regular(size: f32) -> Self {
        Self { size, weight: Weight::Regular, gray: 0.0 }
    }

    pub const fn bold(size: f32) -> Self {
        Self { size, weight: Weight::Bold, gray: 0.0 }
    }

    pub const fn small(size: f32) -> Self {
        Self { size, weight: Weight::Regular, gray: 0.35 }
    }

    /// From one line to the next.
    pub fn leading(self) -> f32 {
        self.size * 1.35
    }
}

/// All sheets of one paper; there is always one.
pub struct Sheets {
    pub width: f32,
    pub height: f32,
    pages: Vec<Content>,
    regular: Font,
    bold: Font,
}

impl Sheets {
    pub fn new(landscape: bool) -> Result<Self> {
        let (width, height) = if landscape { (A4.1, A4.0) } else { A4 };
        let (regular, bold) = (Font::open(Weight::Regular)?, Font::open(Weight::Bold)?);
        Ok(Self { width, height, pages: vec![Content::new()], regular, bold })
    }

    /// Where the last line may end.
    pub fn bottom(&self) -> f32 {
        self.height - MARGIN - FOOT
    }

    pub fn right(&self) -> f32 {
        self.width - MARGIN
    }

    pub fn turn(&mut self) {
        self.pages.push(Content::new());
    }

    pub fn text_width(&self, text: &str, style: Style) -> f32 {
        self.font(style.weight).width(text, style.size)
    }

    /// A line of text whose baseline is at `y`.
    pub fn text(&mut self, x: f32, y: f32, style: Style, text: &str) {
        let page = self.pages.len() - 1;
        self.text_on(page, x, y, style, text);
    }

    /// A line of text that ends at `right`.
    pub fn text_to(&mut self, right: f32, y: f32, style: Style, text: &str) {
        let x = right - self.text_width(text, style);
        self.text(x, y, style, text);
    }

    /// A thin line from `left` to `right`.
    pub fn rule(&mut self, left: f32, right: f32, y: f32, gray: f32) {
        let y = self.height - y;
        if let Some(page) = self.pages.last_mut() {
            page.set_line_width(0.6).set_stroke_gray(gray).move_to(left, y).line_to(right, y).stroke();
        }
    }

    /// The text in lines that are no wider than `width`; words that are, are broken.
    pub fn wrap(&self, text: &str, width: f32, style: Style) -> Vec<String> {
        let fits = |line: &str| self.text_width(line, style) <= width;
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if fits(&longer) {
                    line = longer;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                for letter in word.chars() {
                    line.push(letter);
                    // One letter stays, however narrow the place is.
                    if !fits(&line) && line.chars().count() > 1 {
                        line.pop();
                        lines.push(std::mem::replace(&mut line, letter.to_string()));
                    }
                }
            }
            lines.push(line);
        }
        lines
    }

    /// The file: each sheet gets its number at the foot.
    pub fn finish(mut self, title: &str, made: Timestamp) -> Result<Vec<u8>> {
        let count = self.pages.len();
        let (foot, style) = (self.height - MARGIN, Style::small(8.0));
        let name = self.wrap(title, self.width - 2.0 * MARGIN - 80.0, style).into_iter().next();
        for page in 0..count {
            let number = format!("{} / {count}", page + 1);
            let x = self.right() - self.text_width(&number, style);
            self.text_on(page, x, foot, style, &number);
            self.text_on(page, MARGIN, foot, style, name.as_deref().unwrap_or_default());
        }

        let mut last = 0;
        let mut next = || {
            last += 1;
            Ref::new(last)
        };
        let (catalog, tree, info, regular, bold) = (next(), next(), next(), next(), next());
        let mut pdf = Pdf::new();
        pdf.set_version(1, 7);
        let mut root = pdf.catalog(catalog);
        root.pages(tree).lang(TextStr("en"));
        root.viewer_preferences().display_doc_title(true);
        root.finish();
        pdf.document_info(info).title(TextStr(title)).producer(TextStr("Caravan")).creation_date(date(made));

        let sheets: Vec<(Ref, Ref)> = self.pages.iter().map(|_| (next(), next())).collect();
        pdf.pages(tree)
            .kids(sheets.iter().map(|(page, _)| *page))
            .count(i32::try_from(count).map_err(broken)?);
        for (content, (page, stream)) in self.pages.into_iter().zip(sheets) {
            let mut sheet = pdf.page(page);
            sheet.parent(tree).media_box(Rect::new(0.0, 0.0, self.width, self.height)).contents(stream);
            sheet.resources().fonts().pair(REGULAR, regular).pair(BOLD, bold);
            sheet.finish();
            pdf.stream(stream, &packed(content.finish().as_slice())?).filter(Filter::FlateDecode);
        }
        self.regular.write(&mut pdf, regular, &mut next)?;
        self.bold.write(&mut pdf, bold, &mut next)?;
        Ok(pdf.finish())
    }

    fn text_on(&mut self, page: usize, x: f32, y: f32, style: Style, text: &str) {
        let (font, name) = match style.weight {
            Weight::Regular => (&mut self.regular, REGULAR),
            Weight::Bold => (&mut self.bold, BOLD),
        };
        let glyphs = font.encode(text);
        if let Some(page) = self.pages.get_mut(page).filter(|_| !glyphs.is_empty()) {
            page.begin_text()
                .set_fill_gray(style.gray)
                .set_font(name, style.size)
                .next_line(x, self.height - y)
                .show(Str(&glyphs))
                .end_text();
        }
    }

    fn font(&self, weight: Weight) -> &Font {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

fn date(at: Timestamp) -> Date {
    let at = at.to_zoned(TimeZone::UTC);
    let small = |number: i8| u8::try_from(number).unwrap_or_default();
    Date::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}
