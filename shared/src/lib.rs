//! MemoRable's domain: what is remembered, how it is found, and what is done with it.

pub mod access;
pub mod app;
pub mod aws;
pub mod chat;
pub mod classify;
pub mod config;
pub mod distill;
pub mod error;
pub mod feedback;
pub mod files;
pub mod forget;
pub mod http;
pub mod index;
pub mod ingest;
pub mod json;
pub mod learned;
pub mod memory;
pub mod models;
pub mod night;
pub mod recall;
pub mod receipt;
pub mod summarize;
pub mod transfer;
pub mod webhooks;

pub use error::{Error, Result};
