import { GradError, Tensor, ValueError } from "@tapegrad/tensor";
import { attach, checkGrad, formatValue, GradNode, isPlainObject, needsNode } from "@tapegrad/tensor/internal";
import { hooksOf, type ModuleGradients, type ModuleHooks } from "./hook-lists.ts";

/**
 * The hooks on the way back through one call of a module: a node that changes nothing around its inputs, and one around
 * its output.
 */
export class BackwardPass {
  readonly #module: object;
  readonly #hooks: ModuleHooks;
  #inputs: readonly Tensor[] = [];
  /** Whether gradients go on behind the module. */
  #goesOn = false;
  /** Of the walk that is on its way through the module. */
  #gradOutputs: ModuleGradients | undefined;

  constructor(module: object, hooks: ModuleHooks) {
    this.#module = module;
    this.#hooks = hooks;
  }

  /** The inputs, in whose place those behind a node stand. */
  enter(inputs: readonly unknown[]): readonly unknown[] {
    this.#inputs = tensorsIn(inputs);
    this.#goesOn = needsNode(this.#inputs);
    return around("moduleInputs", inputs, (gradients) => this.#atInputs(gradients)) as readonly unknown[];
  }

  /** The output, in whose place that behind a node stands. */
  leave(output: unknown): unknown {
    return around("moduleOutputs", output, (gradients) => this.#atOutputs(gradients, tensorsIn(output)));
  }

  #atOutputs(gradients: ModuleGradients, outputs: readonly Tensor[]): ModuleGradients {
    let now = gradients;
    for (const { run } of hooksOf(this.#hooks, "backwardPre")) {
      now = replacement("registerFullBackwardPreHook", "outputs", run(this.#module, now), outputs) ?? now;
    }
    this.#gradOutputs = now;
    if (!this.#goesOn) {
      const none = this.#inputs.map(() => undefined);
      for (const { run } of hooksOf(this.#hooks, "backward")) {
        if (run(this.#module, none, now) === undefined) continue;
        throw new GradError(
          "registerFullBackwardHook: expected the hook to give undefined where no input requires gradients, got another value.",
        );
      }
      this.#gradOutputs = undefined;
    }
    return now;
  }

  #atInputs(gradients: ModuleGradients): ModuleGradients {
    const gradOutputs = this.#gradOutputs;
    // They came another way than through the output.
    if (gradOutputs === undefined) return gradients;
    let now = gradients;
    for (const { run } of hooksOf(this.#hooks, "backward")) {
      const given = run(this.#module, now, gradOutputs);
      now = replacement("registerFullBackwardHook", "inputs", given, this.#inputs) ?? now;
    }
    this.#gradOutputs = undefined;
    return now;
  }
}

/** The same structure with the tensors that require gradients behind a node, whose gradients `goBack` sees. */
function around(name: string, value: unknown, goBack: (gradients: ModuleGradients) => ModuleGradients): unknown {
  const all = tensorsIn(value);
  if (!needsNode(all)) return value;
  // By position: one tensor may be there more than once.
  const places = all.flatMap(({ requiresGrad }, i) => (requiresGrad ? [i] : []));
  const inputs = places.map((i) => all[i]!);
  const outputs = inputs.map((input) => input.detach());
  const node = new GradNode(name, inputs, outputs, {}, (cotangents) => {
    const gradients = goBack(all.map((_, i) => cotangents[places.indexOf(i)]));
    return places.map((i) => gradients[i]);
  });
  attach(node);
  let next = 0;
  return mapTensors(value, (tensor) => outputs[places.indexOf(next++)] ?? tensor);
}

/** What a hook gave in place of gradients, checked; undefined if nothing. */
function replacement(
  fn: string,
  what: "inputs" | "outputs",
  given: unknown,
  tensors: readonly Tensor[],
): ModuleGradients | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given) || given.length !== tensors.length) {
    const got = Array.isArray(given) ? `${given.length} values` : formatValue(given);
    throw new ValueError(
      `${fn}: expected the hook to give undefined or a list of gradients of ${what}, ${tensors.length} in number, got ${got}.`,
    );
  }
  return given.map((gradient: unknown, i) => {
    if (gradient === undefined) return undefined;
    if (!(gradient instanceof Tensor)) {
      throw new ValueError(`${fn}: expected gradients that are tensors or undefined, got ${formatValue(gradient)}.`);
    }
    checkGrad(fn, gradient, tensors[i]!);
    return gradient;
  });
}

/** The tensors in a value, in order, also those in lists and plain objects. */
function tensorsIn(value: unknown): readonly Tensor[] {
  const found: Tensor[] = [];
  mapTensors(value, (tensor) => {
    found.push(tensor);
    return tensor;
  });
  return found;
}

function mapTensors(value: unknown, other: (tensor: Tensor) => Tensor): unknown {
  if (value instanceof Tensor) return other(value);
  if (Array.isArray(value)) return value.map((each) => mapTensors(each, other));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTensors(each, other)]));
}
