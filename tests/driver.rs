//! The WebDriver server for Tauri windows, with the processes that it starts.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::programs::program;
use crate::wait::wait_until;

/// A running server. Its child processes are in its process group and end with it.
pub(crate) struct Driver {
    process: Child,
    port: u16,
}

impl Driver {
    /// Starts the server. The app that it opens inherits `env`.
    pub(crate) fn start(env: impl IntoIterator<Item = (&'static str, PathBuf)>) -> Driver {
        let (port, native) = (free_port(), free_port());
        let mut command = Command::new(path());
        command.args(["--port", &port.to_string(), "--native-port", &native.to_string()]);
        command.envs(env).stdin(Stdio::null()).stdout(Stdio::null()).process_group(0);
        let process =
            command.spawn().expect("tauri-driver starts; `cargo xtask test e2e` installs it");
        let driver = Driver { process, port };
        for port in [port, native] {
            wait_until("tauri-driver and WebKitWebDriver listen", || {
                TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
            });
        }
        driver
    }

    /// The URL of the server.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.process.id()).ok().and_then(Pid::from_raw) {
            // An error means that the group is already empty.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // First an orderly end: a killed tauri-driver would leave WebKitWebDriver behind.
        self.signal(Signal::TERM);
        let _ = self.process.wait();
        self.signal(Signal::KILL);
    }
}

fn path() -> PathBuf {
    match std::env::var_os("TAURI_DRIVER") {
        Some(path) => path.into(),
        // The path where `cargo xtask test` installs it.
        None => program("../tools/bin/tauri-driver"),
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    listener.local_addr().expect("a listener has an address").port()
}
