import { assign, eye, Generator, randn, ShapeError, tensor, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Muon, type MuonOptions } from "./muon.ts";
import { orthogonalize } from "./orthogonalize.ts";

const draw = (shape: readonly number[], seed: number): Tensor =>
  randn(shape, { generator: new Generator(seed), dtype: "float64" });
const exact = { coefficients: [1.5, -0.5, 0], steps: 60, eps: 1e-7 } as const;
const usual = { coefficients: [3.4445, -4.775, 2.0315], steps: 5, eps: 1e-7 } as const;
const gap = (a: Tensor, b: Tensor): number => a.sub(b).abs().max().item();

describe("orthogonalize", () => {
  it.each([[[4, 4]], [[3, 6]], [[6, 3]]])("gives orthonormal rows or columns for shape %j", ([rows, columns]) => {
    const x = orthogonalize(draw([rows as number, columns as number], 1), exact);
    const gram = (rows as number) <= (columns as number) ? x.matmul(x.transpose()) : x.transpose().matmul(x);
    expect(gap(gram, eye(gram.shape[0]!, gram.shape[0], { dtype: "float64" }))).toBeLessThan(1e-9);
  });

  it("keeps singular vectors: what remains is symmetric and positive", () => {
    const m = draw([4, 4], 2);
    const polar = orthogonalize(m, exact).transpose().matmul(m);
    expect(gap(polar, polar.transpose())).toBeLessThan(1e-8);
    expect(orthogonalize(m.mul(1e-3), exact).sub(orthogonalize(m, exact)).abs().max().item()).toBeLessThan(1e-12);
  });

  it("brings singular values near 1 in five steps", () => {
    const diagonal = tensor([1, 0.7, 0.3, 0.1], { dtype: "float64" });
    const x = orthogonalize(eye(4, 4, { dtype: "float64" }).mul(diagonal), usual);
    for (let i = 0; i < 4; i++) {
      const value = x.data[5 * i]!;
      expect(value).toBeGreaterThan(0.6);
      expect(value).toBeLessThan(1.3);
    }
  });

  it("leaves a matrix of zeros as it is", () => {
    expect(
      orthogonalize(zeros([2, 3]), usual)
        .abs()
        .max()
        .item(),
    ).toBe(0);
  });
});

describe("Muon", () => {
  /** The formula with whole tensors, as PyTorch documents it; `slip` names what to get wrong on purpose. */
  function naive(start: Tensor, options: MuonOptions, slip?: "no look-ahead" | "momentum without its share") {
    const { lr = 1e-3, weightDecay = 0.1, momentum = 0.95, nesterov = true, adjustLr = "original" } = options;
    let [p, m] = [start, start.mul(0)];
    return (gradient: Tensor): Tensor => {
      const g = options.maximize === true ? gradient.neg() : gradient;
      m = m.mul(momentum).add(g.mul(slip === "momentum without its share" ? 1 : 1 - momentum));
      const look = nesterov && slip !== "no look-ahead" ? g.mul(1 - momentum).add(m.mul(momentum)) : m;
      const [rows, columns] = p.shape as [number, number];
      const factor =
        adjustLr === "original" ? Math.sqrt(Math.max(1, rows / columns)) : 0.2 * Math.sqrt(Math.max(rows, columns));
      p = p.mul(1 - lr * weightDecay).sub(orthogonalize(look, usual).mul(lr * factor));
      return p;
    };
  }

  /** Largest difference from the formula over ten steps, for a wide and a tall matrix. */
  function distance(options: MuonOptions, slip?: Parameters<typeof naive>[2]): number {
    const params = [draw([2, 4], 3), draw([5, 3], 4)].map((p) => p.requiresGrad_());
    const formulas = params.map((p) => naive(p.detach().clone(), options, slip));
    const optimizer = new Muon(params, options);
    let most = 0;
    for (let step = 0; step < 10; step++) {
      const want = params.map((p, i) => {
        p.grad = draw(p.shape, 10 * step + i);
        return formulas[i]!(p.grad);
      });
      optimizer.step();
      params.forEach((p, i) => (most = Math.max(most, gap(p.detach(), want[i]!))));
    }
    return most;
  }

  it.each<MuonOptions>([
    {},
    { lr: 0.1, nesterov: false, weightDecay: 0 },
    { lr: 0.05, momentum: 0.8, adjustLr: "match_rms_adamw" },
    { lr: 0.02, weightDecay: 0.5, maximize: true },
  ])("with %j follows its formula", (options) => {
    expect(distance(options)).toBeLessThan(1e-12);
  });

  it.each(["no look-ahead", "momentum without its share"] as const)("is no formula with %s", (slip) => {
    expect(distance({ lr: 0.1 }, slip)).toBeGreaterThan(1e-6);
  });

  it("takes a kernel for the matrix of its rows", () => {
    const options: MuonOptions = { lr: 0.1, adjustLr: "match_rms_adamw" };
    const [kernel, matrix] = [draw([4, 3, 2, 2], 6), draw([4, 3, 2, 2], 6).reshape(4, 12)].map((p) =>
      p.requiresGrad_(),
    );
    const optimizers = [kernel!, matrix!].map((p) => new Muon([p], options));
    for (let step = 0; step < 3; step++) {
      kernel!.grad = draw([4, 3, 2, 2], step);
      matrix!.grad = kernel!.grad.reshape(4, 12);
      for (const optimizer of optimizers) optimizer.step();
    }
    expect(kernel!.reshape(4, 12).toArray()).toEqual(matrix!.toArray());
    expect(optimizers[0]!.stateDict().state[0]?.["momentum_buffer"]?.shape).toEqual([4, 3, 2, 2]);
    expect(gap(kernel!.detach(), draw([4, 3, 2, 2], 6))).toBeGreaterThan(0.01);
  });

  it("takes an empty matrix", () => {
    const p = zeros([0, 3], { requiresGrad: true });
    p.grad = zeros([0, 3]);
    expect(() => new Muon([p]).step()).not.toThrow();
  });

  it("resumes to the same bits", () => {
    const [whole, part] = [draw([2, 3], 5).requiresGrad_(), draw([2, 3], 5).requiresGrad_()];
    const [first, second] = [new Muon([whole], { lr: 0.1 }), new Muon([part])];
    for (let step = 0; step < 6; step++) {
      if (step === 3) second.loadStateDict(first.stateDict());
      whole.grad = draw([2, 3], step);
      first.step();
      part.grad = whole.grad;
      if (step >= 3) second.step();
      else assign(part, whole.detach());
    }
    expect(part.toArray()).toEqual(whole.toArray());
  });

  const w = zeros([2, 2], { requiresGrad: true });
  it.each<[string, () => unknown, new (m: string) => Error, string]>([
    [
      "vector",
      () => new Muon([zeros([3])]),
      ShapeError,
      "Muon: expected matrices or kernels as parameters, got shape [3]. Give the others to AdamW, or all to MuonAdamW.",
    ],
    ["momentum", () => new Muon([w], { momentum: 1 }), ValueError, "Muon: expected momentum in [0, 1), got 1."],
    ["lr", () => new Muon([w], { lr: -1 }), ValueError, "Muon: expected lr ≥ 0, got -1."],
    [
      "coefficients",
      () => new Muon([w], { nsCoefficients: [1, 2] as never }),
      ValueError,
      "Muon: expected nsCoefficients to be 3 values, each a finite number, got [1, 2].",
    ],
    [
      "steps",
      () => new Muon([w], { nsSteps: 0 }),
      ValueError,
      "Muon: expected nsSteps to be a whole number ≥ 1, got 0.",
    ],
    [
      "factor",
      () => new Muon([w], { adjustLr: "none" as "original" }),
      ValueError,
      "Muon: expected adjustLr original or match_rms_adamw, got none.",
    ],
    ["option", () => new Muon([w], { betas: 1 } as object), ValueError, "Muon: expected options lr, weightDecay,"],
  ])("refuses a wrong %s", (_name, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});
