import { assign, Generator, randn, tensor } from "@tapegrad/tensor";
import { Cell } from "@tapegrad/tensor/internal";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { defineFunction, gradcheck, gradgradcheck } from "./index.ts";

const double = (data: readonly number[], requiresGrad = false): Tensor =>
  tensor(data, { dtype: "float64", requiresGrad });

/** x² with a derivative that is wrong where `wrong` says. */
const square = (wrong: (x: Tensor) => Tensor): ((...inputs: Tensor[]) => Tensor) =>
  defineFunction({
    name: "square",
    forward: (ctx, x: Tensor) => {
      ctx.save(x);
      return x.square();
    },
    backward: (ctx, ct) => ct.mul(wrong(ctx.saved[0]!)),
  });

describe("gradcheck", () => {
  it("reports how many entries it compared and the worst of them", () => {
    const report = gradcheck((x, y) => x.mul(y).exp(), [double([1, 0.5]), double([0.3])]);
    expect(report).toMatchObject({ passed: true, checks: 3, worst: { order: 1 } });
    expect(report.worst!.error).toBeLessThan(1e-10);
  });

  it("leaves the state that the function changes, and starts from it each time", () => {
    const [count, generator] = [tensor([3], { dtype: "float64" }), new Generator(5)];
    const mode = new Cell("before");
    const f = (x: Tensor): Tensor => {
      assign(count, count.add(1));
      const wanted = mode.get();
      mode.set("after");
      // Random and counted: differences of other elements, or of other counts, would be no derivative.
      return x
        .mul(randn([3], { dtype: "float64", generator }))
        .mul(count.clone())
        .mul(wanted === "before" ? 1 : 2);
    };
    const { version } = count.storage;
    expect(gradcheck(f, [double([1, 2, 3])], { order: 2 }).passed).toBe(true);
    expect([count.item(), count.storage.version, generator.counter.item(), mode.get()]).toEqual([
      3,
      version,
      0,
      "before",
    ]);
  });

  it("names input, index and both values of the worst failure", () => {
    const wrong = square((x) => x.mul(2).add(tensor([0, 1e-3, 0], { dtype: "float64" })));
    const inputs = [double([1, 2, 3])];
    const report = gradcheck(wrong, inputs, { throws: false });
    expect(report).toMatchObject({ passed: false, checks: 3, worst: { input: 0, index: [1], order: 1 } });
    const { numeric, analytic } = report.worst!;
    expect(() => gradcheck(wrong, inputs)).toThrow(
      `gradcheck: expected the gradient of input 0 at [1] to be ${numeric} (numeric), got ${analytic} (analytic).`,
    );
    expect(analytic / numeric).toBeCloseTo(4.001 / 4, 9);
  });

  it.each([
    ["a factor off by 1e-6", (x: Tensor) => x.mul(2 + 2e-6)],
    ["a sign", (x: Tensor) => x.mul(-2)],
    ["a missing term", (x: Tensor) => x],
    ["NaN", (x: Tensor) => x.mul(NaN)],
    ["infinity", (x: Tensor) => x.mul(Infinity)],
    ["zero", (x: Tensor) => x.mul(0)],
  ])("finds %s", (_, wrong) => {
    expect(() => gradcheck(square(wrong), [double([1, 2])])).toThrow("gradcheck: expected the gradient");
  });

  it("finds a second derivative that is wrong where the first is right", () => {
    const detached = square((x) => x.detach().mul(2));
    expect(gradcheck(detached, [double([1, 2])]).passed).toBe(true);
    expect(() => gradgradcheck(detached, [double([1, 2])])).toThrow(
      /gradcheck: expected the second derivative of input 0 at \[\d\]/,
    );
  });

  it("checks order 2 by inputs and cotangents", () => {
    expect(gradcheck((x) => x.pow(3), [double([1, 2])], { order: 2 }).checks).toBe(2 + 4);
    expect(gradgradcheck((x) => x.pow(3), [double([1, 2])]).checks).toBe(2 + 4);
  });

  it("checks several outputs, and only inputs that require gradients if any does", () => {
    const f = (x: Tensor, y: Tensor): readonly Tensor[] => [x.mul(y), x.sin()];
    expect(gradcheck(f, [double([1, 2]), double([3])]).checks).toBe(3);
    expect(gradcheck(f, [double([1, 2], true), double([3])]).checks).toBe(2);
  });

  it("passes whole numbers on, and leaves its inputs alone", () => {
    const x = double([1, 2, 3]);
    expect(gradcheck((t, i) => t.gather(0, i), [x, tensor([2, 2], { dtype: "int32" })]).checks).toBe(3);
    expect([x.requiresGrad, x.grad, x.storage.version]).toEqual([false, undefined, 0]);
  });

  it("copes with kinks nearby, large offsets, small scales, constants and empty tensors", () => {
    expect(gradcheck((x) => x.relu(), [double([1e-4, -3e-4, 2])]).passed).toBe(true);
    expect(gradcheck((x) => x.log(), [double([1e-2, 5])]).passed).toBe(true);
    expect(gradcheck((x) => x.sub(x.mean()).square(), [double([1e4, 1e4 + 1, 1e4 + 3])]).passed).toBe(true);
    expect(gradcheck((x) => x.div(x.square().mean().add(1e-5).sqrt()), [double([0.01, -0.02, 0.03])]).passed).toBe(
      true,
    );
    expect(gradcheck((x) => x.softmax({ axis: 0 }).sum(), [double([1, 2, 3])]).passed).toBe(true);
    expect(gradcheck((x) => x.floor(), [double([0.5, 1.5])], { order: 2 }).passed).toBe(true);
    expect(gradcheck((x) => x.exp(), [double([])])).toEqual({ passed: true, checks: 0, worst: undefined });
  });

  it("is reproducible, and other seeds give other cotangents", () => {
    const x = randn([3], { dtype: "float64", generator: new Generator(2) });
    const run = (seed: number): number => gradcheck((t) => t.exp(), [x], { seed }).worst!.analytic;
    expect(run(1)).toBe(run(1));
    expect(run(1)).not.toBe(run(2));
  });

  it.each([
    [
      "float32",
      () => gradcheck((x) => x, [tensor([1])]),
      'gradcheck: expected float64 inputs, got float32 for input 0. Convert it with to("float64").',
    ],
    [
      "no float input",
      () => gradcheck((x) => x, [tensor([1], { dtype: "int32" })]),
      "gradcheck: expected at least one float64 input, got none.",
    ],
    [
      "a float32 result",
      () => gradcheck((x) => x.to("float32"), [double([1])]),
      "gradcheck: expected f to give float64, got float32.",
    ],
    ["a step of 0", () => gradcheck((x) => x, [double([1])], { eps: 0 }), "gradcheck: expected eps > 0, got 0."],
    [
      "order 3",
      () => gradcheck((x) => x, [double([1])], { order: 3 as 2 }),
      "gradcheck: expected order 1 or 2, got 3.",
    ],
    [
      "an unknown option",
      () => gradcheck((x) => x, [double([1])], { tol: 1 } as object),
      'gradcheck: expected options eps, rtol, atol, order, throws, seed, nondetTol, got "tol". Did you mean "rtol"?',
    ],
  ])("refuses %s", (_, act, message) => {
    expect(act).toThrow(message);
  });

  it("checks that two walks back give the same bits, in both orders", () => {
    let walks = 0;
    const drifting = (by: number): ((x: Tensor) => Tensor) =>
      defineFunction({
        name: "drifting",
        forward: (ctx, x) => {
          ctx.save(x);
          return x.mul(3);
        },
        backward: (_, ct) => ct.mul(3).add(by * walks++),
      });
    const at = [double([1, 2])];
    expect(() => gradcheck(drifting(1e-12), at)).toThrow(
      /^gradcheck: expected the same gradient of input 0 at \[0\] from two walks back, got \S+ and \S+\. Allow what differs with nondetTol\.$/,
    );
    const report = gradcheck(drifting(1e-12), at, { throws: false });
    expect(report).toMatchObject({ passed: false, nondeterministic: { input: 0, index: [0], order: 1 } });
    expect(report.nondeterministic!.first).not.toBe(report.nondeterministic!.second);
    expect(gradcheck(drifting(1e-12), at, { nondetTol: 1e-11 })).toMatchObject({
      passed: true,
      nondeterministic: undefined,
    });
    const later = (x: Tensor): Tensor => {
      const y = x.square();
      // The same the first time, and from then on in second order only.
      if (y.requiresGrad) y.registerHook((g) => (g.requiresGrad ? g.add(1e-12 * walks++) : g));
      return y;
    };
    expect(gradcheck(later, at).passed).toBe(true);
    expect(() => gradgradcheck(later, at)).toThrow("gradgradcheck: expected the same second derivative of input ");
  });

  it("takes NaN and what is drawn again from one state for the same", () => {
    const noisy = (x: Tensor): Tensor => x.mul(randn([2], { dtype: "float64" }));
    expect(gradcheck(noisy, [double([1, 2])]).passed).toBe(true);
    const report = gradcheck((x) => x.mul(NaN), [double([1, 2])], { throws: false });
    expect(report.nondeterministic).toBeUndefined();
  });
});
