/** The language of the window. Numbers are written in it, too. */
export const LANGUAGE = "en";
