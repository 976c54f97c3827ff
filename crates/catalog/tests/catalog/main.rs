//! The catalog through its public interface.

mod damage;
mod model;
mod values;
