use std::io::Write;

use flate2::Compression;
use flate2::Crc;
use flate2::write::DeflateEncoder;
use memorable::error::Kind;
use tempfile::NamedTempFile;

use super::*;

const DEFLATED: u16 = 8;

/// A zip as others write them: each file packed, then the directory.
fn zip(files: &[(&str, &str)], damage: impl Fn(&mut Vec<u8>)) -> NamedTempFile {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text.as_bytes()).expect("packed");
        let packed = packed.finish().expect("packed");
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let start = u32::try_from(bytes.len()).expect("small");
        let mut both = Vec::new();
        for word in [20, 0, DEFLATED, 0, 0x21] {
            both.extend(u16::to_le_bytes(word));
        }
        for word in [crc.sum(), packed.len() as u32, text.len() as u32] {
            both.extend(word.to_le_bytes());
        }
        both.extend((name.len() as u16).to_le_bytes());
        both.extend(0_u16.to_le_bytes());
        bytes.extend([BEGIN, &both, name.as_bytes(), &packed].concat());
        directory.extend([b"PK\x01\x02\x14\x00", &both[..], &[0; 10], &start.to_le_bytes(), name.as_bytes()].concat());
    }
    let start = u32::try_from(bytes.len()).expect("small");
    let count = u16::try_from(files.len()).expect("few").to_le_bytes();
    damage(&mut bytes);
    let sizes = [u32::try_from(directory.len()).expect("small").to_le_bytes(), start.to_le_bytes()].concat();
    bytes.extend([&directory[..], b"PK\x05\x06\0\0\0\0", &count, &count, &sizes, &[0, 0]].concat());
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(&bytes).expect("written");
    file
}

fn unpacked(files: &[(&str, &str)]) -> Result<String> {
    let mut text = Vec::new();
    unpack(zip(files, |_| ()).path(), &mut text)?;
    Ok(String::from_utf8(text).expect("text"))
}

#[test]
fn what_was_said_is_found_in_the_zips_that_are_given_out() {
    let chatgpt = [("chat.html", "<html>"), ("user.json", "{}"), ("conversations.json", "[1]"), ("a.png", "PNG")];
    assert_eq!(unpacked(&chatgpt).expect("a file"), "[1]");
    let inner = [("data-2026/users.json", "[]"), ("data-2026/conversations.json", "[2]"), ("read.txt", "?")];
    assert_eq!(unpacked(&inner).expect("a file"), "[2]");
    let whatsapp = [("IMG-1.jpg", "JPEG"), ("_chat.txt", "[31.12.23, 21:45:10] A: B"), ("__MACOSX/._chat.txt", "x")];
    assert_eq!(unpacked(&whatsapp).expect("a file"), "[31.12.23, 21:45:10] A: B");
    assert_eq!(unpacked(&[("notes.md", "# Notes"), ("x.png", "")]).expect("a file"), "# Notes");
}

#[test]
fn a_zip_of_several_or_none_is_refused() {
    for files in [&[("a.json", "1"), ("b.json", "2")][..], &[("a.txt", "1"), ("b.txt", "2")], &[("a.png", "PNG")]] {
        let error = unpacked(files).expect_err("it is not plain which");
        assert!(error.detail.contains("not plain"), "{error}");
    }
}

#[test]
fn a_zip_that_is_not_whole_is_refused() {
    let text = "All that was ever said, again and again. ".repeat(50);
    let files = [("chat.txt", text.as_str())];
    let mut out = Vec::new();
    let damaged = zip(&files, |bytes| *bytes.last_mut().expect("a byte") ^= 0x5a);
    assert_eq!(unpack(damaged.path(), &mut out).expect_err("a byte is another").kind, Kind::Invalid);
    assert!(is_zip(damaged.path()).expect("a look"));
    let mut plain = NamedTempFile::new().expect("a file");
    plain.write_all(b"PK").expect("written");
    assert!(!is_zip(plain.path()).expect("a look"));
    let error = unpack(plain.path(), &mut Vec::new()).expect_err("no zip");
    assert_eq!(error.kind, Kind::Invalid);
}
