//! The owner's side of the connection: answers each guest on its own thread.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use descry_engine::{Engine, ErrorCode};
use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{ListenerOptions, Name, Stream};

use crate::Focus;
use crate::calls::Request;
use crate::wire::{Failure, Hello, LONGEST_REQUEST, encode, receive, send};

/// The most connections at a time, which bounds threads and memory. A guest uses a few.
const MOST_GUESTS: usize = 128;

/// Accepts guests until dropped.
pub(crate) struct Server {
    data_dir: PathBuf,
    stopped: Arc<AtomicBool>,
}

/// The name of a data directory's socket. On Unix it is a file in the directory itself, which only
/// this user can access. If that path is too long for a socket (108 bytes), the socket lies in the
/// user's runtime directory instead.
pub(crate) fn socket_name(data_dir: &Path) -> io::Result<Name<'static>> {
    let hash = blake3::hash(data_dir.as_os_str().as_encoded_bytes()).to_hex();
    #[cfg(unix)]
    {
        use interprocess::local_socket::GenericFilePath;
        const LONGEST: usize = 100;
        let mut path = data_dir.join("socket");
        if path.as_os_str().len() > LONGEST {
            // Another user could listen in a directory of theirs, and receive the questions.
            let base = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
            let base = base.unwrap_or_else(std::env::temp_dir).join(format!("descry-{hash:.8}"));
            if base.is_symlink() {
                let message = format!("{} is a link", base.display());
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
            }
            descry_engine::private_dir(&base)?;
            path = base.join("socket");
        }
        path.to_fs_name::<GenericFilePath>()
    }
    #[cfg(not(unix))]
    {
        use interprocess::local_socket::GenericNamespaced;
        format!("descry-{hash:.32}").to_ns_name::<GenericNamespaced>()
    }
}

impl Server {
    pub(crate) fn start(data_dir: &Path, engine: &Arc<Engine>, focus: Focus) -> io::Result<Server> {
        // We hold the lock, so an existing socket was left behind by a killed process.
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
            let guests = Arc::new(());
            for guest in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                let (engine, focus) = (engine.clone(), Arc::clone(&focus));
                let Ok(guest) = guest else { continue };
                // Each guest's thread holds one; a guest that is turned away tries again.
                let present = Arc::clone(&guests);
                if Arc::strong_count(&guests) > MOST_GUESTS {
                    continue;
                }
                let serve = move || {
                    let _present = present;
                    if let Err(error) = serve(guest, &engine, &focus) {
                        tracing::debug!(%error, "a guest's connection failed");
                    }
                };
                if let Err(error) = std::thread::Builder::new().spawn(serve) {
                    tracing::warn!(%error, "cannot start a thread for a guest");
                }
            }
        })?;
        Ok(Server { data_dir: data_dir.to_path_buf(), stopped })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the accepting thread; if connecting fails, that thread has already ended.
        if let Ok(name) = socket_name(&self.data_dir) {
            let _ = Stream::connect(name);
        }
    }
}

fn serve(guest: Stream, engine: &Weak<Engine>, focus: &Focus) -> io::Result<()> {
    let mut guest = BufReader::new(guest);
    let Some(hello) = receive::<Hello>(&mut guest, LONGEST_REQUEST)? else { return Ok(()) };
    send(guest.get_mut(), &encode(&Hello::ours())?)?;
    if !hello.is_understood() {
        return Ok(());
    }
    loop {
        let reply = match receive::<Request>(&mut guest, LONGEST_REQUEST) {
            Ok(Some(request)) => {
                let Some(engine) = engine.upgrade() else { return Ok(()) };
                // The guest opens the data directory again.
                if engine.has_ended() {
                    return Ok(());
                }
                request.answer(&engine, focus)?
            }
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                let message = format!("the request is not understood: {error}");
                encode(&Err::<(), _>(Failure { code: ErrorCode::Version, message }))?
            }
            // The rest of the line is not read, so no further request can be found.
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                let message = format!("the request is not accepted: {error}");
                let reply = encode(&Err::<(), _>(Failure { code: ErrorCode::Query, message }))?;
                return send(guest.get_mut(), &reply);
            }
            Err(error) => return Err(error),
        };
        send(guest.get_mut(), &reply)?;
    }
}
