import "@tapegrad/autograd";
import { functional } from "@tapegrad/nn";
import { Generator, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { sizeOf } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { wasmExecutableOf } from "./wasm-executable-of.ts";

type Binary = (x: Tensor, shared: Tensor) => Tensor;

/** A function compiled, and what it does for each element of x, in loops. */
function compiledOf(fn: Binary, x: Tensor, shared: Tensor): { readonly got: Tensor; readonly each: string[] } {
  const compiled = compile(fn, { threads: 1, deterministic: true });
  const got = compiled(x, shared);
  const each = wasmExecutableOf(compiled)!.memory.kernels.flatMap((kernel) => {
    if (kernel.kind !== "loop") return [];
    const { varies, kernel: loops } = kernel.pattern.plan;
    if (sizeOf(loops.extents) < x.size) return [];
    return loops.nodes.flatMap((node) =>
      node.kind === "apply" && varies.get(node)!.size === loops.extents.length ? [`${node.name} ${node.dtype}`] : [],
    );
  });
  return { got, each };
}

const generator = new Generator(81);
const rows = randn([64, 48], { generator }).mul(3).add(1000);
const shared64 = rows.to("float64").mean({ axis: 0, keepDims: true }).add(1e-9);

describe("sums of float32 and shared float64 that are rounded", () => {
  const wide = (x: Tensor): Tensor => x.to("float64");
  const forms: readonly (readonly [string, Binary])[] = [
    ["x - u", (x, u) => wide(x).sub(u).to("float32")],
    ["u - x", (x, u) => u.sub(wide(x)).to("float32")],
    ["x + u", (x, u) => wide(x).add(u.neg()).to("float32")],
    ["u + x", (x, u) => u.neg().add(wide(x)).to("float32")],
  ];

  it.each(forms)("%s: in float32, off by a unit in the last place at most", (_, form) => {
    const { got, each } = compiledOf(form, rows, shared64);
    expect(each.every((operation) => operation.endsWith("float32"))).toBe(true);
    const want = form(rows, shared64);
    got.data.forEach((value, i) => {
      const unit = 2 ** (Math.floor(Math.log2(Math.abs(want.data[i]!))) - 23);
      expect(Math.abs(value - want.data[i]!)).toBeLessThanOrEqual(unit);
    });
  });

  it.each(forms)("%s: where all digits cancel, and with zeros, infinities, and what is no float32", (_, form) => {
    const values = [0, -0, 1, -1, 0.1, 1e30, -1e30, 3e38, -3e38, Infinity, -Infinity, NaN];
    const numbers = [0, -0, 1, Math.fround(0.1), 0.1, 1e-40, 5e38, -5e38, 1e300, -1e300, Infinity, -Infinity, NaN];
    const x = tensor(
      [...values, ...values].map((value) => numbers.map(() => value)),
      { dtype: "float32" },
    );
    const u = tensor([numbers], { dtype: "float64" });
    const { got } = compiledOf(form, x, u);
    const want = form(x, u);
    got.data.forEach((value, i) => {
      const expected = want.data[i]!;
      if (expected === 0 || !Number.isFinite(expected)) expect(value).toBe(expected);
      else expect(Math.abs(value / expected - 1)).toBeLessThan(2 ** -23);
    });
  });

  it("leaves what is seen before it is rounded, and what few elements share", () => {
    const seen = compiledOf(
      (x, u) => wide(x).sub(u).to("float32").add(wide(x).sub(u).exp().to("float32")),
      rows,
      shared64,
    );
    expect(seen.each).toContain("sub float64");
    const few = compiledOf((x, u) => wide(x).sub(u).to("float32"), rows.slice([0, 4]), shared64);
    expect(few.each).toContain("sub float64");
  });
});

describe("float64 quotients by a shared divisor", () => {
  const scale = shared64.abs().add(0.7);
  const squares: Binary = (x, u) => x.to("float64").div(u).square().sum({ axis: 1 });

  it.each([
    ["rounded", (x: Tensor, u: Tensor): Tensor => x.to("float64").div(u).mul(2).to("float32")],
    ["summed", squares],
    ["by a constant", (x: Tensor): Tensor => x.to("float64").div(5).to("float32")],
  ] as const)("are products where they are %s", (_, fn) => {
    const { got, each } = compiledOf(fn, rows, scale);
    expect(each).not.toContain("div float64");
    const want = fn(rows, scale);
    expect(got.sub(want).div(want).abs().max().item()).toBeLessThan(want.dtype === "float64" ? 1e-14 : 2 ** -23);
  });

  it.each([
    ["a result", (x: Tensor, u: Tensor): Tensor => x.to("float64").div(u)],
    ["compared", (x: Tensor, u: Tensor): Tensor => x.to("float64").div(u).floor().to("float32")],
    ["a divisor", (x: Tensor, u: Tensor): Tensor => u.div(x.to("float64").div(u)).to("float32")],
    ["the condition of a choice", (x: Tensor, u: Tensor): Tensor => x.to("float64").div(u).gt(1).to("float32")],
    ["by as many divisors", (x: Tensor): Tensor => x.to("float64").div(x.to("float64").add(1)).to("float32")],
  ] as const)("stay what they are where they are %s", (_, fn) => {
    const { got, each } = compiledOf(fn, rows, scale);
    expect(each).toContain("div float64");
    expect(got.data).toEqual(fn(rows, scale).data);
  });

  it("stay what they are where they are whole beside a constant", () => {
    const fn: Binary = (x, u) => x.to("float64").div(u).mul(2).neg().add(2).to("float32").sqrt();
    const x = tensor(Array.from({ length: 16 }, () => [49, 98, 103, 107])).to("float32");
    const { got } = compiledOf(fn, x, tensor([[49, 98, 103, 107]], { dtype: "float64" }));
    expect([...got.data].every((value) => value === 0)).toBe(true);
  });

  it("with divisors that have no reciprocal", () => {
    const values = [0, -0, 1, -3e38, 1e-45, Infinity, -Infinity, NaN];
    const divisors = [5e-324, -5e-324, 1e-310, 0, -0, 1.7e308, Infinity, -Infinity, NaN, 3];
    const x = tensor(
      values.map((value) => Array.from({ length: divisors.length }, () => value)),
      { dtype: "float32" },
    );
    const by = tensor([divisors], { dtype: "float64" });
    const fn: Binary = (a, b) => a.to("float64").div(b).to("float32");
    const { got, each } = compiledOf(fn, x, by);
    expect(each).not.toContain("div float64");
    expect(got.data).toEqual(fn(x, by).data);
  });
});

describe("algebra of reductions and scales", () => {
  it("takes signs out of sums, the sign of a zero too", () => {
    const fn = (x: Tensor, u: Tensor): Tensor => x.mul(u).neg().sum({ axis: 0 });
    const { got, each } = compiledOf(fn, rows, rows.slice([0, 1]));
    expect(each).not.toContain("neg float32");
    const want = fn(rows, rows.slice([0, 1]));
    expect(got.sub(want).div(want).abs().max().item()).toBeLessThan(1e-6);
    const zeros = tensor([[0, -0, 0], [-0, -0, 0]]); // prettier-ignore
    const sums = compile((x: Tensor) => x.neg().sum({ axis: 1 }), { threads: 1 });
    expect(sums(zeros).data).toEqual(zeros.neg().sum({ axis: 1 }).data);
  });

  it("multiplies what is shared by powers of two, not every element, bit for bit", () => {
    const fn: Binary = (x, u) => x.mul(2).mul(u);
    const { got, each } = compiledOf(fn, rows, rows.slice([0, 1]));
    expect(each).toEqual(["mul float32"]);
    expect(got.data).toEqual(fn(rows, rows.slice([0, 1])).data);
    expect(compiledOf((x, u) => x.mul(3).mul(u), rows, rows.slice([0, 1])).each).toHaveLength(2);
  });
});

describe("sums of products that differ in factors which all terms share", () => {
  const values = randn([48, 20], { generator });
  const weight = randn([20], { generator });
  const others = randn([48, 20], { generator });

  /** The sums compiled, and how many reductions they take. */
  function reduced(
    sums: (x: Tensor, w: Tensor, y: Tensor) => Tensor[],
    given: readonly [Tensor, Tensor, Tensor],
  ): { readonly got: Tensor[]; readonly count: number } {
    const compiled = compile(sums, { threads: 1, deterministic: true });
    const got = compiled(...given);
    const kernels = wasmExecutableOf(compiled)!.memory.kernels;
    const nodes = kernels.flatMap((kernel) => (kernel.kind === "loop" ? kernel.kernel.nodes : []));
    const folds = kernels.flatMap((kernel) => (kernel.kind === "loop" ? kernel.kernel.accumulations : []));
    return { got, count: nodes.filter(({ kind }) => kind === "reduce").length + folds.length };
  }

  type Row = readonly [name: string, sums: (x: Tensor, w: Tensor, y: Tensor) => Tensor[], count: number];
  const over = { axis: 0 };
  const rows: readonly Row[] = [
    ["one and its multiple", (x, w) => [x.sum(over), x.mul(w).sum(over)], 1],
    ["the multiple first", (x, w) => [x.mul(w.broadcastTo([48, 20])).sum(over), x.sum(over)], 1],
    ["products, in other orders", (x, w, y) => [x.mul(y.mul(w)).sum(over), y.mul(x).sum(over), w.mul(y).mul(x).sum(over)], 1],
    ["several shared factors", (x, w) => [x.mul(w).sum(over), x.mul(w).mul(w.square()).sum(over)], 1],
    ["other shared factors", (x, w) => [x.mul(w.square()).sum(over), x.mul(w.abs()).sum(over)], 2],
    ["other axes", (x, w) => [x.sum(over), x.mul(w).sum({ axis: 1 })], 2],
    ["factors that change along the axis", (x, w) => [x.sum({ axis: 1 }), x.mul(w).sum({ axis: 1 })], 2],
  ]; // prettier-ignore

  it.each(rows)("%s", (_, sums, count) => {
    const { got, count: taken } = reduced(sums, [values, weight, others]);
    expect(taken).toBe(count);
    const want = sums(values.to("float64"), weight.to("float64"), others.to("float64"));
    got.forEach((sum, i) => {
      const scale = want[i]!.abs().max().item();
      expect(sum.sub(want[i]!.to("float32")).abs().max().item() / scale).toBeLessThan(1e-6);
    });
  });

  it("of more terms than float32 adds up, each once", () => {
    const many = randn([1000, 20], { generator });
    const sums = (x: Tensor, w: Tensor): Tensor[] => [x.mul(w).sum(over), x.sum(over)];
    const { got, count } = reduced(sums, [many, weight, others]);
    expect(count).toBe(1);
    const want = sums(many.to("float64"), weight.to("float64"));
    got.forEach((sum, i) => expect(sum.sub(want[i]!.to("float32")).abs().max().item()).toBeLessThan(1e-5));
  });

  it("keep the sign of a zero that eager sums have", () => {
    const sums = (x: Tensor, w: Tensor): Tensor[] => [x.sum(over), x.mul(w).sum(over)];
    const zero = values.mul(0);
    const { got } = reduced(sums, [zero, weight, others]);
    expect(got[1]!.data).toEqual(sums(zero, weight)[1]!.data);
  });

  it("serve the gradients of an affine norm of columns: two besides those of the statistics", () => {
    const bias = randn([20], { generator });
    const gradients = (input: Tensor, gain: Tensor, cotangent: Tensor): Tensor[] => {
      const leaves = [input, gain, bias].map((t) => t.detach().requiresGrad_()) as [Tensor, Tensor, Tensor];
      functional.batchNorm(leaves[0], { weight: leaves[1], bias: leaves[2], eps: 1e-5 }).backward(cotangent);
      return leaves.map(({ grad }) => grad!);
    };
    const long = randn([144, 20], { generator }).mul(3);
    const cotangent = randn([144, 20], { generator });
    const { got, count } = reduced(gradients, [long, weight, cotangent]);
    expect(count).toBe(5);
    const want = gradients(long, weight, cotangent);
    got.forEach((grad, i) => expect(grad.sub(want[i]!).abs().max().item()).toBeLessThan(2e-5));
  });
});
