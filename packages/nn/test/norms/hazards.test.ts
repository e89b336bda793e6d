import { grad } from "@tapegrad/autograd";
import { Generator, randn, type Tensor, tensor, where } from "@tapegrad/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm } from "../../src/functional.ts";
import {
  channelGroups,
  channelIndex,
  naiveBackward,
  naiveForward,
  type NaiveNorm,
  type ParameterIndex,
  rowGroups,
  rowIndex,
} from "./naive-norm.ts";
import { numbers, relativeError } from "./norm-case.ts";

const limit = 3e-7;
const worst = { forward: 0, backward: 0 };

/** Float32 inputs on which widely used libraries lose digits, or everything. */
interface Hazard {
  readonly name: string;
  readonly shape: readonly [rows: number, columns: number];
  readonly values: (i: number, normal: ArrayLike<number>) => number;
  readonly eps?: number;
}

const shifted = (offset: number): Hazard => ({
  name: `standard normal + ${offset}`,
  shape: [8, 1024],
  values: (i, normal) => (normal[i] ?? NaN) + offset,
});

const hazards: readonly Hazard[] = [
  ...[0, 100, 1e3, 1e4, 1e5].map(shifted),
  { name: "standard normal + 2000", shape: [5, 4], values: (i, normal) => (normal[i] ?? NaN) + 2000 },
  { name: "1e4 + i·1e-3", shape: [1, 16], values: (i) => 1e4 + i * 1e-3 },
  { name: "1e6, 1e6 + 1, 1e6 + 2", shape: [1, 3], values: (i) => 1e6 + i },
  { name: "40000 + i", shape: [1, 16], values: (i) => 40000 + i },
  { name: "−11 + 3e-6", shape: [1, 3], values: () => -11 + 3e-6 },
  { name: "1e30, 2e30, −1e30, 5e29", shape: [1, 4], values: (i) => [1e30, 2e30, -1e30, 5e29][i] ?? NaN },
  { name: "1e-23 · (1, 2, 3, 4)", shape: [1, 4], values: (i) => 1e-23 * (i + 1), eps: 0 },
  { name: "12345.678 everywhere", shape: [1, 1024], values: () => 12345.678, eps: 1e-12 },
  { name: "0.01 · normal + 100", shape: [1, 32768], values: (i, normal) => (normal[i] ?? NaN) * 0.01 + 100 },
  { name: "1234 everywhere", shape: [1, 256], values: () => 1234 },
  { name: "2/14 everywhere", shape: [1, 14], values: () => 2 / 14, eps: 1e-6 },
  { name: "one value", shape: [1, 1], values: () => 0.1 },
];

interface Run {
  readonly name: string;
  readonly x: Tensor;
  readonly norm: (x: Tensor, weight: Tensor, bias: Tensor, mask?: Tensor) => Tensor;
  readonly naive: NaiveNorm;
  readonly index: ParameterIndex;
  readonly parameters: number;
}

/** The input under LayerNorm and RMSNorm, its transpose under BatchNorm, and as an image under the others. */
function runsOf({ shape: [rows, columns], values, eps = 1e-5 }: Hazard): Run[] {
  const shape = [rows, columns];
  const normal = randn(shape, { dtype: "float64", generator: new Generator(61) }).data;
  const x = tensor(
    Float32Array.from({ length: rows * columns }, (_, i) => values(i, normal)),
    { shape },
  );
  const groups = rowGroups(shape, 1);
  const index = rowIndex(shape, 1);
  const runs: Run[] = [
    {
      name: "LayerNorm",
      x,
      norm: (at, weight, bias, mask) => layerNorm(at, columns, { weight, bias, eps, mask }),
      naive: { groups, center: true, eps },
      index,
      parameters: columns,
    },
    {
      name: "RMSNorm",
      x,
      norm: (at, weight, bias, mask) => rmsNorm(at, columns, { weight, bias, eps, mask }),
      naive: { groups, center: false, eps },
      index,
      parameters: columns,
    },
  ];
  if (columns > 1) {
    const turned = [columns, rows];
    runs.push({
      name: "BatchNorm",
      x: x.transpose(),
      norm: (at, weight, bias, mask) => batchNorm(at, { weight, bias, eps, mask }),
      naive: { groups: channelGroups(turned), center: true, eps },
      index: channelIndex(turned),
      parameters: rows,
    });
    // The rows as channels of one image, each of which is a group of its own.
    const image = [1, rows, columns];
    const perRow = { x: x.reshape(image), naive: { groups, center: true, eps }, index: channelIndex(image) };
    runs.push(
      {
        ...perRow,
        name: "GroupNorm",
        norm: (at, weight, bias, mask) => groupNorm(at, rows, { weight, bias, eps, mask }),
        parameters: rows,
      },
      {
        ...perRow,
        name: "InstanceNorm",
        norm: (at, weight, bias, mask) => instanceNorm(at, { weight, bias, eps, mask }),
        parameters: rows,
      },
    );
  }
  return [...runs, ...runs.filter(() => columns > 2).map(masked)];
}

/** A norm by two thirds of its elements: what does not count is NaN, or far from all others, and not looked at. */
function masked({ name, x, norm, naive, ...run }: Run): Run {
  const counts = Array.from({ length: x.size }, (_, at) => at % 3 !== 1);
  const mask = tensor(counts).reshape(x.shape);
  const hidden = tensor(Float32Array.from(counts, (_, at) => (at % 2 === 0 ? NaN : -1e10))).reshape(x.shape);
  return {
    ...run,
    name: `${name} with a mask`,
    x: where(mask, x, hidden),
    norm: (at, weight, bias) => where(mask, norm(at, weight, bias, mask), 0),
    naive: { ...naive, groups: naive.groups.map((group) => group.filter((at) => counts[at])) },
  };
}

function checkRun({ x, norm, naive, index, parameters }: Run, affine: boolean): void {
  const generator = new Generator(62);
  const gamma = affine
    ? randn([parameters], { generator }).mul(0.5).add(1.25)
    : tensor(new Float32Array(parameters).fill(1));
  const beta = affine ? randn([parameters], { generator }) : tensor(new Float32Array(parameters));
  const [leaf, weight, bias] = [x, gamma, beta].map((t) => t.detach().requiresGrad_()) as [Tensor, Tensor, Tensor];
  const dy = randn(x.shape, { generator });
  const y = norm(leaf, weight, bias);
  const want = naiveForward(numbers(x), naive, index, numbers(gamma), numbers(beta));
  const forward = relativeError(y.data, want, 1) * (affine ? 1 : Math.max(1, ...want.map(Math.abs)));
  expect(forward, "y").toBeLessThanOrEqual(limit);
  worst.forward = Math.max(worst.forward, forward);
  // The exact gradient for γ·dy as float32 holds it: rounding that product is not the norm's.
  const pulled = numbers(dy).map((g, at) => Math.fround(g * (gamma.data[index[at] ?? 0] ?? NaN)));
  const exact = naiveBackward(numbers(x), pulled, naive, index, parameters);
  const plain = naiveBackward(numbers(x), numbers(dy), naive, index, parameters);
  const gradients = grad(y, [leaf, weight, bias], { cotangent: dy });
  // A sum of many terms that cancel is judged by its expected size, the root of their sum of squares.
  const floor = Math.sqrt(x.size / parameters);
  for (const [name, got, expected, least] of [
    ["dx", gradients[0], exact.x, 0],
    ["dγ", gradients[1], plain.weight, floor],
    ["dβ", gradients[2], plain.bias, floor],
  ] as const) {
    const error = relativeError(got?.data ?? [], expected, least);
    expect(error, name).toBeLessThanOrEqual(limit);
    worst.backward = Math.max(worst.backward, error);
  }
}

afterAll(() => {
  console.log(
    `hazards: worst float32 error ${worst.forward.toExponential(1)} forward, ${worst.backward.toExponential(1)} backward`,
  );
});

describe.each(hazards)("float32: $name", (hazard) => {
  it.each(runsOf(hazard))("$name with γ and β", (run) => checkRun(run, true));
  it.each(runsOf(hazard))("$name alone", (run) => checkRun(run, false));
});

describe("float32 BatchNorm of 4096 samples", () => {
  it.each([0, 1e3, 1e4])("offset %d", (offset) => {
    const shape = [4096, 4] as const;
    const runs = runsOf({ name: "", shape: [4, 4096], values: (i, normal) => (normal[i] ?? NaN) + offset });
    const run = runs.find(({ name }) => name === "BatchNorm");
    expect(run?.x.shape).toEqual(shape);
    if (run !== undefined) checkRun(run, true);
  });
});
