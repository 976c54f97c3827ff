"""Writes the vectors that the Rust loader has to reproduce for the bundled model.

Each text of `reference_texts.json` goes through transformers in F32, with the weights that bundle_model.py averages, before they
are quantised: token ids with [CLS] and [SEP], cut to the model's 512 positions; the mean of the last hidden states; L2
normalisation.

    python reference_vectors.py --weights model.safetensors    # crates/embed-gguf/tests/fixtures/code_reference.json
"""

import argparse
import json
import tempfile
from pathlib import Path

import torch
from safetensors.numpy import load_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from bundle_model import SHARE, averaged, source_model

HERE = Path(__file__).resolve().parent
FIXTURE = HERE.parent.parent / "crates/embed-gguf/tests/fixtures/code_reference.json"
POSITIONS = 512
DIGITS = 7


def load_tokenizer(model: Path) -> Tokenizer:
    """The model's tokenizer without the padding and the cut to 128 tokens that its file asks for.

    A `[SEP]` in a text is text: what is indexed must not be able to end its own sequence.
    """
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(POSITIONS)
    tokenizer.encode_special_tokens = True
    return tokenizer


def load_encoder(model: Path, trained: Path, share: float) -> BertModel:
    weights = averaged(load_file(model / "model.safetensors"), load_file(trained), share)
    encoder = BertModel(BertConfig.from_json_file(model / "config.json"), add_pooling_layer=False)
    encoder.load_state_dict({name: torch.from_numpy(value) for name, value in weights.items()}, strict=False)
    return encoder.eval()


@torch.inference_mode()
def vector(encoder: BertModel, ids: list[int]) -> list[float]:
    hidden = encoder(input_ids=torch.tensor([ids])).last_hidden_state[0]
    unit = torch.nn.functional.normalize(hidden.mean(dim=0), dim=0)
    return [round(value, DIGITS) for value in unit.tolist()]


def texts() -> list[str]:
    """The texts of the list; an object {"repeat", "times"} stands for a long one."""
    listed = json.loads((HERE / "reference_texts.json").read_text("utf-8"))
    return [text if isinstance(text, str) else text["repeat"] * text["times"] for text in listed]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--weights", type=Path, required=True, help="as train.py writes them")
    parser.add_argument("--share", type=float, default=SHARE, help=f"of these weights ({SHARE})")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = source_model(Path(folder))
        tokenizer, encoder = load_tokenizer(model), load_encoder(model, arguments.weights, arguments.share)
        cases = []
        for text in texts():
            ids = tokenizer.encode(text).ids
            cases.append({"text": text, "tokens": ids, "vector": vector(encoder, ids)})
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    FIXTURE.write_text(f"[\n{lines}\n]\n", "utf-8")
    print(f"{len(cases)} texts, longest {max(len(case['tokens']) for case in cases)} tokens")


if __name__ == "__main__":
    main()
