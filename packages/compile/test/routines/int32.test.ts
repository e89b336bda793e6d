import { tensor, type Tensor } from "@tapegrad/tensor";
import { apply, type AttrsOf, type PrimitiveName, primitives } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { bothWays } from "./both-ways.ts";

const least = -(2 ** 31);
const greatest = 2 ** 31 - 1;
/** Extreme numbers, some whose products need more than the 53 bits of a float64, and small ones; 15. */
const extremes = [
  least,
  least + 1,
  greatest,
  greatest - 1,
  0,
  1,
  -1,
  2,
  -2,
  65536,
  -65537,
  46341,
  1234567891,
  -987654321,
  3,
];
const [first, second] = [extremes, [...extremes.slice(4), ...extremes.slice(0, 4)]];

/** An application to int32 operands, and what it gives without any limit of size. */
type NoAttrs = AttrsOf<"add">;

interface Row<Attrs> {
  readonly shapes: readonly (readonly number[])[];
  readonly attrs: Attrs;
  /** The elements of the second operand, where not all fit. */
  readonly second?: readonly number[];
  readonly exact?: (...operands: bigint[][]) => readonly bigint[];
}

const each = (exact: (a: bigint, b: bigint) => bigint): Row<NoAttrs> => ({
  shapes: [[15], [15]],
  attrs: {},
  exact: (a, b) => a.map((x, i) => exact(x, b[i]!)),
});
const one = (exact: (x: bigint) => bigint): Row<NoAttrs> => ({ shapes: [[15]], attrs: {}, exact: (a) => a.map(exact) });
const abs = (x: bigint): bigint => (x < 0n ? -x : x);
const fold = (start: bigint, step: (total: bigint, x: bigint) => bigint): Row<AttrsOf<"sum">>[] => [
  { shapes: [[3, 5]], attrs: { axes: [0, 1] }, exact: (a) => [a.reduce(step, start)] },
  {
    shapes: [[3, 5]],
    attrs: { axes: [1] },
    exact: (a) => [0, 5, 10].map((i) => a.slice(i, i + 5).reduce(step, start)),
  },
  {
    shapes: [[3, 5]],
    attrs: { axes: [0] },
    exact: (a) => [0, 1, 2, 3, 4].map((i) => [a[i]!, a[i + 5]!, a[i + 10]!].reduce(step, start)),
  },
];
const compared = (exact: (a: bigint, b: bigint) => boolean): Row<NoAttrs>[] => [
  each((a, b) => (exact(a, b) ? 1n : 0n)),
];
const power = (x: bigint, y: bigint): bigint => (y > 100n ? powerModulo(x, y) : x ** y);
const powerModulo = (x: bigint, y: bigint): bigint =>
  y === 0n ? 1n : (powerModulo((x * x) % 2n ** 32n, y / 2n) * (y % 2n === 1n ? x : 1n)) % 2n ** 32n;
const better = (a: bigint[], isBetter: (x: bigint, best: bigint) => boolean): bigint =>
  BigInt(a.reduce((best, x, i) => (isBetter(x, a[best]!) ? i : best), 0));
const windows = { axes: [0], size: [3], stride: [1], dilation: [1] };
const threes: AttrsOf<"gatherMaxima"> = { size: [3], stride: [1], dilation: [1], margins: [[0, 0]] };
/** Where in each three neighbours the first largest is. */
const firstOfThree = (x: readonly bigint[]): number[] =>
  x.slice(2).map((_, i) => [i + 1, i + 2].reduce((best, at) => (x[at]! > x[best]! ? at : best), i));

const rows: { readonly [P in PrimitiveName]?: readonly Row<AttrsOf<P>>[] } = {
  neg: [one((x) => -x)],
  abs: [one(abs)],
  sign: [one((x) => (x > 0n ? 1n : x < 0n ? -1n : 0n))],
  square: [one((x) => x * x)],
  relu: [one((x) => (x > 0n ? x : 0n))],
  floor: [one((x) => x)],
  ceil: [one((x) => x)],
  round: [one((x) => x)],
  cast: [
    { shapes: [[15]], attrs: { dtype: "float64" }, exact: (a) => a },
    { shapes: [[15]], attrs: { dtype: "bool" }, exact: (a) => a.map((x) => (x === 0n ? 0n : 1n)) },
    { shapes: [[15]], attrs: { dtype: "float32" } },
  ],
  add: [each((a, b) => a + b)],
  sub: [each((a, b) => a - b)],
  mul: [each((a, b) => a * b)],
  div: [each((a, b) => (b === 0n ? 0n : a / b))],
  pow: [{ ...each(power), second: second.map((x) => x & greatest) }],
  maximum: [each((a, b) => (a > b ? a : b))],
  minimum: [each((a, b) => (a < b ? a : b))],
  remainder: [each((a, b) => (b === 0n ? 0n : ((a % b) + b) % b))],
  eq: compared((a, b) => a === b),
  ne: compared((a, b) => a !== b),
  lt: compared((a, b) => a < b),
  le: compared((a, b) => a <= b),
  gt: compared((a, b) => a > b),
  ge: compared((a, b) => a >= b),
  sum: fold(0n, (total, x) => total + x),
  prod: fold(1n, (total, x) => total * (x === 0n ? 1n : x)).map(({ shapes, attrs }) => ({ shapes, attrs })),
  max: fold(BigInt(least), (best, x) => (x > best ? x : best)),
  min: fold(BigInt(greatest), (best, x) => (x < best ? x : best)),
  argmax: [{ shapes: [[15]], attrs: { axis: 0 }, exact: (a) => [better(a, (x, best) => x > best)] }],
  argmin: [{ shapes: [[15]], attrs: { axis: 0 }, exact: (a) => [better(a, (x, best) => x < best)] }],
  cumsum: [
    {
      shapes: [[15]],
      attrs: { axis: 0, reverse: false },
      exact: (a) => a.map((_, i) => a.slice(0, i + 1).reduce((total, x) => total + x, 0n)),
    },
    {
      shapes: [[15]],
      attrs: { axis: 0, reverse: true },
      exact: (a) => a.map((_, i) => a.slice(i).reduce((total, x) => total + x, 0n)),
    },
  ],
  argsort: [{ shapes: [[15]], attrs: { axis: 0, descending: false } }],
  reshape: [{ shapes: [[15]], attrs: { shape: [5, 3] }, exact: (a) => a }],
  permute: [{ shapes: [[3, 5]], attrs: { axes: [1, 0] } }],
  broadcastTo: [{ shapes: [[15]], attrs: { shape: [2, 15] }, exact: (a) => [...a, ...a] }],
  slice: [{ shapes: [[15]], attrs: { start: [1], size: [4], step: [2] } }],
  flip: [{ shapes: [[15]], attrs: { axes: [0] }, exact: (a) => a.toReversed() }],
  pad: [
    {
      shapes: [[15]],
      attrs: { low: [1], high: [2], interior: [0], value: 2 ** 31 + 5 },
      exact: (a) => [2n ** 31n + 5n, ...a, 2n ** 31n + 5n, 2n ** 31n + 5n],
    },
  ],
  concat: [{ shapes: [[15], [15]], attrs: { axis: 0 }, exact: (a, b) => [...a, ...b] }],
  matmul: [
    {
      shapes: [
        [3, 5],
        [5, 3],
      ],
      attrs: { transposeA: false, transposeB: false },
      exact: (a, b) =>
        product(
          a,
          b,
          (i, k) => i * 5 + k,
          (k, j) => k * 3 + j,
        ),
    },
    {
      shapes: [
        [5, 3],
        [3, 5],
      ],
      attrs: { transposeA: true, transposeB: true },
      exact: (a, b) =>
        product(
          a,
          b,
          (i, k) => k * 3 + i,
          (k, j) => j * 5 + k,
        ),
    },
  ],
  windows: [{ shapes: [[15]], attrs: windows }],
  gatherMaxima: [{ shapes: [[15], [15]], attrs: threes, exact: (x, y) => firstOfThree(x).map((at) => y[at]!) }],
  scatterMaxima: [
    {
      shapes: [[15], [13]],
      attrs: threes,
      exact: (x, y) => x.map((_, at) => firstOfThree(x).reduce((sum, to, i) => (to === at ? sum + y[i]! : sum), 0n)),
    },
  ],
  foldWindows: [
    {
      shapes: [[5, 3]],
      attrs: { ...windows, shape: [7] },
      exact: (y) =>
        [0, 1, 2, 3, 4, 5, 6].map((at) =>
          [0, 1, 2].reduce((total, k) => total + (at - k >= 0 && at - k < 5 ? y[(at - k) * 3 + k]! : 0n), 0n),
        ),
    },
  ],
};

/** The product of a 3 × 5 by a 5 × 3 matrix, of the elements at these places. */
function product(
  a: bigint[],
  b: bigint[],
  left: (i: number, k: number) => number,
  right: (k: number, j: number) => number,
): bigint[] {
  return [0, 1, 2].flatMap((i) =>
    [0, 1, 2].map((j) => [0, 1, 2, 3, 4].reduce((sum, k) => sum + a[left(i, k)]! * b[right(k, j)]!, 0n)),
  );
}

const int32 = (data: readonly number[], shape: readonly number[]): Tensor =>
  tensor(
    data.slice(
      0,
      shape.reduce((size, n) => size * n, 1),
    ),
    { dtype: "int32" },
  ).reshape([...shape]);
const wrapped = (exact: bigint): number => Number(BigInt.asIntN(32, exact));

describe("int32 is exact modulo 2^32", () => {
  const all = Object.entries(rows).flatMap(([name, list]) =>
    (list as readonly Row<AttrsOf<PrimitiveName>>[]).map(
      (row, i) => [`${name} ${i}`, name as PrimitiveName, row] as const,
    ),
  );
  it.each(all)("%s", (_, name, { shapes, attrs, second: others = second, exact }) => {
    const operands = shapes.map((shape, i) => int32(i === 0 ? first : others, shape));
    const [eager, compiled] = bothWays((...tensors) => apply(name, tensors, attrs)[0] as Tensor, operands);
    expect(compiled).toEqual(eager);
    if (exact === undefined) return;
    const want = exact(...operands.map(({ data }) => Array.from(data, BigInt)));
    expect(eager.map((x) => x + 0)).toEqual(name === "cast" ? want.map(Number) : want.map(wrapped));
  });

  it("has a row for every primitive that takes int32", () => {
    const indexed = ["where", "gather", "scatterAdd", "iota", "randomBits", "assign"];
    const spec = { shape: [3, 3], dtype: "int32" } as const;
    const others = Object.entries(primitives).filter(([name]) => !(name in rows) && !indexed.includes(name));
    for (const [name, { infer }] of others) {
      const attempt = (): unknown => infer([spec, spec, spec], { axes: [0], eps: 1, center: true } as never);
      expect(attempt, name).toThrow(/expected .*got int32/u);
    }
  });

  it("where there are zeros to multiply, and factors whose product float64 rounds", () => {
    const factors = [1234567891, -987654321, 46341, 65537, -3];
    const [eager, compiled] = bothWays((x) => x.prod(), [int32(factors, [5])]);
    expect(eager).toEqual([wrapped(factors.reduce((total, x) => total * BigInt(x), 1n))]);
    expect(compiled).toEqual(eager);
  });

  it("for the largest factors of a product of matrices", () => {
    const k = [greatest, greatest];
    expect(bothWays((a, b) => a.matmul(b), [int32(k, [1, 2]), int32(k, [2, 1])])).toEqual([[2], [2]]);
  });

  it.each([
    ["on one place each", [0, 2, 1, 0], [4], [3]],
    ["on the same place", [0, 0, 0, 0], [4], [3]],
    ["one entry per line", [1], [1], [3]],
  ])("added %s", (_, places, shape, target) => {
    const [x, index, source] = [
      int32([greatest, least, 7], target),
      int32(places, shape),
      int32(first.slice(2), shape),
    ];
    const want = Array.from(x.data, BigInt);
    places.forEach((place, i) => (want[place] = want[place]! + BigInt(source.data[i]!)));
    const scatter = (a: Tensor, b: Tensor, c: Tensor): Tensor => apply("scatterAdd", [a, b, c], { axis: 0 })[0];
    const [eager, compiled] = bothWays(scatter, [x, index, source]);
    expect(eager).toEqual(want.map(wrapped));
    expect(compiled).toEqual(eager);
    const [picked, again] = bothWays((a, b) => apply("gather", [a, b], { axis: 0 })[0], [x, index]);
    expect(picked).toEqual(places.map((place) => x.data[place]));
    expect(again).toEqual(picked);
  });

  it("of rows that are added, and of long sums", () => {
    const index = int32([1, 0, 1, 1], [4, 1]);
    const rowsOf = (x: Tensor, source: Tensor): Tensor =>
      apply("scatterAdd", [x, index.broadcastTo([4, 5]), source], { axis: 0 })[0];
    const source = int32(
      Array.from({ length: 20 }, (_, i) => greatest - i),
      [4, 5],
    );
    const [eager, compiled] = bothWays(rowsOf, [int32(first, [2, 5]), source]);
    expect(compiled).toEqual(eager);
    const long = int32(
      Array.from({ length: 5000 }, (_, i) => first[i % 15]!),
      [5000],
    );
    const total = Array.from(long.data, BigInt).reduce((sum, x) => sum + x, 0n);
    expect(bothWays((x) => x.sum(), [long])).toEqual([[wrapped(total)], [wrapped(total)]]);
    expect(bothWays((x) => x.mul(3).add(x).sum(), [long])[1]).toEqual([wrapped(total * 4n)]);
  });

  it("of sums and extremes that are shared in parts, in rows and in columns", () => {
    const x = int32(
      Array.from({ length: 64_000 }, (_, i) => Math.imul(i, 2654435761)),
      [1000, 64],
    );
    for (const axis of [0, 1]) {
      for (const name of ["sum", "prod", "max", "min"] as const) {
        const [eager, compiled] = bothWays((a) => apply(name, [a.mul(3).add(a)], { axes: [axis] })[0], [x]);
        expect(compiled).toEqual(eager);
      }
    }
  });
});
