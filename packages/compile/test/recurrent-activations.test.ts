import { GRU, LSTM } from "@tapegrad/nn";
import { manualSeed, randn, type Tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { expect, it } from "vitest";
import { compile } from "../src/compile.ts";

it.each([{ Layer: LSTM }, { Layer: GRU }])(
  "activations of $Layer.name are those of the layer, compiled as eager, values and gradients",
  ({ Layer }) => {
    manualSeed(0);
    const options = { activation: "softsign", recurrentActivation: "hard_sigmoid", dtype: "float64" } as const;
    const net = new Layer(3, 4, { ...options, numLayers: 2, bidirectional: true });
    const step = (x: Tensor): Tensor => {
      for (const parameter of net.parameters()) parameter.grad = undefined;
      const [output] = net.forward(x);
      output.square().sum().backward();
      return output;
    };
    const compiled = compile(step);
    const x = randn([5, 2, 3], { dtype: "float64" });
    const run = (fn: typeof step): Tensor[] => [fn(x).detach(), ...net.parameters().map(({ grad }) => grad!.clone())];
    const want = run(step);
    for (let call = 0; call < 2; call++) {
      run(compiled).forEach((got, i) => expectClose(got, want[i]!, { atol: 1e-11 }));
    }
    expect(compiled.builds).toBeLessThanOrEqual(2);
  },
);
