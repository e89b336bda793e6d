import { Dense, functional, LayerNorm, Module, Parameter } from "@tapegrad/nn";
import { chunk, type Tensor, zeros } from "@tapegrad/tensor";

/**
 * A layer-normalized LSTM over `[time, batch, features]` and a dense layer on its last state:
 * gates = LN(x·Wᵢₕᵀ) + LN(h·Wₕₕᵀ) + b, c = σ(f)·c + σ(i)·tanh(g), h = σ(o)·tanh(LN(c)).
 *
 * @see Ba, Kiros and Hinton 2016, section 3.1, https://arxiv.org/abs/1607.06450
 */
export class LSTMClassifier extends Module {
  readonly weightIh: Parameter;
  readonly weightHh: Parameter;
  readonly bias: Parameter;
  readonly normIh: LayerNorm;
  readonly normHh: LayerNorm;
  readonly normC: LayerNorm;
  readonly head: Dense;
  readonly features: number;

  constructor(features: number) {
    super();
    this.features = features;
    this.weightIh = new Parameter(zeros([4 * features, features]));
    this.weightHh = new Parameter(zeros([4 * features, features]));
    this.bias = new Parameter(zeros([4 * features]));
    this.normIh = new LayerNorm(4 * features);
    this.normHh = new LayerNorm(4 * features);
    this.normC = new LayerNorm(features);
    this.head = new Dense(features, 10);
  }

  override forward(x: Tensor): Tensor {
    const [time = 0, batch = 0] = x.shape;
    const inputs = this.normIh.forward(functional.linear(x, this.weightIh)).add(this.bias); // [time, batch, gates]
    let h = zeros([batch, this.features], { dtype: x.dtype });
    let c = h;
    for (let t = 0; t < time; t++) {
      const gates = inputs.slice(t).add(this.normHh.forward(functional.linear(h, this.weightHh)));
      const [i, f, g, o] = chunk(gates, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
      c = f.sigmoid().mul(c).add(i.sigmoid().mul(g.tanh()));
      h = o.sigmoid().mul(this.normC.forward(c).tanh());
    }
    return this.head.forward(h);
  }
}
