import { isFloat } from "@tapegrad/tensor/internal";
import { activationAdapters } from "../activations/activations.ts";
import type { Comparison } from "../comparison.ts";
import { type GoldenCase, toTensor } from "../format.ts";
import { lossAdapters } from "../losses/losses.ts";
import { normFunctionAdapters } from "../norms/norm-functions.ts";
import { opAdapters } from "../ops/ops.ts";
import { type CaseRunner, pullBack } from "../run-case.ts";
import type { Adapter } from "../subject.ts";

/** Functions whose settings stand under their names in `config`. */
const functions: Readonly<Record<string, Adapter>> = {
  ...activationAdapters,
  ...lossAdapters,
  ...normFunctionAdapters,
};

/** Operations, which get their tensors as arguments and `config` as keyword arguments. */
function operation(golden: GoldenCase): Adapter | undefined {
  const adapter = Object.hasOwn(opAdapters, golden.op) ? opAdapters[golden.op] : undefined;
  if (adapter === undefined) return undefined;
  const args = Object.keys(golden.inputs ?? {}).map((tensor) => ({ tensor }));
  return () => adapter({ ...golden, config: { args, kwargs: golden.config } });
}

/** Runs a case of second-order.json: outputs, gradients and the product of the Hessian with the vectors. */
export const secondOrder: CaseRunner = (golden, check) => {
  const adapter = Object.hasOwn(functions, golden.op) ? functions[golden.op] : operation(golden);
  if (adapter === undefined) check.fail(`no adapter for ${golden.op}`);
  else run(adapter, golden, check);
};

function run(adapter: Adapter, golden: GoldenCase, check: Comparison): void {
  const { inputs: given = {}, outputs: wanted = [], cotangents = [], grads = {}, vectors = {}, hvp = {} } = golden;
  const inputs = Object.fromEntries(
    Object.entries(given).flatMap(([name, tensor]) => (tensor === null ? [] : [[name, toTensor(tensor)] as const])),
  );
  const names = Object.keys(vectors);
  const leaves = names.flatMap((name) => inputs[name] ?? []);
  for (const leaf of leaves) if (isFloat(leaf.dtype)) leaf.requiresGrad_();
  const outputs = adapter(golden).forward(inputs);
  wanted.forEach((want, i) => check.tensor(`outputs[${i}]`, outputs[i], want));
  const first = pullBack(outputs, cotangents, leaves, { createGraph: true });
  names.forEach((name, i) => check.tensor(`grads.${name}`, first[i], grads[name] ?? null));
  const used = names.flatMap((name, i) => (first[i] === undefined ? [] : [{ name, gradient: first[i] }]));
  const second = pullBack(
    used.map(({ gradient }) => gradient),
    used.map(({ name }) => vectors[name] ?? null),
    leaves,
  );
  for (const [name, want] of Object.entries(hvp)) check.tensor(`hvp.${name}`, second[names.indexOf(name)], want);
}
