import type { GoldenCase, GoldenTensor } from "../src/golden/format.ts";

/** A case with one expected number changed. */
export interface Corruption {
  /** Which number, such as `steps.1.grads.weight.data.0`. */
  readonly field: string;
  readonly golden: GoldenCase;
}

/** Fields that say what must come out; all others say what goes in. */
const expectedFields = new Set([
  ...["outputs", "grads", "buffersAfter", "paramsAfter", "gradsAfter", "averaged", "stateAfter", "hvp"],
  ...["losses", "firstOutputs", "firstGrads", "evalOutput", "lrs", "momenta", "expected"],
]);

/** Every number inside an expected value, by its path; of a tensor the last one, the least likely to be looked at. */
function* numbersIn(value: unknown, path: readonly string[]): Generator<readonly string[]> {
  if (typeof value === "number") yield path;
  else if (isTensor(value)) {
    if (value.data.length > 0) yield [...path, "data", String(value.data.length - 1)];
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value)) yield* numbersIn(inner, [...path, key]);
  }
}

/** The expected values of a case or a step, by their paths. */
function* expectedNumbers(call: object, path: readonly string[]): Generator<readonly string[]> {
  for (const [key, value] of Object.entries(call)) {
    if (expectedFields.has(key)) yield* numbersIn(value, [...path, key]);
  }
}

function isTensor(value: unknown): value is GoldenTensor {
  return typeof value === "object" && value !== null && "dtype" in value && "data" in value;
}

/** Far outside any tolerance. */
function changed(value: unknown, dtype: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return 0.5;
  if (dtype === "bool") return 1 - value;
  return value + Math.max(1, Math.abs(value));
}

/** The case once for each expected tensor or number, with one number of it changed. */
export function* corruptions(golden: GoldenCase): Generator<Corruption> {
  const steps = (golden.steps ?? []).flatMap((step, i) => [...expectedNumbers(step, ["steps", String(i)])]);
  for (const path of [...expectedNumbers(golden, []), ...steps]) {
    const copy = structuredClone(golden);
    let holder = copy as unknown as Record<string, unknown>;
    let dtype: unknown;
    for (const key of path.slice(0, -1)) {
      dtype = holder["dtype"];
      holder = holder[key] as Record<string, unknown>;
    }
    const last = path.at(-1)!;
    holder[last] = changed(holder[last], dtype);
    yield { field: path.join("."), golden: copy };
  }
}
