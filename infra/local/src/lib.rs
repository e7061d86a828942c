//! MemoRable on one machine: AWS in one process, the gateway, the queues' event sources, the schedule.
//!
//! The functions are the ones that are deployed; only what stands around them is local.

pub mod aws;
pub mod backup;
pub mod console;
pub mod conversation;
pub mod files;
pub mod gateway;
pub mod house;
pub mod keys;
mod leftover;
pub mod load;
mod lock;
pub mod machine;
pub mod mcp;
pub mod queues;
pub mod resources;
pub mod running;
pub mod sample;
pub mod schedule;
pub mod server;
pub mod service;
pub mod zipped;

pub use house::{House, Options};
