//! Application languages: Dart, R and page components.

use descry_base::Language;

use crate::{check, check_names};

const DART: &str = include_str!("../fixtures/sample.dart");
const VUE: &str = include_str!("../fixtures/sample.vue");
const SVELTE: &str = include_str!("../fixtures/sample.svelte");
const R: &str = include_str!("../fixtures/sample.r");

#[test]
fn dart() {
    check_names(
        Language::Dart,
        DART,
        "Type Cart, Constant maxItems, Method Cart, Method empty, Method fromJson, Method total, \
         Method name, Method add, Method pay, Method operator+, Method of, Type Logging, \
         Method log, Type Shout, Method shout, Method twice, Type Id, Method isKnown, \
         Type State, Constant open, Constant paid, Method State, Method isDone, Type Callback, \
         Type Compare, Type A, Constant limit, Constant greeting, Constant counter, \
         Function now, Function native, Function main",
    );
    check(
        Language::Dart,
        DART,
        &[
            "1-1 |  | ",
            "3-5 | class Cart | Cart",
            "6-7 | class Cart > const maxItems | maxItems",
            "8-11 | class Cart > constructor Cart | Cart",
            "12-12 | class Cart > constructor Cart.empty | empty",
            "13-13 | class Cart > constructor Cart.fromJson | fromJson",
            "15-16 | class Cart > get total | total",
            "17-17 | class Cart > set name | name",
            "19-22 | class Cart > method add | add",
            "24-25 | class Cart | pay, operator+",
            "26-27 | class Cart > method of | of",
            "29-31 | mixin Logging | Logging, log",
            "33-35 | extension Shout | Shout, shout",
            "36-36 | extension on int | twice",
            "37-37 | extension type Id | Id, isKnown",
            "39-47 | enum State | State, open, paid, State, isDone",
            "49-51 |  | Callback, Compare, A",
            "53-56 |  | limit, greeting, counter, now",
            "57-57 | function native | native",
            "59-60 | function main | main",
            "61-64 | function main > group a cart > test is empty at first | ",
            "65-69 | function main > group a cart > test takes an item | ",
        ],
    );
}

#[test]
fn r() {
    check_names(
        Language::R,
        R,
        "Function add, Constant LIMIT, Function total, Function %+%, Function print.cart, \
         Function open, Constant old_prices, Type Cart, Method add, Method pay, Type Line, \
         Function cost, Method cost, Function hello",
    );
    check(
        Language::R,
        R,
        &[
            "1-1 |  | ",
            "3-9 | function add | add",
            "11-13 |  | LIMIT, total, %+%",
            "14-15 |  | print.cart, open",
            "16-16 | old_prices | old_prices",
            "18-20 | class Cart | Cart",
            "21-24 | class Cart > function add | add",
            "25-26 | class Cart > function pay | pay",
            "28-28 | class Line | Line",
            "29-29 | setGeneric cost | cost",
            "30-32 | setMethod cost(Line) | cost",
            "34-36 | function hello | hello",
            "38-40 | test_that a cart is empty at first | ",
        ],
    );
}

#[test]
fn vue_scripts() {
    check_names(
        Language::Vue,
        VUE,
        "Interface Line, Constant props, Constant open, Constant total, Function add",
    );
    check(
        Language::Vue,
        VUE,
        &[
            "1-3 | interface Line | Line",
            "4-6 |  | ",
            "7-9 | const props | props",
            "10-10 | const open | open",
            "11-12 | const total | total",
            "14-18 | function add | add",
            "19-22 |  | ",
            "23-23 |  | ",
            "24-26 |  | ",
            "28-30 |  | ",
        ],
    );
}

#[test]
fn vue_options() {
    check_names(
        Language::Vue,
        "<template>\n  <p @click=\"add\">a</p>\n</template>\n<script>\nexport default {\n  data() { return {} },\n\
         computed: { total: function () { return 1 } },\n  methods: { add() {}, n: 1 },\n}\n</script>\n",
        "Method data, Method total, Method add",
    );
}

#[test]
fn svelte_scripts() {
    check_names(Language::Svelte, SVELTE, "Constant prerender, Constant open, Function add");
    check(
        Language::Svelte,
        SVELTE,
        &[
            "1-2 | const prerender | prerender",
            "3-7 |  | ",
            "8-8 | const open | open",
            "10-14 | function add | add",
            "15-17 |  | ",
            "18-19 |  | ",
            "21-23 |  | ",
        ],
    );
}
