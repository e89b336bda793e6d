import {
  type AnyModule,
  BatchNorm,
  Dense,
  Dropout,
  functional,
  Identity,
  Lambda,
  LayerNorm,
  Module,
  ReLU,
  Sequential,
  SiLU,
  Tanh,
} from "@tapegrad/nn";
import { Generator, randn, type Tensor } from "@tapegrad/tensor";

/** A layer of `width` features, the same one for the same number. */
export function dense(width: number, seed: number): Dense {
  return new Dense(width, width, { generator: new Generator(seed), dtype });
}

/** A block whose plain fields decide what it does. */
export class Block extends Module {
  linear: Dense;
  norm: AnyModule & { forward(x: Tensor): Tensor } = new LayerNorm(width, { dtype });
  activation: Module = new Tanh();
  scale = 1;
  isResidual = false;
  mode: "plain" | "negated" = "plain";
  factors: number[] = [1, 1];
  /** A field that may be missing. */
  declare bonus?: number;

  constructor(seed: number) {
    super();
    this.linear = dense(width, seed);
  }

  override forward(x: Tensor): Tensor {
    const y = this.activation.forward(this.norm.forward(this.linear.forward(x))).mul(this.scale);
    const signed = this.mode === "plain" ? y : y.neg();
    const scaled = this.factors.reduce((z, factor) => z.mul(factor), signed).add(this.bonus ?? 0);
    return this.isResidual ? scaled.add(x) : scaled;
  }
}

/** A plain class that holds a layer, as users write them. */
export class Holder {
  layer: Module;
  deeper: { layers: Map<string, Module[]> };

  constructor(seed: number) {
    this.layer = new Identity();
    this.deeper = { layers: new Map([["a", [dense(width, seed)]]]) };
  }
}

/** Features of every layer. */
export const width = 3;
/** So that rounding stays far below what another function would give, however often training multiplies it. */
export const dtype = "float64";

/** A module of a user's own, with layers wherever they can be kept. */
export class Net extends Module {
  blocks: Block[] = [new Block(1), new Block(2)];
  heads: Map<string, Module> = new Map<string, Module>([["main", dense(width, 3)]]);
  activations: Set<Module> = new Set<Module>([new SiLU()]);
  extra: { gate: Dense | undefined } = { gate: undefined };
  body: Sequential = new Sequential(new ReLU());
  holder: Holder = new Holder(4);
  bn: BatchNorm = new BatchNorm(width, { dtype });
  dropout: Dropout = new Dropout(0.5, { generator: new Generator(5) });
  used: string[] = ["main"];

  override forward(x: Tensor): Tensor {
    let y = this.blocks.reduce((h, block) => block.forward(h), x);
    for (const name of this.used) y = this.heads.get(name)?.forward(y) ?? y;
    for (const activation of this.activations) y = activation.forward(y);
    if (this.extra.gate !== undefined) y = y.mul(this.extra.gate.forward(x).sigmoid());
    y = this.holder.layer.forward(y);
    for (const layers of this.holder.deeper.layers.values()) for (const layer of layers) y = layer.forward(y);
    return this.dropout.forward(this.bn.forward(this.body.forward(y)));
  }

  /** A method of another name than `forward`. */
  loss(x: Tensor, y: Tensor): Tensor {
    return functional.mseLoss(this.forward(x), y);
  }
}

/** A batch of inputs and targets. */
export function pair(seed: number): readonly [Tensor, Tensor] {
  const generator = new Generator(seed);
  return [randn([4, width], { generator, dtype }), randn([4, width], { generator, dtype })];
}

/** A function as a layer. */
export function times(factor: number): Lambda {
  return new Lambda((x) => x.mul(factor));
}
