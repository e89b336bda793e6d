import { type Option, option, type OptionTable, ranges } from "@tapegrad/tensor/internal";
import { type ActivationFunction, type ActivationName, activationOf } from "../activations/activation.ts";

/** What bends something in a recurrent network: a function or its name. */
export type RNNActivation = ActivationName | ActivationFunction;

/** What bends values and gates of a cell; PyTorch has the standards alone, Keras both options. */
export interface GateActivations {
  /** Of the candidate and, in an LSTM, of the memory on its way out; "tanh" unless given. */
  readonly activation?: RNNActivation;
  /** Of the gates; "sigmoid" unless given. */
  readonly recurrentActivation?: RNNActivation;
}

/** The row of {@link GateActivations.activation}. */
export const activationRow: Option<RNNActivation> = option(ranges.functionOrName<RNNActivation>(), "tanh");

/** {@link GateActivations}, row by row. */
export const gateTable: OptionTable<GateActivations> = {
  activation: activationRow,
  recurrentActivation: option(ranges.functionOrName<RNNActivation>(), "sigmoid"),
};

/**
 * The functions that options name.
 *
 * @throws {ValueError} for a wrong word
 */
export function gateFunctions(
  caller: string,
  { activation, recurrentActivation }: Required<GateActivations>,
): { readonly [K in keyof GateActivations]-?: ActivationFunction } {
  return {
    activation: activationOf(caller, activation),
    recurrentActivation: activationOf(caller, recurrentActivation),
  };
}
