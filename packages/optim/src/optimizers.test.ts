import { tensor, ValueError } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import * as optim from "./index.ts";
import { optimizers, resolveOptimizer } from "./internal.ts";

describe("optimizers by name", () => {
  const w = tensor([[1, 2]], { requiresGrad: true });

  it("has every optimizer under its name that can step without a closure", () => {
    const classes = Object.entries(optim).filter(
      ([, value]) => typeof value === "function" && value.prototype instanceof optim.Optimizer && value !== optim.LBFGS,
    );
    expect(Object.keys(optimizers).map((name) => name.toLowerCase())).toEqual(
      expect.arrayContaining(classes.map(([name]) => name.toLowerCase())),
    );
    expect(new Set(Object.values(optimizers))).toEqual(new Set(classes.map(([, value]) => value)));
  });

  it.each(Object.entries(optimizers))("makes %s", (name, Class) => {
    expect(resolveOptimizer("f", name, [w])).toBeInstanceOf(Class);
  });

  it("takes other spellings, and optimizers as they are", () => {
    expect(resolveOptimizer("f", "RMSProp", [w])).toBeInstanceOf(optim.RMSprop);
    const sgd = new optim.SGD([w]);
    expect(resolveOptimizer("f", sgd, [])).toBe(sgd);
  });

  it.each<[unknown, string]>([
    ["adma", 'got "adma". Did you mean "adam"?'],
    [undefined, "got undefined."],
  ])("refuses %s", (name, got) => {
    const known =
      "sgd, adam, adamW, adamax, nAdam, rAdam, rmsprop, adagrad, adadelta, lion, muon, " +
      "muonAdamW, adafactor, lamb, lars, ftrl, rprop, asgd, sparseAdam";
    expect(() => resolveOptimizer("f", name as string, [w])).toThrow(
      new ValueError(`f: expected an Optimizer or one of ${known}, ${got}`),
    );
  });
});
