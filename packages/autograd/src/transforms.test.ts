import { Generator, randn, tensor } from "@tapegrad/tensor";
import type { Tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { grad, gradcheck, hvp, jacobian, jvp, noGrad, vjp } from "./index.ts";

const generator = new Generator(3);
const random = (...shape: number[]): Tensor => randn(shape, { dtype: "float64", generator });
const f = (x: Tensor): Tensor => x.square().sum({ axis: 1 }).exp().mul(x.slice([], 0));

function close(actual: Tensor, expected: Tensor): void {
  expect(actual.shape).toEqual(expected.shape);
  expect(Math.max(0, ...actual.sub(expected).abs().data)).toBeLessThan(1e-10);
}

describe("vjp and jvp", () => {
  it("are adjoint: u · (J v) = (uᵀ J) · v", () => {
    const [x, v, u] = [random(3, 2).mul(0.5), random(3, 2), random(3)];
    const [value, pullback] = vjp(f, x);
    const [same, tangent] = jvp(f, [x], [v]);
    close(value, same);
    expect(u.mul(tangent).sum().item()).toBeCloseTo(pullback(u)[0]!.mul(v).sum().item(), 12);
    expect(value.requiresGrad).toBe(false);
    expect(pullback(u.mul(2))[0]!.toArray()).toEqual(pullback(u)[0]!.mul(2).toArray());
  });

  it("take several inputs, and give zeros for those without influence", () => {
    const [a, b, c] = [random(2), random(2), random(3)];
    const [, pullback] = vjp((x, y) => x.mul(y), a, b, c);
    const [da, db, dc] = pullback(tensor([1, 1], { dtype: "float64" }));
    close(da!, b);
    close(db!, a);
    expect(dc!.toArray()).toEqual([0, 0, 0]);
    const [, tangent] = jvp((x, y) => x.mul(y), [a, b, c], [b, a, c]);
    close(tangent, a.square().add(b.square()));
    expect(jvp(() => a, [c], [c])[1].toArray()).toEqual([0, 0]);
  });

  it("leave inputs as they are, also inside noGrad", () => {
    const x = random(2);
    const [, pullback] = noGrad(() => vjp((t) => t.square(), x));
    close(pullback(tensor([1, 1], { dtype: "float64" }))[0]!, x.mul(2));
    expect([x.requiresGrad, x.grad]).toEqual([false, undefined]);
  });

  it("stay on the tape of inputs that require gradients", () => {
    const x = random(2, 2).mul(0.3);
    const ones = tensor([1, 1], { dtype: "float64" });
    expect(gradcheck((t) => vjp(f, t)[1](ones)[0]!, [x]).passed).toBe(true);
    expect(gradcheck((t, v) => jvp(f, [t], [v])[1], [x, random(2, 2)]).passed).toBe(true);
  });

  it.each([
    [
      "whole numbers",
      () => vjp((x) => x, tensor([1], { dtype: "int32" })),
      "vjp: expected float inputs, got int32 for input 0. Close over it instead.",
    ],
    [
      "too few tangents",
      () => jvp((x) => x, [tensor([1])], [] as Tensor[] as [Tensor]),
      "jvp: expected 1 tangents, one per input, got 0.",
    ],
    [
      "a tangent of another shape",
      () => jvp((x) => x, [tensor([1])], [tensor([1, 2])]),
      "jvp: expected tangent 0 of shape [1], got [2].",
    ],
    [
      "a vector-valued function",
      () => hvp((x) => x, tensor([1, 2]), tensor([1, 2])),
      "hvp: expected f to give one element, got shape [2].",
    ],
  ])("refuse %s", (_, act, message) => {
    expect(act).toThrow(message);
  });
});

describe("jacobian", () => {
  it("has the axes of the value, then those of the input", () => {
    const x = random(2, 3);
    const jac = jacobian((t) => t.sum({ axis: 1 }), x);
    expect(jac.shape).toEqual([2, 2, 3]);
    expect(jac.toArray()).toEqual([
      [
        [1, 1, 1],
        [0, 0, 0],
      ],
      [
        [0, 0, 0],
        [1, 1, 1],
      ],
    ]);
  });

  it("of a linear map is its matrix; of a scalar, the gradient; of nothing, empty", () => {
    const [a, x] = [random(3, 2), random(2)];
    close(
      jacobian((t) => a.matmul(t), x),
      a,
    );
    close(
      jacobian((t) => t.square().sum(), x),
      x.mul(2),
    );
    expect(jacobian((t) => t.slice([0, 0]), x).shape).toEqual([0, 2]);
  });
});

describe("hvp", () => {
  it("equals the Hessian times the vector", () => {
    const g = (x: Tensor): Tensor => x.exp().prod().add(x.square().sum().log());
    const [x, v] = [random(3), random(3)];
    const hessian = jacobian((t) => {
      const at = t.requiresGrad ? t : t.detach().requiresGrad_();
      return grad(g(at), [at], { createGraph: true })[0]!;
    }, x);
    close(hvp(g, x, v), hessian.matmul(v));
  });

  it("of a linear function is zero", () => {
    expect(hvp((x) => x.sum(), tensor([1, 2]), tensor([1, 1])).toArray()).toEqual([0, 0]);
  });
});
