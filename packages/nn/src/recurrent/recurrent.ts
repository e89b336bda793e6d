import { cat, type Generator, stack, type Tensor, zeros } from "@tapegrad/tensor";
import { Cell, option, optional, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { dropout } from "../dropout/dropout.ts";
import { ConfiguredModule } from "../module/configured-module.ts";
import type { Member } from "../module/module-node.ts";
import { checkDTypes } from "../module/check-dtypes.ts";
import { checkVector } from "../module/check-vector.ts";
import { watchFields } from "../module/watch-fields.ts";
import {
  type CellOptions,
  type CellParameters,
  type CellPlan,
  cellParameters,
  cellTable,
  checkCellSizes,
} from "./recurrent-cell.ts";
import type { LazySize } from "../module/lazy-size.ts";
import type { PackedSequence } from "./packed-sequence.ts";
import type { ProjectionOptions } from "./projection.ts";
import { scan } from "./scan.ts";
import { sequenceBatch } from "./sequence-batch.ts";

/** Options of every recurrent layer. */
export interface RecurrentOptions extends CellOptions {
  /** Number of layers, each fed with the outputs of the one before; 1 unless given. */
  readonly numLayers?: number;
  /** Whether every layer also runs from the end to the start; false unless given. */
  readonly bidirectional?: boolean;
  /** Whether sequences are `[batch, time, features]`; `[time, batch, features]` unless given, as in PyTorch. */
  readonly batchFirst?: boolean;
  /** Probability of dropping an output between two layers, in training; 0 unless given. */
  readonly dropout?: number;
  /**
   * Whether outputs of steps that a mask leaves out are 0; otherwise each is the one before it again, and 0 before the first
   * that counts. Unless given, 0 if `bidirectional`, as in Keras.
   */
  readonly zeroOutputForMask?: boolean | undefined;
}

/** {@link RecurrentOptions}, row by row. */
export const recurrentTable: OptionTable<RecurrentOptions> = {
  numLayers: option(ranges.extent, 1),
  bidirectional: option(ranges.flag, false),
  batchFirst: option(ranges.flag, false),
  dropout: option(ranges.unit, 0),
  zeroOutputForMask: optional(ranges.flag),
  ...cellTable,
};

/** One step of a cell: the new states from an input and the old ones, h first. */
export type Step = (x: Tensor, states: readonly Tensor[], weights: CellParameters) => readonly Tensor[];

/** What the three recurrent layers share: parameters per layer and direction, and the loops over layers and time. */
export abstract class Recurrent<
  Options extends RecurrentOptions,
  In extends readonly unknown[],
  Out,
> extends ConfiguredModule<Options, In, Out> {
  /** How `lazy` finds the first argument. */
  static readonly lazySize: LazySize = { inputAxis: -1, stateAxes: [["weight_ih_l0", 1]] };
  /** Features of the input. */
  readonly inputSize: number;
  /** Features of the state. */
  readonly hiddenSize: number;
  /** Layers on top of each other. */
  readonly numLayers: number;
  /** Whether a second set of layers reads the sequence backwards. */
  readonly bidirectional: boolean;
  /** Whether sequences are `[batch, time, features]`. */
  readonly batchFirst: boolean;
  /** Probability of dropping between layers in training. */
  readonly dropout: number;
  /** Features of h: `hiddenSize` unless it is projected. */
  private readonly outputSize: number;
  private readonly layerName: string;
  private readonly dropoutGenerator: Generator | undefined;
  // In a cell, which the walk for parameters passes by: members() names them.
  private readonly cellWeights: Cell<readonly CellParameters[]>;

  constructor(plan: CellPlan, inputSize: number, hiddenSize: number, options: Options, table: OptionTable<Options>) {
    super(options, table, [inputSize, hiddenSize]);
    this.layerName = new.target.name;
    checkCellSizes(this.layerName, inputSize, hiddenSize);
    this.inputSize = inputSize;
    this.hiddenSize = hiddenSize;
    // Options has all that RecurrentOptions has, which TypeScript does not see through Required.
    const settled = this.options as Required<RecurrentOptions> & ProjectionOptions;
    this.numLayers = settled.numLayers;
    this.bidirectional = settled.bidirectional;
    this.batchFirst = settled.batchFirst;
    this.dropout = settled.dropout;
    this.dropoutGenerator = settled.generator;
    this.outputSize = settled.projectionSize || hiddenSize;
    const directions = this.directions;
    const weights = Array.from({ length: this.numLayers * directions }, (_, i) => {
      const features = i < directions ? inputSize : this.outputSize * directions;
      return cellParameters(this.layerName, plan, features, hiddenSize, settled);
    });
    this.cellWeights = new Cell<readonly CellParameters[]>(weights);
  }

  private get directions(): number {
    return this.bidirectional ? 2 : 1;
  }

  /** Parameters of every layer and direction: those of layer 0 forwards, of layer 0 backwards, of layer 1, ... */
  get weights(): readonly CellParameters[] {
    return this.cellWeights.get();
  }

  /**
   * Runs all layers over sequences.
   *
   * @param x `[time, batch, inputSize]`, or as `batchFirst` says, or `[time, inputSize]`, or packed
   * @param mask which steps count, bool as x without its features; all unless given
   * @param initial by name, each `[numLayers · directions, batch, size]`; zeros where undefined
   * @returns the outputs of the last layer, laid out as x, and the final states, as `initial`
   */
  protected run(
    x: Tensor | PackedSequence,
    mask: Tensor | undefined,
    initial: Readonly<Record<string, Tensor | undefined>>,
    step: Step,
  ): readonly [output: Tensor | PackedSequence, states: readonly Tensor[]] {
    watchFields(this.weights);
    const fn = this.layerName;
    const { steps, data, stateShape, enter, leave, join } = sequenceBatch(fn, x, mask, this);
    const before = Object.entries(initial).map(([name, state]) => {
      const size = name === "h" ? this.outputSize : this.hiddenSize;
      const shape = stateShape(this.weights.length, size);
      checkVector(fn, `state ${name}`, state, shape);
      return enter(state ?? zeros(shape, { dtype: this.weights[0]!.weightHh.dtype }));
    });
    checkDTypes(fn, { input: data, weight: this.weights[0]!.weightIh, "state h": initial["h"] });
    // As in the constructor.
    const { zeroOutputForMask: zeroOutput = this.bidirectional } = this.options as RecurrentOptions;
    const after: (readonly Tensor[])[] = [];
    let { inputs } = steps; // each [rows, in]
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) inputs = this.dropBetween(inputs);
      const [forwards = [], backwards] = Array.from({ length: this.directions }, (_, direction) => {
        const index = layer * this.directions + direction;
        const weights = this.weights[index]!;
        const { outputs, states } = scan(
          { ...steps, inputs },
          before.map((state) => state.slice(index)),
          (input, now) => step(input, now, weights),
          { reverse: direction === 1, zeroOutput },
        );
        after.push(states);
        return outputs;
      });
      inputs = backwards === undefined ? forwards : forwards.map((h, t) => cat([h, backwards[t]!], -1));
    }
    return [join(inputs), before.map((_, i) => leave(stack(after.map((states) => states[i]!))))];
  }

  private dropBetween(steps: readonly Tensor[]): Tensor[] {
    if (!this.training || this.dropout === 0) return [...steps];
    return steps.map((h) => dropout(h, { rate: this.dropout, generator: this.dropoutGenerator }));
  }

  override *members(): Iterable<Member> {
    for (const [i, weights] of this.weights.entries()) {
      const suffix = `L${Math.floor(i / this.directions)}${i % this.directions === 0 ? "" : "Reverse"}`;
      for (const [name, parameter] of Object.entries(weights)) yield [`${name}${suffix}`, parameter];
    }
    yield* super.members();
  }
}
