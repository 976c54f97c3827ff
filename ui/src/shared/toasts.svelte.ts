// Sentences about something that just happened, shown for a while at the lower edge.
import { Failure } from "../ipc/backend";
import { m } from "../messages/messages";

export type Toast = { id: number; text: string };

const SHOWN_MS = 8000;

export class Toasts {
  list = $state.raw<readonly Toast[]>([]);
  #next = 0;

  show(text: string): void {
    const id = this.#next++;
    this.list = [...this.list.filter((toast) => toast.text !== text), { id, text }];
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  /** Says what did not work, and why. */
  failed(what: string, thrown: unknown): void {
    this.show(m.shared.because(what, Failure.from(thrown).message));
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }
}
