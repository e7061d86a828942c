//! Whether a chat's dates have the day or the month first: the whole file says, no line by itself does.

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::transfer::job::{DateOrder, Dates, DecidedBy};
use crate::transfer::read::whatsapp::head::Head;

/// What the heads of a file say of the order of their dates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Messages.
    pub heads: u64,
    /// Those that begin with the year.
    pub year_first: u64,
    /// Those whose first number can be no month.
    pub day_first: u64,
    /// Those whose second number can be no month.
    pub month_first: u64,
    /// How often a message would be before the one above it, with the day first and with the month first.
    pub back: [u64; 2],
    /// The message above, read in both ways.
    last: [Option<DateTime>; 2],
}

impl Tally {
    /// Counts what that line says, if a message begins on it.
    pub fn see(&mut self, line: &str) {
        let Some(head) = Head::of(line) else { return };
        self.heads += 1;
        let [first, second, _] = head.numbers;
        if head.is_year_first {
            self.year_first += 1;
            return;
        }
        self.day_first += u64::from((13..=31).contains(&first) && second <= 12);
        self.month_first += u64::from((13..=31).contains(&second) && first <= 12);
        for (place, order) in [DateOrder::DayFirst, DateOrder::MonthFirst].into_iter().enumerate() {
            let Some(civil) = head.civil(order) else { continue };
            self.back[place] += u64::from(self.last[place].is_some_and(|last| civil < last));
            self.last[place] = Some(civil);
        }
    }

    /// What all of them say.
    pub fn decide(&self) -> Dates {
        let by = |order, decided_by| Dates { order, decided_by };
        if self.year_first > self.heads / 2 {
            return by(DateOrder::YearFirst, DecidedBy::Numbers);
        }
        // A chat into which somebody pasted a piece of another has both; the many are right.
        let (order, decided_by) = match self.day_first.cmp(&self.month_first) {
            std::cmp::Ordering::Greater => (DateOrder::DayFirst, DecidedBy::Numbers),
            std::cmp::Ordering::Less => (DateOrder::MonthFirst, DecidedBy::Numbers),
            std::cmp::Ordering::Equal => match self.back[0].cmp(&self.back[1]) {
                std::cmp::Ordering::Less => (DateOrder::DayFirst, DecidedBy::Sequence),
                std::cmp::Ordering::Greater => (DateOrder::MonthFirst, DecidedBy::Sequence),
                std::cmp::Ordering::Equal => (DateOrder::DayFirst, DecidedBy::Guess),
            },
        };
        by(order, decided_by)
    }
}
