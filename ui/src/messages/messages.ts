// The words of the window, in the language that it speaks.
import { en } from "./en";

/** What a language has to say. */
export type Messages = typeof en;

export const m: Messages = en;
