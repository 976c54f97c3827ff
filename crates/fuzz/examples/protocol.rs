//! Any bytes to an owner's socket: each line gets a reply of JSON, or ends the connection, and the
//! owner goes on answering.

use std::io::{BufRead, BufReader, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::LazyLock;

use descry_embed_gguf::Source;
use descry_session::{Bundled, Session, SessionConfig};
use libfuzzer_sys::fuzz_target;

const HELLO: &[u8] = b"{\"protocol\":1,\"version\":\"0\"}\n";
const STATUS: &[u8] = b"\n{\"status\":{}}\n";

/// An owner, and its socket.
static OWNER: LazyLock<(Session, PathBuf)> = LazyLock::new(|| {
    let data_dir = tempfile::tempdir().expect("a temporary folder").keep();
    let config = SessionConfig {
        data_dir: data_dir.clone(),
        model: None,
        bundled: Bundled {
            model: Source::File(PathBuf::new()),
            static_model: Source::File(PathBuf::new()),
        },
        watch: false,
        catch_up: false,
        background: false,
        focus: Box::new(|_| false),
    };
    let session = Session::open(config, |_| {}).expect("a session opens");
    (session, data_dir.join("socket"))
});

fn replies(bytes: &[u8]) -> Vec<String> {
    let mut stream = UnixStream::connect(&OWNER.1).expect("the owner listens");
    // An owner that has closed the connection does not read the rest.
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    BufReader::new(stream).lines().map_while(Result::ok).collect()
}

fuzz_target!(|input: &[u8]| {
    for bytes in [input.to_vec(), [HELLO, input, STATUS].concat()] {
        for reply in replies(&bytes) {
            assert!(reply.starts_with('{') && reply.ends_with('}'), "{reply}");
        }
    }
    let answered = replies(&[HELLO, STATUS].concat());
    assert!(answered.last().is_some_and(|reply| reply.contains("Ok")), "{answered:?}");
});

fn main() -> std::process::ExitCode {
    descry_fuzz::run()
}
