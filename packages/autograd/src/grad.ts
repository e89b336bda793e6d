import { GradError, Tensor, type TensorPerInput, type Tensors, zerosLike } from "@tapegrad/tensor";
import {
  expectTensor,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  tensorsOf,
} from "@tapegrad/tensor/internal";
import { backpropagate } from "./backpropagate.ts";
import { startingCotangent } from "./cotangent.ts";

/** Options of {@link grad}. */
export interface GradOptions {
  /** Cotangent of the output; 1 for an output of one element. */
  readonly cotangent?: Tensor | undefined;
  /** Keep the graph for another walk. Default: `createGraph`. */
  readonly retainGraph?: boolean | undefined;
  /** Record the gradients themselves, so that they can be differentiated again. Default: false. */
  readonly createGraph?: boolean;
  /** Give zeros for an input that the output does not depend on, instead of an error. Default: false. */
  readonly allowUnused?: boolean;
}

const table: OptionTable<GradOptions> = {
  cotangent: optional(ranges.instanceOf(Tensor)),
  retainGraph: optional(ranges.flag),
  createGraph: option(ranges.flag, false),
  allowUnused: option(ranges.flag, false),
};

/**
 * The gradients of `output` by `inputs`, leaving every `grad` as it is. Hooks of tensors on the way run as in `backward`.
 *
 * g_i = Σ cotangent · ∂output / ∂inputs_i
 *
 * @param inputs tensors that require gradients, leaves or not: an array or any other iterable, such as `model.parameters()`
 * @returns one gradient per input, of its shape and dtype: a tuple for a tuple
 * @throws {GradError} if an input is unused, there is no graph, or it was freed
 * @example
 * const x = tensor([1, 2, 3], { requiresGrad: true });
 * const [dx] = grad(x.square().sum(), [x]);
 * dx.toArray(); // => [2, 4, 6]
 */
export function grad<const Inputs extends Tensors>(
  output: Tensor,
  inputs: Inputs,
  options: GradOptions = {},
): TensorPerInput<Inputs> {
  const settled = settleOptions("grad", options, table);
  expectTensor("grad", "output", output);
  const list = tensorsOf("grad", "inputs", inputs);
  return differentiate("grad", output, list, settled) as TensorPerInput<Inputs>;
}

/**
 * {@link grad} for functions that are made of it.
 *
 * @param fn name of the function that was called, for the messages
 */
export function differentiate(
  fn: string,
  output: Tensor,
  inputs: readonly Tensor[],
  { cotangent, createGraph = false, retainGraph = createGraph, allowUnused = false }: GradOptions,
): Tensor[] {
  inputs.forEach((input, i) => {
    if (input.requiresGrad) return;
    throw new GradError(
      `${fn}: expected inputs that require gradients, got input ${i} without. ` +
        "Create it with requiresGrad: true or call requiresGrad_() before it is used.",
    );
  });
  const ct = startingCotangent(fn, output, cotangent);
  const { gradients } = backpropagate([output], [ct], { fn, retainGraph, createGraph, targets: inputs });
  return inputs.map((input, i) => {
    const gradient = gradients.get(input["onTape"]);
    if (gradient !== undefined) return gradient;
    if (allowUnused) return zerosLike(input);
    throw new GradError(
      `${fn}: expected every input to be used by the output, got input ${i} unused. ` +
        "Pass { allowUnused: true } to get zeros for it.",
    );
  });
}
