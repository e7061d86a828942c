//! Chats as they are given out: ChatGPT, Claude and WhatsApp make a zip, in which one file holds what was said.
//!
//! The zip's directory is read by its crate, and what is in it unpacked here: what the crate unpacks by itself is a matter
//! of its features, which everything else that is built with it would share.

use std::fs::File;
use std::io::{Read, Write, copy};
use std::path::Path;

use flate2::CrcReader;
use flate2::read::DeflateDecoder;
use memorable::error::{Error, Result};
use zip::{CompressionMethod, ZipArchive};

/// How every zip begins that holds anything.
const BEGIN: &[u8] = b"PK\x03\x04";
/// Where ChatGPT and Claude put what was said.
const CONVERSATIONS: &str = "conversations.json";
/// Endings of what can be imported.
const ENDINGS: [&str; 4] = ["json", "jsonl", "txt", "md"];
/// What macOS adds to every zip.
const NOT_THERE: &str = "__MACOSX/";

/// Whether the file is a zip.
pub fn is_zip(file: &Path) -> std::io::Result<bool> {
    let mut begin = Vec::new();
    File::open(file)?.take(BEGIN.len() as u64).read_to_end(&mut begin)?;
    Ok(begin == BEGIN)
}

/// Writes the one file of a zip that can be imported. Invalid where there is none, or it is not plain which.
pub fn unpack(zip: &Path, to: &mut impl Write) -> Result<()> {
    let broken = |why: &dyn std::fmt::Display| {
        Error::invalid("FILE", format!("this zip cannot be read: {why}"), "a whole zip without a password")
    };
    let mut archive = ZipArchive::new(File::open(zip).map_err(|why| broken(&why))?).map_err(|why| broken(&why))?;
    let mut names = Vec::with_capacity(archive.len());
    for place in 0..archive.len() {
        let entry = archive.by_index_raw(place).map_err(|why| broken(&why))?;
        let name = entry.name().map_err(|why| broken(&why))?;
        if entry.is_file() && !name.starts_with(NOT_THERE) {
            names.push((place, name.into_owned()));
        }
    }
    let place = chosen(&names).ok_or_else(|| {
        let expected = "conversations.json in it, or one text; unpack it, and import its files one by one";
        Error::invalid("FILE", "it is not plain what of this zip is to be imported", expected)
    })?;
    let entry = archive.by_index_raw(place).map_err(|why| broken(&why))?;
    if entry.encrypted() {
        return Err(broken(&"it has a password"));
    }
    let (bytes, sum, how) = (entry.size(), entry.crc32(), entry.compression());
    let plain: Box<dyn Read> = match how {
        CompressionMethod::STORE => Box::new(entry),
        CompressionMethod::DEFLATE => Box::new(DeflateDecoder::new(entry)),
        other => return Err(broken(&format!("it is packed by {other}"))),
    };
    // No more than it says that there is, whatever the rest unpacks to.
    let mut checked = CrcReader::new(plain.take(bytes));
    let read = copy(&mut checked, to).map_err(|why| broken(&why))?;
    if read != bytes || checked.crc().sum() != sum {
        return Err(broken(&"a file in it is not whole"));
    }
    to.flush().map_err(|why| broken(&why))
}

/// The place of what is to be imported: the conversations, or else the only chat of WhatsApp's, or else the only file.
fn chosen(names: &[(usize, String)]) -> Option<usize> {
    let only = |fits: &dyn Fn(&Path) -> bool| {
        let mut fitting = names.iter().filter(|(_, name)| fits(Path::new(name)));
        let first = fitting.next()?;
        fitting.next().is_none().then_some(first.0)
    };
    let ends =
        |path: &Path, endings: &[&str]| path.extension().is_some_and(|end| endings.iter().any(|one| end == *one));
    only(&|path| path.file_name().is_some_and(|name| name == CONVERSATIONS))
        .or_else(|| only(&|path| ends(path, &["txt"])))
        .or_else(|| only(&|path| ends(path, &ENDINGS)))
}

#[cfg(test)]
mod tests;
