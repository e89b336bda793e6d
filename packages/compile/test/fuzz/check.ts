import { assign, type DType, type Tensor, tensor } from "@tapegrad/tensor";
import { compile } from "../../src/compile.ts";
import { wasmExecutableOf } from "../wasm-executable-of.ts";
import { argumentsOf, dataOf, type Instance, instantiate, snapshot, type Snapshot } from "./instance.ts";
import { type Disturb, roundingNoise, withNoise } from "./noise.ts";
import { inOtherPrecision, type Program } from "./program.ts";

/** How comparisons went, over all programs. */
export interface Tally {
  graphs: number;
  operations: number;
  comparisons: number;
  /** Comparisons outside the tolerance, where eager itself moves as far when its values are rounded otherwise. */
  sensitive: number;
  /** Programs where eager throws, and compiled must throw the same. */
  throwing: number;
  /** Programs whose last call several threads ran. */
  together: number;
}

/** An empty tally. */
export function newTally(): Tally {
  return { graphs: 0, operations: 0, comparisons: 0, sensitive: 0, throwing: 0, together: 0 };
}

type Outcome = { readonly snapshots: readonly Snapshot[] } | { readonly error: string };
const rounds = 3;

/** Runs a program eagerly and compiled, three calls each on other data; throws where they differ. */
export function checkProgram(program: Program, seed: number, tally: Tally, threads: number | "auto" = 1): void {
  const eager = instantiate(program, seed);
  const expected = run(program, eager, eager.step, seed);
  const traced = instantiate(program, seed);
  const compiled = compile(traced.step as (...args: unknown[]) => Tensor[], { threads });
  const actual = run(program, traced, compiled, seed);
  if ((wasmExecutableOf(compiled)?.lastThreads ?? 1) > 1) tally.together++;
  tally.graphs++;
  tally.operations += program.steps.length;
  if ("error" in expected) {
    tally.throwing++;
    if (!("error" in actual)) throw new Error(`eager throws, compiled does not: ${expected.error}`);
    if (!sameMessage(expected.error, actual.error)) throw new Error(`expected ${expected.error}, got ${actual.error}`);
    return;
  }
  if ("error" in actual) throw new Error(`compiled throws, eager does not: ${actual.error}`);
  compareAll(program, seed, expected.snapshots, actual.snapshots, tally);
}

function run(
  program: Program,
  { captured }: Instance,
  step: (...args: never[]) => Tensor[],
  seed: number,
  disturb?: Disturb,
): Outcome {
  const call = step as unknown as Instance["step"];
  const snapshots: Snapshot[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      const at = seed + 1000 * (round + 1);
      const { args, cotangents } = argumentsOf(program, at);
      // Between calls, tensors are assigned to from outside.
      if (round === 2) reassign(program, captured, at);
      const results = disturb === undefined ? call(args, cotangents) : withNoise(disturb, () => call(args, cotangents));
      const add = (name: string, t: Tensor | undefined): void => {
        const title = `${name} after call ${round + 1}`;
        snapshots.push(
          t === undefined
            ? { name: `no ${title}`, shape: [], dtype: "bool", data: new Uint8Array() }
            : snapshot(title, t),
        );
      };
      results.forEach((t, i) => {
        add(`result ${program.results[i]}`, t);
      });
      for (const [name, t] of captured) {
        add(`captured ${name}`, t);
        add(`${name}.grad`, t.grad);
      }
      const names = program.inputs.filter(({ source }) => source === "argument").map(({ name }) => name);
      args.forEach((t, i) => {
        add(`argument ${names[i]}`, t);
        add(`${names[i]}.grad`, t.grad);
      });
    }
  } catch (error) {
    return {
      error: String(error).split("\n")[0]! + (process.env["FUZZ_STACK"] === undefined ? "" : (error as Error).stack),
    };
  }
  return { snapshots };
}

function reassign({ inputs }: Program, captured: ReadonlyMap<string, Tensor>, seed: number): void {
  inputs.forEach((input, i) => {
    const target = captured.get(input.name);
    if (target === undefined) return;
    assign(target, tensor(dataOf(input, seed + 31 * i), { shape: input.shape, dtype: input.dtype }));
  });
}

function compareAll(
  program: Program,
  seed: number,
  expected: readonly Snapshot[],
  actual: readonly Snapshot[],
  tally: Tally,
): void {
  let sensitivity: readonly (readonly number[])[] | undefined;
  const single = program.dtype === "float32";
  expected.forEach((want, i) => {
    const got = actual[i]!;
    tally.comparisons++;
    if (want.name !== got.name) throw new Error(`expected ${want.name}, got ${got.name}`);
    if (want.dtype !== got.dtype || want.shape.join() !== got.shape.join() || want.data.length !== got.data.length) {
      throw new Error(`${want.name}: expected ${describe(want)}, got ${describe(got)}`);
    }
    const at = firstDifference(want, got, tolerance(want, single));
    if (at === undefined) return;
    sensitivity ??= sensitivities(program, seed, expected);
    const slack = sensitivity[i] ?? [];
    const still = firstDifference(want, got, tolerance(want, single), slack);
    tally.sensitive++;
    if (still === undefined) return;
    throw new Error(
      `${want.name}, ${describe(want)}: expected ${want.data[still]} at element ${still}, got ${got.data[still]}` +
        ` (tolerance ${tolerance(want, single)}, moves by ${slack[still]})\n  expected ${list(want)}\n  got      ${list(got)}`,
    );
  });
}

const describe = ({ dtype, shape }: Snapshot): string => `${dtype}[${shape.join(", ")}]`;
const list = ({ data }: Snapshot): string => `${[...data].slice(0, 12).join(", ")}${data.length > 12 ? ", ..." : ""}`;

function tolerance({ dtype, data }: Snapshot, single: boolean): number {
  if (!isFloating(dtype)) return 0;
  let scale = 0;
  for (const x of data) if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x));
  return (single ? 1e-5 : 2e-12) * scale;
}

function isFloating(dtype: DType): boolean {
  return dtype === "float32" || dtype === "float64";
}

function firstDifference(
  want: Snapshot,
  got: Snapshot,
  allowed: number,
  slack?: readonly number[],
): number | undefined {
  for (let i = 0; i < want.data.length; i++) {
    const [x, y] = [want.data[i]!, got.data[i]!];
    if (Object.is(x, y) || x === y) continue;
    if (!(Math.abs(x - y) <= allowed + 30 * (slack?.[i] ?? 0))) return i;
  }
  return undefined;
}

/**
 * How far every element moves when what eager computes is rounded otherwise: value by value, and in the other
 * precision, where the backward pass is too.
 */
function sensitivities(program: Program, seed: number, expected: readonly Snapshot[]): number[][] {
  const single = program.dtype === "float32";
  const moved = expected.map(({ data }) => Array.from({ length: data.length }, () => 0));
  const note = (outcome: Outcome, factor: number): void => {
    if (!("snapshots" in outcome)) return;
    outcome.snapshots.forEach(({ data, dtype }, i) => {
      const row = moved[i]!;
      const want = expected[i]!;
      data.forEach((x, k) => {
        const by = Math.abs(x - want.data[k]!) * (isFloating(dtype) ? factor : 1);
        row[k] = Math.max(row[k]!, Number.isNaN(by) ? Infinity : by);
      });
    });
  };
  for (let trial = 1; trial <= 4; trial++) {
    const other = instantiate(program, seed);
    note(run(program, other, other.step, seed, roundingNoise(trial, single)), 1);
  }
  const converted = inOtherPrecision(program);
  if (converted !== undefined) {
    const other = instantiate(converted, seed);
    note(run(converted, other, other.step, seed), single ? 1 : 2 ** -28);
  }
  // What moves one element of a tensor may as well move the others.
  return moved.map((row) => {
    const most = row.reduce((a, b) => Math.max(a, b), 0);
    return row.map((by) => Math.max(by, most / 30));
  });
}

/** Whether two errors say the same, but for the rounding of an element that they name. */
function sameMessage(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const number = /-?\d+\.\d+(?:e[+-]?\d+)?/g;
  const [x, y] = [a.match(number) ?? [], b.match(number) ?? []].map((found) => found.map(Number)) as [
    number[],
    number[],
  ];
  return (
    a.replaceAll(number, "#") === b.replaceAll(number, "#") &&
    x.every((value, i) => Math.abs(value - y[i]!) <= 1e-4 * Math.abs(value))
  );
}
