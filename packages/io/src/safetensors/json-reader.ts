import { excerpt, type Refuse } from "./refuse.ts";

/** More levels than what is passed over needs. */
const deepest = 32;

const isSpace = (unit: number): boolean => unit === 0x20 || unit === 0x0a || unit === 0x0d || unit === 0x09;
const isInWord = (character: string): boolean => /[\w+.-]/.test(character);

/**
 * A reader of JSON that is told what has to come next. Unlike `JSON.parse` it refuses a key that comes twice, also when it is
 * written in two ways, and whatever is not expected, however deep it is nested.
 */
export class JsonReader {
  readonly #text: string;
  readonly #refuse: Refuse;
  #at = 0;

  constructor(text: string, refuse: Refuse) {
    this.#text = text;
    this.#refuse = refuse;
  }

  /** The keys of the object that comes next; whoever is handed one reads its value before asking for the next. */
  *keys(field: string): Generator<string, void, undefined> {
    const seen = new Set<string>();
    this.#expect("{", field, "to be an object");
    if (this.#take("}")) return;
    do {
      const key = this.string(`a key of ${field}`);
      if (seen.has(key)) throw this.#refuse(field, "to have each key once", `${excerpt(key)} twice`);
      seen.add(key);
      if (!this.#take(":")) throw this.#unexpected(field, `to have a value for ${excerpt(key)}`);
      yield key;
    } while (this.#take(","));
    this.#expect("}", field, "to go on with , or }");
  }

  /** The string that comes next. */
  string(field: string): string {
    const begin = this.#skipSpace();
    let end = begin + 1;
    while (end < this.#text.length && this.#text[end] !== '"') end += this.#text[end] === "\\" ? 2 : 1;
    if (this.#text[begin] === '"' && end < this.#text.length) {
      const found = unquoted(this.#text.slice(begin, end + 1));
      if (found !== undefined) {
        this.#at = end + 1;
        return found;
      }
    }
    throw this.#unexpected(field, "to be a string of Unicode");
  }

  /** The list of at most `most` whole numbers that comes next. */
  wholeNumbers(field: string, most: number): number[] {
    const found: number[] = [];
    this.#expect("[", field, "to be a list of whole numbers");
    if (this.#take("]")) return found;
    do {
      if (found.length === most) throw this.#refuse(field, `to have at most ${most} numbers`, "more");
      found.push(this.#wholeNumber(field));
    } while (this.#take(","));
    this.#expect("]", field, "to go on with , or ]");
    return found;
  }

  /** Passes over a value of whatever kind. */
  skip(field: string, depth: number = deepest): void {
    if (depth === 0) throw this.#refuse(field, `to be nested at most ${deepest} deep`, "more");
    const next = this.#text[this.#skipSpace()];
    if (next === '"') {
      this.string(field);
    } else if (next === "{") {
      for (const _ of this.keys(field)) this.skip(field, depth - 1);
    } else if (this.#take("[")) {
      if (this.#take("]")) return;
      do this.skip(field, depth - 1);
      while (this.#take(","));
      this.#expect("]", field, "to go on with , or ]");
    } else if (!isLiteral(this.#word())) {
      throw this.#unexpected(field, "to be a value of JSON");
    }
  }

  /** Throws unless nothing but white space comes. */
  end(field: string): void {
    if (this.#skipSpace() < this.#text.length) throw this.#unexpected(field, "to end behind its object");
  }

  #wholeNumber(field: string): number {
    const begin = this.#skipSpace();
    const digits = this.#word();
    const value = /^(?:0|[1-9]\d{0,15})$/.test(digits) ? Number(digits) : Number.NaN;
    if (Number.isSafeInteger(value)) return value;
    this.#at = begin;
    throw this.#unexpected(field, "to be whole numbers from 0 to 2^53 - 1");
  }

  /** The number, `true`, `false` or `null` that comes next, or whatever is written with their characters. */
  #word(): string {
    const begin = this.#skipSpace();
    while (this.#at < this.#text.length && isInWord(this.#text[this.#at]!)) this.#at++;
    return this.#text.slice(begin, this.#at);
  }

  /** Where the next token begins. */
  #skipSpace(): number {
    while (isSpace(this.#text.charCodeAt(this.#at))) this.#at++;
    return this.#at;
  }

  #take(token: string): boolean {
    const isNext = this.#text[this.#skipSpace()] === token;
    if (isNext) this.#at++;
    return isNext;
  }

  #expect(token: string, field: string, expected: string): void {
    if (!this.#take(token)) throw this.#unexpected(field, expected);
  }

  #unexpected(field: string, expected: string): Error {
    const rest = this.#text.slice(this.#at, this.#at + 20);
    return this.#refuse(field, expected, rest === "" ? "its end" : `${excerpt(rest)} at ${this.#at}`);
  }
}

/** What a string literal of JSON says; undefined if it is none, or has half of a surrogate pair, which no UTF-8 has. */
function unquoted(literal: string): string | undefined {
  try {
    const text = JSON.parse(literal) as string;
    return /\p{Surrogate}/u.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Whether a word is a number, `true`, `false` or `null`; nobody needs a number of more digits. */
function isLiteral(word: string): boolean {
  return word.length < 64 && /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(word);
}
