//! Words that stand in any text and tell nothing of what it is about.

use std::sync::LazyLock;

use super::super::rules::{Words, words_of};

static COMMON: LazyLock<Words> = LazyLock::new(|| {
    words_of(concat!(
        "the and for are but not you all any can had her was one our out day get has him his how man new now old see two way who boy did its let put say she too use that with have this will your from they know want been good much some time very ",
        "when come here just like long make many more only over such take than them well were what about after again all also always another around asked back became because been before being best better between both bring came cannot could days does doing done ",
        "down each else enough even ever every everything everyone everybody feel felt few find first found gave getting give given goes going gone gonna got great guess happen happened haven hello help hey hope idea into isn keep kind knew last later least left less ",
        "life little look looked looking looks lot lots made making maybe mean means might mine most must myself need needs never next nice nobody none nothing off okay once ones onto other others ours own part people perhaps place please pretty probably quite rather ",
        "really right said same saw says seem seems seen send sent set shall should side since small something somebody someone sometimes soon sort sorry start started still stuff sure taken takes talk tell tells thank thanks that their theirs then there these thing things think ",
        "this those though thought through till today together told tomorrow tonight took tried true try trying turn under until upon used usually wait wanted wants wasn week weeks went were weren what whatever where which while whole whose why without won wonder work would wow ",
        "year years yeah yes yesterday yet you yourself morning evening afternoon night noon hour hours minute minutes moment month months monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december ",
        "weekend date early late ago almost already anyway anything anybody anyone away bit big bad hard easy high low near far few full half able actually against along although among amp apart aren aside ask basically begin behind below beside beyond call called can care case certain certainly ",
        "clear close couple course currently definitely didn different doesn don during either end entire especially etc exactly except fact fine five four front further glad haha hadn hasn having hear heard here hers herself himself hold however hundred including indeed inside instead itself ",
        "kept large lately least let likely live lived long loads lots love loved mainly manage matter mention minute move moved name namely neither nine nor number obviously often oh ok opposite otherwise outside per plan plus point possible possibly promise promised question quick ready real reason remember remind ",
        "second seven several short shouldn show simply six somehow somewhere spend stay stop ten tend their themselves three thus times toward towards truly twelve twenty unless unlike unlikely unfortunately use using various via visit wanna whenever wherever whether wish within wonderful worth wouldn wrong ve ll re im dont thats ",
        "decided decide agreed agree changed change mind actually second thoughts deadline due hopefully finally finished finish happy excited tired busy funny lovely cool awesome amazing perfect yay hmm user assistant everyone news met meet meeting saying answer asking told telling asks says",
    ))
});

/// Whether a word, folded to lower case, says something of what a text is about.
pub(super) fn is_telling(word: &str) -> bool {
    word.chars().count() > 2 && !word.bytes().any(|byte| byte.is_ascii_digit()) && !COMMON.contains(word)
}
