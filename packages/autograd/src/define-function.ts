import { GradError, Tensor, zeros } from "@tapegrad/tensor";
import {
  attach,
  expectTensors,
  formatValue,
  GradNode,
  gradMode,
  needsNode,
  type OptionTable,
  ranges,
  required,
  settleOptions,
  type Spec,
  withGradMode,
} from "@tapegrad/tensor/internal";
import { runSync } from "./run-sync.ts";
import { checkVersion } from "./saved.ts";

/** What a custom function carries from forward to backward. */
export interface FunctionContext {
  /** Keeps tensors for backward, which sees an error instead of them if they are assigned to before it. */
  save(...tensors: Tensor[]): void;
  /** The saved tensors, in the order of `save`. */
  readonly saved: readonly Tensor[];
  /** Which inputs need a gradient; backward may return undefined for the others. */
  readonly needsInputGrad: readonly boolean[];
}

/** Forward and backward of a custom function. */
export interface FunctionDefinition<Result extends Tensor | readonly Tensor[]> {
  /** Stands in messages and drawings of the graph. */
  readonly name: string;
  /** Computes the value; not recorded. */
  readonly forward: (ctx: FunctionContext, ...inputs: Tensor[]) => Result;
  /**
   * Gives the gradient of each input, from the cotangent of each output: a tensor for one input,
   * otherwise a list. Written with differentiable operations, it can itself be differentiated.
   */
  readonly backward: (
    ctx: FunctionContext,
    ...cotangents: Tensor[]
  ) => Tensor | undefined | readonly (Tensor | undefined)[];
}

/**
 * Makes a function with its own derivative.
 *
 * @returns a function of tensors that applies `forward` and puts `backward` on the tape. A tensor that `forward` gives
 * twice, or that it did not make (an input, a captured one), counts as an output of its own in each place.
 * @throws {ValueError} if `forward` is async or a generator
 * @throws {GradError} if `forward` gives anything but tensors; in backward, if the number, shape or dtype of its gradients is wrong or a
 *   saved tensor was assigned to
 * @example
 * const cube = defineFunction({
 *   name: "cube",
 *   forward: (ctx, x) => {
 *     ctx.save(x);
 *     return x.pow(3);
 *   },
 *   backward: (ctx, ct) => ct.mul(ctx.saved[0].square().mul(3)),
 * });
 * const x = tensor(2, { requiresGrad: true });
 * grad(cube(x), [x])[0].item(); // => 12
 */
export function defineFunction<Result extends Tensor | readonly Tensor[] | []>(
  definition: FunctionDefinition<Result>,
): (...inputs: Tensor[]) => Result {
  const { name, forward, backward } = settleOptions<FunctionDefinition<Result>>("defineFunction", definition, table);
  return (...inputs) => {
    expectTensors(name, "inputs", inputs);
    const recorded = needsNode(inputs);
    const context = new Context(
      name,
      inputs.map((input) => recorded && input.requiresGrad),
    );
    const result = runSync(name, forward, () => withGradMode(false, () => forward(context, ...inputs)));
    const made: readonly Tensor[] = isList(result) ? result : [result];
    for (const output of made) expectTensor(name, output);
    if (!recorded) return result;
    // A tensor of its own for each output: the node must not be put on an input, and each has its cotangent.
    const outputs = made.map((output) => output.detach());
    context.settle(inputs, made, outputs);
    const specs = outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    const node = new GradNode(name, inputs, outputs, {}, (cotangents) => {
      const cts = cotangents.map((ct, i) => ct ?? zeros((specs[i] as Spec).shape, { dtype: (specs[i] as Spec).dtype }));
      const gradients = backward(context, ...cts);
      return isTensor(gradients) || gradients === undefined ? [gradients] : gradients;
    });
    attach(node);
    context.pack();
    return (isList(result) ? outputs : outputs[0]) as Result;
  };
}

const table: OptionTable<FunctionDefinition<never>> = {
  name: required({ text: "to be a name", has: (value): value is string => typeof value === "string" }),
  forward: required(ranges.callable()),
  backward: required(ranges.callable()),
};

class Context implements FunctionContext {
  readonly needsInputGrad: readonly boolean[];
  readonly #name: string;
  #saved: readonly Tensor[] = [];
  #versions: readonly number[] = [];
  #unpacks: readonly (() => Tensor)[] | undefined;

  constructor(name: string, needsInputGrad: readonly boolean[]) {
    this.#name = name;
    this.needsInputGrad = needsInputGrad;
  }

  save(...tensors: Tensor[]): void {
    if (this.#saved.length > 0) throw new GradError(`${this.#name}: expected one call of ctx.save, got a second.`);
    this.#saved = tensors;
    this.#versions = tensors.map((tensor) => tensor.storage.version);
  }

  /** Lets saved tensors that are outputs be these from now on, with the node that made them. */
  settle(inputs: readonly Tensor[], made: readonly Tensor[], outputs: readonly Tensor[]): void {
    this.#saved = this.#saved.map((tensor) =>
      inputs.includes(tensor) ? tensor : (outputs[made.indexOf(tensor)] ?? tensor),
    );
  }

  /** Brings what is saved into another form, inside of savedTensorsHooks. */
  pack(): void {
    const { packer } = gradMode;
    if (packer === undefined) return;
    this.#unpacks = this.#saved.map((tensor) => packer.save(this.#name, tensor));
    this.#saved = [];
  }

  get saved(): readonly Tensor[] {
    if (this.#unpacks !== undefined) return this.#unpacks.map((unpack) => unpack());
    this.#saved.forEach((tensor, i) => {
      checkVersion(this.#name, "saved tensor", i, tensor, this.#versions[i]!);
    });
    return this.#saved;
  }
}

function expectTensor(name: string, output: unknown): void {
  if (output instanceof Tensor) return;
  throw new GradError(`${name}: expected forward to give tensors, got ${formatValue(output)}.`);
}

function isList(result: Tensor | readonly Tensor[]): result is readonly Tensor[] {
  return Array.isArray(result);
}

function isTensor(value: Tensor | undefined | readonly (Tensor | undefined)[]): value is Tensor {
  return value !== undefined && !Array.isArray(value);
}
