//! The catalog from outside.

mod damage;
mod model;
mod values;
