//! The index as its users see it.

mod damage;
mod data;
mod model;
mod recall;
mod threads;
mod values;
