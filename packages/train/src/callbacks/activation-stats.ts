import { noGrad } from "@tapegrad/autograd";
import {
  type AnyModule,
  HardTanh,
  type Module,
  ReLU6,
  Sigmoid,
  Softmax,
  Softsign,
  HardSigmoid,
  Tanh,
} from "@tapegrad/nn";
import { Tensor } from "@tapegrad/tensor";
import {
  expectNothing,
  expectValue,
  isFloat,
  option,
  type OptionTable,
  ranges,
  settleOptions,
  settleState,
} from "@tapegrad/tensor/internal";
import { layerName } from "../training/layer-name.ts";
import { toEvaluation } from "../training/with-mode.ts";
import type { Callback, Logs, Training } from "../training/callback.ts";

/** Options of {@link ActivationStats}. */
export interface ActivationStatsOptions {
  /** A value counts as near 0 if it is less than this in magnitude; 0.05 unless given. */
  readonly nearZero?: number;
}

const table: OptionTable<ActivationStatsOptions> = { nearZero: option(ranges.positive, 0.05) };

/** What a layer puts out, over all samples and units. */
export interface LayerStats {
  /** Path and class: "0 (Dense)". */
  readonly name: string;
  /** Mean of all that it puts out. */
  readonly mean: number;
  /** Standard deviation of all that it puts out. */
  readonly std: number;
  /** Share of values near 0, from 0 to 1. */
  readonly nearZero: number;
  /** Share of values at an end of the range of the activation, from 0 to 1; of layers that have such a range. */
  readonly saturated?: number;
}

/** What {@link ActivationStats} remembers. */
export interface ActivationStatsState {
  /** Before the first epoch. */
  readonly initialActivations: readonly LayerStats[];
  /** After each epoch. */
  readonly activations: readonly (readonly LayerStats[])[];
}

/**
 * Looks at what each layer puts out for one fixed batch, before the training and after each epoch: mean, deviation, share
 * of values near 0 and of saturated ones, which are within 1.5 % of the range from one of its ends: |tanh| > 0.97.
 *
 * The net runs in evaluation mode for it and is left as it was. `htmlReport` draws `initialActivations` and `activations`.
 *
 * @param batch what the net takes
 * @throws {ValueError} for anything else, or an option that is not allowed
 * @example
 * const net = new nn.Sequential(new nn.Dense(2, 3, { init: "ones" }), new nn.Tanh());
 * const stats = new ActivationStats(tensor([[2, 2]]));
 * await new train.Model(net).compile({ optimizer: "sgd", loss: "mse" }).fit(ones([4, 2]), zeros([4, 3]), { verbose: 0, callbacks: [stats] });
 * stats.initialActivations.map(({ name, saturated }) => [name, saturated]); // => [["0 (Dense)", undefined], ["1 (Tanh)", 1]]
 */
export class ActivationStats implements Callback {
  static readonly name: string = "ActivationStats";
  readonly #inputs: readonly Tensor[];
  readonly #nearZero: number;
  #initial: readonly LayerStats[] = [];
  #activations: (readonly LayerStats[])[] = [];

  constructor(batch: Tensor | readonly Tensor[], options: ActivationStatsOptions = {}) {
    expectValue("ActivationStats", "batch", batch, ranges.orListOf(ranges.instanceOf(Tensor)));
    this.#inputs = batch instanceof Tensor ? [batch] : batch;
    this.#nearZero = settleOptions("ActivationStats", options, table).nearZero;
  }

  /** What the layers put out before the first epoch. */
  get initialActivations(): readonly LayerStats[] {
    return this.#initial;
  }

  /** What the layers put out after each epoch. */
  get activations(): readonly (readonly LayerStats[])[] {
    return this.#activations;
  }

  onTrainBegin({ net }: Training): void {
    this.#initial = this.#look(net);
    this.#activations = [];
  }

  onEpochEnd(_epoch: number, _logs: Logs, { net }: Training): void {
    this.#activations.push(this.#look(net));
  }

  #look(net: Module): LayerStats[] {
    const rows: LayerStats[] = [];
    const layers = net.namedModules().filter(([, module]) => module.children().length === 0);
    const handles = layers.map(([path, module]) =>
      module.registerForwardHook((_module: unknown, _inputs: unknown, output: unknown) => {
        if (!(output instanceof Tensor) || !isFloat(output.dtype)) return;
        rows.push(statsOf(layerName(path, module), output, this.#nearZero, rangeOf(module)));
      }),
    );
    const restore = toEvaluation(net);
    try {
      noGrad(() => void net.forward(...this.#inputs));
    } finally {
      restore();
      for (const handle of handles) handle.remove();
    }
    return rows;
  }

  /** All that was seen. */
  stateDict(): ActivationStatsState {
    return { initialActivations: this.#initial, activations: [...this.#activations] };
  }

  /** Takes over what {@link stateDict} returned, after `onTrainBegin`, which looks anew. */
  loadStateDict(state: ActivationStatsState, ...none: []): void {
    expectNothing("ActivationStats.loadStateDict", none);
    const fn = "ActivationStats.loadStateDict";
    const { initialActivations, activations } = settleState(fn, state);
    const rows = ranges.listOf(ranges.record);
    expectValue(fn, "initialActivations", initialActivations, rows);
    expectValue(fn, "activations", activations, ranges.listOf(rows));
    [this.#initial, this.#activations] = [initialActivations, [...activations]];
  }
}

/** The ends of what an activation can put out; undefined for what has no two. */
function rangeOf(module: AnyModule): readonly [low: number, high: number] | undefined {
  if (module instanceof Tanh || module instanceof Softsign) return [-1, 1];
  if (module instanceof Sigmoid || module instanceof HardSigmoid || module instanceof Softmax) return [0, 1];
  if (module instanceof ReLU6) return [0, 6];
  return module instanceof HardTanh ? [module.options.min, module.options.max] : undefined;
}

function statsOf(
  name: string,
  { data }: Tensor,
  nearZero: number,
  range: readonly [low: number, high: number] | undefined,
): LayerStats {
  const [low, high] = range ?? [-Infinity, Infinity];
  const margin = range === undefined ? 0 : 0.015 * (high - low);
  let [sum, small, saturated] = [0, 0, 0];
  for (const value of data) {
    sum += value;
    if (Math.abs(value) < nearZero) small++;
    if (value < low + margin || value > high - margin) saturated++;
  }
  const count = data.length;
  const mean = sum / count;
  let squares = 0;
  for (const value of data) squares += (value - mean) ** 2;
  const stats = { name, mean, std: Math.sqrt(squares / count), nearZero: small / count };
  return range === undefined ? stats : { ...stats, saturated: saturated / count };
}
