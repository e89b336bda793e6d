import { zeros } from "@tapegrad/tensor";
import { attach, expectTensors, GradNode, gradMode, isTracing } from "@tapegrad/tensor/internal";
import type { Tensor, TensorTuple } from "@tapegrad/tensor";
import { asList } from "./as-list.ts";
import { ancestors, backpropagate } from "./backpropagate.ts";
import { StateReplay } from "./state-replay.ts";
import { freshInputs } from "./fresh-inputs.ts";
import { enableGrad } from "./grad-modes.ts";
import { runSync } from "./run-sync.ts";
import { checkVersion } from "./saved.ts";
import { withPacker } from "./saved-tensors-hooks.ts";

/**
 * Applies `f` without keeping what its inside saved: backward computes it again. This trades
 * time for memory in deep networks.
 *
 * Gradients reach `inputs` and every tensor that `f` closes over. Tensors that `f` assigns to
 * (running statistics, the counter of a generator) and modes that it reads (training, the default
 * generator) are set back for the second run and restored after it, so that it draws the same random
 * numbers and no update is applied twice.
 *
 * @param f gives a tensor or a list of tensors, and the same on every call but for assigned state
 * @returns what `f` returns
 * @throws {ValueError} for an async function or a generator
 * @throws {GradError} in backward, if an input or captured tensor was assigned to after `f` ran
 * @see Chen et al. 2016, Training Deep Nets with Sublinear Memory Cost, https://arxiv.org/abs/1604.06174
 * @example
 * const y = checkpoint((h) => block.forward(h), x);
 */
export function checkpoint<Inputs extends readonly Tensor[], Result extends Tensor | readonly Tensor[] | []>(
  f: (...inputs: TensorTuple<Inputs>) => Result,
  ...inputs: Inputs
): Result {
  expectTensors("checkpoint", "inputs", inputs);
  return checkpointed(f as (...inputs: Tensor[]) => Result, inputs);
}

function checkpointed<Result extends Tensor | readonly Tensor[]>(
  f: (...inputs: Tensor[]) => Result,
  inputs: readonly Tensor[],
): Result {
  // While traced, the compiler decides what to keep.
  if (!gradMode.enabled || isTracing()) return runSync("checkpoint", f, () => f(...inputs));
  // Nodes made from here on belong to f, older ones are captured.
  const start = new GradNode("checkpoint", [], [], {}).sequence;
  const state = new StateReplay();
  const fresh = replaceable(inputs, false);
  const result = runSync("checkpoint", f, () => withPacker(undefined, () => state.observe(() => f(...fresh))));
  const results = asList("checkpoint", result);
  const captured = capturedBy(results, fresh, start);
  const outputs = results.map((tensor) => tensor.detach());
  const sources = [...inputs, ...captured];
  if (sources.some((source) => source.requiresGrad)) {
    const specs = outputs.map(({ shape, dtype }) => ({ shape, dtype }));
    const node = new GradNode("checkpoint", sources, outputs, {}, (cts, { inputs: now, inputVersions }) => {
      now.forEach((source, i) => {
        if (!state.has(source)) checkVersion("checkpoint", "input", i, source, inputVersions[i]!);
      });
      const createGraph = gradMode.enabled;
      const again = replaceable(now.slice(0, inputs.length), createGraph);
      const targets = [...again, ...now.slice(inputs.length)];
      return state.replay(() => {
        const recomputed = asList(
          "checkpoint",
          enableGrad(() => f(...again)),
        );
        const cotangents = specs.map(({ shape, dtype }, i) => cts[i] ?? zeros(shape, { dtype }));
        const options = { fn: "checkpoint", retainGraph: createGraph, createGraph, targets, stopAtTargets: true };
        const { gradients } = backpropagate(recomputed, cotangents, options);
        return targets.map((target) => gradients.get(target["onTape"]));
      });
    });
    attach(node);
  }
  return (Array.isArray(result) ? outputs : outputs[0]) as Result;
}

/** Stand-ins for the inputs that need gradients; the others as they are. */
function replaceable(inputs: readonly Tensor[], connected: boolean): Tensor[] {
  return inputs.map((input) => {
    if (!input.requiresGrad) return input;
    return connected ? freshInputs("checkpoint", [input])[0]! : input.detach().requiresGrad_();
  });
}

/** Tensors that need gradients and were not made by `f`: its parameters, and results from before. */
function capturedBy(results: readonly Tensor[], fresh: readonly Tensor[], start: number): Tensor[] {
  const captured = new Set<Tensor>();
  const isOutside = (tensor: Tensor): boolean => {
    if (tensor.node !== undefined && tensor.node.sequence > start) return false;
    if (tensor.requiresGrad && !fresh.includes(tensor)) captured.add(tensor);
    return true;
  };
  ancestors(results, isOutside);
  return [...captured];
}
