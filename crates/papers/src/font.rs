//! The font that comes along: how wide a text is, and the part of the font that a PDF needs.

use std::collections::BTreeMap;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use kernel::{Failure, Result};
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use subsetter::GlyphRemapper;
use ttf_parser::{Face, GlyphId};
use unicode_normalization::UnicodeNormalization;

const REGULAR: &[u8] = include_bytes!("../fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../fonts/NotoSans-Bold.ttf");

const IDENTITY: SystemInfo<'_> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

/// One weight of the font, and which of its glyphs were used.
pub struct Font {
    face: Face<'static>,
    data: &'static [u8],
    /// Six letters before the name say that a font is a part (PDF 32000-1, 9.6.4).
    name: &'static [u8],
    used: GlyphRemapper,
    /// By glyph of the part; so that text can be searched and copied.
    letters: BTreeMap<u16, char>,
}

impl Font {
    pub fn open(weight: Weight) -> Result<Self> {
        let (data, name): (_, &[u8]) = match weight {
            Weight::Regular => (REGULAR, b"CARAVN+NotoSans-Regular"),
            Weight::Bold => (BOLD, b"CARAVN+NotoSans-Bold"),
        };
        let face = Face::parse(data, 0).map_err(broken)?;
        Ok(Self { face, data, name, used: GlyphRemapper::new(), letters: BTreeMap::new() })
    }

    /// In points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        let units: f32 = letters(text).map(|letter| self.advance(self.glyph(letter).1)).sum();
        units * size / f32::from(self.face.units_per_em())
    }

    /// The text in glyphs of the part, two bytes each.
    pub fn encode(&mut self, text: &str) -> Vec<u8> {
        letters(text)
            .flat_map(|letter| {
                let (letter, glyph) = self.glyph(letter);
                let new = self.used.remap(glyph.0);
                self.letters.insert(new, letter);
                new.to_be_bytes()
            })
            .collect()
    }

    /// The letter's glyph, or that of `?`.
    fn glyph(&self, letter: char) -> (char, GlyphId) {
        match self.face.glyph_index(letter) {
            Some(glyph) => (letter, glyph),
            None => ('?', self.face.glyph_index('?').unwrap_or_default()),
        }
    }

    fn advance(&self, glyph: GlyphId) -> f32 {
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or_default())
    }

    /// Writes the part under `id`, which is what pages name.
    pub fn write(&self, pdf: &mut Pdf, id: Ref, next: &mut impl FnMut() -> Ref) -> Result<()> {
        let (descendant, descriptor, file, map) = (next(), next(), next(), next());
        let name = Name(self.name);
        pdf.type0_font(id)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(map);

        // A font's own unit is a thousandth of its size in a PDF.
        let scale = 1000.0 / f32::from(self.face.units_per_em());
        let widths: Vec<f32> =
            self.used.remapped_gids().map(|glyph| self.advance(GlyphId(glyph)) * scale).collect();
        let mut font = pdf.cid_font(descendant);
        font.subtype(CidFontType::Type2)
            .base_font(name)
            .system_info(IDENTITY)
            .font_descriptor(descriptor)
            .default_width(0.0)
            .cid_to_gid_map_predefined(Name(b"Identity"));
        font.widths().consecutive(0, widths);
        font.finish();

        let bounds = self.face.global_bounding_box();
        let [left, bottom, right, top] =
            [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|it| f32::from(it) * scale);
        let capital = self.face.capital_height().unwrap_or(self.face.ascender());
        pdf.font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::NON_SYMBOLIC)
            .bbox(Rect::new(left, bottom, right, top))
            .italic_angle(0.0)
            .ascent(f32::from(self.face.ascender()) * scale)
            .descent(f32::from(self.face.descender()) * scale)
            .cap_height(f32::from(capital) * scale)
            .stem_v(80.0)
            .font_file2(file);

        let part = subsetter::subset(self.data, 0, &self.used).map_err(broken)?;
        let packed = packed(&part)?;
        let mut stream = pdf.stream(file, &packed);
        stream.filter(Filter::FlateDecode).pair(Name(b"Length1"), i32::try_from(part.len()).map_err(broken)?);
        stream.finish();

        let mut letters = UnicodeCmap::<u16>::new(Name(b"Letters"), IDENTITY);
        for (glyph, letter) in &self.letters {
            letters.pair(*glyph, *letter);
        }
        pdf.cmap(map, letters.finish().as_slice());
        Ok(())
    }
}

/// Composed letters, since an accent of its own would stand beside its letter; controls, and marks that turn the
/// direction of a text around, are left out.
fn letters(text: &str) -> impl Iterator<Item = char> {
    text.nfc().filter_map(|letter| match letter {
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => None,
        letter if letter.is_control() => Some(' '),
        letter => Some(letter),
    })
}

pub fn packed(data: &[u8]) -> Result<Vec<u8>> {
    use std::io::Write;
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).and_then(|()| encoder.finish()).map_err(broken)
}

pub fn broken(error: impl std::fmt::Display) -> Failure {
    Failure::internal(format!("a paper could not be written: {error}"))
}
