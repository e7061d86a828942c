use super::*;

fn id(n: u8) -> MemoryId {
    MemoryId::from_bytes([n; 10])
}

fn asked(at: &str, query: &str, returned: u8, used: &[u8], abstained: bool) -> Asked {
    Asked {
        at: format!("2026-11-20T{at}:00Z").parse().unwrap(),
        query: query.to_owned(),
        returned: vec![id(returned)],
        used: used.iter().map(|n| id(*n)).collect(),
        confidence: if abstained { 0.1 } else { 0.8 },
        abstained,
    }
}

fn learned(asked: Vec<Asked>, voted: &[Voted]) -> Vec<Lesson> {
    lessons(&outcomes(asked, voted), share_a_word)
}

#[test]
fn what_answered_a_question_asked_again_in_other_words_is_learned() {
    let all = vec![
        asked("10:00", "Where is the boiler key?", 1, &[], true),
        asked("10:02", "boiler cupboard key hook", 2, &[], false),
        asked("10:02", "boiler cupboard key hook", 2, &[2], false),
    ];
    let [lesson] = &learned(all, &[])[..] else { panic!("one lesson") };
    assert_eq!((lesson.resolved_by, lesson.occasions.len()), (id(2), 1));
    assert_eq!(lesson.questions, ["Where is the boiler key?", "boiler cupboard key hook"]);
}

#[test]
fn other_questions_late_ones_and_those_that_were_answered_teach_nothing() {
    let answer = |at: &str, query: &str| asked(at, query, 2, &[2], false);
    let failed = asked("10:00", "Where is the boiler key?", 1, &[], true);
    assert!(learned(vec![failed.clone(), answer("10:05", "Who sings tonight?")], &[]).is_empty(), "of something else");
    assert!(learned(vec![failed.clone(), answer("10:40", "boiler key hook")], &[]).is_empty(), "too late");
    assert!(learned(vec![failed, answer("10:05", "where is the  boiler key?")], &[]).is_empty(), "the same words");
    let found = asked("10:00", "Where is the boiler key?", 2, &[], false);
    assert!(learned(vec![found, answer("10:05", "boiler key hook")], &[]).is_empty(), "it had come first at once");
    let used = asked("10:00", "Where is the boiler key?", 1, &[1], false);
    assert!(learned(vec![used, answer("10:05", "boiler key hook")], &[]).is_empty(), "it was answered");
}

#[test]
fn votes_say_what_failed_and_what_helped() {
    let both = |helpful, n| Voted {
        id: id(n),
        helpful,
        returned: vec![id(1), id(2)],
        at: "2026-11-20T10:01:00Z".parse().unwrap(),
    };
    let question = Asked { returned: vec![id(1), id(2)], ..asked("10:00", "Who has the key?", 1, &[], false) };
    let outcomes = outcomes(vec![question.clone()], &[both(false, 1), both(true, 2)]);
    assert_eq!((outcomes[0].unhelpful.clone(), outcomes[0].asked.used.clone()), (vec![id(1)], vec![id(2)]));
    assert_eq!(lessons(&outcomes, share_a_word)[0].resolved_by, id(2));
    assert!(learned(vec![question.clone()], &[both(false, 1)]).is_empty(), "nothing is known to answer");
    let earlier = Voted { at: "2026-11-20T09:00:00Z".parse().unwrap(), ..both(false, 1) };
    assert!(super::outcomes(vec![question], &[earlier])[0].unhelpful.is_empty(), "said of another recall");
}

#[test]
fn a_lesson_is_supported_once_it_recurs() {
    let once = vec![asked("10:00", "Where is the key?", 1, &[], true), asked("10:01", "key hook", 2, &[2], false)];
    let twice = vec![asked("15:00", "Who has the key?", 1, &[], true), asked("15:01", "key on hook", 2, &[2], false)];
    let kept = Kept::default().with(&learned(once.clone(), &[])[0]);
    assert!(!kept.is_supported() && kept.confidence() < 0.5);
    assert!(!kept.clone().with(&learned(once, &[])[0]).is_supported(), "the same occasion again is none");
    let kept = kept.with(&learned(twice, &[])[0]);
    assert!(kept.is_supported() && kept.confidence() >= 0.5 && kept.questions.len() == 4);
}
