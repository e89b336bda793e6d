import { Conv2d, Dense, Flatten, norms, ReLU, Sequential } from "@tapegrad/nn";
import { Adam, SGD } from "@tapegrad/optim";
import { Generator, manualSeed, randn } from "@tapegrad/tensor";
import { describe, it } from "vitest";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const generator = new Generator(8);
const batches = [1, 2, 3, 4].map((scale) => randn([6, 2, 4, 4], { generator }).mul(scale).add(scale));

describe("steps with preconditioned gradients, compiled, are the eager ones", () => {
  it.each([
    ["SGD", 1],
    ["SGD", 0.3],
    ["Adam", 0.3],
  ] as const)("of %s with momentum %f of the statistics", (name, momentum) => {
    expectSameAsEager((wrap) => {
      manualSeed(2);
      const net = new Sequential(
        norms.preconditioning(new Conv2d(2, 3, 2), { momentum }),
        new ReLU(),
        new Flatten(),
        norms.preconditioning(new Dense(27, 2, { bias: false }), { momentum }),
      );
      const optimizer = name === "SGD" ? new SGD(net.parameters(), { lr: 0.01 }) : new Adam(net.parameters());
      const step = wrap((x: (typeof batches)[number]) => {
        optimizer.zeroGrad();
        const loss = net.forward(x).square().mean();
        loss.backward();
        norms.precondition(net);
        optimizer.step();
        return loss;
      });
      return batches.map((x, i) => {
        // Without statistics of this batch the last ones are taken.
        net.train(i !== 2);
        return [snapshot(step(x)), [...net.parameters(), ...net.buffers()].map((t) => snapshot(t))];
      });
    });
  });
});
