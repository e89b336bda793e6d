import { grad } from "@tapegrad/autograd";
import { compile } from "@tapegrad/compile";
import { type Tensor } from "@tapegrad/tensor";
import { isFloat } from "@tapegrad/tensor/internal";
import type { Comparison } from "../golden/comparison.ts";
import { type GoldenCall, toTensor } from "../golden/format.ts";
import type { CaseRunner } from "../golden/run-case.ts";
import type { Adapter, Subject } from "../golden/subject.ts";

/** The tensors of a call, by name. */
type Tensors = Readonly<Record<string, Tensor>>;

/** The runner of a family of calls that runs forward and backward as one compiled function, every call twice if it has no state. */
export function compiledCalls(adapters: Readonly<Record<string, Adapter>>): CaseRunner {
  return (golden, check) => {
    const make = (): Subject => adapters[golden.op]!(golden);
    const calls = golden.steps ?? [golden];
    if (golden.error !== undefined) {
      check.throws(() => {
        const subject = make();
        const step = compiledStep(subject);
        for (const call of calls) runCall(subject, step, call, undefined, "");
      });
      return;
    }
    const subject = make();
    const step = compiledStep(subject);
    for (const [i, call] of calls.entries()) {
      const prefix = golden.steps === undefined ? "" : `steps[${i}].`;
      runCall(subject, step, call, check, prefix);
      if (Object.keys(subject.buffers?.() ?? {}).length === 0) runCall(subject, step, call, check, `${prefix}again.`);
    }
  };
}

type Step = (
  inputs: Tensors,
  cotangents: readonly (Tensor | null)[],
  leaves: readonly string[],
) => readonly [readonly Tensor[], readonly (Tensor | null)[]];

function compiledStep(subject: Subject): Step {
  return compile((inputs: Tensors, cotangents: readonly (Tensor | null)[], names: readonly string[]) => {
    const outputs = [...subject.forward(inputs)];
    const leaves = names.map((name) => (inputs[name] ?? subject.parameters[name]) as Tensor);
    return [outputs, pullBack(outputs, cotangents, leaves)] as const;
  });
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
  const [first, ...rest] = terms;
  const total = rest.reduce<Tensor | undefined>((sum, term) => sum?.add(term), first);
  if (total?.requiresGrad !== true) return leaves.map(() => null);
  return grad(total, leaves, { ...options, allowUnused: true }).map((gradient) => gradient ?? null);
}

/** The inputs of a call as tensors; those in `recorded` require gradients. */
export function inputsOf({ inputs = {} }: GoldenCall, recorded: readonly string[]): Record<string, Tensor> {
  const entries = Object.entries(inputs).flatMap(([name, golden]) => {
    if (golden === null) return [];
    const input = toTensor(golden);
    return [[name, recorded.includes(name) && isFloat(input.dtype) ? input.requiresGrad_() : input] as const];
  });
  return Object.fromEntries(entries);
}

function runCall(subject: Subject, step: Step, call: GoldenCall, check: Comparison | undefined, prefix: string): void {
  const { outputs: wanted = [], grads = {}, buffersAfter = {}, cotangents = [] } = call;
  if (call.train !== undefined) subject.train?.(call.train);
  const inputs = inputsOf(call, Object.keys(grads));
  const leaves = Object.keys(grads).filter((name) => (inputs[name] ?? subject.parameters[name]) !== undefined);
  const given = cotangents.map((cotangent) => (cotangent === null ? null : toTensor(cotangent)));
  const [outputs, gradients] = step(inputs, given, leaves);
  if (check === undefined) return;
  check.same(`${prefix}number of outputs`, outputs.length, wanted.length);
  wanted.forEach((want, i) => check.tensor(`${prefix}outputs[${i}]`, outputs[i], want));
  for (const [name, want] of Object.entries(grads)) {
    check.tensor(`${prefix}grads.${name}`, gradients[leaves.indexOf(name)] ?? undefined, want);
  }
  const buffers = subject.buffers?.() ?? {};
  for (const [name, want] of Object.entries(buffersAfter)) {
    check.tensor(`${prefix}buffersAfter.${name}`, buffers[name], want);
  }
}
