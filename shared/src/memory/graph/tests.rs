use super::*;
use crate::memory::classification::Entity;
use crate::memory::gist::{Marks, Relation};
use crate::memory::{Kind, Sensitivity};

fn gist(n: usize, voice: &str, names: &[(&str, EntityKind)], relations: &[(&str, &str, &str)]) -> Gist {
    let at = Time::from_micros(n as i64 * 1_000_000);
    let relation = |(subject, word, object): &(&str, &str, &str)| Relation {
        subject: (*subject).to_owned(),
        word: (*word).to_owned(),
        object: (*object).to_owned(),
    };
    Gist {
        id: format!("{n:016}").parse().unwrap(),
        revision: 1,
        order: n as i64,
        at,
        recorded_at: at,
        expires_at: None,
        event: None,
        session: None,
        voice: Some(voice.to_owned()),
        kind: Kind::Fact,
        sensitivity: Sensitivity::General,
        importance: 0.5,
        confidence: 0.9,
        entities: names.iter().map(|(name, kind)| Entity { name: (*name).to_owned(), kind: *kind }).collect(),
        relations: relations.iter().map(relation).collect(),
        words: Vec::new(),
        marks: Marks::default(),
        valence: None,
        sources: Vec::new(),
        superseded_by: None,
        is_merged: false,
    }
}

use EntityKind::{Other, Person, Place};

#[test]
fn a_first_name_is_the_full_one_where_only_one_bears_it() {
    let gists = [
        gist(1, "user", &[("Ana Silva", Person)], &[]),
        gist(2, "user", &[("ana", Other)], &[]),
        gist(3, "user", &[("Tom Reed", Person), ("Tom Hale", Person)], &[]),
        gist(4, "user", &[("Tom", Person)], &[]),
    ];
    let graph = Graph::of(&gists.iter().collect::<Vec<_>>(), &[]);
    let ana = graph.find("ANA").unwrap();
    assert_eq!((ana.name.as_str(), ana.evidence.memories, ana.kind), ("Ana Silva", 2, NodeKind::Person));
    assert_eq!(ana.aliases, ["ana"]);
    assert_eq!(graph.find("Tom").unwrap().name, "Tom", "of two it could be either");
    assert!(graph.find("user").is_none(), "a role is nobody");
}

#[test]
fn relations_are_told_once_with_all_that_stands_for_them() {
    let gists = [
        gist(1, "Alice", &[("Ana", Person)], &[("Alice", "sister", "Ana")]),
        gist(
            2,
            "Alice",
            &[("Ana", Person), ("Porto", Place)],
            &[("Alice", "sister", "Ana"), ("Ana", "lives in", "Porto")],
        ),
        gist(3, "Alice", &[("Ana", Person), ("Porto", Place)], &[]),
    ];
    let graph = Graph::of(&gists.iter().collect::<Vec<_>>(), &[]);
    let around = graph.around("Ana");
    let told: Vec<(&str, &str, &str, usize)> = around
        .iter()
        .map(|edge| (edge.from.as_str(), edge.relation.as_str(), edge.to.as_str(), edge.evidence.memories))
        .collect();
    assert_eq!(told[0], ("Alice", "sister", "Ana", 2));
    assert!(told.contains(&("Ana", "lives in", "Porto", 1)), "{told:?}");
    assert!(told.contains(&("Ana", "named with", "Porto", 2)), "{told:?}");
    assert!(told.contains(&("Alice", "speaks of", "Ana", 3)), "{told:?}");
}

#[test]
fn what_is_closed_is_in_no_graph() {
    let mut closed = gist(1, "Alice", &[("Ana", Person)], &[("Alice", "sister", "Ana")]);
    closed.sensitivity = Sensitivity::Secret;
    assert_eq!(Graph::of(&[&closed], &[]), Graph::default());
}
