use super::*;
use crate::memory::{Kind, Sensitivity};

fn gist(id: &str, expires_at: Option<&str>) -> Gist {
    let at: Time = "2026-03-01".parse().unwrap();
    Gist {
        id: id.parse().unwrap(),
        revision: 2,
        order: 1,
        at,
        recorded_at: at,
        expires_at: expires_at.map(|at| at.parse().unwrap()),
        event: None,
        session: None,
        voice: None,
        kind: Kind::Fact,
        sensitivity: Sensitivity::General,
        importance: 0.5,
        confidence: 0.9,
        entities: Vec::new(),
        relations: Vec::new(),
        words: Vec::new(),
        marks: crate::memory::gist::Marks::default(),
        valence: None,
        sources: Vec::new(),
        superseded_by: None,
        is_merged: false,
    }
}

#[test]
fn what_is_forgotten_or_past_its_end_does_not_live_in_it() {
    let ids = ["0000000000000001", "0000000000000002", "0000000000000003"];
    let web = Web {
        gists: vec![gist(ids[0], None), gist(ids[1], None), gist(ids[2], Some("2026-03-02"))],
        links: Vec::new(),
    };
    let mark = |id: &str, revision| Gone { id: id.parse().unwrap(), revision, day: jiff::civil::date(2026, 3, 1) };
    let living = |gone: &[Gone], now: &str| -> Vec<String> {
        web.living(gone, now.parse().unwrap()).iter().map(|gist| gist.id.to_string()).collect()
    };
    assert_eq!(living(&[], "2026-03-01"), ids);
    assert_eq!(living(&[mark(ids[0], 3)], "2026-03-03"), [ids[1]]);
    // It was stored again after it was forgotten.
    assert_eq!(living(&[mark(ids[1], 1)], "2026-03-03"), [ids[0], ids[1]]);
    assert!(web.holds(&mark(ids[0], 3)) && !web.holds(&mark(ids[0], 1)));
}

#[test]
fn a_web_comes_back_as_it_was_and_torn_bytes_are_noticed() {
    let web = Web { gists: vec![gist("0000000000000001", Some("2026-03-02"))], links: Vec::new() };
    let bytes = web.encode().unwrap();
    assert_eq!(Web::decode("web", &bytes).unwrap(), web);
    assert!(Web::decode("web", &bytes[..bytes.len() - 1]).is_err());
}
