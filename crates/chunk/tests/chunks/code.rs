//! Languages with braces.

use descry_base::Language;

use crate::{check, check_names};

#[test]
fn rust_names() {
    check_names(
        Language::Rust,
        "mod gone;\nmod m { pub fn f() {} }\nimpl<T> Foo<T> for a::Bar<T> { const Z: u8 = 1; fn g() {} }\n\
         trait Tr { fn h(&self); type A; }\nmacro_rules! mm { () => {} }\nenum E { A, B(i32) }\n\
         extern \"C\" { fn ext(); }\ntype Alias = u8;\nunion U { a: u8 }\nstatic S: u8 = 2;\n",
        "Module m, Function f, Constant Z, Method g, Interface Tr, Method h, Type A, Macro mm, \
         Type E, Constant A, Constant B, Function ext, Type Alias, Type U, Constant S",
    );
}

#[test]
fn javascript_ways_to_define() {
    check_names(
        Language::JavaScript,
        "const fs = require('fs');\nexports.foo = function () {};\napp.get = () => 1;\n\
         Foo.prototype.bar = function () {};\nmodule.exports = { a, b() {} };\n\
         const o = { m() {}, k: function () {}, l: () => 2, n: 1 };\n\
         export const add = (a, b) => a + b, two = 2;\nclass K { #p = 1; m2() {} f = () => 1; }\n\
         export default function main() {}\nfunction* gen() {}\nconst { x } = y;\n",
        "Function foo, Function get, Function bar, Method b, Constant o, Method m, Method k, \
         Method l, Function add, Constant two, Type K, Method m2, Method f, Function main, \
         Function gen",
    );
}

#[test]
fn javascript_modules_and_tests_are_looked_into() {
    check(
        Language::JavaScript,
        "\
(function (root) {
  function inner(first, second) {
    return first + second + root.offset;
  }

  function other(first, second) {
    return first - second - root.offset;
  }
})(this);

/**
 * Says hello.
 */

res.greet = function greet(name) {
  return `hello ${name}, it is ${new Date()}`;
};
",
        &[
            "1-4 | function inner | inner",
            "6-9 | function other | other",
            "11-17 | function res.greet | greet",
        ],
    );
    check(
        Language::JavaScript,
        "\
describe('router', () => {
  it('finds a route', () => {
    expect(router.find('/a')).toBe(first);
  });
  it('finds no other', () => {
    expect(router.find('/b')).toBe(undefined);
  });
});
",
        &[
            "1-4 | describe router > it finds a route | ",
            "5-8 | describe router > it finds no other | ",
        ],
    );
}

#[test]
fn typescript() {
    check_names(
        Language::TypeScript,
        "export interface I { a(): void; b: string }\nexport type T = string;\n\
         export enum E { A, B = 2 }\nnamespace N { export function f() {} }\n\
         declare module 'foo' { const y: number }\nabstract class AC { abstract g(): void }\n\
         export function over(a: string): void;\nexport function over(a: any) {}\n",
        "Interface I, Method a, Type T, Type E, Constant A, Constant B, Module N, Function f, \
         Module foo, Constant y, Type AC, Method g, Function over",
    );
    check(
        Language::Tsx,
        "\
/** A row. */
export const Row = ({ name }: Props) => {
  return <li className=\"row\">{name}</li>;
};

@Component({ selector: 'app-list' })
export class List extends Base {
  render() { return <ul><Row name=\"a long name\" /></ul>; }
}
",
        &["1-4 | function Row | Row", "6-9 | class List | List, render"],
    );
}

#[test]
fn go() {
    check(
        Language::Go,
        "\
package shop

import \"fmt\"

// Context carries a request.
type Context struct {
\tRequest string
}

const (
\tfirst = iota
\tsecond
)

// Bind reads the body into a value.
func (c *Context[T]) Bind(value any) error {
\treturn fmt.Errorf(\"not bound: %v\", value)
}

type Engine interface {
\tRun(address string, options ...Option) error
}
",
        &[
            "1-8 | type Context | Context",
            "10-13 |  | first, second",
            "15-18 | Context > func Bind | Bind",
            "20-22 | type Engine | Engine, Run",
        ],
    );
}

#[test]
fn java() {
    check(
        Language::Java,
        "\
package shop;

/** What is bought. */
@Entity
public class Cart extends Base {
  private static final int MAX = 10;
  private int count;

  /** Adds an item. */
  @Override
  public void add(Item item) {
    if (count < MAX) items.add(item);
  }

  enum State { OPEN, PAID }
}
",
        &[
            "1-5 | class Cart | Cart",
            "6-7 | class Cart > MAX | MAX",
            "9-13 | class Cart > method add | add",
            "15-16 | class Cart > enum State | State, OPEN, PAID",
        ],
    );
}

#[test]
fn c() {
    check(
        Language::C,
        "\
#ifndef SHOP_H
#define SHOP_H
#define MAX_ITEMS 10

/* What is bought. */
typedef struct cart {
  int count;
  struct item *items[MAX_ITEMS];
} cart_t;

int cart_add(cart_t *cart, struct item *item);

#ifdef WITH_TOTAL
static long *cart_total(const cart_t *cart) {
  return sum(cart->items, cart->count);
}
#endif
#endif
",
        &[
            "1-3 | #define MAX_ITEMS | MAX_ITEMS",
            "5-9 | typedef cart_t | cart_t, cart",
            "11-13 | function cart_add | ",
            "14-18 | function cart_total | cart_total",
        ],
    );
    check_names(
        Language::C,
        "enum col { RED, GREEN };\nint (*fp(void))(int) { return 0; }\nstatic int g = 2;\n\
         extern int elsewhere;\n#define F(x) (x)\nunion u { int a; };\nstruct fwd;\n",
        "Type col, Constant RED, Constant GREEN, Function fp, Constant g, Macro F, Type u",
    );
}

#[test]
fn cpp() {
    check(
        Language::Cpp,
        "\
namespace shop::web {

/// What is bought.
template <typename T>
class Cart : public Base {
 public:
  Cart();
  int count() const { return count_; }
};

bool Cart<T>::empty() const {
  return count_ == 0 && items_.empty();
}

}  // namespace shop::web
",
        &[
            "1-9 | namespace shop::web > class Cart | shop::web, Cart, count",
            "11-15 | namespace shop::web > Cart > function empty | empty",
        ],
    );
    check_names(
        Language::Cpp,
        "Foo::~Foo() {}\nextern \"C\" { void c(void) {} }\nusing X = int;\nconcept C = true;\n\
         #if X\nclass Z { bool operator==(int) { return true; } enum class Q { A }; };\n#endif\n\
         std::vector<int> fn(const std::string& a) { return {}; }\n",
        "Method ~Foo, Function c, Type X, Type C, Type Z, Method operator==, Type Q, Constant A, \
         Function fn",
    );
}

#[test]
fn c_headers_in_cpp_are_read_as_such() {
    check_names(
        Language::C,
        "namespace a {\nclass Foo {\n public:\n  void bar() {}\n};\n}\n",
        "Module a, Type Foo, Method bar",
    );
}

#[test]
fn csharp() {
    check(
        Language::CSharp,
        "\
using System;

namespace Shop {
  /// <summary>What is bought.</summary>
  [Serializable]
  public class Cart : Base {
    const int Max = 10;
    public int Count { get; private set; }

    public void Add(Item item) {
      if (Count < Max) { items.Add(item); Count += 1; }
    }
  }
}
",
        &[
            "1-3 | namespace Shop | Shop",
            "4-6 | namespace Shop > class Cart | Cart",
            "7-8 | namespace Shop > class Cart | Max, Count",
            "10-14 | namespace Shop > class Cart > method Add | Add",
        ],
    );
    check_names(
        Language::CSharp,
        "namespace X;\ninterface I { void M(); }\nrecord R(int A);\nenum E { A, B }\nvoid Top() {}\n",
        "Interface I, Method M, Type R, Type E, Constant A, Constant B, Function Top",
    );
}

#[test]
fn php() {
    check_names(
        Language::Php,
        "<?php\nnamespace App;\nconst X = 1;\nabstract class Foo { const Z = 1; public $a; \
         public function bar() {} }\ninterface I { function m(); }\ntrait T { function x() {} }\n\
         enum E: string { case A = 'a'; }\nif (!function_exists('g')) { function g() {} }\n",
        "Constant X, Type Foo, Constant Z, Method bar, Interface I, Method m, Type T, Method x, \
         Type E, Constant A",
    );
}

#[test]
fn kotlin() {
    check_names(
        Language::Kotlin,
        "const val TOP = 1\n\n/** Doc. */\ndata class Foo(val a: Int) {\n    val small = 1\n\n    \
         companion object {\n        const val K = 1\n        fun c() {}\n    }\n    fun m() = 1\n}\n\n\
         interface I {\n    fun q()\n}\n\nobject O {\n    fun z() {}\n}\n\nenum class E { A, B }\n\n\
         fun String.ext(): Int = 1\ntypealias T = Int\n",
        "Constant TOP, Type Foo, Constant K, Function c, Method m, Interface I, Method q, Module O, \
         Function z, Type E, Constant A, Constant B, Function ext, Type T",
    );
}

#[test]
fn swift() {
    check(
        Language::Swift,
        "\
/// Sends requests.
public final class Session {
    let queue: Queue
    var isIdle: Bool { queue.isEmpty }

    public init(queue: Queue) {
        self.queue = queue
    }
}

extension Session: Sendable {
    func send(_ request: Request) -> Response {
        queue.push(request).wait()
    }
}

enum State {
    case idle, busy(Int)
}
",
        &[
            "1-3 | class Session | Session",
            "4-4 | class Session > var isIdle | isIdle",
            "6-9 | class Session > init (queue) | ",
            "11-15 | extension Session | send",
            "17-19 | enum State | State, idle, busy",
        ],
    );
}

#[test]
fn scala() {
    check(
        Language::Scala,
        "\
package shop

trait Priced {
  /** Without tax. */
  def net: Int =
    gross - tax

  /** With tax. */
  def gross: Int = 1

  private val label = \"a text that is long enough to split\"
}

object Priced {
  val Rate = 7
  def apply(net: Int): Priced = new Priced {}
}
",
        &[
            "1-6 | trait Priced > def net | Priced, net",
            "8-9 | trait Priced > def gross | gross",
            "11-12 | trait Priced | ",
            "14-17 | object Priced | Priced, Rate, apply",
        ],
    );
}

#[test]
fn zig() {
    check_names(
        Language::Zig,
        "const std = @import(\"std\");\n/// Doc.\npub fn add(a: i32) i32 { return a; }\n\
         const S = struct { x: i32, const K = 1; pub fn m(self: S) void {} };\n\
         pub const E = enum { a, b };\nvar v: i32 = 1;\ntest \"name\" {}\nconst Err = error{A};\n",
        "Function add, Type S, Constant K, Method m, Type E, Constant v, Type Err",
    );
}
