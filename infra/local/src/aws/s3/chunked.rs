//! The `aws-chunked` encoding of an upload: chunks with their length, then trailers such as a checksum.

use bytes::Bytes;

/// An upload taken apart.
#[derive(Debug)]
pub(super) struct Decoded {
    /// The object's bytes.
    pub body: Bytes,
    /// Headers that came after the bytes, names in lower case.
    pub trailers: Vec<(String, String)>,
}

/// Takes an upload apart. Signatures of chunks are not checked.
pub(super) fn decode(encoded: &[u8]) -> Result<Decoded, String> {
    let mut body = Vec::with_capacity(encoded.len());
    let mut rest = encoded;
    loop {
        let (line, after) = split_line(rest)?;
        // `length;chunk-signature=...`, the length in hex.
        let length = line.split(';').next().unwrap_or_default();
        let length = usize::from_str_radix(length, 16).map_err(|e| format!("length {length:?}: {e}"))?;
        if length == 0 {
            rest = after;
            break;
        }
        let chunk = after.get(..length).ok_or("ends within a chunk")?;
        body.extend_from_slice(chunk);
        rest = after[length..].strip_prefix(b"\r\n").ok_or("no line end after a chunk")?;
    }
    let mut trailers = Vec::new();
    while !rest.is_empty() {
        let (line, after) = split_line(rest)?;
        rest = after;
        if let Some((name, value)) = line.split_once(':') {
            trailers.push((name.trim().to_lowercase(), value.trim().to_owned()));
        }
    }
    Ok(Decoded { body: body.into(), trailers })
}

fn split_line(bytes: &[u8]) -> Result<(&str, &[u8]), String> {
    let end = bytes.windows(2).position(|pair| pair == b"\r\n").ok_or("a line without an end")?;
    let line = std::str::from_utf8(&bytes[..end]).map_err(|e| e.to_string())?;
    Ok((line, &bytes[end + 2..]))
}

#[cfg(test)]
mod tests;
