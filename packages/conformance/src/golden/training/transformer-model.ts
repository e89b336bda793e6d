import { Dense, Embedding, functional as f, LayerNorm, Module } from "@tapegrad/nn";
import { arange, FormatError, type Tensor } from "@tapegrad/tensor";
import { number } from "../format.ts";
import type { Config } from "../layers.ts";

const activations: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  gelu: f.gelu,
  gelu_tanh: (x) => f.gelu(x, { approximate: "tanh" }),
  relu: f.relu,
};

/** One pre-norm block with separate projections between embeddings and a head, as golden/README.md describes it. */
export class TransformerModel extends Module {
  readonly tok: Embedding;
  readonly pos: Embedding;
  readonly ln1: LayerNorm;
  readonly q: Dense;
  readonly k: Dense;
  readonly v: Dense;
  readonly proj: Dense;
  readonly ln2: LayerNorm;
  readonly fc1: Dense;
  readonly fc2: Dense;
  readonly lnf: LayerNorm;
  readonly head: Dense;
  readonly #heads: number;
  readonly #causal: boolean;
  readonly #activate: (x: Tensor) => Tensor;

  /** @throws {FormatError} for an activation without a row */
  constructor(spec: Config) {
    super();
    const dtype = "float64";
    const [d, hidden, eps] = [number(spec["d_model"]), number(spec["d_ff"]), number(spec["eps"])];
    const activation = activations[String(spec["activation"])];
    if (activation === undefined) {
      throw new FormatError(`TransformerModel: expected a known activation, got ${String(spec["activation"])}.`);
    }
    this.tok = new Embedding(number(spec["vocab"]), d, { dtype });
    this.pos = new Embedding(number(spec["seq_len"]), d, { dtype });
    this.ln1 = new LayerNorm(d, { eps, dtype });
    this.q = new Dense(d, d, { dtype });
    this.k = new Dense(d, d, { bias: false, dtype });
    this.v = new Dense(d, d, { dtype });
    this.proj = new Dense(d, d, { dtype });
    this.ln2 = new LayerNorm(d, { eps, dtype });
    this.fc1 = new Dense(d, hidden, { dtype });
    this.fc2 = new Dense(hidden, d, { dtype });
    this.lnf = new LayerNorm(d, { eps, dtype });
    this.head = new Dense(d, number(spec["classes"]), { bias: false, dtype });
    this.#heads = number(spec["n_heads"]);
    this.#causal = spec["causal"] === true;
    this.#activate = activation;
  }

  /**
   * @param ids `[batch, time]`
   * @returns `[batch, time, classes]`
   */
  override forward(ids: Tensor): Tensor {
    const positions = arange(0, ids.shape[1], 1, { dtype: "int32" });
    const x = this.tok.forward(ids).add(this.pos.forward(positions));
    const n = this.ln1.forward(x);
    const [q, k, v] = [this.q, this.k, this.v].map((layer) => this.#separate(layer.forward(n))) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    const attended = f.scaledDotProductAttention(q, k, v, { causal: this.#causal });
    const y = x.add(this.proj.forward(attended.transpose(1, 2).reshape(x.shape)));
    const z = y.add(this.fc2.forward(this.#activate(this.fc1.forward(this.ln2.forward(y)))));
    return this.head.forward(this.lnf.forward(z));
  }

  /** `[batch, time, d]` to `[batch, heads, time, d / heads]` */
  #separate(x: Tensor): Tensor {
    const [batch, time, d] = x.shape as [number, number, number];
    return x.reshape([batch, time, this.#heads, d / this.#heads]).transpose(1, 2);
  }
}
