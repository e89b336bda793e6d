import { tensor } from "../../src/index.ts";

/** What may stand in one place of a call, by name. */
export type Kind =
  | "null"
  | "undefined"
  | "string"
  | "array"
  | "words"
  | "number"
  | "NaN"
  | "bigint"
  | "boolean"
  | "symbol"
  | "object"
  | "map"
  | "date"
  | "tensor"
  | "function";

/** One of each kind. */
export const kinds: Readonly<Record<Kind, () => unknown>> = {
  null: () => null,
  undefined: () => undefined,
  string: () => "x",
  array: () => [1, 2],
  words: () => ["x"],
  number: () => 2,
  NaN: () => Number.NaN,
  bigint: () => 2n,
  boolean: () => true,
  symbol: () => Symbol("s"),
  object: () => ({ unknown: 1 }),
  map: () => new Map([["axis", 0]]),
  date: () => new Date(0),
  tensor: () => tensor([1, 2]),
  function: () => (): number => 1,
};

/**
 * What the arguments of a call may be, by the words that rows use; a "?" behind one says that it may be left out. All
 * other kinds have to be refused. What is allowed may still be refused for its value or its shape.
 */
export const slots: Readonly<Record<string, readonly Kind[]>> = {
  tensor: ["tensor"],
  /** A list of tensors. */
  tensors: [],
  /** A tensor or a list of them. */
  someTensors: ["tensor"],
  operand: ["tensor", "number", "NaN"],
  number: ["number"],
  /** A number that may be NaN: an element, a metric. */
  element: ["number", "NaN"],
  /** A number, a list of numbers, or either. */
  numbers: ["array"],
  someNumbers: ["number", "array"],
  someNumbersOrNull: ["number", "array", "null"],
  /** Extents, or a tensor of such. */
  extents: ["number", "array", "tensor"],
  /** Lengths of sequences, or a tensor of such. */
  lengths: ["array", "tensor"],
  /** What `packSequence` gives. */
  packed: [],
  /** A number, or a list of pairs. */
  widths: ["number"],
  /** What is taken along an axis: a number, a range, a tensor of positions. */
  position: ["number", "array", "tensor"],
  /** Extents. */
  shape: ["array"],
  /** Histories of trainings. */
  runs: [],
  /** Lists of numbers by name. */
  series: [],
  /** Batches, or one. */
  batches: [],
  /** Whatever can be iterated. */
  iterable: ["array", "words", "map", "tensor"],
  /** The arguments of a call. */
  inputs: ["array", "words"],
  /** What `compile` gave. */
  compiled: [],
  /** Nested numbers. */
  data: ["number", "NaN", "boolean", "array"],
  flag: ["boolean"],
  word: ["string"],
  path: ["string"],
  function: ["function"],
  functionOrWord: ["function", "string"],
  options: [],
  state: [],
  bytes: [],
  /** What is saved, by name. */
  parts: ["object"],
  corpus: ["string", "words"],
  module: [],
  /** A class of layers. */
  layerClass: [],
  moduleOrFunction: ["function"],
  /** What is known of the channels of a batch, and a list of it. */
  moments: [],
  allMoments: [],
  distribution: [],
  modules: [],
  /** Modules or parameters by name. */
  named: [],
  samples: ["array", "words"],
  datasets: [],
  /** One, or a list of indices. */
  sampler: ["array"],
  streams: [],
  /** A number, or what has a length. */
  count: ["number", "array", "words"],
  optimizer: [],
  transforms: [],
  anything: Object.keys(kinds) as Kind[],
};

/**
 * Words of {@link slots} for the arguments of a call, and arguments that are right; for a method its object first.
 * "..." at the end says that more of the last kind may follow.
 */
export type Row = readonly [takes: string, valid: () => readonly unknown[], says?: string | undefined];

export type Rows = Readonly<Record<string, Row>>;
