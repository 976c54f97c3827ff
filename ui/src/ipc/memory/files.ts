// An invented project, for trying the window in a browser and for its tests.
export type MemoryChunk = {
  symbol: string[];
  kind: string;
  start: number;
  end: number;
  best: number[];
  /** What it does, in words that its text does not use. */
  about: string;
};
export type MemoryFile = {
  root: number;
  path: string;
  language: string;
  text: string;
  chunks: MemoryChunk[];
};

const header = (lines: number) => `//! Part of an invented project.\n${"//\n".repeat(lines - 1)}`;

const retry = `/// Decides whether a failed request deserves another try.
///
/// A request is tried at most \`max_attempts\` times, and only while the shared
/// budget holds, so that an outage is not answered with a storm of retries.
pub struct RetryPolicy {
    max_attempts: u32,
    budget: Budget,
    backoff: Backoff,
}

impl RetryPolicy {
    pub fn should_retry(&self, attempt: u32) -> bool {
        attempt < self.max_attempts
            && self.budget.try_withdraw()
    }

    pub async fn run<F, T>(&self, mut call: F) -> Result<T>
    where
        F: AsyncFnMut(u32) -> Result<T>,
    {
        let mut attempt = 0;
        loop {
            match call(attempt).await {
                Ok(value) => return Ok(value),
                Err(e) if !self.should_retry(attempt) => return Err(e),
                Err(_) => sleep(self.backoff.delay(attempt)).await,
            }
            attempt += 1;
        }
    }
}

/// How long to wait before the next try.
pub struct Backoff {
    first: Duration,
    elapsed: Duration,
    deadline: Duration,
}

impl Backoff {
    /// Doubles with every try and never exceeds a minute.
    pub fn delay(&self, attempt: u32) -> Duration {
        self.first
            .saturating_mul(2u32.saturating_pow(attempt))
            .min(Duration::from_secs(60))
    }

    /// None once the deadline has passed.
    pub fn next_delay(
        &mut self,
        attempt: u32,
    ) -> Option<Duration> {
        let delay = self.delay(attempt);
        self.elapsed += delay;

        // The caller hears of the deadline before it sleeps.
        if self.elapsed > self.deadline { return None; }
        Some(delay)
    }
}
`;

const deadLetter = `/// Messages that nobody could handle.
pub struct DeadLetterQueue {
    limit: u32,
    parked: Vec<Message>,
}

impl DeadLetterQueue {
    pub fn new(limit: u32) -> Self {
        Self { limit, parked: Vec::new() }
    }

    /// Parks a message that exhausted its deliveries.
    ///
    /// The message keeps its headers.
    pub fn push(&mut self, message: Message) -> Outcome {
        if message.deliveries >= self.limit {
            self.parked.push(message);
            return Outcome::Parked;
        }
        Outcome::Redeliver(message)
    }
}
`;

const lockout = `/// Locks an account that is guessed at.
pub struct Lockout {
    failed: VecDeque<Instant>,
    locked_until: Instant,
}

impl Lockout {
    pub fn record_failure(&mut self, now: Instant) {
        self.failed.push_back(now);
        self.forget_before(now - WINDOW);
        if self.failed.len() > MAX_FAILED_ATTEMPTS {
            self.locked_until = now + LOCK_PERIOD;
        }
    }
}
`;

const charge = `import { Gateway, type Charge } from "./gateway";

export class Collector {
  constructor(private readonly gateway: Gateway) {}

  /** Asks the bank again on the third and the seventh day, then tells the customer. */
  async dun(charge: Charge): Promise<"paid" | "stopped"> {
    for (const day of [0, 3, 7]) {
      const receipt = await this.gateway.collect(charge, { day });
      if (receipt.ok) return "paid";
    }
    return "stopped";
  }
}
`;

const runbook = `# Runbook

## A worker stops answering

1. Look at its last heartbeat.
2. After three failed attempts the supervisor replaces it.
3. Nothing is lost: unfinished jobs return to the queue.
`;

export const ROOTS = ["courier", "billing-api", "infra"];

export const FILES: MemoryFile[] = [
  {
    root: 1,
    path: "src/transport/retry.rs",
    language: "rust",
    text: header(29) + retry,
    chunks: [
      {
        symbol: ["RetryPolicy", "should_retry"],
        kind: "Function",
        start: 41,
        end: 44,
        best: [42],
        about: "stop give up trying again after too many failed attempts limit",
      },
      {
        symbol: ["Backoff", "next_delay"],
        kind: "Function",
        start: 77,
        end: 88,
        best: [86],
        about: "give up stop waiting when time is over failed",
      },
      {
        symbol: ["Backoff", "delay"],
        kind: "Function",
        start: 70,
        end: 75,
        best: [72],
        about: "wait longer after failed attempts",
      },
      {
        symbol: ["RetryPolicy", "run"],
        kind: "Function",
        start: 46,
        end: 59,
        best: [54],
        about: "call again until success attempts",
      },
    ],
  },
  {
    root: 1,
    path: "src/queue/dead_letter.rs",
    language: "rust",
    text: header(7) + deadLetter,
    chunks: [
      {
        symbol: ["DeadLetterQueue", "push"],
        kind: "Function",
        start: 19,
        end: 28,
        best: [23],
        about: "give up on a message after too many deliveries failed attempts",
      },
      { symbol: ["DeadLetterQueue"], kind: "Type", start: 8, end: 12, best: [9], about: "too many failures" },
    ],
  },
  {
    root: 1,
    path: "src/auth/lockout.rs",
    language: "rust",
    text: header(46) + lockout,
    chunks: [
      {
        symbol: ["Lockout", "record_failure"],
        kind: "Function",
        start: 54,
        end: 60,
        best: [57],
        about: "too many wrong passwords block account",
      },
    ],
  },
  {
    root: 2,
    path: "src/dunning/collector.ts",
    language: "typescript",
    text: charge,
    chunks: [
      {
        symbol: ["Collector", "dun"],
        kind: "Method",
        start: 6,
        end: 13,
        best: [8],
        about: "give up charging a card after failed attempts payment",
      },
    ],
  },
  {
    root: 3,
    path: "docs/runbook.md",
    language: "markdown",
    text: runbook,
    chunks: [
      {
        symbol: ["Runbook", "A worker stops answering"],
        kind: "Section",
        start: 3,
        end: 7,
        best: [6],
        about: "replace a process after too many failures",
      },
    ],
  },
];
