//! The whole house in one process: real functions and SDK clients over embedded AWS.
#![recursion_limit = "256"] // the SDKs' futures nest deeply

mod asking;
mod bad_input;
mod embedder;
mod events;
mod faults;
mod flow;
mod formats;
mod house_rules;
mod isolation;
mod large;
mod queue;
mod repeats;
mod simulation;
mod support;
mod template;
mod time_travel;
mod walk;
