//! Which questions come again, and when next: asked each day about the same time, or each week.

use jiff::SignedDuration;

use crate::memory::Time;
use crate::memory::asked::Asked;

/// How long it may be from one asking to the next.
const PERIODS: [SignedDuration; 2] = [SignedDuration::from_hours(24), SignedDuration::from_hours(7 * 24)];
/// How far an asking may lie from where it is looked for.
const GIVE: SignedDuration = SignedDuration::from_mins(90);
/// Of so many periods before.
const LOOKED_AT: i32 = 4;
/// It was asked in so many.
const SUPPORT: usize = 3;
/// How far ahead is looked.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// A question that is likely to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recurring {
    /// As it was asked last.
    pub question: String,
    /// When it is expected.
    pub at: Time,
}

/// The questions that were answered from memories and are likely to be asked within a day, the soonest first. `alike`:
/// whether two are one.
pub fn recurring(asked: &[Asked], now: Time, alike: impl Fn(&str, &str) -> bool) -> Vec<Recurring> {
    let mut groups: Vec<Vec<&Asked>> = Vec::new();
    let mut answered: Vec<&Asked> = asked.iter().filter(|asked| !asked.used.is_empty() && asked.at <= now).collect();
    answered.sort_by_key(|asked| asked.at);
    for one in answered {
        match groups.iter_mut().find(|group| group.iter().any(|known| alike(&known.query, &one.query))) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let expected = groups.iter().filter_map(|group| {
        let times: Vec<Time> = group.iter().map(|asked| asked.at).collect();
        let at = PERIODS.iter().find_map(|period| next(&times, *period, now))?;
        Some(Recurring { question: group.last()?.query.clone(), at })
    });
    let mut expected: Vec<Recurring> = expected.collect();
    expected.sort_by_key(|recurring| recurring.at);
    expected
}

/// When it is to be asked next, within a day, if it was asked at that period; by the latest asking that fits.
fn next(times: &[Time], period: SignedDuration, now: Time) -> Option<Time> {
    let near = |at: Time| times.iter().any(|time| at.plus(-GIVE) <= *time && *time <= at.plus(GIVE));
    times.iter().rev().find_map(|time| {
        let mut at = *time;
        while at <= now {
            at = at.plus(period);
        }
        let seen = (1..=LOOKED_AT).filter(|back| near(at.plus(-period * *back))).count();
        (at <= now.plus(AHEAD) && seen >= SUPPORT).then_some(at)
    })
}

#[cfg(test)]
mod tests;
