//! The words of answers, as the memory tool is documented: a model knows them, and acts on them.

use crate::files::Answer;
use crate::files::lines::numbered;
use crate::memory::FilePath;

/// Lines shown before and after a change.
const AROUND: usize = 4;

pub fn nothing_to_view(path: &FilePath) -> Answer {
    Answer::refused(format!("The path {path} does not exist. Please provide a valid path."))
}

pub fn nothing_to_replace(path: &FilePath) -> Answer {
    Answer::refused(format!("Error: The path {path} does not exist. Please provide a valid path."))
}

pub fn nothing_there(path: &FilePath) -> Answer {
    Answer::refused(format!("Error: The path {path} does not exist"))
}

pub fn created(path: &FilePath) -> Answer {
    Answer::done(format!("File created successfully at: {path}"))
}

pub fn exists(path: &FilePath) -> Answer {
    Answer::refused(format!("Error: File {path} already exists"))
}

pub fn is_directory(path: &FilePath) -> Answer {
    Answer::refused(format!("Error: {path} is a directory"))
}

pub fn not_a_directory(path: &FilePath) -> Answer {
    Answer::refused(format!("Error: {path} is a file, so nothing can lie below it"))
}

pub fn too_many() -> Answer {
    Answer::refused("Error: There is no room for more files: delete some, or put more into one")
}

pub fn too_long(bytes: usize, most: usize) -> Answer {
    Answer::refused(format!("Error: The file would have {bytes} bytes; at most {most} fit. Use several files"))
}

pub fn replaced(text: &str, at: usize, new_lines: usize) -> Answer {
    let lines: Vec<&str> = text.split('\n').collect();
    let first = at.saturating_sub(AROUND);
    let last = (at + new_lines + AROUND).min(lines.len());
    let snippet = numbered(&lines[first..last], first + 1);
    Answer::done(format!(
        "The memory file has been edited. Here is the snippet showing the change (with line numbers):\n{snippet}"
    ))
}

pub fn not_found_in(path: &FilePath, old: &str) -> Answer {
    Answer::refused(format!("No replacement was performed, old_str `{old}` did not appear verbatim in {path}."))
}

pub fn found_often(old: &str, lines: &[usize]) -> Answer {
    let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
    Answer::refused(format!(
        "No replacement was performed. Multiple occurrences of old_str `{old}` in lines: {}. Please ensure it is unique",
        lines.join(", ")
    ))
}

pub fn inserted(path: &FilePath) -> Answer {
    Answer::done(format!("The file {path} has been edited."))
}

pub fn no_such_line(line: i64, lines: usize) -> Answer {
    Answer::refused(format!(
        "Error: Invalid `insert_line` parameter: {line}. It should be within the range of lines of the file: [0, {lines}]"
    ))
}

pub fn no_such_range(first: i64, last: i64, lines: usize) -> Answer {
    Answer::refused(format!(
        "Error: Invalid `view_range` parameter: [{first}, {last}]. It should be within the range of lines of the file: \
         [1, {lines}], or end with -1 for its last"
    ))
}

pub fn directory_has_no_lines(path: &FilePath) -> Answer {
    Answer::refused(format!("Error: {path} is a directory, and `view_range` is for files"))
}

pub fn changed_meanwhile(path: &FilePath) -> Answer {
    Answer::refused(format!(
        "Error: The file {path} was changed by somebody else at the same time, and this edit was not made. View it and \
         try again"
    ))
}

pub fn deleted(path: &FilePath) -> Answer {
    Answer::done(format!("Successfully deleted {path}"))
}

pub fn root_stays() -> Answer {
    Answer::refused("Error: The directory /memories itself cannot be deleted or renamed")
}

pub fn renamed(from: &FilePath, to: &FilePath) -> Answer {
    Answer::done(format!("Successfully renamed {from} to {to}"))
}

pub fn destination_exists(path: &FilePath) -> Answer {
    Answer::refused(format!("Error: The destination {path} already exists"))
}

pub fn into_itself(from: &FilePath, to: &FilePath) -> Answer {
    Answer::refused(format!("Error: {from} cannot be moved below itself to {to}"))
}
