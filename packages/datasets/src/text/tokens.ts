import { Tensor, tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensor,
  expectValue,
  option,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";

/** Options of {@link tokens}. */
export interface TokensOptions {
  /** The character that stands before and after each word; "." unless given. Texts have none. */
  readonly boundary?: string;
}

const character = {
  text: "to be one character",
  has: (value: unknown): value is string => typeof value === "string" && [...value].length === 1,
};

const table: OptionTable<TokensOptions> = { boundary: option(character, ".") };

/** A text, or a list of words. */
export type Corpus = string | readonly string[];

/** {@link Corpus}, as a range. */
export const corpusRange = {
  text: "to be a text or a list of words",
  has: (value: unknown): value is Corpus =>
    typeof value === "string" ||
    (Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === "string")),
};

/** The characters of a text or of words, each with its number. */
export class Tokens {
  static readonly name: string = "Tokens";

  /** The characters by their number: the boundary first, if there is one, and then all others sorted. */
  readonly characters: readonly string[];
  /** Number of the boundary of words, always 0; undefined for texts. */
  readonly boundary: number | undefined;
  readonly #numbers: ReadonlyMap<string, number>;

  /**
   * What {@link tokens} makes of a corpus.
   *
   * @param boundary the character before and after each word, if there are words
   */
  constructor(characters: readonly string[], boundary?: string) {
    this.characters = boundary === undefined ? characters : [boundary, ...characters];
    this.boundary = boundary === undefined ? undefined : 0;
    this.#numbers = new Map(this.characters.map((each, number) => [each, number]));
  }

  /** How many characters there are. */
  get size(): number {
    return this.characters.length;
  }

  /**
   * The numbers of a text's characters, int32 `[length]`.
   *
   * @throws {ValueError} for a character that is not among them
   */
  encode(text: string, ...none: []): Tensor {
    expectNothing("Tokens.encode", none);
    expectValue("Tokens.encode", "text", text, ranges.text);
    return tensor(Int32Array.from(this.numbersOf("Tokens.encode", text)));
  }

  /**
   * The text whose characters have these numbers.
   *
   * @param numbers int32 `[length]`, or a list
   * @throws {ValueError} for a number that no character has
   */
  decode(numbers: Tensor | readonly number[], ...none: []): string {
    expectNothing("Tokens.decode", none);
    if (!Array.isArray(numbers)) expectTensor("Tokens.decode", "numbers", numbers);
    return Array.from(numbers instanceof Tensor ? numbers.data : (numbers as readonly number[]), (number) => {
      const found = this.characters[number];
      if (found !== undefined) return found;
      throw new ValueError(`Tokens.decode: expected whole numbers below ${this.size}, got ${number}.`);
    }).join("");
  }

  /** @internal */
  numbersOf(fn: string, text: string): number[] {
    return Array.from(text, (each) => {
      const number = this.#numbers.get(each);
      if (number !== undefined) return number;
      throw new ValueError(`${fn}: expected characters of the vocabulary, got ${JSON.stringify(each)}.`);
    });
  }
}

/**
 * Numbers the characters of a text, or of words: sorted, and for words a boundary first, which stands before and after each.
 *
 * @param corpus a text, or a list of words
 * @throws {ValueError} if it is neither or empty, a word has the boundary in it, or an option is wrong
 * @example
 * const vocabulary = tokens(["emma", "ava"]);
 * vocabulary.characters; // => [".", "a", "e", "m", "v"]
 * vocabulary.encode("ava").toArray(); // => [1, 4, 1]
 * vocabulary.decode([2, 3, 3, 1]); // => "emma"
 */
export function tokens(corpus: Corpus, options: TokensOptions = {}): Tokens {
  const { boundary } = settleOptions("tokens", options, table);
  expectValue("tokens", "corpus", corpus, corpusRange);
  const isText = typeof corpus === "string";
  const characters = new Set(isText ? corpus : corpus.flatMap((word) => [...word]));
  if (characters.size === 0) throw new ValueError("tokens: expected at least one character, got none.");
  if (!isText && characters.has(boundary))
    throw new ValueError(`tokens: expected words without their boundary ${JSON.stringify(boundary)}, got one with it.`);
  return new Tokens([...characters].toSorted(), isText ? undefined : boundary);
}
