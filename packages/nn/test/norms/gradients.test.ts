import { gradcheck, type GradcheckReport } from "@tapegrad/autograd";
import type { Tensor } from "@tapegrad/tensor";
import { afterAll, describe, expect, it } from "vitest";
import { batchNorm, instanceNorm, layerNorm, plainBatchNorm, rmsNorm } from "../../src/functional.ts";
import {
  derivatives,
  type Distribution,
  distributions,
  type NormFunction,
  type NormKind,
  numbers,
  parameters,
  parametersOf,
  relativeError,
  sample,
  shapes,
} from "./norm-case.ts";
import { kindsOf, normCalls } from "./norm-cases.ts";

const total = { checks: 0, worst: 0, second: 0 };

/** Gradcheck of order 2 by input, γ and β with random cotangents. */
function check(f: Parameters<typeof gradcheck>[0], inputs: readonly Tensor[], offset: number = 0): GradcheckReport {
  // A mean of 1e4 is rounded to 1e-12, which differences over steps of 1e-3 make 1e-9.
  const atol = 1e-9 * Math.max(1, offset / 1e3);
  const first = gradcheck(f, inputs, { atol });
  const both = gradcheck(f, inputs, { atol, order: 2 });
  total.checks += both.checks;
  total.second += both.checks - first.checks;
  total.worst = Math.max(total.worst, first.worst?.error ?? 0, both.worst?.error ?? 0);
  return both;
}

/**
 * One or two values that are normalized together become ±1: their gradient is proportional to eps, and must be large
 * enough for finite differences to see.
 */
function visibleEps({ naive }: NormKind, { scale, offset }: Distribution): number {
  const length = naive.used ?? naive.groups[0]?.length ?? 0;
  return length > 2 ? 1e-5 : 1e-5 + 0.1 * (scale ** 2 + (naive.center ? 0 : offset ** 2));
}

function expectSameDerivatives(
  norm: (...inputs: never[]) => Tensor,
  other: typeof norm,
  inputs: readonly Tensor[],
): void {
  const [got, want] = [derivatives(norm, inputs), derivatives(other, inputs)];
  // What cancels in a derivative has the size of the largest one.
  const floor = 1e-3 * Math.max(...want.flatMap(numbers).map(Math.abs));
  got.forEach((t, i) => expect(relativeError(t.data, numbers(want[i]!), floor), `${i}`).toBeLessThan(1e-8));
}

afterAll(() => {
  console.log(
    `norms: ${total.checks} finite-difference checks, ${total.second} of them of second derivatives, ` +
      `worst error ${total.worst.toExponential(1)} relative to the largest entry`,
  );
  expect(total.checks).toBeGreaterThan(1000);
});

describe.each(shapes.map((shape) => ({ title: `[${shape.join(", ")}]`, shape })))(
  "gradients for $title",
  ({ shape }) => {
    for (const kind of kindsOf(shape)) {
      for (const distribution of distributions) {
        const x = sample(shape, distribution, 21);
        const inputs = [x, ...parametersOf(kind, 22)];
        const eps = visibleEps(kind, distribution);
        const by = (norm: NormFunction) => (at: Tensor, w?: Tensor, b?: Tensor) => norm(at, w, b, eps);

        it(`${kind.name}, ${distribution.name}`, () => {
          const norm = by(kind.frozen?.(x, eps) ?? kind.fused);
          expect(check(norm, inputs, distribution.offset).passed).toBe(true);
          if (inputs.length > 1) expect(check((at) => norm(at), [x], distribution.offset).passed).toBe(true);
        });

        const { frozen } = kind;
        if (frozen !== undefined) {
          it(`${kind.name}, ${distribution.name}: those of what is held`, () =>
            expectSameDerivatives(by(kind.fused), by(frozen(x, eps)), inputs));
        }

        it(`${kind.name}, ${distribution.name}: fused = plain`, () =>
          expectSameDerivatives(by(kind.fused), by(kind.plain), inputs));
      }
    }
  },
);

describe("gradients of norms that do not standardize", () => {
  it.each(normCalls)("$name", ({ run, frozen, inputs }) => {
    expect(check(frozen ?? run, inputs).passed).toBe(true);
    if (frozen !== undefined) expectSameDerivatives(run, frozen, inputs);
  });
});

describe("gradients in evaluation mode", () => {
  it.each(shapes.map((shape) => ({ title: `[${shape.join(", ")}]`, shape })))("BatchNorm of $title", ({ shape }) => {
    const [runningVar, runningMean] = parameters([shape[1] ?? 0], 32);
    const [weight, bias] = parameters([shape[1] ?? 0], 33);
    const running = { runningMean, runningVar: runningVar.square(), training: false };
    for (const distribution of distributions) {
      const x = sample(shape, distribution, 31);
      const f = (at: Tensor, w?: Tensor, b?: Tensor): Tensor => batchNorm(at, { ...running, weight: w, bias: b });
      expect(check(f, [x, weight, bias]).passed).toBe(true);
      expect(check((at) => f(at), [x]).passed).toBe(true);
    }
  });
});

describe("gradients in training mode with running statistics", () => {
  it.each(shapes.filter((shape) => shape[0] !== 1 || shape.length > 2))("BatchNorm of shape %j", (...shape) => {
    const [runningVar, runningMean] = parameters([shape[1] ?? 0], 42);
    const [weight, bias] = parameters([shape[1] ?? 0], 43);
    const x = sample(shape, { name: "", scale: 1, offset: 0 }, 41);
    const f = (at: Tensor, w?: Tensor, b?: Tensor): Tensor =>
      batchNorm(at, { runningMean, runningVar: runningVar.square(), training: true, weight: w, bias: b });
    expect(check(f, [x, weight, bias]).passed).toBe(true);
  });
});

describe("gradients of InstanceNorm with running statistics", () => {
  const images = shapes.filter((shape) => shape.length > 2 && shape.slice(2).some((extent) => extent > 1));
  it.each(images)("of shape %j", (...shape) => {
    const [runningVar, runningMean] = parameters([shape[1] ?? 0], 46);
    const [weight, bias] = parameters([shape[1] ?? 0], 47);
    const x = sample(shape, { name: "", scale: 1, offset: 0 }, 45);
    for (const training of [true, false]) {
      const running = { runningMean, runningVar: runningVar.square(), training, eps: 1e-2 };
      const f = (at: Tensor, w?: Tensor, b?: Tensor): Tensor => instanceNorm(at, { ...running, weight: w, bias: b });
      expect(check(f, [x, weight, bias]).passed).toBe(true);
    }
  });
});

describe("one of γ and β alone, no eps, other eps", () => {
  const shape = [4, 3];
  const x = sample(shape, { name: "", scale: 1e-2, offset: 0 }, 51);
  const [weight, bias] = parameters([3], 52);
  it.each([0, 1e-5, 1e-3, 1])("eps %f", (eps) => {
    for (const f of [
      (at: Tensor, w?: Tensor): Tensor => batchNorm(at, { eps, weight: w }),
      (at: Tensor, b?: Tensor): Tensor => batchNorm(at, { eps, bias: b }),
      (at: Tensor, w?: Tensor): Tensor => layerNorm(at, 3, { eps, weight: w }),
      (at: Tensor, b?: Tensor): Tensor => layerNorm(at, 3, { eps, bias: b }),
      (at: Tensor, w?: Tensor): Tensor => rmsNorm(at, 3, { eps, weight: w }),
      (at: Tensor, b?: Tensor): Tensor => rmsNorm(at, 3, { eps, bias: b }),
      (at: Tensor, w?: Tensor): Tensor => rmsNorm(at, 3, { eps, weight: w, partial: 0.5 }),
      (at: Tensor, w?: Tensor): Tensor => plainBatchNorm(at, { eps, weight: w }),
    ]) {
      expect(check(f, [x, weight]).passed).toBe(true);
      expect(check(f, [x, bias]).passed).toBe(true);
    }
  });
});
