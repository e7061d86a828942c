use super::*;
use crate::classify::{gist::gist, rules};
use crate::memory::{Memory, Time};
use crate::models::builtin;

fn told(turns: &[(&str, &str, &str)]) -> (Vec<Gist>, HashMap<MemoryId, Embedding>) {
    let mut gists = Vec::new();
    let mut vectors = HashMap::new();
    for (n, (at, speaker, text)) in turns.iter().enumerate() {
        let at: Time = at.parse().unwrap();
        let memory = serde_json::json!({
            "v": 1, "id": format!("{n:016}"), "revision": 1, "state": "ready", "content": text, "speaker": speaker,
            "session": at.date().to_string(), "recorded_at": at.to_string(), "order": n, "updated_at": at.to_string(), "fingerprint": "",
        });
        let mut memory: Memory = serde_json::from_value(memory).unwrap();
        memory.classification = Some(rules::classify(text, Some(speaker), at));
        vectors.extend(builtin::embed(text).map(|vector| (memory.id, vector)));
        gists.extend(gist(&memory));
    }
    (gists, vectors)
}

fn woven(turns: &[(&str, &str, &str)]) -> Vec<(usize, usize, Reason)> {
    let (gists, vectors) = told(turns);
    let all = gists.iter().map(|gist| gist.id).collect();
    let place = |id: MemoryId| id.to_string().parse::<usize>().unwrap();
    let links = Loom::new(&gists, &vectors).weave(&all);
    links.iter().map(|link| (place(link.newer), place(link.older), link.reason)).collect()
}

#[test]
fn each_reason_is_found_where_it_holds() {
    let links = woven(&[
        ("2026-03-02T08:00:00Z", "Felix", "I'll bring back Ben's drill this weekend."),
        ("2026-03-02T08:01:00Z", "Nora", "Which mechanic repairs the old tram?"),
        ("2026-03-02T08:02:00Z", "Felix", "The one beside the harbour."),
        ("2026-03-03T08:00:00Z", "Nora", "I live in Ghent."),
        ("2026-03-08T08:00:00Z", "Felix", "I brought Ben's drill back this morning."),
        ("2026-03-09T08:00:00Z", "Nora", "I moved to Bruges."),
    ]);
    for expected in [(2, 1, Reason::Answer), (4, 0, Reason::FollowUp), (5, 3, Reason::Contradiction)] {
        assert!(links.contains(&expected), "{expected:?} is not in {links:?}");
    }
}

#[test]
fn what_has_nothing_in_common_is_not_linked() {
    let links = woven(&[
        ("2026-03-02T08:00:00Z", "Felix", "The boiler knocks at night."),
        ("2026-03-05T08:00:00Z", "Nora", "Leo scored twice."),
        ("2026-03-09T08:00:00Z", "Felix", "The museum had a room full of clocks."),
    ]);
    assert_eq!(links, []);
}

#[test]
fn what_is_woven_in_parts_links_what_came_with_all_that_was_there() {
    let (gists, vectors) = told(&[
        ("2026-03-02T08:00:00Z", "Felix", "Ingrid works on turbines in the harbour."),
        ("2026-03-05T08:00:00Z", "Nora", "Leo scored twice."),
        ("2026-03-09T08:00:00Z", "Felix", "Ingrid showed us the turbines in the harbour."),
    ]);
    let loom = Loom::new(&gists, &vectors);
    let (all, last) = (gists.iter().map(|gist| gist.id).collect(), HashSet::from([gists[2].id]));
    let of_last: Vec<Link> = loom.weave(&all).into_iter().filter(|link| link.newer == gists[2].id).collect();
    assert_eq!(loom.weave(&last), of_last);
    assert_eq!(of_last.len(), 1);
    assert!(of_last[0].via.contains(&"Ingrid".to_owned()), "{of_last:?}");
}
