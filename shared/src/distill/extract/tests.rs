use super::*;
use crate::memory::{Role, Scope, Tenant, Time};

fn scope(subject: &str) -> Scope {
    Scope::parse(&Tenant::parse("local").expect("a tenant"), subject).expect("a scope")
}

/// What is found in a text that Ines said on a Friday in May.
fn found(text: &str) -> Vec<String> {
    let scope = scope("user:ines");
    let at: Time = "2026-05-08T12:00:00Z".parse().expect("a time");
    let said = Said { text, speaker: Some("Ines"), role: Some(Role::User), scope: &scope, session: Some("s"), at };
    facts(&said).into_iter().map(|fact| fact.text).collect()
}

#[test]
fn what_is_said_plainly_is_found() {
    let mut wrong: Vec<(&str, Vec<String>)> = Vec::new();
    for (text, expected) in [
        ("I live in Lisbon.", vec!["Ines lives in Lisbon."]),
        ("Well, I'm living in Vila Nova de Gaia now, near the river.", vec!["Ines lives in Vila Nova de Gaia."]),
        ("I live in St. Gallen these days.", vec!["Ines lives in St. Gallen."]),
        ("Big news: we moved to Porto last week!", vec!["Ines moved to Porto and lives there."]),
        ("I moved from Lisbon to Porto.", vec!["Ines moved from Lisbon to Porto and lives there."]),
        ("I don't live in Lisbon anymore.", vec!["Ines no longer lives in Lisbon."]),
        ("I work at Globex and live in Porto.", vec!["Ines works at Globex.", "Ines lives in Porto."]),
        ("I work as a nurse at Hospital de São João.", vec!["Ines works as a nurse at Hospital de São João."]),
        ("I no longer work at Acme.", vec!["Ines no longer works at Acme."]),
        ("I'm a beekeeper.", vec!["Ines works as a beekeeper."]),
        ("My sister's name is Clara.", vec!["Ines's sister is named Clara."]),
        ("Clara is my sister and she is great.", vec!["Clara is Ines's sister."]),
        ("My birthday is on the 12th of May.", vec!["Ines's birthday is on 12 May."]),
        ("Bob's birthday is March 3rd.", vec!["Bob's birthday is on 3 March."]),
        ("I'm allergic to peanuts and shellfish.", vec!["Ines is allergic to peanuts and shellfish."]),
        ("I'm not allergic to peanuts anymore.", vec!["Ines is not allergic to peanuts."]),
        ("Since January I'm a vegetarian.", vec!["Ines is vegetarian."]),
        ("My favourite colour is green now.", vec!["Ines's favourite colour is green."]),
        ("We switched from MySQL to Postgres.", vec!["We switched from MySQL to Postgres."]),
        ("The deadline is now 5 June.", vec!["The deadline is on 5 June 2026."]),
        ("The deadline for the audit has been moved to 12 June 2026.", vec!["The audit deadline is on 12 June 2026."]),
        ("I love hiking.", vec!["Ines loves hiking."]),
        ("I don't like hiking anymore.", vec!["Ines does not like hiking."]),
        ("I prefer trains to planes.", vec!["Ines prefers trains to planes."]),
        ("Bob lives in Oslo.", vec!["Bob lives in Oslo."]),
        ("My boss lives in Oslo.", vec!["Ines's boss lives in Oslo."]),
        ("My sister Clara moved to Berlin.", vec!["Clara moved to Berlin and lives there."]),
        ("My rent is now 950 euros.", vec!["Ines's rent is 950 euros."]),
        ("I turned 34 yesterday.", vec!["Ines is 34 years old."]),
    ] {
        if found(text) != expected {
            wrong.push((text, found(text)));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn what_is_not_stated_is_not_found() {
    let mut wrong: Vec<(&str, Vec<String>)> = Vec::new();
    for text in [
        "Do I live in Lisbon?",
        "If I live in Lisbon one day, I will be happy.",
        "I would love to live in Rome.",
        "I used to live in Berlin.",
        "I lived in Berlin for a year.",
        "I want to move to Madrid.",
        "I'm moving to Madrid in June.",
        "I might work at Google.",
        "Bob said \"I live in Rome\".",
        "Bob told me he works at Acme.",
        "I moved to Marketing.",
        "We moved to Kubernetes.",
        "I moved to Faro when I was five.",
        "My friend lives in Oslo.",
        "She lives in Oslo.",
        "Nobody lives in Chernobyl.",
        "I love it.",
        "I love you.",
        "I love the idea.",
        "My favourite part is the ending.",
        "I live in fear.",
        "I work at Christmas.",
        "I'm a big fan of Porto.",
        "I'm allergic to mornings.",
        "I live in Lisbon. Just kidding!",
        "The deadline was on Monday.",
        "In the novel, I live in Paris.",
        "The meeting is not on Friday.",
        "I live in Alice's house.",
        "Imagine I work for NASA.",
        "Is the deadline now Friday?",
    ] {
        if !found(text).is_empty() {
            wrong.push((text, found(text)));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn a_model_says_nothing_of_itself_and_a_move_has_its_own_time() {
    let scope = scope("user:ines");
    let at: Time = "2026-05-08T12:00:00Z".parse().expect("a time");
    let said = |text, role| Said { text, speaker: None, role, scope: &scope, session: None, at };
    assert_eq!(facts(&said("I live in Lisbon.", Some(Role::Assistant))), []);
    let moved = facts(&said("I moved to Lisbon in 2019.", Some(Role::User)));
    assert_eq!((moved.len(), moved[0].text.as_str()), (1, "The user moved to Lisbon."));
    assert_eq!(moved[0].claims, [claim("ines", "lives in", "lisbon")]);
    assert_eq!(moved[0].since.expect("a time").date().to_string(), "2019-12-31");
}
