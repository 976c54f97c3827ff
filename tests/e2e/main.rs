//! Tests of the real window.
#![cfg(target_os = "linux")]

mod contract;
mod copies;
mod editor;
mod evaluating;
mod first;
mod following;
mod hostile;
mod keyboard;
mod removing;
mod restarting;
mod sharing;
mod without_model;
