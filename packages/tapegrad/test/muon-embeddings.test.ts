import { expect, it } from "vitest";
import { nn, optim, type Tensor } from "../src/index.ts";

class Net extends nn.Module {
  readonly tokens: nn.Embedding = new nn.Embedding(5, 4);
  readonly conv: nn.Conv1d = new nn.Conv1d(4, 3, 2);
  readonly head: nn.Dense = new nn.Dense(3, 5);

  override forward(index: Tensor): Tensor {
    const y = this.conv.forward(this.tokens.forward(index).transpose(1, 2));
    return this.head.forward(y.mean({ axis: 2 }));
  }
}

it.each([new Net(), new Net().clone()])("MuonAdamW gives embeddings to AdamW by itself, those of clones too", (net) => {
  const optimizer = new optim.MuonAdamW(net.parameters());
  const kinds = Object.values(optimizer.stateDict().state).map((entry) => ("exp_avg" in entry ? "AdamW" : "Muon"));
  expect(Object.fromEntries(net.namedParameters().map(([name], i) => [name, kinds[i]]))).toEqual({
    "tokens.weight": "AdamW",
    "conv.weight": "Muon",
    "conv.bias": "AdamW",
    "head.weight": "Muon",
    "head.bias": "AdamW",
  });
});
