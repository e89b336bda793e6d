import { type DType, DTypeError, FormatError, tensor, type Tensor } from "@tapegrad/tensor";
import { dtypes, formatShape, sizeOf } from "@tapegrad/tensor/internal";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fields, isObject, list, optional, raw, record, text, type Reader, wrong } from "./reader.ts";

/** Whatever JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A tensor of a fixture: flat, row-major. */
export interface GoldenTensor {
  readonly shape: readonly number[];
  readonly dtype: "float64" | "float32" | "int64" | "bool";
  readonly data: readonly number[];
}

/** Tensors by name. */
export type GoldenTensors = Readonly<Record<string, GoldenTensor>>;
/** Tensors by name, null where PyTorch has none. */
export type GoldenGradients = Readonly<Record<string, GoldenTensor | null>>;

/** How far a result may be off: `|got − want| ≤ atol + rtol · |want|`. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

/** What a call gets and must give; the fields are described in golden/README.md. */
export interface GoldenCall {
  readonly train?: boolean;
  readonly inputs?: GoldenGradients;
  readonly outputs?: readonly GoldenTensor[];
  readonly cotangents?: readonly (GoldenTensor | null)[];
  readonly grads?: GoldenGradients;
  readonly buffersAfter?: GoldenTensors;
}

/** One of several consecutive calls, or one step of an optimizer. */
export interface GoldenStep extends GoldenCall {
  readonly paramsAfter?: GoldenTensors;
  readonly params?: GoldenTensors;
  readonly averaged?: GoldenTensors;
}

/** One case; the fields are described in golden/README.md. */
export interface GoldenCase extends GoldenCall {
  readonly name: string;
  readonly op: string;
  readonly config: { readonly [key: string]: Json };
  readonly params?: GoldenTensors;
  readonly buffersBefore?: GoldenTensors;
  readonly steps?: readonly GoldenStep[];
  readonly tol?: Tolerance;
  readonly error?: { readonly type: string; readonly regex: string };
  /** Second order. */
  readonly vectors?: GoldenTensors;
  readonly hvp?: GoldenTensors;
  /** Optimizers. */
  readonly gradsAfter?: GoldenGradients;
  readonly lrs?: readonly (readonly number[])[];
  readonly momenta?: readonly (readonly number[])[];
  readonly metrics?: readonly number[];
  /** State dictionaries of models and optimizers; those of optimizers are nested and unchecked. */
  readonly stateBefore?: GoldenTensors;
  readonly stateAfter?: Json;
  /** Trainings. */
  readonly batches?: readonly GoldenTensors[];
  readonly losses?: readonly number[];
  readonly firstOutputs?: GoldenTensor;
  readonly firstGrads?: GoldenTensors;
  readonly evalInput?: GoldenTensor;
  readonly evalOutput?: GoldenTensor;
  /** Initialisers. */
  readonly expected?: { readonly [key: string]: Json };
}

/** One fixture file. */
export interface GoldenFamily {
  readonly family: string;
  readonly cases: readonly GoldenCase[];
}

const specials: Readonly<Record<string, number>> = { NaN, Infinity, "-Infinity": -Infinity };

/** A number of the configuration, which may be written as `"Infinity"`. */
export function number(value: unknown, at: string = "number"): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && Object.hasOwn(specials, value)) return specials[value]!;
  throw wrong(at, "a number", value);
}

/** The dtype that holds the values of one of a fixture. */
export const heldAs: Readonly<Record<GoldenTensor["dtype"], DType>> = {
  float64: "float64",
  float32: "float32",
  int64: "int32",
  bool: "bool",
};

/** Reads a tensor; `at` says where it stands. */
export const goldenTensor: Reader<GoldenTensor> = (value, at) => {
  if (!isObject(value)) throw wrong(at, "a tensor", value);
  const shape = list(extent)(value["shape"], `${at}.shape`);
  const names = Object.keys(heldAs) as GoldenTensor["dtype"][];
  const dtype = names.find((name) => name === value["dtype"]);
  if (dtype === undefined) throw wrong(`${at}.dtype`, names.join(", "), value["dtype"]);
  const data = list(number)(value["data"], `${at}.data`);
  const size = sizeOf(shape);
  if (data.length !== size) throw wrong(`${at}.data`, `${size} numbers for shape ${formatShape(shape)}`, data.length);
  const unfit = (x: number): boolean => (dtype === "bool" ? x !== 0 && x !== 1 : !Number.isSafeInteger(x));
  const position = dtype === "int64" || dtype === "bool" ? data.findIndex(unfit) : -1;
  if (position >= 0) throw wrong(`${at}.data[${position}]`, `a value of dtype ${dtype}`, data[position]);
  return { shape, dtype, data };
};

function extent(value: unknown, at: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw wrong(at, "a whole extent of at least 0", value);
  return value as number;
}

const flag: Reader<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw wrong(at, "true or false", value);
  return value;
};
const object: Reader<{ readonly [key: string]: Json }> = (value, at) => {
  if (!isObject(value)) throw wrong(at, "an object", value);
  return value as { readonly [key: string]: Json };
};
const maybeTensor: Reader<GoldenTensor | null> = (value, at) => (value === null ? null : goldenTensor(value, at));
const tensors = record(goldenTensor);
const maybeTensors = record(maybeTensor);
const numbers = list(number);

const call = {
  train: optional(flag),
  inputs: optional(maybeTensors),
  outputs: optional(list(goldenTensor)),
  cotangents: optional(list(maybeTensor)),
  grads: optional(maybeTensors),
  buffersAfter: optional(tensors),
};

const step = fields<GoldenStep>({
  ...call,
  paramsAfter: optional(tensors),
  params: optional(tensors),
  averaged: optional(tensors),
});

const goldenCase = fields<GoldenCase>({
  ...call,
  name: text,
  op: text,
  config: object,
  params: optional(tensors),
  buffersBefore: optional(tensors),
  steps: optional(list(step)),
  tol: optional(fields<Tolerance>({ rtol: number, atol: number })),
  error: optional(fields<{ type: string; regex: string }>({ type: text, regex: text })),
  vectors: optional(tensors),
  hvp: optional(tensors),
  gradsAfter: optional(maybeTensors),
  lrs: optional(list(numbers)),
  momenta: optional(list(numbers)),
  metrics: optional(numbers),
  stateBefore: optional(tensors),
  stateAfter: optional(raw as Reader<Json>),
  batches: optional(list(tensors)),
  losses: optional(numbers),
  firstOutputs: optional(goldenTensor),
  firstGrads: optional(tensors),
  evalInput: optional(goldenTensor),
  evalOutput: optional(goldenTensor),
  expected: optional(object),
});

/**
 * The cases of a fixture that was parsed from JSON.
 *
 * @param source name of the file, for messages
 * @throws {FormatError} `norms.json: expected a number at cases[3].inputs.input.data[0], got "x".`
 */
export function parseFamily(value: unknown, source: string): GoldenFamily {
  const family = fields<GoldenFamily>({ family: text, cases: list(goldenCase) })(value, `${source}:`);
  const seen = new Set<string>();
  for (const [i, { name }] of family.cases.entries()) {
    if (seen.has(name)) throw wrong(`${source}:.cases[${i}].name`, "a name that no other case has", name);
    seen.add(name);
  }
  return family;
}

/**
 * Reads a fixture file.
 *
 * @throws {FormatError} that names the file and the field
 */
export function readFamily(path: string): GoldenFamily {
  const source = basename(path);
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new FormatError(`${source}: expected a readable JSON file, got ${(error as Error).message}`);
  }
  return parseFamily(value, source);
}

/**
 * The tensor of a fixture; int64 becomes int32.
 *
 * @throws {DTypeError} for an integer that int32 cannot hold
 */
export function toTensor({ shape, dtype, data }: GoldenTensor): Tensor {
  const held = heldAs[dtype];
  const outside = dtypes[held].kind === "int" ? data.find((value) => value !== (value | 0)) : undefined;
  if (outside !== undefined) throw new DTypeError(`toTensor: expected integers within int32, got ${outside}.`);
  return tensor(new dtypes[held].array(data), { shape, dtype: held });
}
