//! `descry embed`: turns texts into vectors, for programs and for comparison with other runtimes.

use std::io::BufRead;

use anyhow::Context;
use descry_bundled::bundled;
use descry_embed::Input;
use descry_embed_gguf::{LoadOptions, Source};
use descry_session::{data_dir, model_in_use};
use serde::Serialize;

use crate::args::{EmbedArgs, Role};
use crate::output::json_line;

#[derive(Serialize)]
struct Embedded {
    tokens: Vec<u32>,
    vector: Vec<f32>,
}

pub(crate) fn run(args: &EmbedArgs) -> anyhow::Result<()> {
    let source = match &args.model {
        Some(path) => Source::from(path),
        None => model_in_use(&data_dir()?, bundled())?,
    };
    let options = LoadOptions { dim: args.dim, ..LoadOptions::default() };
    let mut model = descry_embed_gguf::load(source, &options)?;
    for (number, line) in std::io::stdin().lock().lines().enumerate() {
        let line = line?;
        let text: String = serde_json::from_str(&line)
            .with_context(|| format!("line {} is not a JSON string", number + 1))?;
        let input = match args.role {
            Role::Query => Input::Query(&text),
            Role::Document => Input::Document(&text),
        };
        let tokens = model.tokens(input)?;
        let vector = model.embed(&[input])?.pop().context("the model returned no vector")?;
        json_line(&Embedded { tokens, vector })?;
    }
    Ok(())
}
