//! The real window, driven as by a user: with keyboard and mouse.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::driver::Driver;
use crate::programs::program;
use crate::view::{SCRIPT, View};
use crate::wait::{PATIENCE, PAUSE, wait_until};

/// An open window.
pub struct Window {
    client: Client,
    driver: Driver,
    data_dir: PathBuf,
}

/// Keys that are not characters.
#[derive(Clone, Copy, Debug)]
pub enum Keys {
    /// Enter.
    Enter,
    /// Escape.
    Escape,
    /// Arrow down.
    Down,
    /// Arrow up.
    Up,
    /// A character with Ctrl.
    Ctrl(char),
    /// Enter with Ctrl.
    CtrlEnter,
}

impl Window {
    /// Starts the app with these folders as arguments.
    pub async fn open(desk: &Desk, folders: &[&str]) -> Result<Window> {
        let driver = Driver::start(desk.env());
        let options = json!({ "application": program("descry-app"), "args": folders });
        let wanted = json!({ "browserName": "wry", "tauri:options": options });
        let Value::Object(wanted) = wanted else { bail!("capabilities are an object") };
        let url = driver.url();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let client = within("the window opens", builder.capabilities(wanted).connect(&url)).await?;
        Ok(Window { client, driver, data_dir: desk.data_dir() })
    }

    /// The current content of the window.
    pub async fn view(&self) -> Result<View> {
        let view = within("the window shows itself", self.client.execute(SCRIPT, Vec::new()));
        Ok(serde_json::from_value(view.await?)?)
    }

    /// Checks the window until `is` holds. The error shows its last content.
    pub async fn until(&self, what: &str, is: impl Fn(&View) -> bool) -> Result<View> {
        let begun = Instant::now();
        loop {
            let view = self.view().await?;
            if is(&view) {
                return Ok(view);
            }
            if begun.elapsed() > PATIENCE {
                bail!("waited in vain until {what}; on the screen is {view:#?}");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Runs a script in the window. The script returns its result by calling its last argument.
    pub async fn run(&self, script: &str) -> Result<Value> {
        within("the script ends", self.client.execute_async(script, Vec::new())).await
    }

    /// Replaces the text in the search box.
    pub async fn ask(&self, question: &str) -> Result<()> {
        let search = self.client.find(Locator::Css("[data-testid=search-box]")).await?;
        search
            .send_keys(&format!("{}a{}", char::from(Key::Control), char::from(Key::Null)))
            .await?;
        search.send_keys(question).await?;
        self.until("the question is answered", |view| {
            view.question.as_deref() == Some(question) && !view.busy
        })
        .await?;
        Ok(())
    }

    /// Presses keys in the element that has the focus.
    pub async fn press(&self, keys: Keys) -> Result<()> {
        let (modifier, key) = match keys {
            Keys::Enter => (None, Key::Enter.into()),
            Keys::Escape => (None, Key::Escape.into()),
            Keys::Down => (None, Key::Down.into()),
            Keys::Up => (None, Key::Up.into()),
            Keys::Ctrl(c) => (Some(Key::Control), c),
            Keys::CtrlEnter => (Some(Key::Control), Key::Enter.into()),
        };
        let text: String = modifier.map(char::from).into_iter().chain([key]).collect();
        Ok(self.client.active_element().await?.send_keys(&text).await?)
    }

    /// Clicks the first element that the selector matches.
    pub async fn click(&self, selector: &str) -> Result<()> {
        Ok(self.client.find(Locator::Css(selector)).await?.click().await?)
    }

    /// Replaces the text of the field that the selector matches.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        let field = self.client.find(Locator::Css(selector)).await?;
        field.send_keys(&format!("{}a{}", char::from(Key::Control), char::from(Key::Null))).await?;
        Ok(field.send_keys(text).await?)
    }

    /// Chooses a value in the list that the selector matches.
    pub async fn choose(&self, selector: &str, value: &str) -> Result<()> {
        let list = self.client.find(Locator::Css(selector)).await?;
        Ok(list.select_by_value(value).await?)
    }

    /// Closes the window as its close button does, and waits for the app to end.
    pub async fn close(self) -> Result<()> {
        let app = self.app()?;
        self.client.clone().close_window().await?;
        wait_until("the app has ended", || (!is_running(&app)).then_some(()));
        Ok(())
    }

    /// Ends the app as a power cut would.
    pub fn kill(self) -> Result<()> {
        let app = self.app()?;
        let pid = app.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let pid = rustix::process::Pid::from_raw(pid.parse()?).context("0 is no process")?;
        rustix::process::kill_process(pid, rustix::process::Signal::KILL)?;
        wait_until("the app has ended", || (!is_running(&app)).then_some(()));
        drop(self.driver);
        Ok(())
    }

    /// The app's folder in `/proc`.
    fn app(&self) -> Result<PathBuf> {
        let program = program("descry-app").canonicalize()?;
        let mine = format!("DESCRY_DATA_DIR={}\0", self.data_dir.display());
        for entry in std::fs::read_dir("/proc")? {
            let process = entry?.path();
            // Processes start and end during the scan.
            if std::fs::read_link(process.join("exe")).is_ok_and(|exe| exe == program)
                && std::fs::read(process.join("environ"))
                    .is_ok_and(|env| String::from_utf8_lossy(&env).contains(&mine))
            {
                return Ok(process);
            }
        }
        bail!("the app does not run")
    }
}

/// Limits the wait, in case the window died.
async fn within<T, E>(what: &str, done: impl Future<Output = Result<T, E>>) -> Result<T>
where
    E: std::error::Error + Send + Sync + 'static,
{
    match tokio::time::timeout(PATIENCE, done).await {
        Ok(done) => done.with_context(|| format!("failed before {what}")),
        Err(_) => bail!("waited in vain until {what}"),
    }
}

/// Whether a process runs; false for a zombie.
fn is_running(process: &std::path::Path) -> bool {
    std::fs::read_link(process.join("exe")).is_ok()
}
