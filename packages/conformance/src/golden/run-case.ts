import { grad } from "@tapegrad/autograd";
import { type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { Comparison } from "./comparison.ts";
import { type GoldenCall, type GoldenCase, toTensor } from "./format.ts";
import type { Adapter, Subject } from "./subject.ts";

/** Runs one case and notes in `check` what differs. */
export type CaseRunner = (golden: GoldenCase, check: Comparison) => void;

/** The runner of a family whose cases are calls of functions and modules. */
export function callRunner(adapters: Readonly<Record<string, Adapter>>): CaseRunner {
  return (golden, check) => {
    const adapter = Object.hasOwn(adapters, golden.op) ? adapters[golden.op] : undefined;
    if (adapter === undefined) {
      check.fail(`no adapter for ${golden.op}`);
    } else if (golden.error !== undefined) {
      check.throws(() => runError(adapter(golden), golden));
    } else {
      const subject = adapter(golden);
      if (golden.steps === undefined) runCall(subject, golden, check, "");
      else golden.steps.forEach((step, i) => runCall(subject, step, check, `steps[${i}].`));
    }
  };
}

/** Tensors of a call; those that `grads` lists record. */
function inputsOf({ inputs = {}, grads = {} }: GoldenCall): Record<string, Tensor> {
  const entries = Object.entries(inputs).flatMap(([name, golden]) => {
    if (golden === null) return [];
    const input = toTensor(golden);
    return [[name, Object.hasOwn(grads, name) && isFloat(input.dtype) ? input.requiresGrad_() : input] as const];
  });
  return Object.fromEntries(entries);
}

function runError(subject: Subject, golden: GoldenCase): void {
  for (const call of golden.steps ?? [golden]) {
    if (call.train !== undefined) subject.train?.(call.train);
    subject.forward(inputsOf(call));
  }
}

/** Calls once; compares outputs, gradients and the buffers afterwards. */
function runCall(subject: Subject, call: GoldenCall, check: Comparison, prefix: string): void {
  if (call.train !== undefined) subject.train?.(call.train);
  const inputs = inputsOf(call);
  const outputs = subject.forward(inputs);
  const { outputs: wanted = [], cotangents = [], grads = {}, buffersAfter = {} } = call;
  check.same(`${prefix}number of outputs`, outputs.length, wanted.length);
  wanted.forEach((want, i) => check.tensor(`${prefix}outputs[${i}]`, outputs[i], want));
  const leaves = Object.keys(grads).map((name) => inputs[name] ?? subject.parameters[name]);
  const present = leaves.filter((leaf) => leaf !== undefined);
  const gradients = cotangents.length === 0 ? [] : pullBack(outputs, cotangents, present);
  for (const [i, [name, want]] of Object.entries(grads).entries()) {
    const leaf = leaves[i];
    if (leaf === undefined) check.fail(`${prefix}grads.${name}: expected a tensor of this name, got none`);
    else check.tensor(`${prefix}grads.${name}`, gradients[present.indexOf(leaf)], want);
  }
  const buffers = subject.buffers?.() ?? {};
  for (const [name, want] of Object.entries(buffersAfter)) {
    if (buffers[name] === undefined) check.fail(`${prefix}buffersAfter.${name}: expected a buffer, got none`);
    else check.tensor(`${prefix}buffersAfter.${name}`, buffers[name], want);
  }
}

/** The gradient of Σ outputs · cotangents; undefined for what the outputs do not depend on. */
export function pullBack(
  outputs: readonly Tensor[],
  cotangents: NonNullable<GoldenCall["cotangents"]>,
  inputs: readonly Tensor[],
  options: { readonly createGraph?: boolean } = {},
): readonly (Tensor | undefined)[] {
  const terms = outputs.flatMap((output, i) => {
    const cotangent = cotangents[i];
    return cotangent === null || cotangent === undefined ? [] : [output.mul(toTensor(cotangent)).sum()];
  });
  const total = terms.reduce<Tensor | undefined>((sum, term) => sum?.add(term) ?? term, undefined);
  if (total?.requiresGrad !== true) return inputs.map(() => undefined);
  return grad(total, inputs, { ...options, allowUnused: true });
}
