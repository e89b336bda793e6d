import { gradcheck } from "@tapegrad/autograd";
import { Generator, ones, type Tensor, tensor, zeros } from "@tapegrad/tensor";
import { drawer, expectClose } from "@tapegrad/testing";
import { expect, it } from "vitest";
import { functional, MultiHeadAttention } from "../../src/index.ts";
import { dot, type Matrix, plainAttention, rows } from "./plain-attention.ts";

const draw = drawer(31);
const [features, heads] = [6, 2];
const width = features / heads;
const [w, out, g] = [draw(3 * features, features), draw(features, features), tensor(2.5, { dtype: "float64" })];

/** Attention by cosines in scalars, head by head. */
function plain(x: Matrix, y: Matrix, factor: number, causal: boolean): number[][] {
  const unit = (v: readonly number[]): number[] => v.map((value) => value / Math.sqrt(dot(v, v)));
  const project = (input: Matrix, part: number, head: number): number[][] =>
    input.map((row) => rows(w).slice(part * features + head * width, part * features + (head + 1) * width).map((r) => dot(r, row))); // prettier-ignore
  const joined = Array.from({ length: heads }, (_, head) =>
    plainAttention(project(x, 0, head).map(unit), project(y, 1, head).map(unit), project(y, 2, head), factor, (i, j) => (causal && j > i ? -Infinity : 0)),
  ); // prettier-ignore
  return x.map((_, i) => rows(out).map((r) => dot(r, joined.flatMap((head) => head[i]!)))); // prettier-ignore
}

const run = (x: Tensor, y: Tensor, scale: Tensor, options: object = {}): Tensor =>
  functional.multiHeadAttention(x, y, y, heads, { inProjWeight: w, outProjWeight: out, qkScale: scale }, options);

it.each([
  [{}, 2.5, false],
  [{ causal: true }, 2.5, true],
  [{ scale: 0.5 }, 1.25, false],
] as const)("QK-norm with %j agrees with scalars", (options, factor, causal) => {
  const [x, y] = [draw(4, features), draw(5, features)];
  expectClose(run(x, y, g, options), plain(rows(x), rows(y), factor, causal));
});

it("has derivatives of first and second order, those of its scale too", () => {
  expect(gradcheck(run, [draw(3, features), draw(4, features), g], { order: 2 }).passed).toBe(true);
});

it("does not care for the lengths of queries and keys", () => {
  const [x, y] = [draw(4, features), draw(4, features)];
  const scaled = functional.multiHeadAttention(x.mul(3), y, y, heads, { inProjWeight: w, outProjWeight: out, qkScale: g }); // prettier-ignore
  expectClose(scaled, rows(run(x, y, g)));
});

it("is an option of the layer, which trains the scale", () => {
  const layer = new MultiHeadAttention(features, heads, {
    qkScale: 4,
    bias: false,
    generator: new Generator(3),
    dtype: "float64",
  });
  expect(layer.details()).toContain("qkScale=4");
  expect(Object.keys(layer.stateDict())).toEqual(["in_proj_weight", "qk_scale", "out_proj.weight"]);
  const x = draw(3, 2, features);
  const weights = {
    inProjWeight: layer.inProjWeight!,
    outProjWeight: layer.outProj.weight,
    qkScale: tensor(4, { dtype: "float64" }),
  };
  const same = functional.multiHeadAttention(x.transpose(0, 1), x.transpose(0, 1), x.transpose(0, 1), heads, weights);
  expectClose(layer.forward(x), same.transpose(0, 1).toArray());
  layer.forward(x).square().sum().backward();
  expect(Math.abs(layer.qkScale!.grad!.item())).toBeGreaterThan(1e-4);
  expect(new MultiHeadAttention(features, heads).qkScale).toBeUndefined();
});

it("leaves a vector of zeros at 0, with a gradient", () => {
  const x = zeros([2, features], { dtype: "float64" }).requiresGrad_();
  const y = run(x, x, g);
  y.sum().backward();
  expect(y.toArray()).toEqual(zeros([2, features]).toArray());
  expect(x.grad!.data.some(Number.isNaN)).toBe(false);
});

it("refuses a scale that is not one number", () => {
  expect(() => run(draw(2, features), draw(2, features), ones([2]))).toThrow(
    "multiHeadAttention: expected qkScale of shape [], got [2].",
  );
  expect(() => new MultiHeadAttention(features, heads, { qkScale: NaN })).toThrow(
    "MultiHeadAttention: expected qkScale to be a finite number, got NaN.",
  );
});
