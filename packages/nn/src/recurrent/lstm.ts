import { chunk, Tensor, ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectTensors,
  formatValue,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
} from "@tapegrad/tensor/internal";
import { linear } from "../dense/dense.ts";
import { checkVector } from "../module/check-vector.ts";
import { layerNorm } from "../norms/activation/layer-norm.ts";
import {
  type CellOptions,
  type CellPlan,
  cellTable,
  type CellWeights,
  checkCell,
  product,
  RecurrentCell,
} from "./recurrent-cell.ts";
import type { OptionsOf } from "../module/options-of.ts";
import { type GateActivations, gateFunctions, gateTable } from "./gate-activations.ts";
import type { PackedSequence } from "./packed-sequence.ts";
import { checkProjection, type ProjectionOptions, projectionTable } from "./projection.ts";
import { Recurrent, type RecurrentOptions, recurrentTable } from "./recurrent.ts";

/** The output and the memory of an LSTM. */
export type LSTMState = readonly [h: Tensor, c: Tensor];

/** Options of {@link lstmCell}. */
export interface LSTMCellArguments extends GateActivations {
  /**
   * Weights `[3·hidden]` by which the gates see the memory: p_i and p_f multiply c, p_o multiplies c'. None unless given, as in PyTorch.
   */
  readonly peepholes?: Tensor | undefined;
}

const plan: CellPlan = { gates: 4, projects: true, norms: { gainIh: 4, gainHh: 4, gainMemory: 1, biasMemory: 1 } };
const cellArguments: OptionTable<LSTMCellArguments> = {
  peepholes: optional(ranges.instanceOf(Tensor)),
  ...gateTable,
};

/**
 * One step of a long short-term memory:
 *
 * ```
 * i, f, g, o = the four parts of W_ih·x + b_ih + W_hh·h + b_hh
 * c' = σ(f) ⊙ c + σ(i) ⊙ tanh(g)
 * h' = σ(o) ⊙ tanh(c')
 * ```
 *
 * `recurrentActivation` stands in place of σ, and `activation` in place of both tanh. With peepholes `p_i ⊙ c` is added to i,
 * `p_f ⊙ c` to f and `p_o ⊙ c'` to o. With gains each product is `LN(W·x; gain) + b`, over all four
 * gates, and `h' = σ(o) ⊙ tanh(LN(c'; gainMemory, biasMemory))`. With a projection `W_hr·h'` stands in place of h'.
 *
 * @param x `[..., in]`
 * @param state h and c, each `[..., hidden]`; h `[..., out]` with a projection `weightHr`
 * @param weights four gates in the order i, f, g, o
 * @returns the new h and c in the shapes of the old ones, in the promoted dtype
 * @throws {ShapeError} when shapes do not fit together
 * @see Hochreiter and Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; forget gate: Gers et al. 2000,
 * https://doi.org/10.1162/089976600300015015; peepholes: Gers and Schmidhuber 2000, https://doi.org/10.1109/IJCNN.2000.861302;
 * layer norm: Ba, Kiros and Hinton 2016, https://arxiv.org/abs/1607.06450; projection: Sak, Senior and Beaufays 2014,
 * https://arxiv.org/abs/1402.1128
 * @example
 * const weights = { weightIh: zeros([4, 1]), weightHh: zeros([4, 1]), biasIh: tensor([0, 0, 9, 0]) };
 * const [h, c] = lstmCell(tensor([[1]]), [tensor([[0]]), tensor([[1]])], weights);
 * c.item(); // => 1.0000
 * h.item(); // => 0.3808
 * const cell = new LSTMCell(3, 4);
 * cell.forward(randn([2, 3])).map(({ shape }) => shape); // => [[2, 4], [2, 4]]
 * cell.weightIh.shape; // => [16, 3]
 */
export function lstmCell(
  x: Tensor,
  state: LSTMState,
  weights: CellWeights,
  options: LSTMCellArguments = {},
): LSTMState {
  const { peepholes, ...named } = settleOptions("lstmCell", options, cellArguments);
  const { activation, recurrentActivation } = gateFunctions("lstmCell", named);
  const [h, c] = statePair("lstmCell", state);
  checkCell("lstmCell", plan, x, { h, c }, weights);
  checkVector("lstmCell", "peepholes", peepholes, [3 * c.shape.at(-1)!]);
  const { weightIh, weightHh, biasIh, biasHh, gainIh, gainHh, gainMemory, biasMemory, weightHr } = weights;
  const sum = product(x, weightIh, biasIh, gainIh).add(product(h, weightHh, biasHh, gainHh)); // [..., 4·hidden]
  const [input, forget, candidate, output] = chunk(sum, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
  const [toInput, toForget, toOutput] = peepholes === undefined ? [] : chunk(peepholes, 3);
  const gate = (from: Tensor, memory: Tensor, peephole: Tensor | undefined): Tensor =>
    recurrentActivation(peephole === undefined ? from : from.add(memory.mul(peephole)));
  const memory = gate(forget, c, toForget)
    .mul(c)
    .add(gate(input, c, toInput).mul(activation(candidate)));
  const shown =
    gainMemory === undefined ? memory : layerNorm(memory, gainMemory.size, { weight: gainMemory, bias: biasMemory });
  const next = gate(output, memory, toOutput).mul(activation(shown));
  return [weightHr === undefined ? next : linear(next, weightHr), memory];
}

/** Options of {@link LSTMCell}. */
export interface LSTMCellOptions extends GateActivations, CellOptions {}

/** {@link lstmCell} as a layer; zeros stand for a state that is not given. */
export class LSTMCell extends RecurrentCell<LSTMCellOptions, [x: Tensor, state?: LSTMState], LSTMState> {
  static override readonly name: string = "LSTMCell";

  constructor(inputSize: number, hiddenSize: number, options: LSTMCellOptions & OptionsOf<"LSTM"> = {}) {
    super(plan, inputSize, hiddenSize, options, { ...gateTable, ...cellTable });
    // A wrong word is refused here.
    gateFunctions("LSTMCell", this.options);
  }

  override forward(x: Tensor, state: LSTMState = [this.zeroState(x), this.zeroState(x)], ...none: []): LSTMState {
    expectNothing("LSTMCell.forward", none);
    const { activation, recurrentActivation } = this.options;
    return lstmCell(x, state, this, { activation, recurrentActivation });
  }
}

/** Options of {@link LSTM}. */
export interface LSTMOptions extends GateActivations, ProjectionOptions, RecurrentOptions {}

/**
 * Long short-term memories over sequences: {@link lstmCell} at every step.
 *
 * @example
 * Object.keys(new LSTM(3, 4, { layerNorm: true }).stateDict()).slice(4, 6); // => ["gain_ih_l0", "gain_hh_l0"]
 * const lstm = new LSTM(3, 4, { bidirectional: true });
 * const [output, [h, c]] = lstm.forward(randn([5, 2, 3]));
 * [output.shape, h.shape, c.shape]; // => [[5, 2, 8], [2, 2, 4], [2, 2, 4]]
 */
export class LSTM extends Recurrent<
  LSTMOptions,
  [x: Tensor, state?: LSTMState, mask?: Tensor],
  readonly [output: Tensor, state: LSTMState]
> {
  static override readonly name: string = "LSTM";

  constructor(inputSize: number, hiddenSize: number, options: LSTMOptions & OptionsOf<"LSTM"> = {}) {
    super(plan, inputSize, hiddenSize, options, { ...gateTable, ...recurrentTable, ...projectionTable });
    checkProjection("LSTM", this.options.projectionSize, hiddenSize);
    // A wrong word is refused here.
    gateFunctions("LSTM", this.options);
  }

  /** From zeros, all steps: what may be called on any of the three recurrent layers. */
  override forward(x: Tensor): readonly [output: Tensor, state: LSTMState];
  /** Packed sequences give packed outputs, and the states that each sequence has at its own end. */
  override forward(x: PackedSequence, state?: LSTMState): readonly [output: PackedSequence, state: LSTMState];
  /**
   * @param x `[time, batch, inputSize]`, `[batch, time, inputSize]` if `batchFirst`, or `[time, inputSize]`
   * @param state h and c, each `[numLayers · directions, batch, hiddenSize]`, of h `projectionSize` if there is one; zeros unless given
   * @param mask which steps count, bool of shape `[time, batch]`, or as x: at others the state goes on as it is, and the
   * output is as `zeroOutputForMask` says; all unless given
   * @returns h of the last layer at every time, and the last h and c of every layer
   */
  override forward(
    x: Tensor,
    state?: LSTMState,
    mask?: Tensor,
    ...none: []
  ): readonly [output: Tensor, state: LSTMState];
  override forward(
    x: Tensor | PackedSequence,
    state?: LSTMState,
    mask?: Tensor,
    ...none: []
  ): readonly [output: Tensor | PackedSequence, state: LSTMState] {
    expectNothing("LSTM.forward", none);
    const [h0, c0] = state === undefined ? [] : statePair("LSTM.forward", state);
    // Not by their names, which would be looked up at every step.
    const functions = gateFunctions("LSTM", this.options);
    const [output, [h, c]] = this.run(x, mask, { h: h0, c: c0 }, (input, [hidden, memory], weights) =>
      lstmCell(input, [hidden!, memory!], weights, functions),
    );
    return [output, [h!, c!]];
  }
}

function statePair(fn: string, state: LSTMState): LSTMState {
  if (!Array.isArray(state) || state.length !== 2) {
    throw new ValueError(`${fn}: expected a state [h, c], got ${formatValue(state)}.`);
  }
  expectTensors(fn, "state", state);
  return state;
}
