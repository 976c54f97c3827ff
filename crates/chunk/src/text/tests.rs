use super::*;

#[track_caller]
fn check(path: &str, bytes: &[u8], expected: Result<&str, SkipReason>) {
    let text = Text::read(path, bytes, false);
    assert_eq!(text.as_ref().map(Text::as_str), expected.as_ref().copied(), "{path}");
    if expected != Err(SkipReason::Binary) {
        assert!(Text::read(path, bytes, true).is_ok(), "{path}, brought in by hand");
    }
}

#[track_caller]
fn check_kept(path: &str, text: &str) {
    check(path, text.as_bytes(), Ok(text));
}

#[track_caller]
fn check_out(reason: &SkipReason, path: &str, text: &str) {
    let read = Text::read(path, text.as_bytes(), false).map(|text| text.as_str().to_owned());
    assert_eq!(read, Err(reason.clone()), "{path}: {text}");
    assert!(Text::read(path, text.as_bytes(), true).is_ok(), "{path}, brought in by hand");
}

#[test]
fn unicode() {
    let text = "let é = \"\u{1F600}\";\n";
    let of = |marked: bool, bytes: fn(u16) -> [u8; 2], text: &str| {
        let mark = marked.then_some(0xfeff);
        mark.into_iter().chain(text.encode_utf16()).flat_map(bytes).collect::<Vec<u8>>()
    };
    check("a.rs", "fn é() {}".as_bytes(), Ok("fn é() {}"));
    check("a.rs", b"\xef\xbb\xbffn a() {}", Ok("fn a() {}"));
    check("empty", b"", Ok(""));
    for bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
        check("a.cs", &of(true, bytes, text), Ok(text));
        check("a.cs", &of(false, bytes, "int count = 1;\n"), Ok("int count = 1;\n"));
        let russian = "// Считает строки и слова\nint count = 1; // и буквы\n".repeat(5);
        check("a.cs", &of(false, bytes, &russian), Ok(&russian));
        let japanese = "設定を読み込む関数\n失敗したら三回まで再試行する\n".repeat(5);
        check("a.txt", &of(false, bytes, &japanese), Ok(&japanese));
    }
    let mut damaged = "größer, größer und noch größer\n".repeat(5).into_bytes();
    damaged[7] = 0xff;
    let read = Text::read("a.txt", &damaged, false).unwrap();
    assert_eq!((read.encoding(), read.as_str().matches("größer").count()), ("UTF-8", 14));
}

/// Written in this encoding, the text is found to be in it and read as it was.
#[track_caller]
fn check_encoding(encoding: &'static encoding_rs::Encoding, name: &str, text: &str) {
    let (bytes, _, lossy) = encoding.encode(text);
    assert!(!lossy, "{text}");
    let read = Text::read("a.c", &bytes, false).unwrap();
    assert_eq!((read.encoding(), read.as_str()), (name, text));
}

#[test]
fn old_encodings() {
    use encoding_rs::*;
    let code = |comment: &str| {
        format!(
            "/* {comment} */\nint count(const char *text)\n{{\n    return 0; /* {comment} */\n}}\n"
        )
    };
    let japanese = code("設定ファイルを読み込み、失敗したら再試行する");
    check_encoding(SHIFT_JIS, "Shift_JIS", &japanese);
    check_encoding(EUC_JP, "EUC-JP", &japanese);
    check_encoding(GBK, "GBK", &code("读取配置文件，失败时重新尝试连接服务器"));
    check_encoding(BIG5, "Big5", &code("讀取設定檔，失敗時重新嘗試連線到伺服器"));
    check_encoding(EUC_KR, "EUC-KR", &code("설정 파일을 읽고 실패하면 다시 시도한다"));
    check_encoding(KOI8_U, "KOI8-U", &code("Читает настройки и повторяет попытку соединения"));
    check_encoding(
        WINDOWS_1251,
        "windows-1251",
        &code("Читает настройки и повторяет попытку соединения"),
    );
    check_encoding(
        WINDOWS_1252,
        "windows-1252",
        &code("Lit les réglages et réessaie après un échec"),
    );
    check_encoding(WINDOWS_1252, "windows-1252", &code("Größe und Übergröße der Straße"));
    check_encoding(
        WINDOWS_1250,
        "windows-1250",
        &code("Načte nastavení a při neúspěchu zkouší znovu, příliš žluťoučký kůň"),
    );
    check_encoding(
        WINDOWS_1253,
        "windows-1253",
        &code("Διαβάζει τις ρυθμίσεις και προσπαθεί ξανά"),
    );
    check("a.c", b"/* caf\xe9 au lait */ int a;", Ok("/* café au lait */ int a;"));
    check("a.c", b"/* Copyright \xa9 1999 */ int a;", Ok("/* Copyright © 1999 */ int a;"));
    check("a.txt", b"\x1b$B@_Dj\x1b(B\n", Ok("設定\n"));
}

#[test]
fn binaries() {
    let binary = Err(SkipReason::Binary);
    check("a.png", b"\x89PNG\r\n", binary.clone());
    check("a.out", b"\x7fELF\x02\x01", binary.clone());
    check("a", b"text with a zero \0 in it", binary.clone());
    check("a", b"\x01\x02\x03\x04\x05\x06", binary.clone());
    check("a", &(0x80..=0xff).collect::<Vec<u8>>(), binary.clone());
    check("a", &(0..=0xff).collect::<Vec<u8>>().repeat(20), binary.clone());
    // Bytes without a pattern, as in what is packed.
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    })
    .take(5_000)
    .collect();
    check("a", &noise, binary.clone());
    let high: Vec<u8> = noise.iter().map(|byte| byte | 0x80).collect();
    check("a", &high, binary.clone());
    let script = [&b"#!/bin/sh\nexit 0\n"[..], &noise].concat();
    check("install.run", &script, binary);
}

#[test]
fn a_few_zeros_make_no_binary() {
    let line = "2024-05-01 12:00:00 INFO the kettle is on\n";
    for zeros in [1, 3, 10] {
        let mut log = line.repeat(40);
        for zero in 0..zeros {
            log.insert(zero * 97 + 5, '\0');
        }
        check_kept("server.log", &log);
        check_kept("server.log", &format!("{}{}", line.repeat(40), "\0".repeat(zeros)));
    }
}

#[test]
fn generated() {
    let generated = SkipReason::Generated;
    for path in ["web/package-lock.json", "Cargo.lock", "jquery.min.js", "app.js.map"] {
        check_out(&generated, path, "{}");
    }
    let header = |path: &str, text: &str| check_out(&generated, path, text);
    header("a.go", "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage a\n");
    header(
        "a.go",
        "// Copyright 2024 The Authors.\n\n// Code generated by client-gen. DO NOT EDIT.\n\npackage a\n",
    );
    header("a.rs", "// @generated by tool\nfn a() {}\n");
    header("a.rs", "// This file is @generated by prost-build.\nfn a() {}\n");
    header("a.rs", "/* automatically generated by rust-bindgen 0.69.4 */\npub type a = u8;\n");
    header("a.py", "# This file was generated by x.\n# Do not edit!\n");
    header(
        "a.py",
        "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# Generated by the protocol buffer compiler.  DO NOT EDIT!\n",
    );
    header("a.py", "# Form implementation generated from reading ui file 'a.ui'\n");
    header("a.h", "/*\n * This file is auto-generated\n */\n");
    header("a.h", "/* DO NOT EDIT THIS FILE - it is machine generated */\n#include <jni.h>\n");
    header(
        "R.java",
        "/* AUTO-GENERATED FILE.  DO NOT MODIFY.\n *\n * This class was automatically generated by the\n * aapt tool. */\n",
    );
    header("A.java", "/*\n * This file is generated by jOOQ.\n */\npackage a;\n");
    header(
        "A.java",
        "/**\n * Autogenerated by Thrift Compiler (0.19.0)\n *\n * DO NOT EDIT UNLESS YOU ARE SURE\n */\n",
    );
    header("a.c", "/* Generated by Cython 3.0.10 */\n");
    header("a.tab.c", "/* A Bison parser, made by GNU Bison 3.8.2.  */\n");
    header(
        "a.cs",
        "//------\n// <auto-generated>\n//     This code was generated by a tool.\n// </auto-generated>\n",
    );
    header("a.dart", "// GENERATED CODE - DO NOT MODIFY BY HAND\npart of 'a.dart';\n");
    header(
        "a.ts",
        "/* eslint-disable */\n// This file has been generated by Tauri Specta. Do not edit this file manually.\n",
    );
    header("a.ts", "/**\n * @generated SignedSource<<abc>>\n */\nexport const a = 1;\n");
    header("Makefile.in", "# Makefile.in generated by automake 1.16.5 from Makefile.am.\n");
    header("a.html", "<!DOCTYPE html>\n<!-- Generated by Doxygen 1.9.1 -->\n<p>\n");
    header("a.rb", "# This file was automatically generated by Sorbet. Do not edit it by hand.\n");
    header("a.sql", "-- This file is generated by sqlc. DO NOT EDIT.\nSELECT 1;\n");
    header("a.js", "// Generated from A.g4 by ANTLR 4.13.1\n// DO NOT EDIT\n");
}

#[test]
fn written_by_hand_though_it_speaks_of_generated_files() {
    let kept = check_kept;
    kept("a.rs", "const MARK: &str = \"@generated\";\n");
    kept("a.rs", "// Please do not edit this by hand without asking.\nfn a() {}\n");
    kept("a.rs", "/// Whether the text was generated.\nfn is_generated() {}\n");
    kept("a.rs", &("fn a() {}\n".repeat(30) + "// Code generated by x. DO NOT EDIT.\n"));
    kept(
        "gen.py",
        "\"\"\"Writes api.rs.\n\nCode generated by gen.py. DO NOT EDIT.\n\"\"\"\nimport sys\n",
    );
    kept(
        "gen.py",
        "# Writes `Code generated by gen.py. DO NOT EDIT.` above each file.\nimport sys\n",
    );
    kept(
        "gen.py",
        "# What it writes begins with\n#\n#     Code generated by gen.py. DO NOT EDIT.\nimport sys\n",
    );
    kept("gen.py", "# Do not edit the generated files, run this instead.\nimport sys\n");
    kept(
        "gen.go",
        "// Command gen writes tables.go, which is generated by hand-tuned rules.\n// Do not edit tables.go.\npackage main\n",
    );
    kept(
        "lint.rs",
        "//! Files marked `@generated` are passed over.\n//! @generated-like marks are not.\nfn a() {}\n",
    );
    kept("README.md", "# Tool\n\n- `api.rs` is generated by the build.\n- Do not edit it.\n");
    kept("README.md", "* is generated by `make docs`, do not edit\n");
    kept("README", "This directory has what is generated by the tool.\n");
    kept(
        "vm.h",
        "/* vm.h - operations of the machine.\n * Auto-generated tables are in optab.c. */\n#ifndef VM_H\n",
    );
    kept(
        "vm.h",
        "/*\n * Declarations for the auto-generated tables in optab.c;\n * the generated code is included below.\n */\n",
    );
    kept("crc.c", "// The table below was generated by mktable.py\nint table[1];\n");
    kept(
        "db/schema.rb",
        "# This file is auto-generated from the current state of the database. Instead\n# of editing this file, please use the migrations feature of Active Record.\n\nActiveRecord::Schema[7.1].define do\nend\n",
    );
    kept(
        "0001_initial.py",
        "# Generated by Django 4.2 on 2024-01-01 12:00\n\nfrom django.db import migrations\n",
    );
    kept("lib.map", "VERS_1 { global: kettle; };\n");
    kept("a.js", "// Generates the parser. The generated file says \"do not edit\".\nrun();\n");
}

#[test]
fn minified() {
    let minified = SkipReason::Minified;
    check_out(&minified, "a.js", &"a();".repeat(1_000));
    check_out(&minified, "a.json", &"[1],".repeat(3_000));
    check_out(&minified, "a.css", &"a{b:c}".repeat(500));
    check_out(
        &minified,
        "a.js",
        &format!("/*! A 1.0\n * MIT\n */\n{}", "a(\"b\",'c');".repeat(1_000)),
    );
    check_out(&minified, "a.txt", &"x".repeat(10_000_000));
    check_kept("a.md", &"word ".repeat(800));
    check_kept("a.js", &"a();".repeat(100));
}

#[test]
fn long_strings_make_no_minified_file() {
    let function = "export function kettle(water) {\n  return boil(water);\n}\n";
    for line in [
        format!("const a = \"{}\";\n", "QUJD".repeat(500)),
        format!("  '{}',\n", "it\\'s ".repeat(500)),
        format!("const b = `<p>{}</p>`;\n", "long ".repeat(500)),
    ] {
        check_kept("a.js", &format!("{function}{}", line.repeat(30)));
        check_kept(
            "a.py",
            &format!("{function}{}", line.repeat(30).replace("QUJD", "QUJDQUJDQUJD")),
        );
    }
    let rule = format!(".a {{ background: url(data:image/png;base64,{}) }}\n", "iVBO".repeat(500));
    check_kept("a.css", &rule.repeat(30));
}

#[test]
fn private_keys_by_what_is_in_them() {
    let secret = SkipReason::Credentials;
    let key =
        |kind: &str| format!("-----BEGIN {kind}-----\nMIIEpAIBAAKCAQEA\n-----END {kind}-----\n");
    for kind in [
        "PRIVATE KEY",
        "RSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "ENCRYPTED PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ] {
        check_out(&secret, "deploy", &key(kind));
        check_out(&secret, "deploy.txt", &format!("\n{}", key(kind)));
    }
    check_out(&secret, "both.txt", &(key("CERTIFICATE") + &key("PRIVATE KEY")));
    check_out(&secret, "p12.txt", &format!("Bag Attributes\n    a: b\n{}", key("PRIVATE KEY")));
    check_out(&secret, "putty", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n");
    check_out(
        &secret,
        "sa.json",
        "{\"type\": \"service_account\", \"private_key\": \"-----BEGIN PRIVATE KEY-----\\nMII\"}",
    );
    check_kept("chain.txt", &key("CERTIFICATE"));
    check_kept("pub.txt", &key("PUBLIC KEY"));
    check_kept("tls_test.go", &format!("package tls\n\nconst key = `{}`\n", key("PRIVATE KEY")));
    check_kept("README.md", &format!("A key looks so:\n\n{}", key("PRIVATE KEY")));
    check_kept("key.rs", "//! -----BEGIN RSA PRIVATE KEY-----\nfn key() {}\n");
}
