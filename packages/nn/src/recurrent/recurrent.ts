import { cat, type Generator, ShapeError, stack, type Tensor, zeros } from "@tapegrad/tensor";
import { Cell, expectTensor, formatShape, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
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
}

/** {@link RecurrentOptions}, row by row. */
export const recurrentTable: OptionTable<RecurrentOptions> = {
  numLayers: option(ranges.extent, 1),
  bidirectional: option(ranges.flag, false),
  batchFirst: option(ranges.flag, false),
  dropout: option(ranges.unit, 0),
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
    const settled = this.options as Required<RecurrentOptions>;
    this.numLayers = settled.numLayers;
    this.bidirectional = settled.bidirectional;
    this.batchFirst = settled.batchFirst;
    this.dropout = settled.dropout;
    this.dropoutGenerator = settled.generator;
    const directions = this.directions;
    const weights = Array.from({ length: this.numLayers * directions }, (_, i) =>
      cellParameters(this.layerName, plan, i < directions ? inputSize : hiddenSize * directions, hiddenSize, settled),
    );
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
   * Runs all layers over a sequence.
   *
   * @param x `[time, batch, inputSize]`, or as `batchFirst` says, or `[time, inputSize]`
   * @param initial by name, each `[numLayers · directions, batch, hiddenSize]`; zeros where undefined
   * @returns the outputs of the last layer, laid out as x, and the final states, as `initial`
   */
  protected run(
    x: Tensor,
    initial: Readonly<Record<string, Tensor | undefined>>,
    step: Step,
  ): readonly [output: Tensor, states: readonly Tensor[]] {
    watchFields(this.weights);
    const { batchFirst } = this;
    expectTensor(`${this.constructor.name}.forward`, "x", x);
    const single = x.ndim === 2;
    if ((x.ndim !== 3 && !single) || x.shape.at(-1) !== this.inputSize) {
      const layout = batchFirst ? "batch, time" : "time, batch";
      throw new ShapeError(
        `${this.layerName}: expected input of shape [${layout}, ${this.inputSize}], got ${formatShape(x.shape)}.`,
      );
    }
    const sequence = single ? x.unsqueeze(1) : batchFirst ? x.transpose(0, 1) : x; // [time, batch, in]
    const [time, batch] = sequence.shape as [number, number];
    if (time === 0) {
      throw new ShapeError(`${this.layerName}: expected a sequence of at least one step, got ${formatShape(x.shape)}.`);
    }
    const count = this.weights.length;
    const full = [count, batch, this.hiddenSize];
    const before = Object.entries(initial).map(([name, state]) => {
      checkVector(this.layerName, `state ${name}`, state, single ? [count, this.hiddenSize] : full);
      return state?.reshape(full) ?? zeros(full, { dtype: this.weights[0]!.weightHh.dtype });
    });
    checkDTypes(this.layerName, { input: x, weight: this.weights[0]!.weightIh, "state h": initial["h"] });
    const after: (readonly Tensor[])[] = [];
    let steps = Array.from({ length: time }, (_, t) => sequence.slice(t)); // each [batch, in]
    for (let layer = 0; layer < this.numLayers; layer++) {
      if (layer > 0) steps = this.dropBetween(steps);
      const directions = Array.from({ length: this.directions }, (_, direction) => {
        const index = layer * this.directions + direction;
        const weights = this.weights[index]!;
        let states: readonly Tensor[] = before.map((state) => state.slice(index));
        const ordered = direction === 0 ? steps : steps.toReversed();
        const outputs = ordered.map((input) => {
          states = step(input, states, weights);
          return states[0]!;
        });
        after.push(states);
        return direction === 0 ? outputs : outputs.toReversed();
      });
      const [forwards = [], backwards] = directions;
      steps = backwards === undefined ? forwards : forwards.map((h, t) => cat([h, backwards[t]!], -1));
    }
    const output = stack(steps, batchFirst && !single ? 1 : 0);
    const final = before.map((_, i) => stack(after.map((states) => states[i]!)));
    return single ? [output.squeeze(1), final.map((state) => state.squeeze(1))] : [output, final];
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
