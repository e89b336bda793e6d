import { describe, expect, it } from "vitest";
import { compile, nn, ones, ShapeError, type Tensor, tensor, ValueError } from "../src/index.ts";

const x = ones([2, 3]);
const wrong = (): nn.Dense => new nn.Dense(2, 3);
const misfit = "linear: expected input of shape [..., 2], got [2, 3].";

class Net extends nn.Module {
  readonly layers: nn.ModuleList = new nn.ModuleList([new nn.Dense(3, 3), new nn.Residual(new nn.Sequential(wrong()))]);
  override forward(x: Tensor): Tensor {
    let y = x;
    for (const layer of this.layers) y = layer.forward(y);
    return y;
  }
}

class InCollections extends nn.Module {
  readonly heads: ReadonlyMap<string, nn.Dense> = new Map([["left", wrong()]]);
  override forward(x: Tensor): Tensor {
    return this.heads.get("left")!.forward(x);
  }
}

class Hiding extends nn.Module {
  readonly #layer: nn.Dense = wrong().requiresGrad_(false);
  override forward(x: Tensor): Tensor {
    return this.#layer.forward(x);
  }
}

class Wide extends nn.Dense {
  override forward(x: Tensor): Tensor {
    return super.forward(x);
  }
}

function errorOf(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("expected an error, got none.");
}

const rows: readonly (readonly [name: string, model: () => nn.Module, place: string])[] = [
  ["a child", () => new nn.Sequential(new nn.ReLU(), wrong()), "in 1 (Dense): "],
  ["a child's child", () => new nn.Sequential(new nn.Sequential(wrong())), "in 0.0 (Dense): "],
  ["lists and bodies", () => new Net(), "in layers.1.body.0 (Dense): "],
  ["a Map", () => new InCollections(), "in heads.left (Dense): "],
  ["a class that calls its base", () => new nn.Sequential(new Wide(2, 3)), "in 0 (Wide): "],
  ["what hides in a private field", () => new nn.Sequential(new Hiding()), "in 0 (Hiding): "],
  ["what a function uses", () => new nn.Sequential(new nn.Lambda((x) => wrong().requiresGrad_(false).forward(x))), "in 0 (Lambda): "], // prettier-ignore
  ["a model that hides all", () => new Hiding(), ""],
  ["a layer by itself", wrong, ""],
];

describe("an error inside of a model names the path of the module", () => {
  it.each(rows)("%s", (_, make, place) => {
    const model = make();
    const eager = errorOf(() => model.forward(x));
    expect(eager).toBeInstanceOf(ShapeError);
    expect(eager.message).toBe(place + misfit);
    // What an engine prints of an error that nobody catches.
    expect(eager.stack).toContain(`Error: ${place}${misfit}\n`);
    const compiled = errorOf(() => compile((x: Tensor) => model.forward(x))(x));
    expect(compiled).toBeInstanceOf(ShapeError);
    expect(compiled.message).toContain(place + misfit);
  });

  it("and stays the error that was thrown, whatever its class", () => {
    const thrown = [new RangeError("$& no"), Object.freeze(new TypeError("frozen")), "a string"];
    const messages = thrown.map((error) => {
      const failing = new nn.Lambda(() => {
        throw error;
      });
      let caught: unknown;
      try {
        new nn.Sequential(new nn.Sequential(failing)).forward(x);
      } catch (given) {
        caught = given;
      }
      expect(caught).toBe(error);
      return String(caught);
    });
    expect(messages).toEqual(["RangeError: in 0.0 (Lambda): $& no", "TypeError: frozen", "a string"]);
  });

  it("as the path is when it fails, of each model its own", () => {
    const shared = wrong();
    const [first, second] = [new nn.Sequential(shared), new nn.Sequential(new nn.ReLU(), shared)];
    expect(errorOf(() => first.forward(x)).message).toBe(`in 0 (Dense): ${misfit}`);
    expect(errorOf(() => second.forward(x)).message).toBe(`in 1 (Dense): ${misfit}`);
    expect(errorOf(() => shared.forward(x)).message).toBe(misfit);
  });
});

describe("elements that are checked in each call", () => {
  const tokens = tensor([[0, 5]], { dtype: "int32" });
  const message = "in 0.0 (Embedding): embedding: expected indices in [0, 3), got 5.";

  it("name the path too, compiled as well", () => {
    const model = new nn.Sequential(new nn.Sequential(new nn.Embedding(3, 2)), new nn.ReLU());
    const run = compile((x: Tensor) => model.forward(x));
    run(tensor([[0, 1]], { dtype: "int32" }));
    for (const call of [(): Tensor => model.forward(tokens), (): Tensor => run(tokens), (): Tensor => run(tokens)]) {
      expect(call).toThrow(new ValueError(message));
      expect(errorOf(call).stack).toContain(message);
    }
  });
});
