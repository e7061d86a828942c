//! Lines with their numbers, and sizes as people read them.

use std::fmt::Write;

/// The lines, each after its number: six wide, a tab between.
pub fn numbered(lines: &[&str], first: usize) -> String {
    let mut text = String::new();
    for (place, line) in lines.iter().enumerate() {
        let end = if place + 1 < lines.len() { "\n" } else { "" };
        let _ = write!(text, "{:>6}\t{line}{end}", first + place);
    }
    text
}

/// Bytes as `ls -h` has them: `17`, `1.5K`, `20K`.
pub fn size(bytes: usize) -> String {
    const UNITS: [&str; 4] = ["B", "K", "M", "G"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 || value.fract() == 0.0 {
        format!("{value:.0}{}", UNITS[unit])
    } else {
        format!("{value:.1}{}", UNITS[unit])
    }
}

#[cfg(test)]
mod tests;
