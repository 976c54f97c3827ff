//! `descry model`: model files.

use descry_convert::{Options, Type};

use crate::args::{ConvertArgs, Weights};
use crate::output::say;

pub(crate) fn convert(args: &ConvertArgs) -> anyhow::Result<()> {
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
    say(&format!("try: echo '\"parse a date\"' | descry embed --json --model {out}"));
    Ok(())
}
