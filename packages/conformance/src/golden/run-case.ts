import { grad } from "@tapegrad/autograd";
import type { Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { Comparison } from "./comparison.ts";
import { type GoldenCall, type GoldenCase, toTensor } from "./format.ts";
import type { Adapter, Subject } from "./subject.ts";

/** Runs one case and notes in `check` what differs. */
export type CaseRunner = (golden: GoldenCase, check: Comparison) => void;

/** How the function of a case is run: as it is, or compiled. */
export interface Running {
  readonly wrap: <Args extends unknown[], Result>(fn: (...args: Args) => Result) => (...args: Args) => Result;
  /** Whether a call without state is made twice, since the second may run another way. */
  readonly twice: boolean;
}

/** Every operation when it is called. */
export const eager: Running = { wrap: (fn) => fn, twice: false };

/** Tensors, by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** The runner of a family whose cases are calls of functions and modules. */
export function callRunner(adapters: Readonly<Record<string, Adapter>>, { wrap, twice }: Running = eager): CaseRunner {
  return (golden, check) => {
    const adapter = Object.hasOwn(adapters, golden.op) ? adapters[golden.op] : undefined;
    const calls = golden.steps ?? [golden];
    if (adapter === undefined) {
      check.fail(`no adapter for ${golden.op}`);
    } else if (golden.error !== undefined) {
      check.throws(() => {
        const subject = adapter(golden);
        const step = wrap(stepOf(subject));
        for (const call of calls) runCall(subject, step, call);
      });
    } else {
      const subject = adapter(golden);
      const step = wrap(stepOf(subject));
      for (const [i, call] of calls.entries()) {
        const prefix = golden.steps === undefined ? "" : `steps[${i}].`;
        compareCall(subject, call, runCall(subject, step, call), check, prefix);
        const isStateless = Object.keys(subject.buffers?.() ?? {}).length === 0;
        if (twice && isStateless) compareCall(subject, call, runCall(subject, step, call), check, `${prefix}again.`);
      }
    }
  };
}

/** Outputs, and gradients by the leaves of these names: null for what the outputs do not depend on. */
type Step = (
  inputs: Tensors,
  cotangents: readonly (Tensor | null)[],
  names: readonly string[],
) => readonly [outputs: readonly Tensor[], gradients: readonly (Tensor | null)[]];

function stepOf(subject: Subject): Step {
  return (inputs, cotangents, names) => {
    const outputs = [...subject.forward(inputs)];
    const leaves = names.map((name) => (inputs[name] ?? subject.parameters[name])!);
    return [outputs, pullBack(outputs, cotangents, leaves)];
  };
}

/** What a call gave: outputs, and gradients by name. */
interface Called {
  readonly outputs: readonly Tensor[];
  readonly gradients: Readonly<Record<string, Tensor | null>>;
}

function runCall(subject: Subject, step: Step, call: GoldenCall): Called {
  const { grads = {}, cotangents = [] } = call;
  if (call.train !== undefined) subject.train?.(call.train);
  const inputs = inputsOf(call, Object.keys(grads));
  const names = Object.keys(grads).filter((name) => (inputs[name] ?? subject.parameters[name]) !== undefined);
  const [outputs, gradients] = step(inputs, optionalTensors(cotangents), names);
  return { outputs, gradients: Object.fromEntries(names.map((name, i) => [name, gradients[i]!])) };
}

/** Compares outputs, gradients, and the buffers afterwards. */
function compareCall(subject: Subject, call: GoldenCall, called: Called, check: Comparison, prefix: string): void {
  const { outputs: wanted = [], grads = {}, buffersAfter = {} } = call;
  check.same(`${prefix}number of outputs`, called.outputs.length, wanted.length);
  wanted.forEach((want, i) => check.tensor(`${prefix}outputs[${i}]`, called.outputs[i], want));
  for (const [name, want] of Object.entries(grads)) {
    const got = called.gradients[name];
    if (got === undefined) check.fail(`${prefix}grads.${name}: expected a tensor of this name, got none`);
    else check.tensor(`${prefix}grads.${name}`, got, want);
  }
  const buffers = subject.buffers?.() ?? {};
  for (const [name, want] of Object.entries(buffersAfter)) {
    if (buffers[name] === undefined) check.fail(`${prefix}buffersAfter.${name}: expected a buffer, got none`);
    else check.tensor(`${prefix}buffersAfter.${name}`, buffers[name], want);
  }
}

/** Tensors of a call; those in `recorded` require gradients. */
export function inputsOf({ inputs = {} }: GoldenCall, recorded: readonly string[]): Tensors {
  const entries = Object.entries(inputs).flatMap(([name, golden]) => {
    if (golden === null) return [];
    const input = toTensor(golden);
    return [[name, recorded.includes(name) && isFloat(input.dtype) ? input.requiresGrad_() : input] as const];
  });
  return Object.fromEntries(entries);
}

/** Tensors of a list in which some are missing. */
export function optionalTensors(golden: NonNullable<GoldenCall["cotangents"]>): (Tensor | null)[] {
  return golden.map((one) => (one === null ? null : toTensor(one)));
}

/** The gradient of Σ outputs · cotangents; null for what the outputs do not depend on. */
export function pullBack(
  outputs: readonly Tensor[],
  cotangents: readonly (Tensor | null)[],
  leaves: readonly Tensor[],
  options: { readonly createGraph?: boolean } = {},
): readonly (Tensor | null)[] {
  const terms = outputs.flatMap((output, i) => {
    const cotangent = cotangents[i];
    return cotangent === null || cotangent === undefined ? [] : [output.mul(cotangent).sum()];
  });
  const total = terms.reduce<Tensor | undefined>((sum, term) => sum?.add(term) ?? term, undefined);
  if (total?.requiresGrad !== true) return leaves.map(() => null);
  return grad(total, leaves, { ...options, allowUnused: true }).map((gradient) => gradient ?? null);
}
