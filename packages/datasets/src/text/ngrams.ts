import { TensorDataset } from "@tapegrad/data";
import { type Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectValue,
  fromData,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { type Corpus, corpusRange, Tokens, tokens } from "./tokens.ts";

/** Options of {@link ngrams}. */
export interface NgramsOptions {
  /** How many characters the next one is predicted from; 3 unless given. */
  readonly context?: number;
  /** The vocabulary; that of the corpus itself unless given. Parts of one corpus want that of the whole. */
  readonly tokens?: Tokens | undefined;
}

const table: OptionTable<NgramsOptions> = {
  context: option(ranges.count, 3),
  tokens: optional(ranges.instanceOf(Tokens)),
};

/** Characters, and which one follows. */
export interface Ngrams {
  /** The numbers of the characters before, the last one last, int32 `[N, context]`. */
  readonly x: Tensor;
  /** The number of the one that follows, int32 `[N]`. */
  readonly y: Tensor;
  /** `x` and `y` as a data set of pairs, ready to split and load. */
  readonly dataset: TensorDataset<[Tensor, Tensor]>;
  /** What the numbers mean. */
  readonly tokens: Tokens;
}

/**
 * Every character of a corpus with those before it, as a net that predicts characters learns from them.
 *
 * Each word begins after `context` boundaries and ends with one, so that L letters give L + 1 samples. A text has neither: L
 * characters give L − `context` samples.
 *
 * @param corpus a text, or a list of words
 * @throws {ValueError} if it is neither, too short, or has a character that the vocabulary lacks; or an option is wrong
 * @see Y. Bengio, R. Ducharme, P. Vincent and C. Jauvin, A Neural Probabilistic Language Model (2003), https://www.jmlr.org/papers/v3/bengio03a.html
 * @example
 * const { x, y } = ngrams(["ab"], { context: 2 }); // "." is 0, "a" is 1, "b" is 2
 * x.toArray(); // => [[0, 0], [0, 1], [1, 2]]
 * y.toArray(); // => [1, 2, 0]
 */
export function ngrams(corpus: Corpus, options: NgramsOptions = {}): Ngrams {
  const { context, tokens: given } = settleOptions("ngrams", options, table);
  expectValue("ngrams", "corpus", corpus, corpusRange);
  const vocabulary = given ?? tokens(corpus);
  const runs =
    typeof corpus === "string" ? [vocabulary.numbersOf("ngrams", corpus)] : wordRuns(corpus, vocabulary, context);
  const count = runs.reduce((sum, run) => sum + Math.max(run.length - context, 0), 0);
  if (count === 0) throw new ValueError(`ngrams: expected more than ${context} characters, got ${runs[0]!.length}.`);
  const x = new Int32Array(count * context);
  const y = new Int32Array(count);
  let sample = 0;
  for (const run of runs) {
    for (let next = context; next < run.length; next++) {
      for (let i = 0; i < context; i++) x[sample * context + i] = run[next - context + i]!;
      y[sample++] = run[next]!;
    }
  }
  const pair = [fromData(x, [count, context], "int32"), fromData(y, [count], "int32")] as const;
  return { x: pair[0], y: pair[1], dataset: new TensorDataset(...pair), tokens: vocabulary };
}

/** Each word between its boundaries. */
function wordRuns(words: readonly string[], vocabulary: Tokens, context: number): number[][] {
  const { boundary } = vocabulary;
  if (boundary === undefined)
    throw new ValueError("ngrams: expected the vocabulary of words, got that of a text, which has no boundary.");
  const before = new Array<number>(context).fill(boundary);
  return words.map((word) => [...before, ...vocabulary.numbersOf("ngrams", word), boundary]);
}
