/** A reader of files, as it is fuzzed. */
export interface Parser<T = unknown> {
  readonly name: string;
  decode(this: void, bytes: Uint8Array): T;
  /** Writes what was read; reading that has to give the same again. */
  encode(this: void, value: T): Uint8Array;
  /** What there are files of; the first one has the shortest. */
  readonly values: readonly T[];
  /** Further files, such as others write. */
  readonly files: readonly Uint8Array[];
  /** Words of the format that random bytes would not find. */
  readonly words: readonly string[];
  /**
   * Parts of a file of which mutants are made too, and what puts one of them into a whole file with right lengths and
   * checksums, so that what is behind those checks is reached.
   */
  readonly within?: {
    readonly seeds: readonly Uint8Array[];
    readonly wrap: (part: Uint8Array) => Uint8Array;
  };
  /** Whether a file may end anywhere, as a text may; false unless given. */
  readonly endsAnywhere?: boolean;
}

const seeds = new WeakMap<Parser, readonly Uint8Array[]>();

/** The files of which mutants are made. */
export function seedsOf(parser: Parser): readonly Uint8Array[] {
  let found = seeds.get(parser);
  if (found === undefined) {
    found = [...parser.values.map((value) => parser.encode(value)), ...parser.files];
    seeds.set(parser, found);
  }
  return found;
}
