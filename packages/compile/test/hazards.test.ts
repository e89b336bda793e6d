import { grad } from "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { arange, Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

/** Float32 inputs on which widely used libraries lose digits, or everything. */
interface Hazard {
  readonly name: string;
  readonly shape: readonly [rows: number, columns: number];
  readonly at: (i: number, normal: number) => number;
  readonly eps?: number;
}

const shifted = (offset: number): Hazard => ({
  name: `standard normal + ${offset}`,
  shape: [8, 1024],
  at: (_, normal) => normal + offset,
});

const hazards: readonly Hazard[] = [
  ...[0, 100, 1e3, 1e4, 1e5].map(shifted),
  { name: "standard normal + 2000", shape: [5, 4], at: (_, normal) => normal + 2000 },
  { name: "1e4 + i·1e-3", shape: [1, 16], at: (i) => 1e4 + i * 1e-3 },
  { name: "1e6, 1e6 + 1, 1e6 + 2", shape: [1, 3], at: (i) => 1e6 + i },
  { name: "40000 + i", shape: [1, 16], at: (i) => 40000 + i },
  { name: "−11 + 3e-6", shape: [1, 3], at: () => -11 + 3e-6 },
  { name: "1e30, 2e30, −1e30, 5e29", shape: [1, 4], at: (i) => [1e30, 2e30, -1e30, 5e29][i] ?? NaN },
  { name: "1e-23 · (1, 2, 3, 4)", shape: [1, 4], at: (i) => 1e-23 * (i + 1), eps: 0 },
  { name: "12345.678 everywhere", shape: [1, 1024], at: () => 12345.678, eps: 1e-12 },
  { name: "0.01 · normal + 100", shape: [1, 32768], at: (_, normal) => normal * 0.01 + 100 },
  { name: "1234 everywhere", shape: [1, 256], at: () => 1234 },
  { name: "2/14 everywhere", shape: [1, 14], at: () => 2 / 14, eps: 1e-6 },
  { name: "one value", shape: [1, 1], at: () => 0.1 },
];

type Norm = (x: Tensor) => Tensor;

/** Two elements of three. */
const mask = (x: Tensor): Tensor => arange(x.size).remainder(3).ne(1).reshape(x.shape);

const norms: Readonly<Record<string, (columns: number, eps: number) => Norm>> = {
  LayerNorm: (columns, eps) => (x) => functional.layerNorm(x, columns, { eps }),
  RMSNorm: (columns, eps) => (x) => functional.rmsNorm(x, columns, { eps }),
  BatchNorm: (_, eps) => (x) => functional.batchNorm(x, { eps }),
  "BatchNorm with weights": (_, eps) => (x) => {
    const weight = randn([x.shape[1]!], { generator: new Generator(63) }).to(x.dtype);
    return functional.batchNorm(x, { weight, bias: weight, eps });
  },
  "LayerNorm with a mask": (columns, eps) => (x) => functional.layerNorm(x, columns, { eps, mask: mask(x) }),
  "RMSNorm with a mask": (columns, eps) => (x) => functional.rmsNorm(x, columns, { eps, mask: mask(x) }),
  "BatchNorm with a mask": (_, eps) => (x) => functional.batchNorm(x, { eps, mask: mask(x) }),
  GroupNorm: (_, eps) => (x) => functional.groupNorm(x.unsqueeze(0), x.shape[0]!, { eps }).squeeze(0),
};

/** Largest error in units of the largest entry, or of 1 if that is less. */
function errorOf(got: Tensor, expected: Tensor): number {
  const scale = Math.max(expected.abs().max().item(), Number.MIN_VALUE);
  const worst = got.to("float64").sub(expected).abs().max().item();
  return worst === 0 ? 0 : worst / scale;
}

describe("compiled float32 norms against float64", () => {
  const worst = { forward: 0, backward: 0 };
  afterAll(() => console.log(`compiled norms: worst error ${worst.forward} forward, ${worst.backward} backward`));

  for (const { name, shape, at, eps = 1e-5 } of hazards) {
    for (const [kind, make] of Object.entries(norms)) {
      const isBatch = kind.startsWith("BatchNorm");
      if (isBatch && shape[1] === 1) continue;
      if (kind === "GroupNorm" && shape[1] === 1) continue;
      it(`${kind}: ${name}`, () => {
        const generator = new Generator(61);
        const normal = randn(shape, { dtype: "float64", generator }).data;
        const single = tensor(
          Float32Array.from(normal, (value, i) => at(i, value)),
          { shape },
        );
        const x = (isBatch ? single.transpose() : single).clone();
        const g = randn(x.shape, { generator });
        const norm = make(shape[1], eps);
        const run = compile(
          (input: Tensor, cotangent: Tensor) => {
            const y = norm(input);
            return [y, grad(y, [input], { cotangent })[0]] as const;
          },
          { threads: 1 },
        );
        const [y, dx] = run(x.clone().requiresGrad_(), g) as readonly [Tensor, Tensor];
        const exact = x.to("float64").detach().requiresGrad_();
        const expected = norm(exact);
        const forward = errorOf(y, expected.detach());
        const [gradient] = grad(expected, [exact], { cotangent: g.to("float64") });
        const backward = errorOf(dx, gradient as Tensor);
        worst.forward = Math.max(worst.forward, forward);
        expect(forward).toBeLessThan(3e-7);
        // Where nothing varies, or two or three values cancel, the gradient is rounding alone.
        if ((gradient as Tensor).abs().max().item() > 0 && shape[1] > 4) {
          worst.backward = Math.max(worst.backward, backward);
          expect(backward).toBeLessThan(3e-7);
        }
      });
    }
  }

  it.each([
    ["LayerNorm", "the input", 1],
    ["LayerNorm", "its multiple", 0.3],
    ["RMSNorm", "the input", 1],
    ["RMSNorm", "its multiple", 0.3],
    ["GroupNorm", "its multiple", -1.7],
    ["BatchNorm with weights", "the input", 1],
    ["BatchNorm with weights", "its multiple", 0.3],
  ] as const)("%s: a cotangent that is %s moves the gradient by rounding of the cotangent alone", (kind, _, factor) => {
    const norm = norms[kind]!(66, 1e-5);
    const shape = kind.startsWith("BatchNorm") ? [66, 4] : [4, 66];
    const x = randn(shape, { generator: new Generator(62) });
    const run = compile((input: Tensor, cotangent: Tensor) => grad(norm(input), [input], { cotangent })[0] as Tensor, {
      threads: 1,
    });
    const g = x.mul(factor);
    const got = run(x.clone().requiresGrad_(), g);
    const exact = x.to("float64").requiresGrad_();
    const [want] = grad(norm(exact), [exact], { cotangent: g.to("float64") });
    // Of what does not cancel: the input's deviation is 1.
    const unit = g.abs().max().item() * 2 ** -24;
    expect(got.to("float64").sub(want!).abs().max().item() / unit).toBeLessThan(8);
    expect(want!.abs().max().item() / unit).toBeLessThan(1000);
  });

  it("sums ten million elements to 1e-6", () => {
    const x = tensor(new Float32Array(1e7).fill(0.1), { shape: [1e7] });
    const sum = compile((values: Tensor) => values.sum(), { threads: 1 });
    expect(Math.abs(sum(x).item() / (1e7 * Math.fround(0.1)) - 1)).toBeLessThan(1e-6);
  });
});
