import { type Generator, nn, noGrad, type Tensor } from "tapegrad";
import { classes, features, type Graph } from "./graph.ts";

const hidden = 32;
const rate = 0.6;

/** Names of what follows each hop. */
export type NormName = "none" | "PairNorm" | "PairNorm-SI";

const norms: Readonly<Record<NormName, (scale: number) => nn.Module>> = {
  none: () => new nn.Identity(),
  PairNorm: (scale: number) => new nn.PairNorm({ scale }),
  "PairNorm-SI": (scale: number) => new nn.PairNorm({ scale, mode: "PN-SI" }),
};

/** What a network of some depth is made of. */
export interface NetworkSetting {
  readonly graph: Graph;
  readonly norm: NormName;
  /** How many hops there are. */
  readonly depth: number;
  readonly generator: Generator;
}

/** A network that gives logits of all nodes. */
export abstract class GraphNetwork extends nn.Module<[]> {
  readonly dropout: nn.Dropout;

  constructor({ generator }: NetworkSetting) {
    super();
    this.dropout = new nn.Dropout(rate, { generator });
  }

  /** What is known of each node before the last map, `[nodes, ...]`. */
  abstract represent(): Tensor;
}

/** Simple graph convolution: hops without weights, which are taken once, and one map to logits. */
class SGC extends GraphNetwork {
  readonly seen: Tensor;
  readonly last: nn.Dense;

  constructor(setting: NetworkSetting) {
    super(setting);
    const { graph, depth, generator } = setting;
    const norm = norms[setting.norm](10);
    let seen: Tensor = norm.forward(graph.x);
    for (let hop = 0; hop < depth; hop++) seen = norm.forward(graph.walk.matmul(seen));
    this.seen = seen;
    this.last = new nn.Dense(features, classes, { generator });
  }

  override represent(): Tensor {
    return this.seen;
  }

  override forward(): Tensor {
    return this.last.forward(this.dropout.forward(this.seen));
  }
}

/** Graph convolutions, each but the last one followed by the norm and ReLU. */
class GCN extends GraphNetwork {
  readonly graph: Graph;
  readonly layers: readonly nn.GCNConv[];
  readonly norm: nn.Module;
  readonly last: nn.GCNConv;

  constructor(setting: NetworkSetting) {
    super(setting);
    const { graph, norm, depth, generator } = setting;
    this.graph = graph;
    this.norm = norms[norm](1);
    const layer = (index: number): nn.GCNConv => new nn.GCNConv(index === 0 ? features : hidden, hidden, { generator });
    this.layers = Array.from({ length: depth - 1 }, (_, index) => layer(index));
    this.last = new nn.GCNConv(hidden, classes, { generator });
  }

  override represent(): Tensor {
    const { x, edges } = this.graph;
    return this.layers.reduce(
      (seen, layer) => this.norm.forward(layer.forward(this.dropout.forward(seen), edges)).relu(),
      x,
    );
  }

  override forward(): Tensor {
    return this.last.forward(this.dropout.forward(this.represent()), this.graph.edges);
  }
}

/** The networks by their names. */
export const networks: Readonly<Record<"SGC" | "GCN", (setting: NetworkSetting) => GraphNetwork>> = {
  SGC: (setting) => new SGC(setting),
  GCN: (setting) => new GCN(setting),
};

/** Mean distance between two nodes, in units of the root of their mean squared length. */
export function relativeDistance(network: GraphNetwork): number {
  const x = noGrad(() => network.represent()).to("float64");
  const products = x.matmul(x.transpose());
  const squares = x.square().sum({ axis: 1 });
  const between = squares.unsqueeze(0).add(squares.unsqueeze(1)).sub(products.mul(2)).clamp(0).sqrt();
  return between.mean().div(squares.mean().sqrt()).item();
}
