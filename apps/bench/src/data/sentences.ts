/** From labelled sentences to a data set of token ids. */
import { IdinitError } from "@idinit/core";
import type { Dataset, TokenExamples } from "./dataset.js";
import { buildVocabulary, type Vocabulary } from "./vocabulary.js";

export interface Sentence {
  readonly words: readonly string[];
  readonly label: number;
}

export interface TextOptions {
  /** Tokens of an example: longer sentences are cut, shorter ones padded. */
  readonly length: number;
  /** How often a word has to occur in the training set to be known. */
  readonly minimumCount: number;
}

/** Encodes both sets with the vocabulary of the training set. */
export function textDataset(
  about: Pick<Dataset, "name" | "origin" | "classes">,
  train: readonly Sentence[],
  test: readonly Sentence[],
  { length, minimumCount }: TextOptions,
): Dataset {
  for (const [set, sentences] of [
    ["training", train],
    ["test", test],
  ] as const) {
    if (sentences.length === 0) throw new IdinitError(`${about.name}: expected ${set} sentences, got none`);
  }
  const vocabulary = buildVocabulary(
    train.map(({ words }) => words),
    minimumCount,
  );
  return {
    ...about,
    train: encode(train, vocabulary, length),
    test: encode(test, vocabulary, length),
    vocabulary: vocabulary.size,
  };
}

function encode(sentences: readonly Sentence[], vocabulary: Vocabulary, length: number): TokenExamples {
  const values = new Int32Array(sentences.length * length);
  sentences.forEach(({ words }, index) => {
    values.set(vocabulary.encode(words, length), index * length);
  });
  return { kind: "tokens", length, values, labels: Uint8Array.from(sentences, ({ label }) => label) };
}

/** Lower-case words between blanks. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
}
