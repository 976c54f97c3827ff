// Sentences about something that just happened, shown for a while at the lower edge.
export type Message = { id: number; text: string };

const SHOWN_MS = 8000;

export class Messages {
  list = $state.raw<readonly Message[]>([]);
  #next = 0;

  show(text: string): void {
    const id = this.#next++;
    this.list = [...this.list.filter((message) => message.text !== text), { id, text }];
    setTimeout(() => this.dismiss(id), SHOWN_MS);
  }

  dismiss(id: number): void {
    this.list = this.list.filter((message) => message.id !== id);
  }
}
