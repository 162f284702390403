//! A browser without a window and without a network, driven by Chrome's DevTools protocol over a pipe.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::{Room, Setup};

/// Where a page is for the browser, which sees nothing else of the machine.
const PAGE: &str = "/page/page.html";

/// What starts it: the pipe takes the file descriptors 3 and 4, and messages of the browser's own go to standard error.
const START: &str = r#"root=$1; page=$2
exec 3<&0 4>&1 </dev/null >&2
exec bwrap --unshare-all --die-with-parent --ro-bind "$root/usr" /usr --ro-bind "$root/etc" /etc \
  --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink usr/bin /bin --proc /proc --dev /dev \
  --tmpfs /tmp --tmpfs /run --tmpfs /var --ro-bind "$page" /page/page.html --setenv HOME /tmp \
  /usr/lib/chromium/chromium-headless-shell --no-sandbox --disable-gpu --hide-scrollbars --remote-debugging-pipe about:blank"#;

/// A page in a browser.
#[derive(Debug)]
pub struct Browser {
    process: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    session: Option<String>,
    number: u64,
    /// What the browser told in between.
    events: Vec<Value>,
    _room: Room,
}

impl Browser {
    /// Opens a page in a browser of its own, in a window that is so many pixels wide.
    ///
    /// # Panics
    ///
    /// If the browser cannot be started, or refuses a command.
    pub fn open(page: &Path, width: u32, with_scripts: bool) -> Self {
        let room = Room::wait();
        let mut command = Command::new("bash");
        command.args(["-c", START, "browser"]).arg(Setup::get().chromium).arg(page);
        let mut process =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a browser");
        let commands = process.stdin.take().expect("a pipe");
        let answers = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut browser =
            Browser { process, commands, answers, session: None, number: 0, events: Vec::new(), _room: room };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", target);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Network", "Log", "Runtime"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        let size = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false});
        browser.call("Emulation.setDeviceMetricsOverride", size);
        browser.call("Emulation.setScriptExecutionDisabled", json!({"value": !with_scripts}));
        browser.call("Page.navigate", json!({"url": format!("file://{PAGE}")}));
        while !browser.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let event = browser.message();
            browser.events.push(event);
        }
        browser
    }

    /// The value of an expression. (The protocol evaluates it where the page itself may run no script, too.)
    #[track_caller]
    pub fn value(&mut self, expression: &str) -> Value {
        let answer = self.call("Runtime.evaluate", json!({"expression": expression, "returnByValue": true}));
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer:#}");
        answer["result"]["value"].clone()
    }

    /// A picture (PNG) of the whole page, as high as it is.
    pub fn picture(&mut self) -> Vec<u8> {
        let answer = self.call("Page.captureScreenshot", json!({"captureBeyondViewport": true}));
        BASE64.decode(answer["data"].as_str().expect("a picture").as_bytes()).expect("a picture")
    }

    /// The addresses that were asked for.
    pub fn requests(&self) -> Vec<&str> {
        let requests = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        requests.filter_map(|event| event["params"]["request"]["url"].as_str()).collect()
    }

    /// What went wrong in the page: uncaught errors, and what its policy or the browser refused.
    pub fn complaints(&self) -> Vec<&Value> {
        let wrong = ["Log.entryAdded", "Runtime.exceptionThrown", "Network.loadingFailed"];
        self.events.iter().filter(|event| wrong.iter().any(|&method| event["method"] == method)).collect()
    }

    #[track_caller]
    fn call(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let mut command = json!({"id": self.number, "method": method, "params": params});
        if let Some(session) = &self.session {
            command["sessionId"] = session.as_str().into();
        }
        write!(self.commands, "{command}\0").unwrap_or_else(|error| panic!("{method}: {error}"));
        loop {
            let message = self.message();
            if message["id"] == self.number {
                assert!(message["error"].is_null(), "{method}: {message:#}");
                return message["result"].clone();
            }
            self.events.push(message);
        }
    }

    fn message(&mut self) -> Value {
        let mut message = Vec::new();
        self.answers.read_until(0, &mut message).expect("an answer");
        assert_eq!(message.pop(), Some(0), "the browser has ended");
        serde_json::from_slice(&message).expect("an answer")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
