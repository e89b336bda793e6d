import type { Tensor } from "@tapegrad/tensor";
import { activationAdapters } from "../activations/activations.ts";
import type { Comparison } from "../comparison.ts";
import type { GoldenCase } from "../format.ts";
import { lossAdapters } from "../losses/losses.ts";
import { normFunctionAdapters } from "../norms/norm-functions.ts";
import { opAdapters } from "../ops/ops.ts";
import {
  type CaseRunner,
  eager,
  inputsOf,
  optionalTensors,
  pullBack,
  type Running,
  type Tensors,
} from "../run-case.ts";
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

/** The runner of second-order.json: outputs, gradients and the product of the Hessian with the vectors. */
export function secondOrderRunner(running: Running = eager): CaseRunner {
  return (golden, check) => {
    const adapter = Object.hasOwn(functions, golden.op) ? functions[golden.op] : operation(golden);
    if (adapter === undefined) check.fail(`no adapter for ${golden.op}`);
    else run(adapter, golden, check, running);
  };
}

function run(adapter: Adapter, golden: GoldenCase, check: Comparison, { wrap, twice }: Running): void {
  const { outputs: wanted = [], cotangents = [], grads = {}, vectors = {}, hvp = {} } = golden;
  const subject = adapter(golden);
  const names = Object.keys(vectors);
  const step = wrap((inputs: Tensors, cts: readonly (Tensor | null)[], directions: readonly (Tensor | null)[]) => {
    const leaves = names.flatMap((name) => inputs[name] ?? []);
    const outputs = subject.forward(inputs);
    const first = pullBack(outputs, cts, leaves, { createGraph: true });
    const used = first.flatMap((gradient, i) =>
      gradient === null ? [] : [{ gradient, direction: directions[i] ?? null }],
    );
    const second = pullBack(
      used.map(({ gradient }) => gradient),
      used.map(({ direction }) => direction),
      leaves,
    );
    return [[...outputs], first, second] as const;
  });
  for (const time of twice ? ["", "again."] : [""]) {
    const [outputs, first, second] = step(
      inputsOf(golden, names),
      optionalTensors(cotangents),
      optionalTensors(names.map((name) => vectors[name] ?? null)),
    );
    wanted.forEach((want, i) => check.tensor(`${time}outputs[${i}]`, outputs[i], want));
    names.forEach((name, i) => check.tensor(`${time}grads.${name}`, first[i], grads[name] ?? null));
    for (const [name, want] of Object.entries(hvp)) {
      check.tensor(`${time}hvp.${name}`, second[names.indexOf(name)], want);
    }
  }
}
