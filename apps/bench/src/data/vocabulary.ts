/** Words to numbers. */

/** Id of the filling behind a sentence. */
const PADDING = 0;
/** Id of every word that the vocabulary lacks. */
const UNKNOWN = 1;

export interface Vocabulary {
  /** Number of ids, padding and unknown included. */
  readonly size: number;
  /** Ids of the words, cut to `length` or filled up with padding. */
  encode(words: readonly string[], length: number): Int32Array;
}

/**
 * The words that occur at least `minimum` times, the most frequent first (ties in alphabetical order), from id 2 on.
 *
 * @example buildVocabulary([["a", "b", "a"]], 1).encode(["a", "c"], 3) // Int32Array [2, 1, 0]
 */
export function buildVocabulary(sentences: readonly (readonly string[])[], minimum: number): Vocabulary {
  const counts = new Map<string, number>();
  for (const sentence of sentences) for (const word of sentence) counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts]
    .filter(([, count]) => count >= minimum)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([word]) => word);
  const ids = new Map(words.map((word, index) => [word, index + 2]));
  return {
    size: words.length + 2,
    encode(sentence, length) {
      const encoded = new Int32Array(length).fill(PADDING);
      sentence.slice(0, length).forEach((word, at) => {
        encoded[at] = ids.get(word) ?? UNKNOWN;
      });
      return encoded;
    },
  };
}
