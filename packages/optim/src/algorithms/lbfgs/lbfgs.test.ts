import "@tapegrad/autograd";
import { ShapeError, tensor, type Tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { fixtures, gap, type Nested } from "../../../test/torch/fixtures.ts";
import { StepLR } from "../../schedules/step-lr.ts";
import { LBFGS, type LBFGSOptions } from "./lbfgs.ts";
import { type LinePoint, strongWolfe } from "./strong-wolfe.ts";

const double = (values: Nested): Tensor => tensor(values as number[], { dtype: "float64", requiresGrad: true });

/** Those of make-fixtures.py. */
const functions: Readonly<Record<string, (x: Tensor, y: Tensor) => Tensor>> = {
  rosenbrock: (x, y) =>
    y
      .slice([1, 4])
      .sub(x.slice([0, 3]).square())
      .square()
      .sum()
      .mul(100)
      .add(x.slice([0, 3]).sub(1).square().sum()),
  quartic: (x, y) =>
    x
      .pow(4)
      .sum()
      .div(4)
      .add(x.mul(y).sum())
      .add(
        x
          .slice([1, 4])
          .sub(y.slice([0, 3]))
          .square()
          .sum(),
      )
      .add(y.square().sum()),
  cliff: (x, y) => x.mul(3).exp().sum().add(y.neg().exp().sum()).add(x.sub(y).square().sum()),
  waves: (x, y) =>
    x
      .mul(3)
      .sin()
      .add(x.square().mul(0.1))
      .sum()
      .add(y.mul(5).cos().add(y.square().mul(0.2)).add(x.mul(y)).sum()),
  corners: (x, y) =>
    x
      .square()
      .add(1e-6)
      .sqrt()
      .sum()
      .add(y.sub(x.div(2)).square().add(1e-6).sqrt().sum().mul(3)),
};

/** A step that computes a function. */
function go(optimizer: LBFGS, loss: () => Tensor): Tensor {
  return optimizer.step(() => {
    optimizer.zeroGrad();
    const value = loss();
    value.backward();
    return value;
  });
}

describe.each(fixtures.searches)("LBFGS on $fn with $options", ({ fn, options, first, steps, state }) => {
  it("goes where PyTorch goes, and keeps the same state", () => {
    const [x, y] = first.map(double) as [Tensor, Tensor];
    const optimizer = new LBFGS([x, y], options);
    for (const [i, { loss, after }] of steps.entries()) {
      const got = go(optimizer, () => functions[fn]!(x, y));
      expect(gap(got.item(), loss), `loss of step ${i}`).toBeLessThan(1e-9);
      expect(gap([x.toArray(), y.toArray()] as Nested[], after), `step ${i}`).toBeLessThan(1e-9);
    }
    const own = optimizer.stateDict().state[0]!;
    expect(Object.keys(own).toSorted()).toEqual(Object.keys(state).toSorted());
    for (const [key, want] of Object.entries(state)) {
      expect(gap(own[key]!.toArray() as Nested, want), key).toBeLessThan(1e-7);
    }
  });

  it("resumes to the same bits from every step", () => {
    const [x, y] = first.map(double) as [Tensor, Tensor];
    const whole = new LBFGS([x, y], options);
    for (let i = 0; i < steps.length; i++) {
      const [a, b] = [x, y].map((p) => p.detach().clone().requiresGrad_()) as [Tensor, Tensor];
      const resumed = new LBFGS([a, b]);
      resumed.loadStateDict(JSON.parse(JSON.stringify(whole.stateDict())));
      go(whole, () => functions[fn]!(x, y));
      go(resumed, () => functions[fn]!(a, b));
      expect([a.toArray(), b.toArray()]).toEqual([x.toArray(), y.toArray()]);
      expect(resumed.stateDict()).toEqual(whole.stateDict());
    }
  });
});

describe("strongWolfe", () => {
  it.each(fixtures.lines)("stops where PyTorch stops: $step on $waves", (row) => {
    const { waves, corner, quad, slope, point, evaluations } = row;
    const at = (t: number): LinePoint => ({
      step: t,
      loss:
        waves.reduce((sum, [a, b, c]) => sum + a * Math.sin(b * t + c), 0) +
        corner * Math.abs(t - 1) +
        quad * t * t +
        slope * t,
      slope:
        waves.reduce((sum, [a, b, c]) => sum + a * b * Math.cos(b * t + c), 0) +
        (t < 1 ? -corner : corner) +
        2 * quad * t +
        slope,
      gradient: tensor(0),
    });
    const found = strongWolfe(at, at(0), { step: row.step, tolerance: row.tolerance, length: 1 });
    expect(gap([found.point.step, found.point.loss, found.point.slope], point)).toBeLessThan(1e-9);
    expect(found.evaluations).toBe(evaluations);
  });
});

describe("LBFGS", () => {
  const search: LBFGSOptions = { lineSearchFn: "strong_wolfe" };

  it("takes numbers as losses, parameters of both dtypes, and those without a gradient as they are", () => {
    const [p, q, left] = [tensor([[3], [1]], { requiresGrad: true }), double([2]), double([7])];
    const optimizer = new LBFGS([p, q, left], search);
    const loss = optimizer.step(() => {
      optimizer.zeroGrad();
      const value = p.sub(1).square().sum().to("float64").add(q.add(1).square().sum());
      value.backward();
      return value.item();
    });
    expect(loss).toBe(13);
    expect([p.toArray(), q.toArray(), left.toArray()]).toEqual([
      [[expect.closeTo(1, 5)], [expect.closeTo(1, 5)]],
      [expect.closeTo(-1, 12)],
      [7],
    ]);
    expect(p.dtype).toBe("float32");
  });

  it("stays where the gradient is 0, and counts the evaluation", () => {
    const p = double([1]);
    const optimizer = new LBFGS([p], search);
    go(optimizer, () => p.sub(1).square().sum());
    expect(p.toArray()).toEqual([1]);
    const { state } = optimizer.stateDict();
    expect(Object.entries(state[0]!).map(([name, each]) => [name, each.item()])).toEqual([
      ["func_evals", 1],
      ["n_iter", 0],
    ]);
  });

  it("stays where a direction promises less than toleranceChange", () => {
    const p = double([1]);
    const optimizer = new LBFGS([p], { toleranceChange: 1e-5 });
    go(optimizer, () => p.mul(1e-3).sum());
    expect(p.toArray()).toEqual([1]);
    const { func_evals, n_iter } = optimizer.stateDict().state[0]!;
    expect([func_evals!.item(), n_iter!.item()]).toEqual([1, 1]);
  });

  it("keeps no correction where the function bends down", () => {
    const p = double([1]);
    const optimizer = new LBFGS([p], { lr: 0.1, maxIter: 3, maxEval: 9 });
    go(optimizer, () => p.square().sum().div(-2));
    expect(p.item()).toBeCloseTo(1.1 ** 3, 14);
    const { old_dirs, H_diag } = optimizer.stateDict().state[0]!;
    expect([old_dirs!.shape, H_diag!.item()]).toEqual([[0, 1], 1]);
  });

  it("takes a loss that is not finite for one that has not fallen", () => {
    const p = double([0.5]);
    // NaN from 1 on, where the first step leads.
    const optimizer = new LBFGS([p], { ...search, lr: 10 });
    for (let i = 0; i < 10; i++) go(optimizer, () => p.neg().add(1).log().neg().sub(p.mul(5)).sum());
    expect(p.item()).toBeCloseTo(0.8, 6);
  });

  it("follows a schedule of its rate", () => {
    const p = double([1]);
    const optimizer = new LBFGS([p], { maxIter: 1, lr: 0.5 });
    const schedule = new StepLR(optimizer, { stepSize: 1, gamma: 0.5 });
    for (const want of [0.5, 0.375]) {
      go(optimizer, () => p.square().sum().div(2));
      schedule.step();
      expect(p.item()).toBe(want);
    }
    expect(optimizer.lr).toBe(0.125);
  });

  it("leaves the parameters where an iteration began if the closure throws", () => {
    for (const lineSearchFn of ["strong_wolfe", null] as const) {
      const p = double([3]);
      const optimizer = new LBFGS([p], { lineSearchFn });
      let calls = 0;
      const call = (): unknown =>
        go(optimizer, () => {
          if (++calls === 2) throw new Error("out of data");
          return p.square().sum();
        });
      expect(call).toThrow("out of data");
      expect(p.toArray()).toEqual([3]);
    }
  });

  const p = double([1, 2]);
  it.each<[string, () => unknown, new (m: string) => Error, string]>([
    [
      "no closure",
      () => new LBFGS([p]).step(),
      ValueError,
      "LBFGS.step: expected closure to be a function, got undefined. It computes loss and gradients.",
    ],
    [
      "no loss",
      () => new LBFGS([p]).step(() => undefined),
      ValueError,
      "LBFGS.step: expected closure to return its loss, one number, got undefined.",
    ],
    ["losses", () => new LBFGS([p]).step(() => p), ValueError, "to return its loss, one number, got a Tensor."],
    [
      "gradient",
      () =>
        new LBFGS([p]).step(() => {
          p["rawGrad"] = tensor([1], { dtype: "float64" });
          return 1;
        }),
      ShapeError,
      "LBFGS.step: expected a gradient of shape [2] for parameter 0 of group 0, got [1].",
    ],
    [
      "groups",
      () => new LBFGS([{ params: [p] }, { params: [double([1])] }]),
      ValueError,
      "LBFGS: expected one parameter group, got 2. All parameters are one vector.",
    ],
    [
      "group added",
      () => new LBFGS([p]).addParamGroup({ params: [double([1])] }),
      ValueError,
      "LBFGS.addParamGroup: expected one parameter group, got 2.",
    ],
    [
      "search",
      () => new LBFGS([p], { lineSearchFn: "wolfe" as "strong_wolfe" }),
      ValueError,
      "LBFGS: expected lineSearchFn strong_wolfe or null, got wolfe.",
    ],
    [
      "iterations",
      () => new LBFGS([p], { maxIter: 0 }),
      ValueError,
      "LBFGS: expected maxIter to be a whole number ≥ 1, got 0.",
    ],
    [
      "state",
      () => new LBFGS([p]).loadStateDict({ ...new LBFGS([p]).stateDict(), state: {} }),
      ValueError,
      "LBFGS.loadStateDict: expected func_evals to be a Tensor, got undefined.",
    ],
    [
      "state of another size",
      () => {
        const other = double([1, 2, 3]);
        const optimizer = new LBFGS([other]);
        go(optimizer, () => other.square().sum());
        const { state } = optimizer.stateDict();
        new LBFGS([p]).loadStateDict({ ...new LBFGS([p]).stateDict(), state });
      },
      ShapeError,
      "LBFGS.loadStateDict: expected d of shape [2], got [3].",
    ],
  ])("refuses %s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
    p.grad = undefined;
  });
});
