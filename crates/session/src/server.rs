//! The owner's side: answers guests, one thread each.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use descry_engine::{Engine, ErrorCode};
use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{ListenerOptions, Name, Stream};

use crate::Focus;
use crate::calls::Request;
use crate::wire::{Failure, Hello, encode, receive, send};

/// Accepts guests until it is dropped.
pub(crate) struct Server {
    data_dir: PathBuf,
    stopped: Arc<AtomicBool>,
}

/// Name of the socket of a data directory. On Unix it is a file in the directory itself, which is
/// this user's alone; a path too long for a socket (108 bytes) is stood for by one in the runtime
/// directory of this user.
pub(crate) fn socket_name(data_dir: &Path) -> io::Result<Name<'static>> {
    let hash = blake3::hash(data_dir.as_os_str().as_encoded_bytes()).to_hex();
    #[cfg(unix)]
    {
        use interprocess::local_socket::GenericFilePath;
        const LONGEST: usize = 100;
        let mut path = data_dir.join("socket");
        if path.as_os_str().len() > LONGEST {
            let base = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
            let base =
                base.unwrap_or_else(|| std::env::temp_dir().join(format!("descry-{hash:.8}")));
            private_dir(&base)?;
            path = base.join(format!("descry-{hash:.16}"));
        }
        path.to_fs_name::<GenericFilePath>()
    }
    #[cfg(not(unix))]
    {
        use interprocess::local_socket::GenericNamespaced;
        format!("descry-{hash:.32}").to_ns_name::<GenericNamespaced>()
    }
}

#[cfg(unix)]
fn private_dir(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

impl Server {
    pub(crate) fn start(data_dir: &Path, engine: &Arc<Engine>, focus: Focus) -> io::Result<Server> {
        // We hold the lock, so a socket that is there was left by a kill.
        let _ = std::fs::remove_file(data_dir.join("socket"));
        let listener = ListenerOptions::new()
            .name(socket_name(data_dir)?)
            .reclaim_name(true)
            .try_overwrite(true)
            .create_sync()?;
        let stopped = Arc::<AtomicBool>::default();
        let (engine, stop) = (Arc::downgrade(engine), Arc::clone(&stopped));
        let focus: Arc<Focus> = Arc::new(focus);
        std::thread::Builder::new().name("descry-serve".into()).spawn(move || {
            for guest in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (engine, focus) = (engine.clone(), Arc::clone(&focus));
                let Ok(guest) = guest else { continue };
                let serve = move || {
                    if let Err(error) = serve(guest, &engine, &focus) {
                        tracing::debug!(%error, "a guest left");
                    }
                };
                if let Err(error) = std::thread::Builder::new().spawn(serve) {
                    tracing::warn!(%error, "a guest is turned away");
                }
            }
        })?;
        Ok(Server { data_dir: data_dir.to_path_buf(), stopped })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts; if it cannot be reached it has ended already.
        if let Ok(name) = socket_name(&self.data_dir) {
            let _ = Stream::connect(name);
        }
    }
}

fn serve(guest: Stream, engine: &Weak<Engine>, focus: &Focus) -> io::Result<()> {
    let mut guest = BufReader::new(guest);
    let Some(hello) = receive::<Hello>(&mut guest)? else { return Ok(()) };
    send(guest.get_mut(), &encode(&Hello::ours())?)?;
    if !hello.is_understood() {
        return Ok(());
    }
    loop {
        let reply = match receive::<Request>(&mut guest) {
            Ok(Some(request)) => {
                let Some(engine) = engine.upgrade() else { return Ok(()) };
                request.answer(&engine, focus)?
            }
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let message = format!("the request is not understood: {error}");
                encode(&Err::<(), _>(Failure { code: ErrorCode::Version, message }))?
            }
            Err(error) => return Err(error),
        };
        send(guest.get_mut(), &reply)?;
    }
}
