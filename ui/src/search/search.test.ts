import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { group, hit, reply } from "../../tests/builders";
import { Failure, type Backend, type SearchReply, type SearchRequest } from "../ipc/backend";
import { MemoryBackend } from "../ipc/memory";
import { Search } from "./search.svelte";

type Open = { request: SearchRequest; answer: (reply: SearchReply) => void; fail: (failure: Failure) => void };

/** A backend whose answers come when the test says so. */
function scripted() {
  const open: Open[] = [];
  const backend: Backend = new MemoryBackend();
  backend.search = (request) =>
    new Promise((answer, fail) => {
      open.push({ request, answer, fail });
    });
  const heard = vi.fn();
  return { open, heard, backend, search: new Search(backend, heard) };
}

const answerTo = (chunk: string) => reply(group("a.rs", hit(chunk)));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("search", () => {
  it("asks once for keys that come together, within 30 ms of the last", async () => {
    const { open, search } = scripted();
    for (const text of ["r", "re", "ret"]) search.type(text);
    await vi.advanceTimersByTimeAsync(30);
    expect(open.map((it) => it.request.text)).toEqual(["ret"]);
  });

  it("ignores an answer that is not the newest one's", async () => {
    const { open, heard, search } = scripted();
    search.type("old");
    await vi.advanceTimersByTimeAsync(30);
    search.type("new");
    await vi.advanceTimersByTimeAsync(30);
    open[1]?.answer(answerTo("new"));
    await vi.advanceTimersByTimeAsync(0);
    open[0]?.answer(answerTo("old"));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toHaveBeenCalledTimes(1);
    expect(search.reply?.groups[0]?.hits[0]?.chunk).toBe("new");
  });

  it("keeps the old answer until the new one is whole, and after a failure", async () => {
    const { open, search } = scripted();
    search.type("one");
    await vi.advanceTimersByTimeAsync(30);
    open[0]?.answer(answerTo("1"));
    await vi.advanceTimersByTimeAsync(0);
    search.type("two");
    await vi.advanceTimersByTimeAsync(30);
    expect(search.reply?.groups[0]?.hits[0]?.chunk).toBe("1");
    open[1]?.fail(new Failure("internal", "The index cannot be read."));
    await vi.advanceTimersByTimeAsync(0);
    expect(search.failure?.message).toBe("The index cannot be read.");
    expect(search.reply?.groups[0]?.hits[0]?.chunk).toBe("1");
  });

  it("shows a wait by its length and lets go of it when cancelled", async () => {
    const { open, heard, search } = scripted();
    search.type("slow");
    await vi.advanceTimersByTimeAsync(100);
    expect(search.waiting).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
    expect(search.waiting).toBe(1);
    await vi.advanceTimersByTimeAsync(3000);
    expect(search.waiting).toBe(3);
    search.cancel();
    open[0]?.answer(answerTo("1"));
    await vi.advanceTimersByTimeAsync(0);
    expect(search.waiting).toBe(0);
    expect(heard).not.toHaveBeenCalled();
  });

  it("tells a repeated question from a new one", async () => {
    const { open, heard, search } = scripted();
    search.type("one");
    await vi.advanceTimersByTimeAsync(30);
    open[0]?.answer(answerTo("1"));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toHaveBeenLastCalledWith(expect.anything(), false);
    void search.again();
    open[1]?.answer(answerTo("2"));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toHaveBeenLastCalledWith(expect.anything(), true);
  });

  it("shows all matches while they come, and does not ask anew meanwhile", async () => {
    const { backend, heard, search } = scripted();
    let soFar: (reply: SearchReply) => void = () => undefined;
    let end: (reply: SearchReply) => void = () => undefined;
    const asked: SearchRequest[] = [];
    backend.matches = (request, told) => {
      asked.push(request);
      soFar = told;
      return new Promise((answer) => (end = answer));
    };
    search.type("|=");
    search.setMode("matches");
    soFar(answerTo("1"));
    expect([search.reply?.groups[0]?.hits[0]?.chunk, search.waiting]).toEqual(["1", 2]);
    void search.again();
    expect(asked.map((it) => [it.text, it.mode])).toEqual([["|=", "matches"]]);
    end(answerTo("2"));
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toHaveBeenLastCalledWith(expect.anything(), true);
    expect([search.reply?.groups[0]?.hits[0]?.chunk, search.waiting]).toEqual(["2", 0]);
    search.more();
    expect(asked[1]?.limit).toBe(2 * (asked[0]?.limit ?? 0));
    search.setMode("words");
    soFar(answerTo("3"));
    expect(search.reply?.groups[0]?.hits[0]?.chunk).toBe("2");
  });

  it("is over at once when the box is cleared", async () => {
    const { open, search } = scripted();
    search.type("one");
    await vi.advanceTimersByTimeAsync(30);
    open[0]?.answer(answerTo("1"));
    await vi.advanceTimersByTimeAsync(0);
    search.type("");
    expect(search.reply).toBeNull();
    expect(open).toHaveLength(1);
  });
});
