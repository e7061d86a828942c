use super::*;

#[test]
fn a_head_of_forty_corrections_is_stored_in_less_than_a_hundred_kilobytes() {
    let rooms = ["hall", "attic", "cellar", "lab", "lobby", "garage", "kitchen", "studio"];
    let troubles = [
        "the lamp flickers",
        "a window sticks",
        "water drips from the ceiling",
        "the lock is loose",
        "the heater hums",
    ];
    let any = Time::from_micros(1_781_697_600_000_000);
    let of = |text: String| Example {
        features: Features::of(&text, any),
        kind: Some(Kind::Commitment),
        sensitivity: Some(Sensitivity::General),
        weight: 1.0,
    };
    let texts = rooms.iter().flat_map(|room| troubles.map(|trouble| format!("Ticket, {room}: {trouble}.")));
    let taught: Vec<Example> = texts.map(of).collect();
    assert_eq!(taught.len(), LEAST_CORRECTIONS);
    let settings = Settings { rounds: ROUNDS, ..Settings::default() };
    let head = train(&rehearsed(&taught), Head::builtin(), &settings);
    let learned = vec![[7; 16]; LEAST_CORRECTIONS];
    let bytes = Trained { head: head.clone(), learned }.encode().unwrap();
    assert!(bytes.len() < 100_000, "{} bytes", bytes.len());
    // What was rounded reads texts as what was not.
    let rounded = head.rounded().unwrap();
    let differ = SHIPPED.iter().filter(|one| head.read(&one.features).kind != rounded.read(&one.features).kind).count();
    assert!(differ <= 2, "{differ} of {} texts are read differently", SHIPPED.len());
}
