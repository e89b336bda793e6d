import { compile } from "@tapegrad/compile";
import type { Tensor } from "@tapegrad/tensor";
import { activationAdapters } from "../golden/activations/activations.ts";
import { toTensor } from "../golden/format.ts";
import { lossAdapters } from "../golden/losses/losses.ts";
import { normFunctionAdapters } from "../golden/norms/norm-functions.ts";
import { opAdapters } from "../golden/ops/ops.ts";
import type { CaseRunner } from "../golden/run-case.ts";
import type { Adapter } from "../golden/subject.ts";
import { inputsOf, pullBack } from "./compiled-calls.ts";

const functions: Readonly<Record<string, Adapter>> = {
  ...activationAdapters,
  ...lossAdapters,
  ...normFunctionAdapters,
};

/** Runs a case of second-order.json as one compiled function: outputs, gradients, and Hessian times vectors. */
export const compiledSecondOrder: CaseRunner = (golden, check) => {
  const { outputs: wanted = [], cotangents = [], grads = {}, vectors = {}, hvp = {} } = golden;
  const args = Object.keys(golden.inputs ?? {}).map((tensor) => ({ tensor }));
  const isFunction = Object.hasOwn(functions, golden.op);
  const adapter = (isFunction ? functions[golden.op] : opAdapters[golden.op]) as Adapter;
  const subject = adapter(isFunction ? golden : { ...golden, config: { args, kwargs: golden.config } });
  const names = Object.keys(vectors);
  const step = compile(
    (
      inputs: Readonly<Record<string, Tensor>>,
      cts: readonly (Tensor | null)[],
      directions: readonly (Tensor | null)[],
    ) => {
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
    },
  );
  const tensors = (given: typeof cotangents): (Tensor | null)[] =>
    given.map((one) => (one === null ? null : toTensor(one)));
  for (const time of ["", "again."]) {
    const [outputs, first, second] = step(
      inputsOf(golden, names),
      tensors(cotangents),
      tensors(names.map((name) => vectors[name] ?? null)),
    );
    wanted.forEach((want, i) => check.tensor(`${time}outputs[${i}]`, outputs[i], want));
    names.forEach((name, i) => check.tensor(`${time}grads.${name}`, first[i], grads[name] ?? null));
    for (const [name, want] of Object.entries(hvp))
      check.tensor(`${time}hvp.${name}`, second[names.indexOf(name)], want);
  }
};
