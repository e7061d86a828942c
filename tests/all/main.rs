//! The whole house in one process: real functions and SDK clients over embedded AWS.
#![recursion_limit = "256"] // the SDKs' futures nest deeply

mod access;
mod asking;
mod backups;
mod bad_input;
mod chat;
mod cold;
mod dependants;
mod distilling;
mod embedder;
mod events;
mod faults;
mod feedback;
mod files;
mod flow;
mod forbidden;
mod formats;
mod gate;
mod hindsight;
mod house_rules;
mod isolation;
mod labelled;
mod labelling;
mod large;
mod mcp;
mod meaning;
mod mem0;
mod models;
mod nights;
mod openapi;
mod queue;
mod redrive;
mod reembed;
mod repeats;
#[path = "../../shared/src/models/scripted.rs"]
#[expect(dead_code, reason = "of the server that the tests of models use, these tests need a part")]
mod scripted;
mod settings;
mod simulation;
mod summaries;
mod support;
mod template;
mod time_travel;
mod transfer;
mod tuning;
mod walk;
mod webhooks;
