use super::*;

fn left(nth: u32) -> Left {
    Left { id: "0123456789abcdef".parse().unwrap(), revision: nth }
}

fn renewal(route: &str, objects: &[&str]) -> Renewal {
    let objects = objects.iter().map(|name| (*name).to_owned()).collect();
    Renewal { objects, ..Renewal::begin(route.to_owned(), 3) }
}

#[test]
fn what_two_workers_gathered_under_one_route_is_kept_and_under_another_is_void() {
    let ours = renewal("a", &["1", "2"]).leaving([left(1)]);
    let theirs = Renewal { generation: 9, ..renewal("a", &["2", "3"]).leaving([left(1), left(2)]) };
    let joined = ours.clone().joined(theirs.clone());
    assert_eq!((joined.generation, joined.objects.join(" ")), (9, "1 2 3".to_owned()));
    assert_eq!(joined.left, [left(1), left(2)]);
    let other = Renewal { route: "b".to_owned(), ..theirs };
    assert_eq!(ours.clone().joined(other), Renewal { generation: 9, ..ours });
}

#[test]
fn no_more_is_noted_as_left_than_an_item_holds() {
    let many = renewal("a", &[]).leaving((0..5_000).map(left));
    assert_eq!(many.left.len(), MOST_LEFT);
}

#[test]
fn torn_vectors_are_refused_by_name() {
    let embedding = Embedding::new(crate::index::Fingerprint(7), 2.0, &[0.6, -0.8]).unwrap();
    let vectors = [Renewed { id: left(0).id, revision: 2, embedding }];
    let mut bytes = encode(&vectors).unwrap();
    assert_eq!(decode("x", &bytes).unwrap(), vectors);
    bytes[20] ^= 1;
    assert!(decode("segments/a/1.vectors", &bytes).unwrap_err().detail.contains("segments/a/1.vectors"));
}
