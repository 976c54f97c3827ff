//! The catalog through its public interface.

mod damage;
mod migrations;
mod model;
mod values;
