use super::{Action, Shape};

#[test]
fn a_path_is_the_same_call_with_and_without_a_slash_at_its_end() {
    for (method, path, action) in [
        ("GET", "v1/ping/", Action::Ping),
        ("POST", "v3/memories/add/", Action::Add { shape: Shape::Object }),
        ("POST", "v1/memories/", Action::Add { shape: Shape::List }),
        ("POST", "v2/memories/", Action::All { shape: Shape::List }),
        ("POST", "v3/memories/", Action::All { shape: Shape::Object }),
        ("POST", "v2/memories/search/", Action::Search { shape: Shape::List }),
        ("GET", "v1/memories/abc.def/", Action::Get("abc.def".to_owned())),
        ("GET", "v1/memories/abc.def/history/", Action::History("abc.def".to_owned())),
        (
            "DELETE",
            "v2/entities/user/alice/",
            Action::DeleteEntity { kind: "user".to_owned(), name: "alice".to_owned() },
        ),
    ] {
        assert_eq!(Action::of(method, path), Some(action.clone()), "{method} {path}");
        assert_eq!(Action::of(method, path.trim_end_matches('/')), Some(action), "{method} {path}");
    }
}

#[test]
fn what_mem0_does_not_have_is_no_call() {
    for (method, path) in [
        ("GET", ""),
        ("PATCH", "v1/memories/x"),
        ("POST", "v2/memories/add"),
        ("DELETE", "v1/memories/x/y"),
        ("GET", "v4/memories"),
    ] {
        assert_eq!(Action::of(method, path), None, "{method} {path}");
    }
}
