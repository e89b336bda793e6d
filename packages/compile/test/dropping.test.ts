import { grad } from "@tapegrad/autograd";
import {
  BatchNorm,
  Dense,
  DropConnect,
  functional,
  GatedBlocks,
  GuidedDropout,
  type Module,
  pruning,
  ReLU,
  Residual,
  Sequential,
  StochasticDepth,
} from "@tapegrad/nn";
import { assign, Generator, manualSeed, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const x = randn([6, 4], { generator: new Generator(1) });
const seeded = (): { readonly generator: Generator } => ({ generator: new Generator(2) });

const layers: Readonly<Record<string, () => Module>> = {
  "DropConnect by rows": () => new DropConnect(4, 4, { activation: "tanh", ...seeded() }),
  "DropConnect by batches": () => new DropConnect(4, 4, { mode: "batch", ...seeded() }),
  "DropConnect by samples": () => new DropConnect(4, 4, { activation: "tanh", samples: 3, ...seeded() }),
  "GuidedDropout of the strongest": () => new GuidedDropout(4, { ...seeded() }),
  "GuidedDropout of active ones": () => new GuidedDropout(4, { mode: "active", ...seeded() }),
  "StochasticDepth by rows": () => new Residual(new Sequential(new Dense(4, 4), new StochasticDepth(0.4, seeded()))),
  "StochasticDepth by batches": () =>
    new Residual(new Sequential(new Dense(4, 4), new StochasticDepth(0.4, { mode: "batch", ...seeded() }))),
  "a pruned layer": () => pruning.l1Unstructured(new Dense(4, 4), 0.5),
};

describe("compiled, as eager: draws, gradients, and modes that change between calls", () => {
  it.each(Object.entries(layers))("%s", (_name, make) => {
    expectSameAsEager((wrap) => {
      manualSeed(3);
      const layer = make();
      const parameters = layer.parameters();
      const step = wrap((): Tensor => {
        const y = layer.forward(x);
        const gradients = grad(y.add(0.5).square().mean(), parameters);
        parameters.forEach((p, i) => assign(p, p.sub(gradients[i]!.mul(0.3)).detach()));
        return y;
      });
      const seen = [1, 2, 3].map(() => snapshot(step()));
      layer.eval();
      seen.push(snapshot(step()), snapshot(step()));
      layer.train();
      return [...seen, snapshot(step()), parameters.map((p) => snapshot(p))];
    });
  });

  it("a rate that changes between calls", () => {
    expectSameAsEager((wrap) => {
      const layer = new GuidedDropout(4, { rate: 0.25, ...seeded() });
      const run = wrap(() => layer.forward(x));
      return [0.25, 0.5, 0, 1].map((rate) => {
        layer.rate = rate;
        return snapshot(run());
      });
    });
  });

  it("strengths that change between calls drop others", () => {
    const layer = new GuidedDropout(4, { rate: 0.25, ...seeded() });
    const run = compile(() => layer.forward(x).eq(0).slice(0));
    const dropped = [[4, 1, 2, 3], [1, 2, 5, 3]].map((strength) => {
      assign(layer.strength, tensor(strength));
      return run().toArray();
    }); // prettier-ignore
    expect(dropped).toEqual([[1, 0, 0, 0], [0, 0, 1, 0]]); // prettier-ignore
  });

  it("policies of blocks, their rewards and losses", () => {
    expectSameAsEager((wrap) => {
      manualSeed(4);
      const [policy, blocks, generator] = [new Dense(4, 3, { activation: "sigmoid" }), new GatedBlocks(new Dense(4, 4), new Dense(4, 4), new Dense(4, 4)), new Generator(5)];
      const parameters = policy.parameters();
      const step = wrap((): Tensor[] => {
        const p = policy.forward(x);
        const [drawn, chosen] = [true, false].map((training) => functional.samplePolicy(p, { training, generator })) as [Tensor, Tensor];
        const worth = (actions: Tensor): Tensor => functional.blockDropReward(actions, blocks.forward(x, actions).sum({ axis: 1 }).gt(0));
        const loss = functional.blockDropLoss(p, drawn, worth(drawn), worth(chosen));
        const gradients = grad(loss, parameters);
        parameters.forEach((weight, i) => assign(weight, weight.sub(gradients[i]!).detach()));
        return [drawn, worth(drawn), loss];
      });
      return [1, 2, 3].map(() => step().map((t) => snapshot(t)));
    });
  }); // prettier-ignore
});

describe("pruning between calls of a compiled function changes it", () => {
  it("the first time, again, by an assigned mask, and when it is removed", () => {
    expectSameAsEager((wrap) => {
      manualSeed(6);
      const layer = new Dense(4, 4) as Dense & pruning.Pruned;
      const run = wrap(() => {
        const y = layer.forward(x);
        return [y, grad(y.square().sum(), layer.parameters())] as const;
      });
      const seen: unknown[] = [];
      const note = (): void => {
        const [y, gradients] = run();
        seen.push(
          snapshot(y),
          gradients.map((g) => snapshot(g)),
        );
      };
      note();
      for (const amount of [0.25, 0.5]) {
        pruning.l1Unstructured(layer, amount);
        note();
      }
      assign(layer.weightMask, tensor([1, 0, 0, 1]).broadcastTo([4, 4]));
      note();
      pruning.remove(layer);
      note();
      expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBeGreaterThan(7);
      return seen;
    });
  });

  it("an activation that is left out", () => {
    expectSameAsEager((wrap) => {
      manualSeed(7);
      const net = new Sequential(new Dense(4, 4), new BatchNorm(4), new ReLU());
      const run = wrap(() => net.forward(x));
      const before = snapshot(run());
      pruning.linearize(net, "1");
      const after = snapshot(run());
      expect(after!.min().item()).toBeLessThan(0);
      return [before, after];
    });
  });
});
