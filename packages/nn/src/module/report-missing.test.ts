import { noGrad } from "@tapegrad/autograd";
import { ones, type Tensor } from "@tapegrad/tensor";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Dense, Lambda, Module, Sequential } from "../index.ts";

const x = ones([1, 2]);

/** A class of its own each time, since each is warned of once. */
function hidingClass(): new (make?: () => Dense) => Module {
  return class Hiding extends Module {
    readonly #layer: Dense;
    constructor(make: () => Dense = () => new Dense(2, 2)) {
      super();
      this.#layer = make();
    }
    override forward(x: Tensor): Tensor {
      return this.#layer.forward(x);
    }
  };
}

describe("modules that parameters() does not find", () => {
  const warn = vi.spyOn(console, "warn");
  beforeEach(() => warn.mockReset().mockImplementation(() => undefined));
  afterAll(() => warn.mockRestore());

  it("in private fields are warned of, once for each class", () => {
    const Hiding = hidingClass();
    for (const hiding of [new Hiding(), new Hiding()]) for (let i = 0; i < 2; i++) hiding.forward(x);
    expect(warn.mock.calls).toEqual([
      [
        "Hiding: forward uses a Dense with trained parameters that Hiding.parameters() does not find, so that no " +
          "optimizer, stateDict or train() reaches them. Keep it in an ordinary field, an array, a Map or a Set (a " +
          "private field is invisible), name it in members(), or freeze it with requiresGrad_(false).",
      ],
    ]);
  });

  it("deep inside, and in variables of a Lambda, are warned of", () => {
    const Hiding = hidingClass();
    new Sequential(new Sequential(new Hiding())).forward(x);
    const outside = new Dense(2, 2);
    class Chain extends Sequential {}
    new Chain(new Lambda((x) => outside.forward(x))).forward(x);
    expect(warn.mock.calls.map(([text]) => String(text).split(" with ")[0])).toEqual([
      "Sequential: forward uses a Dense",
      "Chain: forward uses a Dense",
    ]);
  });

  it("are no matter when they are found all the same, frozen, or nothing is recorded", () => {
    const Hiding = hidingClass();
    const shared = new Dense(2, 2);
    class Sharing extends Module {
      readonly hiding: Module = new Hiding(() => shared);
      readonly named: Dense = shared;
      override forward(x: Tensor): Tensor {
        return this.hiding.forward(x);
      }
    }
    new Sharing().forward(x);
    new Hiding(() => new Dense(2, 2).requiresGrad_(false)).forward(x);
    noGrad(() => new Hiding().forward(x));
    new Dense(2, 2).forward(x);
    expect(warn).not.toHaveBeenCalled();
    new Hiding().forward(x);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it("are looked for again when forward threw", () => {
    const failing = new Lambda(() => {
      throw new RangeError("no");
    });
    expect(() => new Sequential(failing).forward(x)).toThrow("no");
    new Dense(2, 2).forward(x);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("a Set of modules", () => {
  it("is walked like an array", () => {
    class Bag extends Module {
      readonly layers: Set<Dense> = new Set([new Dense(2, 2, { bias: false }), new Dense(2, 3)]);
      override forward(x: Tensor): Tensor {
        return [...this.layers].reduce((h, layer) => layer.forward(h), x);
      }
    }
    expect(Object.keys(new Bag().stateDict())).toEqual(["layers.0.weight", "layers.1.weight", "layers.1.bias"]);
  });
});
