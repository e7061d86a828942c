use serde_json::json;

use super::*;
use crate::memory::{Role, Tenant};
use crate::transfer::detect::detect;
use crate::transfer::diary::Page;
use crate::transfer::job::{DateOrder, DecidedBy};
use frames::Framer;
use whatsapp::dates::Tally;

fn setting() -> Setting {
    let scope = Scope::parse(&Tenant::parse("acme").unwrap(), "user:alice").unwrap();
    Setting { scope, timezone: TimeZone::UTC, session: None, dates: None }
}

/// What a file holds, read as the worker reads it.
fn read(file: &str, setting: &Setting) -> (Format, Vec<Found>) {
    let bytes = file.as_bytes();
    let format = detect(bytes).unwrap();
    let mut setting = setting.clone();
    if format == Format::Whatsapp {
        let mut tally = Tally::default();
        file.lines().for_each(|line| tally.see(line));
        setting.dates = Some(tally.decide());
    }
    let place = Place::default();
    let mut framer = Framer::at(framing(format, bytes.first().copied()), &place);
    let mut reader = Reader::of(format, setting, &place);
    let mut found = Vec::new();
    framer.push(bytes);
    while let Some(frame) = framer.next(true) {
        reader.feed(&frame, &mut found);
    }
    reader.end(&mut found);
    (format, found)
}

/// What was said: when, by whom, what.
fn said(found: &[Found]) -> Vec<(String, String, String)> {
    let told = |found: &Found| match found {
        Found::Said { draft, .. } => Some((
            draft.occurred_at.map(|at| at.to_string()).unwrap_or_default(),
            draft.speaker.clone().or(draft.role.map(|role| role.name().to_owned())).unwrap_or_default(),
            draft.content.clone(),
        )),
        _ => None,
    };
    found.iter().filter_map(told).collect()
}

fn triple(at: &str, who: &str, text: &str) -> (String, String, String) {
    (at.to_owned(), who.to_owned(), text.to_owned())
}

fn skipped(found: &[Found]) -> Vec<&str> {
    found.iter().filter_map(|found| if let Found::Skipped(reason) = found { Some(*reason) } else { None }).collect()
}

fn wrong(found: &[Found]) -> Vec<u64> {
    found.iter().filter_map(|found| if let Found::Wrong(error) = found { Some(error.line) } else { None }).collect()
}

#[test]
fn heads_of_all_locales_are_read() {
    let heads = [
        ("[31.12.23, 21:45:10] Ann: hi", "2023-12-31T21:45:10Z"),
        ("\u{200e}[31.12.23, 21:45:10] Ann: hi", "2023-12-31T21:45:10Z"),
        ("[31/12/2023, 9:45:10\u{202f}PM] Ann: hi", "2023-12-31T21:45:10Z"),
        ("31.12.23, 21:45 - Ann: hi", "2023-12-31T21:45:00Z"),
        ("31/12/2023 21:45 - Ann: hi", "2023-12-31T21:45:00Z"),
        ("31-12-2023 21:45 - Ann: hi", "2023-12-31T21:45:00Z"),
        ("31/12/23, 9:45 p.\u{a0}m. - Ann: hi", "2023-12-31T21:45:00Z"),
        ("31/12/23, 12:05 a. m. - Ann: hi", "2023-12-31T00:05:00Z"),
        ("31.12.2023 klo 21.45 - Ann: hi", "2023-12-31T21:45:00Z"),
        ("31. 12. 2023 21:45 - Ann: hi", "2023-12-31T21:45:00Z"),
        ("2023-12-31, 21:45 - Ann: hi", "2023-12-31T21:45:00Z"),
        ("2023/12/31 下午9:45 - Ann: hi", "2023-12-31T21:45:00Z"),
        ("\u{200f}٣١\u{200f}/١٢\u{200f}/٢٠٢٣، ٩:٤٥ م - Ann: hi", "2023-12-31T21:45:00Z"),
    ];
    for (line, at) in heads {
        let (format, found) = read(line, &setting());
        assert_eq!((format, said(&found)), (Format::Whatsapp, vec![triple(at, "Ann", "hi")]), "{line}");
    }
    let (_, found) = read("12/31/23, 9:45\u{202f}PM - Ann: hi\n", &setting());
    assert_eq!(said(&found), [triple("2023-12-31T21:45:00Z", "Ann", "hi")]);
}

#[test]
fn a_chat_is_read_with_all_that_stands_in_it() {
    let chat = "\u{200e}[31.12.23, 21:44:00] Family: \u{200e}Messages and calls are end-to-end encrypted.\n\
        [31.12.23, 21:45:10] Ann: First line\nsecond: line\n\n- third\n\
        [31.12.23, 21:45:11] ~\u{a0}Bob: \u{200e}image omitted\n\
        [31.12.23, 21:45:12] Bob: \u{200e}<attached: 0001-PHOTO.jpg>\nThe harbour\n\
        [31.12.23, 21:46:00] Bob: IMG-20231231-WA0001.jpg (file attached)\n\
        [31.12.23, 21:46:01] Bob: <Media omitted>\n\
        [31.12.23, 21:46:02] Bob added Carla\n\
        [31.12.23, 21:46:03] Bob: This message was deleted.\n\
        [31.12.23, 21:46:04] Carla: ok \u{200e}<This message was edited>\n\
        [31.12.23, 21:46:05] Carla: see http://x.example: it says <b>\n\
        [31.12.23, 25:46:05] Carla: late\nand on\n\
        [31.12.23, 23:59:59] Carla: bye\n";
    let (_, found) = read(chat, &setting());
    assert_eq!(
        said(&found),
        [
            triple("2023-12-31T21:45:10Z", "Ann", "First line\nsecond: line\n\n- third"),
            triple("2023-12-31T21:45:12Z", "Bob", "The harbour"),
            triple("2023-12-31T21:46:04Z", "Carla", "ok"),
            triple("2023-12-31T21:46:05Z", "Carla", "see http://x.example: it says <b>"),
            triple("2023-12-31T23:59:59Z", "Carla", "bye"),
        ]
    );
    assert_eq!(skipped(&found), ["system", "media", "media", "media", "system", "deleted"]);
    assert_eq!(wrong(&found), [15], "the line that cannot be taken, and not what belongs to it");
}

#[test]
fn what_is_said_twice_in_a_minute_is_told_apart() {
    let (_, found) =
        read("31.12.23, 21:45 - Ann: ok\n31.12.23, 21:45 - Ann: ok\n31.12.23, 21:46 - Ann: ok\n", &setting());
    let nth: Vec<usize> =
        found.iter().filter_map(|f| if let Found::Said { nth, .. } = f { Some(*nth) } else { None }).collect();
    assert_eq!(nth, [0, 1, 0]);
}

#[test]
fn the_whole_file_says_how_its_dates_are_written() {
    let decided = |lines: &[&str]| {
        let mut tally = Tally::default();
        lines.iter().for_each(|line| tally.see(line));
        let dates = tally.decide();
        (dates.order, dates.decided_by)
    };
    let (day, month) = (DateOrder::DayFirst, DateOrder::MonthFirst);
    assert_eq!(decided(&["01/02/23, 9:45 - A: x", "01/13/23, 9:45 - A: x"]), (month, DecidedBy::Numbers));
    assert_eq!(decided(&["01/02/23, 9:45 - A: x", "13/02/23, 9:45 - A: x"]), (day, DecidedBy::Numbers));
    // 5 June, 1 July; as months first, May would come before January.
    assert_eq!(decided(&["05/06/23, 9:45 - A: x", "01/07/23, 9:45 - A: x"]), (day, DecidedBy::Sequence));
    assert_eq!(decided(&["06/05/23, 9:45 - A: x", "07/01/23, 9:45 - A: x"]), (month, DecidedBy::Sequence));
    assert_eq!(decided(&["01/02/23, 9:45 - A: x"]), (day, DecidedBy::Guess));
    assert_eq!(decided(&["2023-02-01, 9:45 - A: x"]).0, DateOrder::YearFirst);
}

#[test]
fn times_of_a_chat_are_those_of_its_zone() {
    let setting = Setting { timezone: zone("Europe/Vienna").unwrap(), ..setting() };
    let (_, found) = read("31.07.23, 21:45 - Ann: hi\n31.12.23, 21:45 - Ann: hi", &setting);
    let times: Vec<String> = said(&found).into_iter().map(|(at, _, _)| at).collect();
    assert_eq!(times, ["2023-07-31T19:45:00Z", "2023-12-31T20:45:00Z"]);
    assert!(zone("Europe/Atlantis").is_err());
}

#[test]
fn of_a_chatgpt_tree_the_branch_that_was_seen_last_is_read() {
    let node = |id: &str, parent: Option<&str>, children: &[&str], role: &str, text: &str, at: f64| {
        json!({"id": id, "parent": parent, "children": children, "message": {
            "author": {"role": role}, "create_time": at,
            "content": {"content_type": "text", "parts": [text]}, "metadata": {}}})
    };
    let file = json!([{
        "title": "Trip", "create_time": 1_700_000_000.0, "current_node": "c2", "conversation_id": "conv-1",
        "mapping": {
            "root": {"id": "root", "parent": null, "children": ["s"], "message": null},
            "s": node("s", Some("root"), &["a"], "system", "", 0.0),
            "a": node("a", Some("s"), &["b1", "b2"], "user", "Where to?", 1_700_000_001.25),
            "b1": node("b1", Some("a"), &[], "assistant", "Rome.", 1_700_000_002.0),
            "b2": node("b2", Some("a"), &["c2"], "assistant", "Porto.", 1_700_000_003.0),
            "c2": node("c2", Some("b2"), &[], "tool", "{}", 1_700_000_004.0),
        }
    }]);
    let (format, found) = read(&file.to_string(), &setting());
    assert_eq!(format, Format::Chatgpt);
    assert_eq!(
        said(&found),
        [triple("2023-11-14T22:13:21.25Z", "user", "Where to?"), triple("2023-11-14T22:13:23Z", "assistant", "Porto.")]
    );
    assert_eq!(skipped(&found), ["other branches", "system", "tools"]);
    let Some(Found::Said { draft, .. }) = found.iter().find(|found| matches!(found, Found::Said { .. })) else {
        panic!()
    };
    assert_eq!((draft.session.as_deref(), draft.role), (Some("conv-1"), Some(Role::User)));
    assert_eq!(draft.metadata["conversation"], "Trip");
}

#[test]
fn a_claude_export_is_read_with_its_attachments() {
    let file = json!([
        {"uuid": "u-1", "name": "Taxes", "created_at": "2026-01-01T00:00:00Z", "chat_messages": [
            {"uuid": "m1", "sender": "human", "text": "See this", "created_at": "2026-01-01T10:00:00.5Z", "content": [{"type": "text", "text": "See this"}],
             "attachments": [{"file_name": "a.txt", "extracted_content": "Sum: 12"}]},
            {"uuid": "m2", "sender": "assistant", "text": "old", "created_at": "2026-01-01T10:00:09Z",
             "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Twelve."}]},
            {"uuid": "m3", "sender": "assistant", "text": "", "created_at": "2026-01-01T10:00:10Z", "content": []}]},
        {"uuid": "u-2", "chat_messages": "none"}
    ]);
    let (format, found) = read(&file.to_string(), &setting());
    assert_eq!(format, Format::Claude);
    let at = "2026-01-01T10:00:00.5Z";
    assert_eq!(
        said(&found),
        [
            triple(at, "user", "See this"),
            triple(at, "user", "Sum: 12"),
            triple("2026-01-01T10:00:09Z", "assistant", "Twelve.")
        ]
    );
    assert_eq!((skipped(&found), wrong(&found)), (vec!["empty"], vec![1]));
}

#[test]
fn mem0s_export_keeps_its_ids_and_times() {
    let file = json!({"results": [
        {"id": "m-1", "memory": "Likes tea", "user_id": "alice", "metadata": {"a": 1}, "categories": ["food"], "created_at": "2025-02-03T04:05:06-08:00", "run_id": "r1"},
        {"id": "m-2", "memory": ""}
    ]});
    let (format, found) = read(&file.to_string(), &setting());
    assert_eq!((format, skipped(&found)), (Format::Mem0, vec!["empty"]));
    let Found::Said { draft, .. } = &found[0] else { panic!("{found:?}") };
    assert_eq!(draft.occurred_at.unwrap().to_string(), "2025-02-03T12:05:06Z");
    assert_eq!((draft.session.as_deref(), draft.tags.as_slice()), (Some("r1"), &["food".to_owned()][..]));
    assert_eq!(json!(draft.metadata), json!({"a": 1, "mem0_id": "m-1"}));
}

#[test]
fn lines_of_json_are_items_and_those_that_are_not_are_told() {
    let file = "{\"content\": \"Hello\", \"speaker\": \"Ann\", \"role\": \"user\", \"occurred_at\": \"2026-01-01\"}\n\n\
        {\"content\": 7}\n{\"content\": \"x\", \"colour\": \"red\"}\nnot json\n{\"content\": \"Bye\", \"scope\": \"user:bob\"}\n";
    let (format, found) = read(file, &setting());
    assert_eq!((format, wrong(&found)), (Format::Jsonl, vec![3, 4, 5]));
    assert_eq!(said(&found), [triple("2026-01-01T00:00:00Z", "Ann", "Hello"), triple("", "", "Bye")]);
    let Found::Wrong(error) = &found[2] else { panic!("{found:?}") };
    assert!(error.wrong.starts_with("colour: unknown field") && error.expected.contains("`content`"), "{error:?}");
}

#[test]
fn notes_are_read_with_headings_dates_and_times() {
    let notes = "---\ntitle: x\n---\n# Garden\n\nThe soil is\nheavy clay.\n\n- Roses: south wall\n  and east\n\n  twice a year\n- Beans\n\n\
        ## Tuesday, 12 May 2026\n\n- 08:30 **Ann**: Sowed peas\n- No time\n```\ncode - x\n\n# y\n```\n";
    let (format, found) = read(notes, &setting());
    assert_eq!((format, wrong(&found)), (Format::Markdown, vec![]));
    assert_eq!(
        said(&found),
        [
            triple("", "", "The soil is\nheavy clay."),
            triple("", "", "Roses: south wall\nand east\n\ntwice a year"),
            triple("", "", "Beans"),
            triple("2026-05-12T08:30:00Z", "Ann", "Sowed peas"),
            triple("2026-05-12T00:00:00Z", "", "No time\n```\ncode - x\n\n# y\n```"),
        ]
    );
    let Found::Said { draft, .. } = &found[0] else { panic!() };
    assert_eq!(draft.metadata["heading"], "Garden");
}

#[test]
fn a_page_of_a_diary_reads_back() {
    let memory = |text: &str, session: Option<&str>, at: &str| {
        let id = crate::memory::MemoryId::from_bytes([1; 10]);
        let draft = Draft {
            session: session.map(str::to_owned),
            speaker: Some("Ann".to_owned()),
            occurred_at: Some(at.parse().unwrap()),
            ..Draft::of(&setting().scope, text.to_owned())
        };
        draft.into_memory(id, Time::from_micros(0), 0)
    };
    let mut page = Page::of("2026-05-12".parse().unwrap());
    let tz = TimeZone::UTC;
    page.add(&memory("One\n\n- two\n# three", Some("s1"), "2026-05-12T08:30:05Z"), &tz);
    page.add(&memory("Four", None, "2026-05-12T09:00:00Z"), &tz);
    assert!(page.text.starts_with("# 2026-05-12, Tuesday\n\n## s1\n\n- 08:30:05 **Ann**: One\n"), "{}", page.text);
    let (_, found) = read(&page.text, &setting());
    assert_eq!(
        said(&found),
        [triple("2026-05-12T08:30:05Z", "Ann", "One\n\n- two\n# three"), triple("2026-05-12T09:00:00Z", "Ann", "Four")]
    );
    let sessions: Vec<_> = found
        .iter()
        .filter_map(|f| if let Found::Said { draft, .. } = f { Some(draft.session.as_deref()) } else { None })
        .collect();
    assert_eq!(sessions, [Some("s1"), None]);
}

#[test]
fn what_has_to_be_unpacked_first_is_said_to_be() {
    for (begin, what) in
        [(&b"PK\x03\x04"[..], "a zip"), (&[0x1f, 0x8b, 8][..], "gzip"), (&[0xff, 0xfe, b'a'][..], "UTF-16")]
    {
        let error = detect(begin).unwrap_err();
        assert!(error.detail.contains(what), "{error}");
    }
    assert!(detect(b"just some prose").is_err());
    assert_eq!(detect(b"{\"v\":1,\"memory\":{\"content\":\"cut he"), Ok(Format::Jsonl));
}

#[test]
fn a_text_that_is_too_long_for_a_memory_is_cut_at_its_spaces() {
    let text = "word ".repeat(20_000);
    let pieces = pieces::pieces(&text);
    assert!(pieces.len() == 4 && pieces.iter().all(|piece| piece.len() <= crate::ingest::MOST_CONTENT_BYTES));
    assert_eq!(pieces.join(" "), text.trim_end());
    assert_eq!(pieces::pieces(" \n"), Vec::<&str>::new());
}
