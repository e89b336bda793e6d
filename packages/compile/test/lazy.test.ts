import "@tapegrad/autograd";
import { BatchNorm, Dense, lazy, Sequential } from "@tapegrad/nn";
import { SGD } from "@tapegrad/optim";
import { CompileError, ones, type Tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

describe("lazy layers in compiled functions", () => {
  it("have to be called once before, and are compiled then", () => {
    const net = new Sequential(lazy(Dense, 3), lazy(BatchNorm), lazy(Dense, 2));
    const f = compile((x: Tensor) => net.forward(x));
    const x = ones([2, 4]).add(ones([2, 1]).mul(0.5));
    for (let i = 0; i < 2; i++) {
      expect(() => f(x)).toThrow(CompileError);
      expect(() => f(x)).toThrow(
        "Dense: expected a call outside compiled functions, got one while tracing. Call the lazy layer once before.",
      );
    }
    expect(() => new SGD(net.parameters(), { lr: 0.1 })).toThrow(
      "Dense: expected parameters of known sizes, got lazy ones at 0.",
    );
    net.forward(x);
    net.eval();
    expectClose(f(x), net.forward(x), { atol: 1e-5 });
    const load = compile(() => new Sequential(lazy(Dense, 3)).loadStateDict({ "0.weight": ones([3, 4]), "0.bias": ones([3]) })); // prettier-ignore
    expect(() => load()).toThrow("loadStateDict: expected a call outside compiled functions, got one while tracing.");
  });
});
