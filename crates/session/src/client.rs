//! The guest's side of the connection.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use interprocess::local_socket::Stream;
use interprocess::local_socket::prelude::*;
use parking_lot::Mutex;
use serde::de::DeserializeOwned;

use crate::SessionError;
use crate::calls::Request;
use crate::server::socket_name;
use crate::wire::{Failure, Hello, LONGEST_REPLY, LONGEST_REQUEST, encode, receive, send};

/// An owner says hello at once; one that does not has been stopped.
const HELLO_WITHIN: Duration = Duration::from_secs(2);

type Connection = BufReader<Stream>;

/// A guest's connections to the owner.
pub struct Client {
    data_dir: PathBuf,
    /// Connections that no request is using, so that requests do not wait for each other.
    idle: Mutex<Vec<Connection>>,
}

impl Client {
    /// Connects to the owner of a data directory. Fails with [`SessionError::Gone`] if the owner is
    /// starting or shutting down.
    pub(crate) fn connect(data_dir: &Path) -> Result<Client, SessionError> {
        let client = Client { data_dir: data_dir.to_path_buf(), idle: Mutex::default() };
        let connection = client.greet()?;
        client.idle.lock().push(connection);
        Ok(client)
    }

    /// Opens a connection and exchanges greetings.
    fn greet(&self) -> Result<Connection, SessionError> {
        let hello = || -> io::Result<(Connection, Option<Hello>)> {
            let stream = Stream::connect(socket_name(&self.data_dir)?)?;
            // A stopped owner accepts, and says nothing.
            stream.set_recv_timeout(Some(HELLO_WITHIN))?;
            let mut connection = BufReader::new(stream);
            send(connection.get_mut(), &encode(&Hello::ours())?)?;
            let hello = receive(&mut connection, LONGEST_REQUEST)?;
            connection.get_mut().set_recv_timeout(None)?;
            Ok((connection, hello))
        };
        match hello() {
            Ok((connection, Some(hello))) if hello.is_understood() => Ok(connection),
            Ok((_, Some(hello))) => Err(SessionError::OtherVersion(hello.version)),
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
            None => self.greet()?,
        };
        let mut exchange = || -> io::Result<Option<Result<T, Failure>>> {
            send(connection.get_mut(), &line)?;
            receive(&mut connection, LONGEST_REPLY)
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
