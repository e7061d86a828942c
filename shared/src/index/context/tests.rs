use super::*;
use serde_json::json;

fn memory(n: usize, session: &str, day: &str, content: &str) -> Memory {
    serde_json::from_value(json!({
        "v": 1, "id": format!("{n:016}"), "revision": 1, "state": "ready", "content": content, "session": session,
        "speaker": "Ana", "occurred_at": day, "recorded_at": day, "order": n, "updated_at": day, "fingerprint": ""
    }))
    .expect("a memory")
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

#[test]
fn the_budget_holds_and_the_best_come_first() {
    let memories: Vec<_> = (0..20).map(|n| memory(n, "s", "2026-01-02", &"word ".repeat(n + 1))).collect();
    for budget in 0..120 {
        let context = pack(&memories, budget, words);
        assert!(context.tokens <= budget);
        assert_eq!(context.tokens, words(&context.text), "the count is that of the text itself");
        assert_eq!(context.packed, (0..context.packed.len()).collect::<Vec<_>>());
    }
}

#[test]
fn a_long_one_is_passed_over_for_a_shorter_one() {
    let memories = [memory(1, "s", "2026-01-02", &"long ".repeat(99)), memory(2, "s", "2026-01-02", "short")];
    assert_eq!(pack(&memories, 30, words).packed, [1]);
}

#[test]
fn it_reads_as_the_conversation_did() {
    let memories = [
        memory(7, "b", "2026-02-01", "later"),
        memory(3, "a", "2026-01-02", "second\n line"),
        memory(2, "a", "2026-01-02", "first"),
    ];
    let expected = "## Friday 2 January 2026 (a)\n- Ana: first [0000000000000002]\n- Ana: second line [0000000000000003]\n\
                    ## Sunday 1 February 2026 (b)\n- Ana: later [0000000000000007]\n";
    assert_eq!(pack(&memories, 1_000, words).text, expected);
}
