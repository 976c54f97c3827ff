//! `descry model`: shows, chooses and converts the embedding model.

use descry_bundled::bundled;
use descry_convert::{Options, Type};
use descry_embed::ModelInfo;
use descry_embed_gguf::LoadOptions;
use descry_session::{choose_model, data_dir, is_owned, model_in_use, reset_model};

use crate::args::{ConvertArgs, ModelArgs, ModelCommand, Weights};
use crate::output::say;

pub(crate) fn run(args: ModelArgs) -> anyhow::Result<()> {
    let data_dir = data_dir()?;
    match args.command {
        None => {
            let source = model_in_use(&data_dir, bundled())?;
            let model = descry_embed_gguf::load(source.clone(), &LoadOptions::default())?;
            say(&format!("{source}: {}", described(model.info())));
            return Ok(());
        }
        Some(ModelCommand::Use { file }) => {
            let info = choose_model(&data_dir, &file)?;
            say(&format!("{}: {}", file.display(), described(&info)));
        }
        Some(ModelCommand::Reset) => {
            reset_model(&data_dir)?;
            say("the bundled model is chosen");
        }
        Some(ModelCommand::Convert(args)) => return convert(&args),
    }
    say(match is_owned(&data_dir) {
        true => "Descry is running and will use it when it restarts.",
        false => "It will be used from the next start on; every folder then gets new vectors.",
    });
    Ok(())
}

fn described(info: &ModelInfo) -> String {
    let (name, dim, tokens) = (&info.name, info.dim, info.max_tokens);
    format!("{name}, vectors of {dim}, texts of up to {tokens} tokens, on {}", info.device)
}

fn convert(args: &ConvertArgs) -> anyhow::Result<()> {
    let weights = match args.weights {
        Weights::F32 => Type::F32,
        Weights::F16 => Type::F16,
        Weights::Q8_0 => Type::Q8_0,
    };
    let options = Options { weights, force: args.force };
    let done = descry_convert::convert(&args.folder, &args.out, &options)?;
    let out = args.out.display();
    say(&format!(
        "{out}: {}, architecture {}, {} tensors, {:.1} MB",
        done.name,
        done.architecture,
        done.tensors,
        done.bytes as f64 / 1e6
    ));
    say(&format!("next: descry model use {out}"));
    Ok(())
}
