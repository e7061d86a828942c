//! `kill -9` at any moment: what the service was at goes on from there, and nothing that was acknowledged is lost.

mod importing;
mod loading;
mod night;
mod service;
