use super::*;

fn dollars(limit: Option<Limit>) -> Option<(Option<f64>, Option<f64>)> {
    limit.map(|limit| (limit.day.map(Dollars::amount), limit.month.map(Dollars::amount)))
}

#[test]
fn a_tenants_own_limit_goes_before_the_default_task_by_task() {
    let text = r#"{"default": {"converse": {"day": 1.0, "month": 20}, "embed": {"day": 0.5}},
                   "tenants": {"acme": {"converse": {"day": 5}}}}"#;
    let limits = Limits::parse(text).expect("limits");
    let of = |tenant: &str, task| dollars(limits.of(&Tenant::parse(tenant).expect("a tenant"), task));
    assert_eq!(of("acme", Task::Converse), Some((Some(5.0), None)));
    assert_eq!(of("acme", Task::Embed), Some((Some(0.5), None)));
    assert_eq!(of("other", Task::Converse), Some((Some(1.0), Some(20.0))));
    assert_eq!(of("other", Task::Judge), None);
}

#[test]
fn budgets_that_cannot_be_read_are_named() {
    for text in
        ["", "7", r#"{"defaults": {}}"#, r#"{"default": {"chat": {}}}"#, r#"{"default": {"embed": {"week": 1}}}"#]
    {
        assert_eq!(Limits::parse(text).expect_err(text).field.as_deref(), Some("MEMORABLE_BUDGETS"));
    }
}
