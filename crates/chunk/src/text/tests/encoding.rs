use super::*;

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
    let one = "# 一二三\ndef read():\n    return \"一\" # 一\n";
    for text in [one, "一 二\n", "Où est l'été ?\n", "一中 一国 万\n"] {
        for bytes in [u16::to_le_bytes as fn(u16) -> [u8; 2], u16::to_be_bytes] {
            check("a.py", &of(false, bytes, text), Ok(text));
        }
    }
    let mut damaged = "größer, größer und noch größer\n".repeat(5).into_bytes();
    damaged[7] = 0xff;
    let read = Text::read("a.txt", &damaged, false).unwrap();
    assert_eq!((read.encoding(), read.as_str().matches("größer").count()), ("UTF-8", 14));
}

/// Checks that text written in this encoding is recognised and decoded unchanged.
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
fn lines_in_two_encodings() {
    let line = "Die Größe der Straße überall.\n";
    for (old, expected) in
        [(&b"Gr\xf6\xdfe\n"[..], "Größe\n"), (b"Die Gr\xf6\xdfe der Stra\xdfe \xfcberall.\n", line)]
    {
        for times in [1, 3, 50] {
            let text = [line.repeat(times).as_bytes(), b"plain\n", old, b"end\n"].concat();
            check("a.txt", &text, Ok(&format!("{}plain\n{expected}end\n", line.repeat(times))));
        }
    }
}

#[test]
fn thai_has_no_blanks() {
    let thai = "อ่านการตั้งค่าและลองใหม่อีกครั้ง\n".repeat(8);
    let (bytes, ..) = encoding_rs::WINDOWS_874.encode(&thai);
    check("a.txt", &bytes, Ok(&thai));
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
    // Bytes without a pattern, as in compressed data.
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
fn binaries_without_a_magic_number() {
    let binary = Err(SkipReason::Binary);
    // A compiled Python module, an icon, 32-bit records, and length-prefixed strings.
    check("a.pyc", b"\xa7\r\r\n\0\0\0\0\x17\x5c\xcf\x65\x20\x01\0\0\xe3\0\0\0", binary.clone());
    check(
        "a.ico",
        b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0\x68\x04\0\0\x16\0\0\0",
        binary.clone(),
    );
    let records: Vec<u8> = (0..500_u32).flat_map(|n| (n * 7919).to_le_bytes()).collect();
    check("a.bin", &records, binary.clone());
    check("a.bin", &b"\0\0\0\x06kettle\0\0\0\x05water\n".repeat(20), binary);
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
fn control_characters_that_texts_have() {
    let log = "2024 INFO boot\n2024 INFO \0\0\0crash\n2024 INFO boot again\n2024 INFO ok\n";
    for text in [
        "line one\nline \0 two\nline three ends here\n",
        log,
        &log.replacen("INFO", "INFO\0", 3),
        "start job\x1b]0;title\x07 done\n",
        "#!/bin/sh\nprintf \"\x07\"\nbell=\"\x07\"\n",
        "10 PRINT 1\r\n\x1a",
        "kettle\x1eone\x1ftwo\x1c\x1d\n",
        "kettle\u{85}one\u{85}two\n",
        "map a \x01\nmap b \x02\nmap kettle \x03\n",
    ] {
        check_kept("a.txt", text);
    }
    let half = "2024-01-01 INFO kettle started\n".repeat(50);
    check_kept("a.log", &format!("{half}{}{half}", "\0".repeat(4_096)));
}
