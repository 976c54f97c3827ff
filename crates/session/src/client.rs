//! The guest's side of the connection.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use interprocess::ConnectWaitMode;
use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{ConnectOptions, Stream};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;

use crate::SessionError;
use crate::calls::Request;
use crate::server::socket_name;
use crate::wire::{
    Failure, Hello, LONGEST_REPLY, LONGEST_REQUEST, decode, encode, read_line, receive, send,
};

/// An owner says hello at once; one that does not has been stopped.
const HELLO_WITHIN: Duration = Duration::from_secs(2);

/// A reply may take as long as the work for it. Whoever waits for it looks this often whether the
/// owner still says hello.
const LOOK: Duration = Duration::from_secs(3);

type Connection = BufReader<Stream>;

/// A guest's connections to the owner.
pub struct Client {
    data_dir: PathBuf,
    /// Connections that no request is using, so that requests do not wait for each other.
    idle: Mutex<Vec<Connection>>,
}

impl Client {
    /// Connects to the owner of a data directory.
    ///
    /// # Errors
    /// [`SessionError::Gone`] if the owner is starting or shutting down,
    /// [`SessionError::Unreachable`] if it listens but says nothing.
    pub(crate) fn connect(data_dir: &Path) -> Result<Client, SessionError> {
        let client = Client { data_dir: data_dir.to_path_buf(), idle: Mutex::default() };
        let connection = client.greet()?;
        client.idle.lock().push(connection);
        Ok(client)
    }

    /// Opens a connection and exchanges greetings.
    fn greet(&self) -> Result<Connection, SessionError> {
        let hello = || -> io::Result<(Connection, Option<Hello>)> {
            let name = socket_name(&self.data_dir)?;
            // A stopped owner accepts some connections, and says nothing.
            let wait = ConnectWaitMode::Timeout(HELLO_WITHIN);
            let stream = ConnectOptions::new().name(name).wait_mode(wait).connect_sync()?;
            stream.set_recv_timeout(Some(HELLO_WITHIN))?;
            let mut connection = BufReader::new(stream);
            send(connection.get_mut(), &encode(&Hello::ours())?)?;
            let hello = receive(&mut connection, LONGEST_REQUEST)?;
            connection.get_mut().set_recv_timeout(Some(LOOK))?;
            Ok((connection, hello))
        };
        match hello() {
            Ok((connection, Some(hello))) if hello.is_understood() => Ok(connection),
            Ok((_, Some(hello))) => Err(SessionError::OtherVersion(hello.version)),
            Err(error) if is_timeout(&error) => {
                Err(SessionError::Unreachable { path: self.data_dir.clone() })
            }
            Ok((_, None)) | Err(_) => Err(SessionError::Gone),
        }
    }

    /// Sends a request and waits for its reply.
    pub(crate) fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, SessionError> {
        let line =
            encode(request).map_err(|error| SessionError::Misunderstood(error.to_string()))?;
        if line.len() as u64 > LONGEST_REQUEST {
            return Err(SessionError::TooLong);
        }
        let idle = self.idle.lock().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.greet().map_err(gone)?,
        };
        let mut exchange = || -> io::Result<Option<Result<T, Failure>>> {
            send(connection.get_mut(), &line)?;
            let mut reply = Vec::new();
            while let Err(error) = read_line(&mut connection, &mut reply, LONGEST_REPLY) {
                if !is_timeout(&error) || self.greet().is_err() {
                    return Err(error);
                }
            }
            decode(&reply)
        };
        match exchange() {
            Ok(Some(reply)) => {
                self.idle.lock().push(connection);
                reply.map_err(|Failure { code, message }| SessionError::Remote { code, message })
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(SessionError::Misunderstood(error.to_string()))
            }
            Ok(None) | Err(_) => Err(SessionError::Gone),
        }
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// An owner that has stopped answering is as good as gone: whoever opens the data directory again
/// reads what it has stored.
fn gone(error: SessionError) -> SessionError {
    match error {
        SessionError::Unreachable { .. } => SessionError::Gone,
        error => error,
    }
}
