import { Dense, Module } from "@tapegrad/nn";
import { Adam } from "@tapegrad/optim";
import { distributions, Generator, manualSeed, randn, type Tensor, tensor } from "@tapegrad/tensor";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";
import { expectSameAsEager, snapshot } from "./same-as-eager.ts";

const { Bernoulli, Categorical, klDivergence, Normal, Uniform } = distributions;
const ints = (data: Parameters<typeof tensor>[0]): Tensor => tensor(data, { dtype: "int32" });
const normals = (seed: number, ...shape: number[]): Tensor =>
  randn(shape, { dtype: "float64", generator: new Generator(seed) });

describe("eagerly and compiled", () => {
  it("draws and differentiates the same, anew in each call", () => {
    expectSameAsEager((wrap) => {
      manualSeed(16);
      const leaf = normals(17, 3, 4).requiresGrad_();
      const step = wrap((classes: Tensor) => {
        const policy = new Categorical({ logits: leaf });
        const normal = new Normal(leaf, leaf.exp());
        const coin = new Bernoulli({ logits: leaf });
        const drawn = [policy.sample([2]), coin.sample(), normal.sample(), new Uniform(leaf, leaf.add(1)).sample([1])];
        const loss = policy.logProb(classes).mean().add(normal.rsample().square().mean()).add(coin.entropy().mean());
        loss.add(klDivergence(normal, new Normal(0, 1)).mean()).backward();
        return [...drawn, loss.detach()];
      });
      return [0, 1, 2].map((k) => [step(ints([k, 3, 0])).map(snapshot), snapshot(leaf.grad)]);
    }, 1e-12);
  });

  it("learns to say which of two Gaussians a point is from: a variational autoencoder by reparameterised draws", () => {
    const losses = [false, true].map((isCompiled) => {
      manualSeed(18);
      const net = new Autoencoder();
      const optimizer = new Adam(net.parameters(), { lr: 0.02 });
      const prior = new Normal(0, 1);
      const train = (x: Tensor): Tensor => {
        const posterior = net.encode(x);
        const reconstruction = net.decoder.forward(posterior.rsample()).sub(x).square().sum({ axis: 1 });
        const divergence = klDivergence(posterior, prior).sum({ axis: 1 });
        const loss = reconstruction.add(divergence).mean();
        optimizer.zeroGrad();
        loss.backward();
        optimizer.step();
        return loss.detach();
      };
      const step = isCompiled ? compile(train) : train;
      const x = randn([64, 1]).sign().mul(2).matmul(tensor([[1, -1, 0.5, 2]])).add(randn([64, 4]).mul(0.1)); // prettier-ignore
      return Array.from({ length: 150 }, () => step(x).item());
    });
    const [eager, compiled] = losses as [number[], number[]];
    eager.forEach((loss, i) => expect(compiled[i]! / loss).toBeCloseTo(1, 2));
    // The data vary by 25 in all; what a code of about one bit leaves is a small part of it.
    expect(eager[0]!).toBeGreaterThan(20);
    expect(eager.slice(-10).reduce((sum, loss) => sum + loss / 10, 0)).toBeLessThan(6);
  });

  it("has the divergence from the standard normal that the paper of the variational autoencoder has", () => {
    const [mean, logVariance] = [normals(19, 5, 2), normals(20, 5, 2)];
    const posterior = new Normal(mean, logVariance.mul(0.5).exp());
    const formula = logVariance.add(1).sub(mean.square()).sub(logVariance.exp()).mul(-0.5);
    klDivergence(posterior, new Normal(0, 1)).data.forEach((element, i) =>
      expect(element).toBeCloseTo(formula.data[i]!, 13),
    );
  });
});

class Autoencoder extends Module {
  encoder: Dense = new Dense(4, 4);
  decoder: Dense = new Dense(2, 4);

  encode(x: Tensor): InstanceType<typeof Normal> {
    const code = this.encoder.forward(x);
    return new Normal(code.at([], [0, 2]), code.at([], [2, 4]).mul(0.5).exp());
  }

  override forward(x: Tensor): Tensor {
    return this.decoder.forward(this.encode(x).mean);
  }
}
