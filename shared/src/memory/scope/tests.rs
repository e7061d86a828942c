use super::*;

fn tenant() -> Tenant {
    Tenant::parse("local").expect("a tenant")
}

#[test]
fn usual_subjects_are_scopes() {
    for subject in ["org", "user:alice", "agent:planner-2", "user:auth0|5f7c", "user:zoë@example.org", "team:a:b"] {
        let scope = Scope::parse(&tenant(), subject).expect(subject);
        assert_eq!(scope.subject(), subject);
        assert_eq!(Scope::from_path(&scope.path()).expect("its path"), scope);
    }
}

#[test]
fn what_could_escape_a_key_is_refused() {
    for subject in
        ["", "alice", "user:", ":alice", "User:alice", "user:a/b", "user:a#b", "user:a b", "user:a\n", "orga"]
    {
        let error = Scope::parse(&tenant(), subject).expect_err(subject);
        assert_eq!(error.field.as_deref(), Some("scope"));
        assert!(error.expected.is_some());
    }
    assert!(Scope::parse(&tenant(), &format!("user:{}", "a".repeat(129))).is_err());
    assert!(Tenant::parse("a/b").is_err());
}

#[test]
fn two_tenants_never_share_a_path() {
    let other = Tenant::parse("other").expect("a tenant");
    let subject = "user:alice";
    assert_ne!(
        Scope::parse(&tenant(), subject).expect("a scope").path(),
        Scope::parse(&other, subject).expect("a scope").path()
    );
}
