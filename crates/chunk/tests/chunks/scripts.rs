//! Languages without braces, or with few.

use descry_base::Language;

use crate::{check, check_names};

#[test]
fn python() {
    let source = r#"
import os

LIMIT = 3

@dataclass
class Retry(Base):
    """How often to try again, and how long to wait."""
    times: int = 3

    # Doubles each time.
    @property
    def delay(self):
        """Seconds to wait."""
        return 2 ** self.times

    async def run(self, action):
        for attempt in range(self.times):
            await action(attempt)

if os.name == "nt":
    def fallback():
        return "a value that is long enough to stand"
"#;
    check(
        Language::Python,
        source,
        &[
            "2-4 | LIMIT | LIMIT",
            "6-9 | class Retry | Retry",
            "11-15 | class Retry > def delay | delay",
            "17-19 | class Retry > def run | run",
            "21-23 | def fallback | fallback",
        ],
    );
}

#[test]
fn python_docstrings_are_docs() {
    let source = "def f():\n    \"\"\"Says so.\"\"\"\n    return 1\n";
    let chunks = descry_chunk::chunks(source, Language::Python, &crate::SMALL);
    let doc = chunks[0].doc.clone().map(|doc| &source[doc.start as usize..doc.end as usize]);
    assert_eq!(doc, Some("\"\"\"Says so.\"\"\""));
}

#[test]
fn ruby() {
    check(
        Language::Ruby,
        "\
module Shop
  # What is bought.
  class Cart < Base
    attr_reader :items, :total

    def self.empty
      new([])
    end

    def add(item)
      items << item
      self.total += item.price * item.count
    end
  end
end
",
        &[
            "1-4 | module Shop > class Cart | Shop, Cart, items, total",
            "6-8 | module Shop > class Cart > def self.empty | empty",
            "10-15 | module Shop > class Cart > def add | add",
        ],
    );
    check_names(
        Language::Ruby,
        "class A::B\n  MAX = 1\n  private def x; end\nend\ndescribe 'it' do\n  it('works') { }\nend\n",
        "Type B, Constant MAX, Method x",
    );
}

#[test]
fn lua() {
    check(
        Language::Lua,
        "\
local M = {}

-- Says hello to a name.
function M.greet(name)
  print('hello, ' .. name)
end

function M:again()
  return self.greet(self.last_name_greeted)
end

M.bye = function(name)
  print('bye, ' .. name .. ', come again soon')
end

local function helper() end

return M
",
        &[
            "1-1 | table M | M",
            "3-6 | function M.greet | greet",
            "8-10 | function M:again | again",
            "12-14 | function M.bye | bye",
            "16-18 | function helper | helper",
        ],
    );
}

#[test]
fn elixir() {
    check(
        Language::Elixir,
        "\
defmodule Shop.Cart do
  @moduledoc \"What is bought.\"

  @doc \"\"\"
  Adds an item.
  \"\"\"
  @spec add(t, item) :: t
  def add(cart, item) when is_map(item), do: [item | cart]
  def add(cart, nil), do: cart

  defp total(cart) do
    Enum.sum(Enum.map(cart, & &1.price))
  end
end
",
        &[
            "1-2 | defmodule Shop.Cart | Cart",
            "4-9 | defmodule Shop.Cart > def add | add",
            "11-14 | defmodule Shop.Cart > defp total | total",
        ],
    );
}

#[test]
fn haskell_signature_and_equations_are_one() {
    check(
        Language::Haskell,
        "\
module Shop (add) where

import Data.List

-- | Adds an item to the cart.
add :: Item -> Cart -> Cart
add Nothing cart = cart
add (Just item) cart = item : cart

data Item = Item { name :: String, price :: Int }
  deriving (Show, Eq)

class Priced a where
  priceOf :: a -> Int

instance Priced Item where
  priceOf = price
",
        &[
            "1-3 |  | ",
            "5-8 | add | add",
            "10-11 | data Item | Item",
            "13-17 | class Priced | Priced, priceOf",
        ],
    );
}

#[test]
fn bash() {
    check(
        Language::Bash,
        "\
#!/bin/bash
RETRIES=3
local_only=1

# Tries a command again.
retry() {
  for _ in $(seq $RETRIES); do
    \"$@\" && return
  done
}

function cleanup { rm -rf \"$work\" \"$cache\" \"$logs\" \"$tmp\"; }
",
        &[
            "1-3 | RETRIES | RETRIES",
            "5-10 | function retry | retry",
            "12-12 | function cleanup | cleanup",
        ],
    );
}
