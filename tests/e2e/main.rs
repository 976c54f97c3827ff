//! The real window, from the first start to the last.
#![cfg(target_os = "linux")]

mod copies;
mod editor;
mod evaluating;
mod first;
mod following;
mod keyboard;
mod removing;
mod restarting;
mod sharing;
mod without_model;
