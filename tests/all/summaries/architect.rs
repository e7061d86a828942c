//! Whether what answers a question about an older conversation is in a small context: with the architect, with what recall
//! found alone, packed in its order, and with the conversations told at one level each.

use memorable::chat::Request;
use memorable::chat::architect::Earlier;
use memorable::chat::evidence::{self, Evidence};
use memorable::chat::held::Held;
use memorable::index::context;
use memorable::memory::id::Identity;
use memorable::memory::summary::{LEVELS, Level};
use memorable::memory::{MemoryId, Sensitivity};
use memorable::models::builtin;
use memorable_local::load;
use memorable_local::sample;
use memorable_local::service::Service;

use crate::scripted::{Answer, Scripted};
use crate::support::{drain, house_with, night, now};

/// Questions about the sample conversation, each with what a context must hold to answer it.
const ASKED: [(&str, &[&str]); 30] = [
    ("Where did Ines's grandfather buy the tortoise?", &["Barcelos"]),
    ("How heavy was the tortoise in January?", &["1,380 grams"]),
    ("What did Hania weigh on the bathroom scale?", &["bathroom scale"]),
    ("What was the bet between Ines and Rui about?", &["scrubs the tortoise house"]),
    ("What is Rui's profession?", &["nurse"]),
    ("How high is the ceiling of the workshop in Wrzeszcz?", &["three-metre ceiling"]),
    ("What is the name of the crooked apple tree?", &["Satie"]),
    ("How many stops does the organ of 1911 have?", &["eighteen stops"]),
    ("What replaces the sausage in the meatless żurek?", &["smoked mushrooms"]),
    ("Which job did Ines apply for?", &["Rotterdam"]),
    ("When was the interview for the job?", &["19 February"]),
    ("What did the owner of the farmhouse give Hania?", &["plum jam"]),
    ("How long is the canoe marathon on the Brda?", &["seventy kilometres"]),
    ("Which sweet can Ines not stand?", &["liquorice"]),
    ("When was Ines's mother's knee replaced?", &["knee replaced last Tuesday"]),
    ("When is Beatriz's baby due?", &["3 July"]),
    ("What did the dog eat from the organ?", &["piece of felt"]),
    ("Who won the bet about Easter?", &["Rui does, for twelve months"]),
    ("Why was Iceland called off?", &["1,900 euros"]),
    ("Where does Tomasz's family spend July instead?", &["Lake Bohinj"]),
    ("What is the telephone number of the workshop?", &["555-0142"]),
    ("How low was Ines's ferritin in May?", &["ferritin was 7"]),
    ("When did Ines turn Rotterdam down?", &["30 April"]),
    ("What does Ines draw on Fridays?", &["staircases of Porto"]),
    ("Which piece was first played on the organ?", &["Pachelbel"]),
    ("Why did they not buy the farmhouse?", &["dry rot"]),
    ("Which medal did Hania win?", &["bronze"]),
    ("When was Matilde born?", &["29 June"]),
    ("What is wrong with Tomasz's shoulder?", &["partial tear"]),
    ("When do Ines and Rui land in Gdańsk?", &["9 October"]),
];
/// Budgets in tokens, of which the session's own turns take nothing here.
const BUDGETS: [usize; 7] = [30, 60, 100, 150, 250, 400, 800];

/// How many of the questions such a text answers.
fn answers(text: &str, wanted: &[&str]) -> bool {
    wanted.iter().all(|part| text.contains(part))
}

/// The plain choice: what recall found, best first, each memory before the conversation that it is from, which is told at one
/// level; each where it still fits.
fn plain(found: &Evidence, level: Level, budget: usize) -> String {
    let mut text = String::new();
    let mut tokens = 0;
    let mut add = |part: String| {
        let cost = builtin::count_tokens(&part);
        if tokens + cost <= budget {
            tokens += cost;
            text.push_str(&part);
        }
    };
    let mut told: Vec<&str> = Vec::new();
    let mut headed: Vec<String> = Vec::new();
    for (memory, _) in &found.memories {
        let heading = context::heading(memory);
        let heading = if headed.contains(&heading) { String::new() } else { heading };
        headed.push(context::heading(memory));
        add(format!("{heading}{}", context::line(memory)));
        let of_session = |one: &&Earlier| Some(&one.session) == memory.session.as_ref();
        if let Some(earlier) = found.earlier.iter().find(of_session)
            && !told.contains(&earlier.session.as_str())
        {
            told.push(&earlier.session);
            add(format!("{}{}\n", context::heading(memory), earlier.read.told(level).text));
        }
    }
    text
}

#[tokio::test]
async fn within_small_budgets_the_architect_answers_more_than_any_one_level() {
    let model = Scripted::always(Answer::Body(500, "{}".to_owned())).await;
    let house = house_with(&[("MEMORABLE_ROUTE_CONVERSE", "ollama:tiny"), ("OLLAMA_HOST", &model.url)]).await;
    let conversations = sample::conversations().expect("the sample");
    load::load(&Service::House(&house), &conversations, sample::SCOPE).await.expect("the sample is stored");
    drain(&house).await;
    night(&house).await;
    let tenant = memorable::memory::Tenant::parse("local").expect("a tenant");
    let now = now();
    let (mut with, mut without) = ([0_usize; BUDGETS.len()], [0_usize; BUDGETS.len()]);
    let mut fixed = [[0_usize; BUDGETS.len()]; LEVELS];
    let mut summaries = 0;
    for (question, wanted) in ASKED {
        let body = serde_json::json!({ "scope": sample::SCOPE, "session": "today", "message": question });
        let request = Request::parse(&tenant, body.to_string().as_bytes(), now).expect("a request");
        let message = MemoryId::derive(&request.scope, Identity::Key { key: question, position: 0 });
        let found = Box::pin(evidence::read(&house.app, &request, &Held::of(Vec::new(), now), message, now))
            .await
            .expect("evidence");
        let memories: Vec<_> = found.memories.iter().map(|(memory, _)| memory.clone()).collect();
        for (place, budget) in BUDGETS.into_iter().enumerate() {
            let alone = context::pack(&memories, budget, builtin::count_tokens);
            without[place] += usize::from(answers(&alone.text, wanted));
            let packed = found.pack_within(Sensitivity::Secret, budget);
            assert!(packed.tokens <= budget, "{question}: {} of {budget}", packed.tokens);
            with[place] += usize::from(answers(&format!("{}{}", packed.memories, packed.earlier), wanted));
            summaries += packed.summaries.len();
            for level in Level::ALL {
                fixed[level as usize][place] += usize::from(answers(&plain(&found, level, budget), wanted));
            }
        }
    }
    #[expect(clippy::disallowed_macros, reason = "figures, for who runs it with --nocapture")]
    for (place, budget) in BUDGETS.into_iter().enumerate() {
        eprintln!(
            "{budget:>5} tokens: {:>2} of {} answered with the architect, {:>2} without; {:?} at each level",
            with[place],
            ASKED.len(),
            without[place],
            fixed.map(|fixed| fixed[place])
        );
    }
    assert!(summaries > 0, "no summary was ever given, so this shows nothing");
    // Measured at equal budgets: a summary may take the place of one turn that would have answered one of them.
    for (place, budget) in BUDGETS.into_iter().enumerate() {
        assert!(with[place] + 1 >= without[place], "{budget} tokens: {} with, {} without", with[place], without[place]);
    }
    let sum = |answered: &[usize]| answered.iter().sum::<usize>();
    for level in Level::ALL {
        let plain = sum(&fixed[level as usize]);
        assert!(sum(&with) > plain, "{} with, {plain} at one level: {level:?}", sum(&with));
    }
}
