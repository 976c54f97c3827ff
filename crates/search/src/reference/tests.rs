use descry_base::RelPath;
use proptest::prelude::*;

use super::*;

/// The files of a project.
const FILES: &[&str] = &[
    "Makefile",
    "My Shop/My Cart.js",
    "app/(shop)/[id]/page.tsx",
    "bin/deploy",
    "contracts/Vault.sol",
    "crates/search/src/lib.rs",
    "lib/cart.dart",
    "lib/shop/cart.ex",
    "other/cart.py",
    "shop/Cart.cs",
    "shop/cart.py",
    "spec/cart_spec.rb",
    "src/Cart.hs",
    "src/Cart.php",
    "src/Cart.swift",
    "src/cart.c",
    "src/cart.cpp",
    "src/cart.f90",
    "src/cart.go",
    "src/cart.jl",
    "src/cart.rs",
    "src/cart.test.ts",
    "src/cart.ts",
    "src/cart.zig",
    "src/main/clojure/shop/core.clj",
    "src/main/java/com/shop/OrderBook.java",
    "src/main/java/org/other/OrderBook.java",
    "src/main/kotlin/Cart.kt",
    "src/main/scala/shop/Cart.scala",
    "src/net/retry.rs",
    "src/shop_cart.erl",
    "tests/test_cart.py",
    "web/steps.mjs",
    "web/view/steps.mjs",
];

/// The files that a text names, each with its line, from 1.
fn places(text: &str) -> Vec<String> {
    let mut places = Vec::new();
    for reference in references(text) {
        let likeness = |file: &&&str| reference.likeness(&RelPath::new(file).unwrap());
        let most = FILES.iter().filter_map(|file| likeness(&file)).max();
        let best = FILES.iter().filter(|file| most.is_some() && likeness(file) == most);
        let line = reference.line.map_or(String::new(), |line| format!(":{}", line + 1));
        places.extend(best.map(|file| format!("{file}{line}")));
    }
    places
}

#[test]
fn the_usual_forms_of_a_place() {
    let mut wrong = Vec::new();
    let mut check = |text: &str, expected: &str| {
        let found = places(text).join(" ");
        if found != expected {
            wrong.push(format!("{text}\n    {found:?}, not {expected:?}"));
        }
    };
    // Python and its tools.
    check("  File \"/app/shop/cart.py\", line 42, in total", "shop/cart.py:42");
    check("tests/test_cart.py:42: AssertionError", "tests/test_cart.py:42");
    check("FAILED tests/test_cart.py::TestCart::test_total - assert 1 == 2", "tests/test_cart.py");
    check("tests/test_cart.py::test_total PASSED", "tests/test_cart.py");
    check("> /app/shop/cart.py(42)total()", "shop/cart.py:42");
    check("shop/cart.py:42:5: F841 local variable", "shop/cart.py:42");
    check("./bin/deploy: 42: foo: not found", "bin/deploy:42");
    check("level=error file=shop/cart.py line=42", "shop/cart.py:42");
    check("shop/cart.py|42 col 9| unexpected indent", "shop/cart.py:42");
    check("src/cart.ts:L42", "src/cart.ts:42");
    check("ERROR: src/cart.ts[42, 9]: missing semicolon", "src/cart.ts:42");
    check("src/cart.ts at 42:9", "src/cart.ts:42");
    check("At line 42 of file src/cart.f90 (unit = 10)", "src/cart.f90:42");
    check("explain src/cart.f90 please", "src/cart.f90");
    check("/app/shop/cart.py:42:5 - error: \"x\" is not defined", "shop/cart.py:42");
    check("  File \"<stdin>\", line 1, in <module>", "");
    // The JVM.
    check(
        "\tat com.shop.OrderBook.handle(OrderBook.java:303)",
        "src/main/java/com/shop/OrderBook.java:303",
    );
    check(
        "at app//org.other.OrderBook$Line.<init>(OrderBook.java:7)",
        "src/main/java/org/other/OrderBook.java:7",
    );
    check(
        "at com.shop.OrderBook.lambda$handle$0(OrderBook.java:9) ~[shop.jar:1.0]",
        "src/main/java/com/shop/OrderBook.java:9",
    );
    check("at java.base/java.util.OrderBook.forEach(OrderBook.java:1511)", "");
    check("\tat com.shop.CartKt.total(Cart.kt:42)", "src/main/kotlin/Cart.kt:42");
    check("at shop.Cart$.$anonfun$total$1(Cart.scala:42)", "src/main/scala/shop/Cart.scala:42");
    check("at shop.core$total.invokeStatic(core.clj:42)", "src/main/clojure/shop/core.clj:42");
    check(
        "[ERROR] /app/src/main/java/com/shop/OrderBook.java:[42,5] cannot find symbol",
        "src/main/java/com/shop/OrderBook.java:42",
    );
    check(
        "e: file:///app/src/main/kotlin/Cart.kt:42:5 Unresolved reference",
        "src/main/kotlin/Cart.kt:42",
    );
    check(
        "e: /app/src/main/kotlin/Cart.kt: (42, 5): Unresolved reference",
        "src/main/kotlin/Cart.kt:42",
    );
    check(
        "[error] /app/src/main/scala/shop/Cart.scala:42:5: not found: value x",
        "src/main/scala/shop/Cart.scala:42",
    );
    // JavaScript and TypeScript.
    check("    at total (file:///srv/shop/web/steps.mjs:268:11)", "web/steps.mjs:268");
    check("    at file:///srv/shop/web/steps.mjs:268:11", "web/steps.mjs:268");
    check(
        "at async Promise.all (index 0)\n at total (/srv/web/view/steps.mjs:3:1)",
        "web/view/steps.mjs:3",
    );
    check("    at Object.<anonymous> (src/cart.test.ts:42:5)", "src/cart.test.ts:42");
    check("total@http://localhost:8080/web/steps.mjs:42:11", "web/steps.mjs:42");
    check("total@http://localhost:5173/src/cart.ts?t=1699999:42:11", "src/cart.ts:42");
    check("at total (webpack://shop/./src/cart.ts?a1b2:42:5)", "src/cart.ts:42");
    check(
        "at Page (webpack-internal:///(rsc)/./app/(shop)/[id]/page.tsx:42:5)",
        "app/(shop)/[id]/page.tsx:42",
    );
    check("    at C:\\My Shop\\My Cart.js:42:5", "My Shop/My Cart.js:42");
    check("    at file:///C:/My%20Shop/My%20Cart.js:42:5", "My Shop/My Cart.js:42");
    check("src/cart.ts(42,5): error TS2304: Cannot find name 'x'.", "src/cart.ts:42");
    check("src/cart.ts:42:5 - error TS2304: Cannot find name 'x'.", "src/cart.ts:42");
    check(
        "/app/src/cart.ts\n  42:5  error  'x' is not defined  no-undef\n  43:1  warning  y",
        "src/cart.ts:42 src/cart.ts:43",
    );
    check(" FAIL  src/cart.test.ts > adds", "src/cart.test.ts");
    check(" ❯ src/cart.test.ts:42:5", "src/cart.test.ts:42");
    check("at Layer.handle (/app/node_modules/express/lib/cart.ts:95:5)", "");
    check(
        "\x1b[96msrc/cart.ts\x1b[0m:\x1b[93m42\x1b[0m:\x1b[93m5\x1b[0m - error",
        "src/cart.ts:42",
    );
    // Go, Rust, Zig, C and C++.
    check("\t/home/me/shop/src/cart.go:42 +0x1d", "src/cart.go:42");
    check("./cart.go:42:5: undefined: x", "src/cart.go:42");
    check("thread 'main' panicked at src/cart.rs:42:5:", "src/cart.rs:42");
    check("thread 'main' panicked at 'index out of bounds', src/cart.rs:42:5", "src/cart.rs:42");
    check("  --> src/cart.rs:42:5", "src/cart.rs:42");
    check("             at ./src/cart.rs:42:5", "src/cart.rs:42");
    check("at /rustc/90b35a62/library/core/src/cart.rs:42:5", "");
    check("/app/src/cart.zig:42:5: 0x1038 in total (shop)", "src/cart.zig:42");
    check("src/cart.c:42:7: error: expected ';' before '}' token", "src/cart.c:42");
    check("In file included from ../src/cart.c:42:", "src/cart.c:42");
    check(
        "C:\\build\\src\\cart.cpp(42): error C2065: 'x': undeclared identifier",
        "src/cart.cpp:42",
    );
    check("C:\\build\\src\\cart.cpp(42,13): error C2065", "src/cart.cpp:42");
    check(
        "/usr/bin/ld: /tmp/ccX.o: in function `main':\n/app/src/cart.c:42: undefined reference to `x'",
        "src/cart.c:42",
    );
    check("cart.c:(.text+0x12): undefined reference to `x'", "src/cart.c");
    check(
        ">>> referenced by cart.cpp:42 (/app/src/cart.cpp:42)",
        "src/cart.cpp:42 src/cart.cpp:42",
    );
    check("    #0 0x4c3e in total /app/src/cart.c:42:7", "src/cart.c:42");
    check("src/cart.c:42:7: runtime error: signed integer overflow", "src/cart.c:42");
    check("#1  0x0000555 in total (c=0x7ff) at src/cart.c:42", "src/cart.c:42");
    check("==12== by 0x4005: total (cart.c:42)", "src/cart.c:42");
    // Other languages.
    check("   at Shop.Cart.Total() in C:\\src\\shop\\Cart.cs:line 42", "shop/Cart.cs:42");
    check("   bei Shop.Cart.Total() in C:\\src\\shop\\Cart.cs:Zeile 42", "shop/Cart.cs:42");
    check("shop/Cart.cs(42,13): error CS0103: The name 'x' does not exist", "shop/Cart.cs:42");
    check(
        "# ./spec/cart_spec.rb:42:in `block (2 levels) in <top (required)>'",
        "spec/cart_spec.rb:42",
    );
    check("bin/deploy:42:in 'main'", "bin/deploy:42");
    check("#0 /app/src/Cart.php(42): App\\Cart->total()", "src/Cart.php:42");
    check("PHP Fatal error:  Uncaught Error in /app/src/Cart.php:42", "src/Cart.php:42");
    check(
        "Warning: Undefined variable $x in <b>/app/src/Cart.php</b> on line <b>42</b>",
        "src/Cart.php:42",
    );
    check("    (shop 0.1.0) lib/shop/cart.ex:42: Shop.Cart.total/1", "lib/shop/cart.ex:42");
    check("[{shop_cart,total,1,[{file,\"src/shop_cart.erl\"},{line,42}]}]", "src/shop_cart.erl:42");
    check("Fatal error: Index out of range: file Shop/Cart.swift, line 42", "src/Cart.swift:42");
    check("/app/src/Cart.swift:42:13: error: cannot find 'x' in scope", "src/Cart.swift:42");
    check("#0      total (package:shop/cart.dart:42:7)", "lib/cart.dart:42");
    check("package:shop/cart.dart 42:7  total", "lib/cart.dart:42");
    check("src/Cart.hs:(42,5)-(44,9): error:", "src/Cart.hs:42");
    check(" [1] total() @ Main ~/shop/src/cart.jl:42", "src/cart.jl:42");
    check("  --> contracts/Vault.sol:42:9:", "contracts/Vault.sol:42");
    check("Makefile:42: *** missing separator.  Stop.", "Makefile:42");
    check("https://github.com/me/shop/blob/main/src/cart.go#L42-L50", "src/cart.go:42");
    check("see line 42 of src/cart.go", "src/cart.go:42");
    check("--- a/src/net/retry.rs", "src/net/retry.rs");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_last_call_of_a_traceback_comes_first() {
    let text = "Traceback (most recent call last):\n  File \"tests/test_cart.py\", line 3, in test\n  \
                File \"/app/shop/cart.py\", line 9, in total\nKeyError: 'x'";
    assert_eq!(places(text), ["shop/cart.py:9", "tests/test_cart.py:3"]);
}

#[test]
fn plain_names() {
    #[track_caller]
    fn check(words: &str, expected: &[&str]) {
        assert_eq!(places(words), expected, "{words}");
    }
    check("src/net/retry.rs", &["src/net/retry.rs"]);
    check("net/Retry.rs:4", &["src/net/retry.rs:4"]);
    check("/build/shop/src/net/retry.rs", &["src/net/retry.rs"]);
    check("try.rs", &[]);
    check("(see `retry.rs`).", &["src/net/retry.rs"]);
    check("crates/search", &["crates/search/src/lib.rs"]);
    check("crates/sea", &[]);
    check("search", &[]);
    check("steps.mjs", &["web/steps.mjs", "web/view/steps.mjs"]);
    check("std::path::Path http://a.rs Router.route and 1.5", &[]);
    check("what does e.g. this do", &[]);
    check("My Cart.js", &["My Shop/My Cart.js"]);
}

#[test]
fn one_word_may_be_a_reference() {
    #[track_caller]
    fn check(words: &str, expected: bool) {
        assert_eq!(is_reference(words), expected, "{words}");
    }
    check("src/net/retry.rs:42", true);
    check("retry.rs", true);
    check("crates/search", true);
    check("response.get(5)", false);
    check("response.json()", false);
    check("std::path", false);
    check("retry.rs 42", false);
    check("RetryPolicy", false);
}

proptest! {
    #[test]
    fn any_text_may_name_files(
        words in "\\PC*|[a-c./:\\\\(#0-9 \"%]*",
        file in "[a-c]{1,3}(/[a-c.]{1,4}x){0,3}",
    ) {
        let file = RelPath::new(&file).unwrap();
        references(&words).iter().for_each(|it| { it.likeness(&file); });
        is_reference(&words);
    }
}
