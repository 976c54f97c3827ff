//! The guest's side of the connection.

use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use interprocess::local_socket::Stream;
use interprocess::local_socket::prelude::*;
use parking_lot::Mutex;
use serde::de::DeserializeOwned;

use crate::SessionError;
use crate::calls::Request;
use crate::server::socket_name;
use crate::wire::{Failure, Hello, encode, receive, send};

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
            let mut connection = BufReader::new(stream);
            send(connection.get_mut(), &encode(&Hello::ours())?)?;
            let hello = receive(&mut connection)?;
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
        let idle = self.idle.lock().pop();
        let mut connection = match idle {
            Some(connection) => connection,
            None => self.greet()?,
        };
        let mut exchange = || -> io::Result<Option<Result<T, Failure>>> {
            send(connection.get_mut(), &encode(request)?)?;
            receive(&mut connection)
        };
        match exchange() {
            Ok(Some(reply)) => {
                self.idle.lock().push(connection);
                reply.map_err(|Failure { code, message }| SessionError::Remote { code, message })
            }
            Ok(None) | Err(_) => Err(SessionError::Gone),
        }
    }
}
