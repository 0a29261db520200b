//! From whatever somebody uploaded to a picture of one size, or to the reason why not.
//!
//! The size is read before anything is decoded, so that a small file cannot become a large picture in memory.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage};

const QUALITY: u8 = 90;

/// What cameras make, and no more.
const LONGEST_SIDE: u32 = 12_000;
const MOST_PIXELS: u64 = 40_000_000;
/// Forty million pixels of 16 bits in four channels, and what the decoder needs itself.
const MOST_MEMORY: u64 = 512 * 1024 * 1024;

/// Why a file is no picture for us, for the person who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal(pub &'static str);

pub const NO_PICTURE: Refusal = Refusal("It is not a JPEG, PNG or WebP picture.");
pub const TOO_LARGE: Refusal = Refusal("It is larger than 5 MB.");
pub const TOO_MANY_PIXELS: Refusal =
    Refusal("It has more than 40 million pixels, or a side of more than 12,000.");
pub const BROKEN: Refusal = Refusal("The picture is damaged.");

/// The middle of the picture, as a JPEG of so many pixels without anything else that was in the file.
pub fn cut(file: &[u8], width: u32, height: u32) -> Result<Vec<u8>, Refusal> {
    let format = image::guess_format(file).map_err(|_| NO_PICTURE)?;
    if ![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP].contains(&format) {
        return Err(NO_PICTURE);
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refusal)?;
    let (across, down) = decoder.dimensions();
    if u64::from(across) * u64::from(down) > MOST_PIXELS || across.max(down) > LONGEST_SIDE {
        return Err(TOO_MANY_PIXELS);
    }
    if across == 0 || down == 0 {
        return Err(BROKEN);
    }
    // A camera held upright writes a lying picture and a note how to turn it.
    let orientation = decoder.orientation().map_err(|_| BROKEN)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    // What will be turned by a quarter is cut lying.
    let (width, height) = if is_quarter_turn(orientation) { (height, width) } else { (width, height) };
    let (inner_across, inner_down) = middle(across, down, width, height);
    let (left, top) = ((across - inner_across) / 2, (down - inner_down) / 2);
    let middle = picture.crop_imm(left, top, inner_across, inner_down);
    drop(picture);
    let mut small = middle.resize_exact(width, height, FilterType::Triangle);
    small.apply_orientation(orientation);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&on_white(&small)).map_err(|_| BROKEN)?;
    Ok(bytes)
}

fn is_quarter_turn(orientation: Orientation) -> bool {
    use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
    [Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH].contains(&orientation)
}

/// The largest part of a picture that has the form of the target.
fn middle(across: u32, down: u32, width: u32, height: u32) -> (u32, u32) {
    let part = |side: u32, of: u32, to: u32| {
        let part = u64::from(side) * u64::from(of) / u64::from(to);
        u32::try_from(part).unwrap_or(u32::MAX).max(1)
    };
    match u64::from(across) * u64::from(height) > u64::from(down) * u64::from(width) {
        true => (part(down, width, height).min(across), down),
        false => (across, part(across, height, width).min(down)),
    }
}

fn refusal(error: image::ImageError) -> Refusal {
    match error {
        image::ImageError::Limits(_) => TOO_MANY_PIXELS,
        _ => BROKEN,
    }
}

/// A JPEG cannot be seen through.
fn on_white(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u16::from);
        let blend = |channel: u16| ((channel * alpha + 255 * (255 - alpha)) / 255) as u8;
        Rgb([blend(red), blend(green), blend(blue)])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let picture =
            RgbImage::from_fn(width, height, |x, _| Rgb([if x < width / 2 { 255 } else { 0 }, 0, 0]));
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::from(picture).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A PNG that says how large it is and has nothing behind it.
    fn claiming(width: u32, height: u32) -> Vec<u8> {
        let mut png = picture(1, 1, ImageFormat::Png);
        png[16..20].copy_from_slice(&width.to_be_bytes());
        png[20..24].copy_from_slice(&height.to_be_bytes());
        let sum = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&sum.to_be_bytes());
        png
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |sum, byte| {
            (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
                (sum >> 1) ^ (0xEDB8_8320 & (!(sum & 1)).wrapping_add(1))
            })
        })
    }

    const SIDE: u32 = 500;

    fn portrait(file: &[u8]) -> Result<Vec<u8>, Refusal> {
        cut(file, SIDE, SIDE)
    }

    #[test]
    fn every_kind_of_picture_becomes_a_jpeg_of_its_middle() {
        for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            for (width, height) in [(800, 600), (600, 800), (40, 30), (1, 1), (2000, 10)] {
                for size in [(SIDE, SIDE), (200, 133)] {
                    let bytes = cut(&picture(width, height, format), size.0, size.1).unwrap();
                    assert_eq!(image::guess_format(&bytes).unwrap(), ImageFormat::Jpeg);
                    let cut = image::load_from_memory(&bytes).unwrap();
                    assert_eq!((cut.width(), cut.height()), size);
                }
            }
        }
        let cut = image::load_from_memory(&portrait(&picture(900, 300, ImageFormat::Png)).unwrap()).unwrap();
        let cut = cut.to_rgb8();
        assert!(cut.get_pixel(10, 250).0[0] > 200 && cut.get_pixel(490, 250).0[0] < 50);
    }

    /// A JPEG with the note of a camera: turn it by a quarter.
    fn turned(mut jpeg: Vec<u8>) -> Vec<u8> {
        let exif: &[u8] = &[
            0xFF, 0xE1, 0, 34, b'E', b'x', b'i', b'f', 0, 0, b'M', b'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12,
            0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
        ];
        jpeg.splice(2..2, exif.iter().copied());
        jpeg
    }

    #[test]
    fn a_picture_that_is_to_be_turned_has_the_size_that_was_asked_for() {
        let lying = turned(picture(300, 200, ImageFormat::Jpeg));
        let cut = image::load_from_memory(&cut(&lying, 200, 133).unwrap()).unwrap().to_rgb8();
        assert_eq!((cut.width(), cut.height()), (200, 133));
        // What was left is above now.
        assert!(cut.get_pixel(100, 10).0[0] > 200 && cut.get_pixel(100, 120).0[0] < 50);
    }

    proptest! {
        #[test]
        fn the_middle_is_inside_and_has_the_form_of_the_target(
            across in 1..12_000u32, down in 1..12_000u32, width in 1..3000u32, height in 1..3000u32,
        ) {
            let (w, h) = middle(across, down, width, height);
            prop_assert!((1..=across).contains(&w) && (1..=down).contains(&h));
            prop_assert!(w == across || h == down);
            let (w, h) = (f64::from(w), f64::from(h));
            let (width, height) = (f64::from(width), f64::from(height));
            // Within a pixel.
            prop_assert!(w <= h * width / height + 1.0 + width / height && h <= w * height / width + 1.0 + height / width);
        }
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_decoded() {
        assert_eq!(portrait(&claiming(50_000, 50_000)), Err(TOO_MANY_PIXELS));
        assert_eq!(portrait(&claiming(12_000, 12_000)), Err(TOO_MANY_PIXELS));
        assert_eq!(portrait(&claiming(12_001, 1)), Err(TOO_MANY_PIXELS));
        assert_eq!(portrait(&claiming(u32::MAX >> 1, 1)), Err(TOO_MANY_PIXELS));
    }

    #[test]
    fn what_is_no_picture_is_refused_whatever_it_is_called() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
        let gif = b"GIF89a\x01\x00\x01\x00\x80\x00\x00";
        for file in [&svg[..], b"\x7fELF\x02\x01\x01", b"MZ\x90\x00", b"#!/bin/sh", gif, b"BM", b""] {
            assert_eq!(portrait(file), Err(NO_PICTURE));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

        #[test]
        fn a_damaged_picture_is_refused_or_cut_and_never_a_panic(
            format in prop::sample::select(vec![ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP]),
            keep: prop::sample::Index,
            flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        ) {
            let mut file = picture(32, 24, format);
            for (at, byte) in flips {
                let at = at.index(file.len());
                file[at] = byte;
            }
            file.truncate(keep.index(file.len()) + 1);
            if let Ok(cut) = portrait(&file) {
                prop_assert_eq!(image::guess_format(&cut).unwrap(), ImageFormat::Jpeg);
            }
        }
    }
}
