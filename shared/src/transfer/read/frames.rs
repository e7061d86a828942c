//! Cutting a stream of bytes into lines, or into the elements of a JSON array, without ever holding more than one.

use crate::transfer::read::Place;

/// Most bytes of a line or an element: a long conversation of ChatGPT's has two.
pub const MOST_FRAME: usize = 8 * 1024 * 1024;

/// How a file falls into frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Lines.
    Lines,
    /// Elements of the first array in it.
    Elements,
    /// The one object that it is.
    One,
}

/// Whether a frame is all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It is.
    Whole,
    /// It has more than [`MOST_FRAME`] bytes, which are not kept.
    TooLong,
    /// The file ends before it does.
    Cut,
}

/// A line or an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its first byte in the file.
    pub at: u64,
    /// The number of the line it begins on, from 1.
    pub line: u64,
    /// Its bytes, a line's without the end of the line.
    pub bytes: Vec<u8>,
    /// Whether they are all there.
    pub fit: Fit,
}

/// Cuts what is pushed.
#[derive(Debug)]
pub struct Framer {
    framing: Framing,
    buffer: Vec<u8>,
    /// Bytes of the buffer that belong to frames given already.
    done: usize,
    /// Bytes of the buffer that were looked at.
    seen: usize,
    /// The place in the file of the buffer's first byte.
    base: u64,
    /// Lines before `done`.
    lines: u64,
    /// Lines that ended in what was dropped of a frame that is too long.
    dropped_lines: u64,
    /// Whether some of the frame under way was dropped.
    is_dropping: bool,
    /// Where the frame under way begins in the file.
    begin: u64,
    inside: bool,
    ended: bool,
    json: Json,
}

/// Where in an element the scan stands.
#[derive(Debug, Clone, Copy, Default)]
struct Json {
    depth: u32,
    in_string: bool,
    escaped: bool,
    started: bool,
}

impl Framer {
    /// From that place on.
    pub fn at(framing: Framing, place: &Place) -> Framer {
        Framer {
            framing,
            buffer: Vec::new(),
            done: 0,
            seen: 0,
            base: place.offset,
            lines: place.lines,
            dropped_lines: 0,
            is_dropping: false,
            begin: place.offset,
            inside: place.inside || framing == Framing::One,
            ended: false,
            json: Json::default(),
        }
    }

    /// The byte of the file that is wanted next.
    pub fn wants(&self) -> u64 {
        self.base + self.buffer.len() as u64
    }

    /// The first byte that belongs to no frame given so far.
    pub fn offset(&self) -> u64 {
        if self.is_dropping { self.begin } else { self.base + self.done as u64 }
    }

    /// Lines before that byte.
    pub fn lines(&self) -> u64 {
        self.lines
    }

    /// Whether the array has begun.
    pub fn is_inside(&self) -> bool {
        self.inside
    }

    /// Whether the array has ended: what follows is none of ours.
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// More bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.done);
        self.base += self.done as u64;
        self.seen -= self.done;
        self.done = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next frame, if it is all there. `is_last`: no more bytes will come.
    pub fn next(&mut self, is_last: bool) -> Option<Frame> {
        let frame = match self.framing {
            Framing::Lines => self.line(is_last),
            Framing::Elements | Framing::One => self.element(is_last),
        };
        if frame.is_none() && self.buffer.len() - self.done > MOST_FRAME {
            self.drop_what_was_seen();
        }
        frame
    }

    fn line(&mut self, is_last: bool) -> Option<Frame> {
        let found = self.buffer[self.seen..].iter().position(|byte| *byte == b'\n');
        let end = match found {
            Some(place) => self.seen + place,
            None if is_last && (self.done < self.buffer.len() || self.is_dropping) => self.buffer.len(),
            None => {
                self.seen = self.buffer.len();
                return None;
            }
        };
        let mut bytes = &self.buffer[self.done..end];
        if bytes.last() == Some(&b'\r') {
            bytes = &bytes[..bytes.len() - 1];
        }
        let fit = if self.is_dropping { Fit::TooLong } else { Fit::Whole };
        let mut bytes = if fit == Fit::Whole { bytes.to_vec() } else { Vec::new() };
        let at = self.offset();
        if at == 0 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        let frame = Frame { at, line: self.lines + 1, bytes, fit };
        self.lines += 1;
        self.done = (end + 1).min(self.buffer.len());
        self.seen = self.done;
        self.is_dropping = false;
        Some(frame)
    }

    fn element(&mut self, is_last: bool) -> Option<Frame> {
        while self.seen < self.buffer.len() && !self.ended {
            let byte = self.buffer[self.seen];
            if !self.json.started && !self.begins(byte) {
                continue;
            }
            if let Some(is_part) = self.json.ends_at(byte) {
                let end = if is_part { self.seen + 1 } else { self.seen };
                return Some(self.cut(end, Fit::Whole));
            }
            self.seen += 1;
        }
        let is_cut = is_last && self.json.started && !self.ended;
        is_cut.then(|| {
            self.ended = true;
            self.cut(self.buffer.len(), Fit::Cut)
        })
    }

    /// Goes past a byte between elements; whether an element begins with it.
    fn begins(&mut self, byte: u8) -> bool {
        let is_between = byte.is_ascii_whitespace() || byte == b',' || matches!(byte, 0xef | 0xbb | 0xbf);
        if self.inside && !is_between && byte != b']' {
            self.begin = self.base + self.seen as u64;
            self.json = Json { started: true, ..Json::default() };
            return true;
        }
        if byte == b'\n' {
            self.lines += 1;
        }
        match byte {
            b']' if self.inside => self.ended = true,
            b'[' if !self.inside => self.inside = true,
            _ => {}
        }
        self.seen += 1;
        self.done = self.seen;
        false
    }

    fn cut(&mut self, end: usize, fit: Fit) -> Frame {
        let fit = if self.is_dropping && fit == Fit::Whole { Fit::TooLong } else { fit };
        let bytes = &self.buffer[self.done..end];
        let lines = self.dropped_lines + newlines(bytes);
        let bytes = if fit == Fit::Whole { bytes.to_vec() } else { Vec::new() };
        let frame = Frame { at: self.begin, line: self.lines + 1, bytes, fit };
        self.lines += lines;
        self.dropped_lines = 0;
        self.done = end;
        self.seen = end;
        self.is_dropping = false;
        self.json = Json::default();
        if self.framing == Framing::One {
            self.ended = true;
        }
        frame
    }

    fn drop_what_was_seen(&mut self) {
        if !self.is_dropping {
            self.begin = self.base + self.done as u64;
            self.is_dropping = true;
        }
        if self.framing != Framing::Lines {
            self.dropped_lines += newlines(&self.buffer[self.done..]);
        }
        self.base += self.buffer.len() as u64;
        self.buffer.clear();
        (self.done, self.seen) = (0, 0);
    }
}

impl Json {
    /// Whether the element ends here; if so, whether the byte is a part of it.
    fn ends_at(&mut self, byte: u8) -> Option<bool> {
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.in_string = false;
                    return (self.depth == 0).then_some(true);
                }
                _ => {}
            }
            return None;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' | b',' if self.depth == 0 => return Some(false),
            b'}' | b']' => {
                self.depth -= 1;
                return (self.depth == 0).then_some(true);
            }
            _ => {}
        }
        None
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

#[cfg(test)]
mod tests;
