//! The index through its public interface.

mod damage;
mod data;
mod model;
mod recall;
mod threads;
mod values;
