import { ShapeError, ValueError } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor, formatShape, isPlainObject, quoted, sameShape } from "@tapegrad/tensor/internal";

/** A gradient worked out by hand next to that of the tape. */
export interface GradPair {
  /** What it is called in the table. */
  readonly name: string;
  /** The gradient that was derived by hand. */
  readonly manual: Tensor;
  /** The gradient that the tape gave. */
  readonly auto: Tensor;
}

/** How far two gradients agree. */
export interface GradComparison {
  /** What it is called. */
  readonly name: string;
  /** Every element is equal. */
  readonly exact: boolean;
  /** Every element is equal up to rounding: |manual - auto| ≤ atol + rtol · |auto|. */
  readonly approximate: boolean;
  /** max |manual - auto|; NaN if one side is NaN where the other is not. */
  readonly maxDifference: number;
}

/** The rows of {@link compareGrads}; as a string, a table. */
export interface GradTable {
  /** One comparison for each pair. */
  readonly rows: readonly GradComparison[];
  /** Whether every row is at least approximate. */
  readonly passed: boolean;
  /** The comparisons as a table of text. */
  toString(): string;
}

/**
 * Holds gradients worked out by hand against those of the tape. Equal up to rounding means within
 * 1e-8 + 1e-5 |auto| in float32, and 1e-12 + 1e-9 |auto| in float64.
 *
 * @param pairs tensors of equal shapes
 * @throws {ShapeError} if the shapes of a pair differ
 * @example
 * console.log(String(compareGrads([{ name: "x", manual: dx, auto: x.grad }])));
 * // x | exact: true  | approximate: true  | max difference: 0
 */
export function compareGrads(pairs: readonly GradPair[], ...none: []): GradTable {
  expectNothing("compareGrads", none);
  if (!Array.isArray(pairs) || !Array.from<unknown>(pairs).every(isPlainObject)) {
    throw new ValueError(`compareGrads: expected a list of { name, manual, auto }, got ${quoted(pairs)}.`);
  }
  const rows = pairs.map(compare);
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, exact, approximate, maxDifference }) =>
    [
      name.padEnd(width),
      `exact: ${String(exact).padEnd(5)}`,
      `approximate: ${String(approximate).padEnd(5)}`,
      `max difference: ${maxDifference}`,
    ].join(" | "),
  );
  return {
    rows,
    passed: rows.every(({ approximate }) => approximate),
    toString: () => lines.join("\n"),
  };
}

function compare({ name, manual, auto }: GradPair): GradComparison {
  if (typeof name !== "string") throw new ValueError(`compareGrads: expected a name, got ${quoted(name)}.`);
  expectTensor("compareGrads", `'${name}' by hand`, manual);
  expectTensor("compareGrads", `'${name}'`, auto);
  if (!sameShape(manual.shape, auto.shape)) {
    throw new ShapeError(
      `compareGrads: expected '${name}' by hand of shape ${formatShape(auto.shape)}, got ${formatShape(manual.shape)}.`,
    );
  }
  const double = manual.dtype === "float64" && auto.dtype === "float64";
  const [rtol, atol] = double ? [1e-9, 1e-12] : [1e-5, 1e-8];
  let [exact, approximate, maxDifference] = [true, true, 0];
  for (let i = 0; i < auto.size; i++) {
    const [a, b] = [manual.data[i]!, auto.data[i]!];
    if (a === b || (Number.isNaN(a) && Number.isNaN(b))) continue;
    const difference = Math.abs(a - b);
    exact = false;
    if (!(difference <= atol + rtol * Math.abs(b))) approximate = false;
    if (!(difference <= maxDifference)) maxDifference = difference;
  }
  return { name, exact, approximate, maxDifference };
}
