import { gradcheck, gradgradcheck } from "@tapegrad/autograd";
import { assign, CompileError, DTypeError, ones, ShapeError, type Tensor, tensor, ValueError } from "@tapegrad/tensor";
import { NullTracer, withTracer } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { BatchNorm, Buffer, countParameters, Dense, functionalCall, LayerNorm, Module, norms, Parameter, ParameterList, parametrizations, parametrize, pruning } from "../../src/index.ts"; // prettier-ignore
import { expectNear, formula, numbers } from "./formula.ts";
import { Exp, FirstRow, Halves, Product, Square, Symmetric } from "./modules.ts";

const { cached, isParametrized, registerParametrization, removeParametrizations } = parametrize;
const options = { dtype: "float64" } as const;

function dense(inside: number, out: number): Dense {
  const layer = new Dense(inside, out, options);
  assign(layer.weight, formula(out, inside));
  return layer;
}

describe("a parametrized parameter has PyTorch 1.13's values and keys", () => {
  it("of one, of two, and when it is assigned to", () => {
    const layer = dense(3, 3);
    const { weight } = layer;
    const one = registerParametrization(layer, "weight", new Symmetric());
    expect(one).toBe(layer);
    const list = one.parametrizations.weight;
    expect(list.original).toBe(weight);
    expectNear(numbers(list.original!), [0, 0.644217687237691, 0.9854497299884601, 0, 0.3349881501559051, -0.35078322768961984, 0, 0, -0.6312666378723216], 1e-14);
    registerParametrization(layer, "weight", new Exp());
    expectNear(numbers(layer.weight), [1, 1.9044965343867302, 2.6790164475727125, 1.9044965343867302, 1.3979238199449964, 0.7041363745817903, 2.6790164475727125, 0.7041363745817903, 0.5319176271184791], 1e-14);
    expect(list.length).toBe(2);
    layer.weight = formula(3, 3).abs().add(1) as Parameter;
    expect(list.original).toBe(weight);
    expectNear(numbers(weight), [0, 0.49726470102975184, 0.68584545270328, 0, 0.28892241552510683, 0.30068459287654514, 0, 0, 0.489356791498812], 1e-14);
    expectNear(numbers(layer.weight), [1, 1.644217687237691, 1.9854497299884601, 1.644217687237691, 1.334988150155905, 1.35078322768962, 1.9854497299884601, 1.35078322768962, 1.6312666378723217], 1e-14);
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "parametrizations.weight.original"]);
    removeParametrizations(layer, "weight", { leaveParametrized: false });
    expect([layer.weight === weight, weight.data[1], Object.keys(layer.stateDict()), "parametrizations" in layer]).toEqual([true, 0.49726470102975184, ["bias", "weight"], false]);
  }); // prettier-ignore

  it("of several tensors", () => {
    const layer = registerParametrization(dense(3, 2), "weight", new Product());
    expect(Object.keys(layer.stateDict())).toEqual(["bias", "parametrizations.weight.original0", "parametrizations.weight.original1"]);
    expect(layer.namedModules().map(([name, { constructor }]) => `${name} ${constructor.name}`)).toEqual([" Dense", "parametrizations.weight ParametrizationList", "parametrizations.weight.0 Product"]);
    expectNear(numbers(layer.weight), numbers(formula(2, 3)), 1e-14);
    expect(countParameters(layer)).toEqual({ total: 14, trainable: 14, nonTrainable: 0 });
    expect(() => removeParametrizations(layer, "weight", { leaveParametrized: false })).toThrow(
      "removeParametrizations: expected a tensor that is computed from one when leaveParametrized is false, got one from 2.",
    );
    layer.weight = formula(2, 3).mul(-2) as Parameter;
    expectNear(numbers(layer.weight), numbers(formula(2, 3).mul(-2)), 1e-14);
    expect(layer.parametrizations.weight.original0).toBeInstanceOf(Parameter);
    removeParametrizations(layer, "weight");
    expect(layer.weight).toBeInstanceOf(Parameter);
    expectNear(numbers(layer.weight), numbers(formula(2, 3).mul(-2)), 1e-14);
  }); // prettier-ignore

  it("of a buffer", () => {
    const norm = registerParametrization(new BatchNorm(2), "runningVar", new Exp());
    expect(Object.keys(norm.stateDict())).toEqual(["weight", "bias", "running_mean", "num_batches_tracked", "parametrizations.running_var.original"]);
    expect([norm.parametrizations.runningVar.original, norm.runningVar?.toArray()]).toEqual([expect.any(Buffer), [1, 1]]);
    expect(removeParametrizations(norm, "runningVar").runningVar).toBeInstanceOf(Buffer);
  }); // prettier-ignore
});

describe("a parametrized module", () => {
  it.each(["weightNorm", "product", "stack"] as const)("differentiates to second order: %s", (name) => {
    const layer = dense(3, 3);
    if (name === "weightNorm") parametrizations.weightNorm(layer);
    else if (name === "product") registerParametrization(layer, "weight", new Product());
    else {
      registerParametrization(layer, "weight", new Symmetric());
      registerParametrization(layer, "weight", new Exp());
    }
    const names = layer.namedParameters().map(([key]) => key);
    const values = names.map((key, i) => formula(...layer.namedParameters().find(([each]) => each === key)![1].shape).add(i + 1.5));
    const run = (...given: Tensor[]): Tensor =>
      functionalCall(layer, Object.fromEntries(names.map((key, i) => [key, given[i]!])), formula(2, 3));
    expect(() => gradcheck(run, values)).not.toThrow();
    expect(() => gradgradcheck(run, values)).not.toThrow();
    layer.forward(formula(2, 3)).backward(formula(2, 3).add(0.3));
    for (const parameter of layer.parameters()) expect(parameter.grad?.abs().max().item()).toBeGreaterThan(0);
  }); // prettier-ignore

  it("goes on with the optimizer that has its parameter, and its mode with that of the module", () => {
    const layer = dense(3, 3).eval();
    const before = layer.parameters();
    const { parametrizations: own } = registerParametrization(layer, "weight", new Symmetric());
    expect(new Set(layer.parameters())).toEqual(new Set(before));
    expect(own.weight.at(0)?.training).toBe(false);
    layer.train();
    expect(own.weight.at(0)?.training).toBe(true);
  });

  it("is copied and loaded apart from the original", () => {
    const layer = registerParametrization(dense(3, 3), "weight", new Symmetric());
    registerParametrization(layer, "bias", new Exp(), { unsafe: true });
    const copy = layer.clone();
    expect(Object.keys(copy.stateDict())).toEqual(["parametrizations.weight.original", "parametrizations.bias.original"]);
    assign(copy.parametrizations.weight.original!, ones([3, 3], options));
    expect(numbers(copy.weight)).toEqual(numbers(ones([3, 3])));
    expectNear(numbers(layer.weight).slice(1, 2), [0.644217687237691], 1e-14);
    removeParametrizations(copy, "weight");
    expect([isParametrized(copy), isParametrized(copy, "weight"), isParametrized(copy, "bias"), isParametrized(layer, "weight")]).toEqual([true, false, true, true]);
    layer.loadStateDict({ ...layer.stateDict(), "parametrizations.weight.original": ones([3, 3]).mul(2) });
    expect(numbers(layer.weight)).toEqual(numbers(ones([3, 3]).mul(2)));
    expect(layer.to("float32").weight.dtype).toBe("float32");
    expect(String(layer)).toContain("(parametrizations.weight): ParametrizationList");
  }); // prettier-ignore

  it("computes once in cached, and again after a change", () => {
    const layer = registerParametrization(dense(3, 3), "weight", new Square());
    Square.calls = 0;
    const calls = (): number => Square.calls;
    const values = cached(() => {
      const [first, again] = [layer.weight, cached(() => layer.weight)];
      expect([first === again, calls()]).toEqual([true, 1]);
      layer.forward(formula(2, 3)).backward(formula(2, 3));
      expect(calls()).toBe(1);
      assign(layer.parametrizations.weight.original!, ones([3, 3], options));
      expect([numbers(layer.weight), calls()]).toEqual([numbers(ones([3, 3])), 2]);
      layer.parametrizations.weight.requiresGrad_(false);
      expect([layer.weight.requiresGrad, calls()]).toEqual([false, 3]);
      layer.parametrizations.weight.append(new Exp());
      return layer.weight;
    });
    expectNear(numbers(values), numbers(ones([3, 3], options).exp()), 1e-14);
    expect(layer.weight === layer.weight).toBe(false);
    expect(() => cached(async () => undefined)).toThrow(
      "cached: expected a function that is done when it returns, got one that gives a promise.",
    );
    expect(layer.weight === layer.weight).toBe(false);
  });
});

describe("cached", () => {
  it("sees what a parametrization has in its fields and options", () => {
    class Standard extends Module<[x: Tensor]> {
      readonly factors = new Map([["all", 2]]);
      readonly norm = new LayerNorm(3, { affine: false, eps: 0, ...options });
      override forward(x: Tensor): Tensor {
        return this.norm.forward(x).mul(this.factors.get("all")!);
      }
    }
    const standard = new Standard();
    const layer = registerParametrization(dense(3, 1), "weight", standard);
    assign(layer.parametrizations.weight.original!, tensor([[-1, 0, 1]], options));
    const { weight } = layer;
    cached(() => {
      expect(layer.weight.toArray()).toEqual(weight.toArray());
      standard.factors.set("all", 4);
      expect(layer.weight.toArray()).toEqual(weight.mul(2).toArray());
      standard.norm.eps = 2;
      expect(numbers(layer.weight)[2]).toBeCloseTo(4 / Math.sqrt(2 / 3 + 2));
    });
  });

  it("sees what functionalCall puts in places", () => {
    class Scaled extends Module<[x: Tensor]> {
      readonly scales = new ParameterList([tensor(2, options)]);
      override forward(x: Tensor): Tensor {
        return x.mul(this.scales.at(0)!);
      }
    }
    const layer = registerParametrization(new Dense(1, 1, { bias: false, ...options }), "weight", new Scaled());
    const original = tensor([[3]], options);
    const run = (scale: Tensor): number =>
      functionalCall(
        layer,
        { "parametrizations.weight.original": original, "parametrizations.weight.0.scales.0": scale },
        ones([1, 1], options),
      ).item();
    const [one, two] = [tensor(1, options), tensor(2, options)];
    cached(() => {
      expect([run(one), run(two)]).toEqual([3, 6]);
      assign(original, tensor([[5]], options));
      expect(run(two)).toBe(10);
    });
  });
});

describe("parametrizations are refused", () => {
  const square = (): Dense => registerParametrization(dense(2, 2), "weight", new Square());
  const registered = square();
  const ruled = new Dense(2, 2, { kernelRegularizer: "l2" });
  class Wide extends Square {
    rightInverse(): Tensor {
      return ones([1], options);
    }
  }
  class NoTensor extends Square {
    rightInverse(): Tensor {
      return 3 as never;
    }
  }

  it.each<readonly [() => unknown, new (...args: never) => Error, string]>([
    [() => registerParametrization(dense(2, 2), "bias", new FirstRow()), ShapeError, "registerParametrization: expected what FirstRow gives to have shape [2], got [1]. Give { unsafe: true } if it is meant."],
    [() => registerParametrization(square(), "weight", new FirstRow()), ShapeError, "registerParametrization: expected what FirstRow gives to have shape [2, 2], got [1, 2]. Give { unsafe: true } if it is meant."],
    [() => registerParametrization(dense(2, 2), "weight", new Halves()), DTypeError, "registerParametrization: expected what Halves gives to be float64, got float32. Give { unsafe: true } if it is meant."],
    [() => registerParametrization(square(), "weight", new Wide()), ShapeError, "registerParametrization: expected what the rightInverse of Wide gives to have shape [2, 2], got [1]. Give { unsafe: true } if it is meant."],
    [() => registerParametrization(dense(2, 2), "weight", new NoTensor()), ValueError, "registerParametrization: expected what the rightInverse of NoTensor gives to be a tensor, got 3."],
    [() => registerParametrization(dense(2, 2), "weigth" as "weight", new Square()), ValueError, 'registerParametrization: expected a module with a parameter or buffer "weigth", got Dense.'],
    [() => registerParametrization(dense(2, 2), "activation", new Square()), ValueError, 'registerParametrization: expected a module with a parameter or buffer "activation", got Dense.'],
    [() => registerParametrization(norms.weightNorm(dense(2, 2)), "weight", new Square()), ValueError, 'registerParametrization: expected a parameter or buffer "weight", got one that weightNorm computes.'],
    [() => registerParametrization(pruning.l1Unstructured(dense(2, 2), 0.5), "weight", new Square()), ValueError, 'registerParametrization: expected a parameter or buffer "weight", got one that pruning computes.'],
    [() => norms.weightNorm(square()), ValueError, 'weightNorm: expected a module with a parameter "weight", got Dense.'],
    [() => pruning.l1Unstructured(square(), 0.5), ValueError, 'l1Unstructured: expected a module with a parameter "weight", got Dense.'],
    [() => registerParametrization(ruled, "weight", new Square()), ValueError, "registerParametrization: expected a weight without regularizer and constraint, got one with. Give them to what it is computed from."],
    [() => (square().weight = ones([2, 2]) as Parameter), ValueError, "Dense.weight: expected parametrizations with a rightInverse, got Square."],
    [() => (parametrizations.weightNorm(dense(2, 2)).weight = ones([3, 2]) as Parameter), ShapeError, "Dense.weight: expected a value whose rightInverse has shapes [2, 1], [2, 2], got [3, 1], [3, 2]."],
    [() => removeParametrizations(dense(2, 2), "weight"), ValueError, 'removeParametrizations: expected a module with a parametrized "weight", got Dense.'],
    [() => removeParametrizations(norms.weightNorm(dense(2, 2)), "weight"), ValueError, 'removeParametrizations: expected a module with a parametrized "weight", got Dense.'],
    [() => withTracer(new NullTracer(), () => registerParametrization(dense(2, 2), "weight", new Square())), CompileError, "registerParametrization: expected a call outside compiled functions, got one while tracing. Register it before the call."],
    [() => withTracer(new NullTracer(), () => removeParametrizations(registered, "weight")), CompileError, "removeParametrizations: expected a call outside compiled functions, got one while tracing. Remove them before the call."],
  ])("%s", (call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  }); // prettier-ignore

  it("and leave the module as it was", () => {
    const layer = dense(2, 2);
    const before = [Object.entries(layer), numbers(layer.weight)];
    expect(() => registerParametrization(layer, "weight", new FirstRow())).toThrow(ShapeError);
    expect(() => registerParametrization(layer, "weight", new Wide(), { unsafe: false })).toThrow(ShapeError);
    expect([Object.entries(layer), numbers(layer.weight)]).toEqual(before);
    const wide = registerParametrization(layer, "weight", new FirstRow(), { unsafe: true });
    expect(wide.weight.shape).toEqual([1, 2]);
    expect(removeParametrizations(wide, "weight").weight.shape).toEqual([1, 2]);
  });
});
