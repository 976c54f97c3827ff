//! The waiting document jobs, and the batches cut from them.

use std::collections::VecDeque;

use crate::EmbedError;
use crate::pending::Reply;

/// One vector or one error per text.
pub(crate) type Outcomes = Vec<Result<Vec<f32>, EmbedError>>;

/// The texts of one call, some of them done.
#[derive(Debug)]
pub(crate) struct Job {
    texts: Vec<String>,
    /// The indices of the remaining texts, the shortest last.
    todo: Vec<usize>,
    /// The outcomes so far, by text.
    done: Vec<Option<Result<Vec<f32>, EmbedError>>>,
    reply: Reply<Outcomes>,
}

/// A first-in, first-out queue that drops jobs whose caller no longer waits.
#[derive(Debug, Default)]
pub(crate) struct JobQueue {
    jobs: VecDeque<Job>,
}

/// Texts to embed together, and where their vectors belong.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// The index of the job, and of the text in it.
    places: Vec<(usize, usize)>,
    /// The total length of the texts.
    pub(crate) bytes: usize,
}

impl Job {
    pub(crate) fn new(texts: Vec<String>, reply: Reply<Outcomes>) -> Job {
        let mut todo: Vec<usize> = (0..texts.len()).collect();
        todo.sort_by_key(|&at| std::cmp::Reverse(texts[at].len()));
        let done = texts.iter().map(|_| None).collect();
        Job { texts, todo, done, reply }
    }

    pub(crate) fn refuse(self, error: EmbedError) {
        self.reply.send(Err(error));
    }
}

impl JobQueue {
    pub(crate) fn push(&mut self, job: Job) {
        self.jobs.push_back(job);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// The number of bytes still to embed.
    pub(crate) fn bytes(&self) -> usize {
        self.jobs.iter().flat_map(|job| job.todo.iter().map(|&at| job.texts[at].len())).sum()
    }

    /// Takes up to `budget` bytes of text, oldest job first, grouping texts of similar length; at
    /// least one text if any waits.
    pub(crate) fn cut(&mut self, budget: usize) -> Batch {
        self.jobs.retain(|job| job.reply.wanted());
        let mut batch = Batch::default();
        for (index, job) in self.jobs.iter_mut().enumerate() {
            while let Some(&at) = job.todo.last() {
                let bytes = job.texts[at].len();
                if !batch.places.is_empty() && batch.bytes + bytes > budget {
                    return batch;
                }
                job.todo.pop();
                batch.bytes += bytes;
                batch.places.push((index, at));
            }
        }
        batch
    }

    /// The texts of a batch.
    pub(crate) fn texts(&self, batch: &Batch) -> Vec<&str> {
        batch.places.iter().map(|&(job, at)| self.jobs[job].texts[at].as_str()).collect()
    }

    /// Stores the outcomes of a batch, and replies to every job that is now complete.
    pub(crate) fn complete(&mut self, batch: Batch, outcomes: Outcomes) {
        for ((job, at), outcome) in batch.places.into_iter().zip(outcomes) {
            self.jobs[job].done[at] = Some(outcome);
        }
        while self.jobs.front().is_some_and(|job| job.done.iter().all(Option::is_some)) {
            if let Some(job) = self.jobs.pop_front() {
                job.reply.send(Ok(job.done.into_iter().flatten().collect()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Pending;

    fn job(lengths: &[usize]) -> (Job, Pending<Outcomes>) {
        let (reply, pending) = Pending::new();
        (Job::new(lengths.iter().map(|&n| "x".repeat(n)).collect(), reply), pending)
    }

    /// The text lengths in each batch, until the queue is empty.
    fn cut_all(queue: &mut JobQueue, budget: usize) -> Vec<Vec<usize>> {
        let mut batches = Vec::new();
        loop {
            let batch = queue.cut(budget);
            let lengths: Vec<usize> = queue.texts(&batch).iter().map(|t| t.len()).collect();
            if lengths.is_empty() {
                return batches;
            }
            let outcomes = lengths.iter().map(|&n| Ok(vec![n as f32])).collect();
            queue.complete(batch, outcomes);
            batches.push(lengths);
        }
    }

    #[track_caller]
    fn check(jobs: &[&[usize]], budget: usize, expected: &[&[usize]]) {
        let mut queue = JobQueue::default();
        let pending: Vec<_> = jobs
            .iter()
            .map(|lengths| {
                let (job, pending) = job(lengths);
                queue.push(job);
                pending
            })
            .collect();
        assert_eq!(cut_all(&mut queue, budget), expected);
        for (lengths, pending) in jobs.iter().zip(pending) {
            let vectors: Vec<f32> =
                pending.wait().unwrap().into_iter().map(|outcome| outcome.unwrap()[0]).collect();
            let expected: Vec<f32> = lengths.iter().map(|&n| n as f32).collect();
            assert_eq!(vectors, expected, "the order of the texts is kept");
        }
    }

    #[test]
    fn batches_are_sorted_by_length_and_bounded() {
        check(&[&[5, 1, 4, 2, 3]], 6, &[&[1, 2, 3], &[4], &[5]]);
        check(&[&[100, 1]], 10, &[&[1], &[100]]);
        check(&[&[2, 2], &[2], &[2, 2]], 6, &[&[2, 2, 2], &[2, 2]]);
        check(&[&[0, 0], &[0]], 6, &[&[0, 0, 0]]);
    }

    #[test]
    fn jobs_that_nobody_waits_for_are_dropped() {
        let mut queue = JobQueue::default();
        let (first, unwanted) = job(&[1, 1]);
        let (second, _wanted) = job(&[3]);
        queue.push(first);
        queue.push(second);
        drop(unwanted);
        assert_eq!(cut_all(&mut queue, 10), [[3]]);
        assert!(queue.is_empty());
    }
}
