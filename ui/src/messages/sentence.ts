/** A sentence in pieces, because code and names in it look different. */
export type Sentence = readonly (string | { code: string } | { name: string })[];
