use super::*;

fn failure(what: &str, message: &str, at: &str, helped: &str) -> Failure {
    let [what, message, helped] = [what, message, helped].map(str::to_owned);
    Failure { what, message, at: at.parse().unwrap(), helped }
}

#[test]
fn of_a_message_only_plain_words_are_kept() {
    for (message, kept) in [
        ("line 14 is no date; expected 31.12.2023, 10:00", "line ... is no date; expected ..."),
        ("the file \"Zoë's therapy.zip\" is not there", "the file ... is not there"),
        ("write to zoe@example.org or /home/zoe/chat.txt, please", "write to ... or ... please"),
        ("`format` must be `jsonl`.", "... must be ..."),
        ("said \u{201c}I love Ben so\u{201d} twice", "said ... twice"),
        ("a quote that 'never ends tells nothing of Zoë", "a quote that ..."),
        ("it doesn't read as UTF-8 (well-formed)", "it doesn't read as ... (well-formed)"),
        ("memory zyxwvtsrqpnmkjhg of local/user:zo\u{eb} is corrupt", "memory ... of ... is corrupt"),
        ("", ""),
    ] {
        assert_eq!(plain(message), kept);
    }
}

#[test]
fn failures_are_alike_where_the_same_failed_for_the_like_and_the_same_helped() {
    let (again, jsonl) = ("the same again", "the same again with another format");
    let dates = ["line 3 has no date that can be read", "line 77 has no date that can be read"];
    let all = alike(vec![
        failure("An import", dates[1], "2026-11-20T10:10:00Z", again),
        failure("An import", dates[0], "2026-11-18T09:00:00Z", again),
        failure("An import", dates[0], "2026-11-18T09:59:00Z", again),
        failure("An import", "the file is not there", "2026-11-18T09:00:00Z", again),
        failure("An import", dates[0], "2026-11-18T09:00:00Z", jsonl),
        failure("An export", dates[0], "2026-11-18T09:00:00Z", again),
    ]);
    let found: Vec<(&str, usize, usize)> =
        all.iter().map(|all| (all.what.as_str(), all.messages.len(), all.occasions.len())).collect();
    assert_eq!(found, [("An import", 1, 2), ("An import", 1, 1), ("An import", 1, 1), ("An export", 1, 1)]);
}
