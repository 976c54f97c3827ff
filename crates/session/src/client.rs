//! The guest's side.

use std::io::{self, BufReader};
use std::path::Path;
use std::sync::Mutex;

use interprocess::local_socket::Stream;
use interprocess::local_socket::prelude::*;

use crate::SessionError;
use crate::server::socket_name;
use crate::wire::{Request, Response, receive, send};

/// A connection to the process that owns the engine.
pub(crate) struct Client {
    // A question and its answer belong together, hence one lock around both.
    connection: Mutex<BufReader<Stream>>,
}

impl Client {
    /// Connects and makes sure of an answer: an owner that is ending accepts, but says nothing.
    pub(crate) fn greet(data_dir: &Path) -> io::Result<Client> {
        let stream = Stream::connect(socket_name(data_dir)?)?;
        let client = Client { connection: Mutex::new(BufReader::new(stream)) };
        match client.ask(&Request::Status) {
            Ok(_) => Ok(client),
            Err(error) => Err(io::Error::new(io::ErrorKind::ConnectionAborted, error)),
        }
    }

    pub(crate) fn ask(&self, request: &Request) -> Result<Response, SessionError> {
        let mut connection = self.connection.lock().map_err(|_| SessionError::Gone)?;
        send(connection.get_mut(), request).map_err(|_| SessionError::Gone)?;
        match receive(&mut *connection) {
            Ok(Some(Response::Error(message))) => Err(SessionError::Remote { message }),
            Ok(Some(response)) => Ok(response),
            Ok(None) | Err(_) => Err(SessionError::Gone),
        }
    }
}
