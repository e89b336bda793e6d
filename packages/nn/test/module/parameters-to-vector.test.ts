import { gradcheck, gradgradcheck } from "@tapegrad/autograd";
import { DTypeError, ones, randn, ShapeError, tensor, ValueError, zeros } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { Dense, Parameter, parametersToVector, Sequential, vectorToParameters } from "../../src/index.ts";

describe("parametersToVector and vectorToParameters", () => {
  it("go through all parameters in order, and back", () => {
    const make = (): Sequential => new Sequential(new Dense(3, 2), new Dense(2, 4));
    const [from, to] = [make(), make()];
    const vector = parametersToVector(from.parameters());
    expect(Array.from(vector.data)).toEqual(from.parameters().flatMap((p) => Array.from(p.data)));
    expect(vector.shape).toEqual([20]);
    const own = to.parameters();
    vectorToParameters(vector, own);
    expect(to.parameters()).toEqual(own);
    expect(own.map((p) => p.toArray())).toEqual(from.parameters().map((p) => p.toArray()));
    expect(own[0]!.requiresGrad).toBe(true);
    vectorToParameters(vector.to("float64").mul(2), own.values());
    expect(own[3]!.toArray()).toEqual(from.parameters()[3]!.mul(2).toArray());
    const scalar = new Parameter(tensor(3));
    vectorToParameters(parametersToVector([scalar, ones([1, 2])]).mul(2), [
      scalar,
      zeros([0]),
      new Parameter(ones([2])),
    ]);
    expect(scalar.item()).toBe(6);
  });

  it("swaps what shares its elements", () => {
    const [a, b] = [tensor([1, 2]), tensor([3, 4])];
    vectorToParameters(parametersToVector([a, b]), [b, a]);
    expect([a.toArray(), b.toArray()]).toEqual([[3, 4], [1, 2]]);
    const c = new Parameter(tensor([1, 2, 3]));
    const whole = c.detach();
    vectorToParameters(whole.slice([1, 3]), [c.detach().slice([0, 2])]);
    expect(c.toArray()).toEqual([1, 2, 3]);
  }); // prettier-ignore

  it("differentiates", () => {
    const given = [randn([2, 3], { dtype: "float64" }), randn([4], { dtype: "float64" })];
    const f = (...parts: (typeof given)[number][]): (typeof given)[number] => parametersToVector(parts).square().mul(parametersToVector(parts)); // prettier-ignore
    expect(() => gradcheck(f, given)).not.toThrow();
    expect(() => gradgradcheck(f, given)).not.toThrow();
  });

  it("refuse what does not fit", () => {
    const layer = new Dense(2, 1);
    const before = layer.parameters().map((p) => p.toArray());
    for (const [vector, shape] of [[ones([2]), "[2]"], [ones([4]), "[4]"], [ones([3, 1]), "[3, 1]"]] as const) {
      expect(() => vectorToParameters(vector, layer.parameters())).toThrow(
        new ShapeError(`vectorToParameters: expected a vector of shape [3], got ${shape}.`),
      );
    }
    expect(layer.parameters().map((p) => p.toArray())).toEqual(before);
    expect(() => parametersToVector([])).toThrow(
      new ValueError("parametersToVector: expected at least one parameter, got none."),
    );
    expect(() => parametersToVector([ones([1]), ones([1], { dtype: "float64" })])).toThrow(DTypeError);
  }); // prettier-ignore
});
