import { CompileError, Tensor, ValueError } from "@tapegrad/tensor";
import {
  addUserLine,
  expectNoTrace,
  expectNothing,
  expectValue,
  formatValue,
  isPlainObject,
  optional,
  type OptionTable,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { expectRepeatable } from "./cache/expect-repeatable.ts";
import type { CachedPlan } from "./cache/plan-cache.ts";
import { hasGrad } from "./cache/plan-key.ts";
import { type Compiled, plansOf } from "./compile.ts";
import { tensorNames } from "./trace/tensor-names.ts";
import { assembleExport, type Exported, type ExportedWasm } from "./wasm/export/assemble-export.ts";

export type { ExportedWasm };

/** Tensors by name: those of a state that says so, such as that of a `Module` of `@tapegrad/nn`, or an object of them. */
export type NamedTensors = { stateDict(): Readonly<Record<string, Tensor>> } | Readonly<Record<string, Tensor>>;

/** Options of {@link exportWasm}. */
export interface ExportWasmOptions {
  /** Names for what the function captures: a module, or tensors by name. What has none is `state0`, `state1`, ... */
  readonly state?: NamedTensors | undefined;
}

const namedTensors: ValueRange<NamedTensors> = {
  text: "to be a module, or tensors by name",
  has: (value): value is NamedTensors => {
    const dict: unknown = dictOf(value as NamedTensors);
    return isPlainObject(dict) && Object.values(dict).every((tensor) => tensor instanceof Tensor);
  },
};

const table: OptionTable<ExportWasmOptions> = { state: optional(namedTensors) };

/**
 * Ships what a compiled function runs as one WebAssembly module that needs nothing else: its code for one thread, its
 * memory, and as data what the function captured, as it is now.
 *
 * `run()` of the module reads the inputs where the host has written them, writes outputs and state, and returns 0, or
 * which check of elements has failed. `describe`, which also stands in the module, tells where everything lies;
 * `@tapegrad/compile/loader` makes it a function again. The bits are those of the function compiled with `deterministic`.
 *
 * A training step is exported with all that it changes: parameters, gradients, moments, running statistics, random
 * counters. It goes on training from there, apart from the tensors here.
 *
 * @param inputs arguments as of the calls that the module stands for; nothing is computed. Other shapes, or plain values,
 * need another module.
 * @throws {CompileError} for operations that are not WebAssembly yet, all of them at once: atan, integer powers;
 * for a function that does something else in the next call; and whatever a call throws before it runs
 * @throws {ValueError} for an unknown option, or names of which two are equal
 * @example
 * const model = new nn.Sequential(new nn.Dense(4, 8), new nn.ReLU(), new nn.Dense(8, 3));
 * const predict = compile((x: Tensor) => model.forward(x).softmax({ axis: 1 }));
 * const { wasm, describe } = exportWasm(predict, [zeros([1, 4])], { state: model });
 * describe.outputs.map(({ name, shape }) => [name, shape]); // => [["result", [1, 3]]]
 * describe.state.map(({ name }) => name); // => ["0.weight", "0.bias", "2.weight", "2.bias"]
 * const { Instance, Module } = WebAssembly;
 * const { run } = new Instance(new Module(wasm)).exports as { run: () => number };
 * run(); // => 0
 */
export function exportWasm<Arguments extends unknown[], Result>(
  compiled: Compiled<Arguments, Result>,
  inputs: Readonly<Arguments>,
  options: ExportWasmOptions = {},
  ...none: []
): ExportedWasm {
  const fn = "exportWasm";
  expectNothing(fn, none);
  const { state } = settleOptions(fn, options, table);
  const plans = typeof compiled === "function" ? plansOf(compiled) : undefined;
  if (plans === undefined) {
    throw new ValueError(`${fn}: expected a function that compile gave, got ${formatValue(compiled)}.`);
  }
  expectValue(fn, "inputs", inputs, { text: "to be the arguments of a call, as a list", has: Array.isArray });
  expectNoTrace(fn, "Export it before the call.");
  try {
    const { plan, tensors } = plans.callFor(undefined, inputs);
    const { dependencies, schedule } = plan;
    expectRepeatable(fn, dependencies, schedule.graph);
    return assembleExport(schedule, {
      inputs: inputsOf(inputs, tensors),
      outputs: outputsOf(plan, inputs),
      state: new Map(
        Object.entries(dictOf(state ?? {})).map(([name, { storage, shape }]) => [storage, { name, shape }]),
      ),
    });
  } catch (error) {
    if (error instanceof CompileError) addUserLine(error);
    throw error;
  }
}

function dictOf(state: NamedTensors | null): Readonly<Record<string, Tensor>> {
  return typeof state?.stateDict === "function" ? state.stateDict() : (state as Readonly<Record<string, Tensor>>);
}

const named = (values: readonly unknown[]): Map<Tensor, string> =>
  tensorNames(Object.fromEntries(values.map((value, i) => [`arg${i}`, value])));

function inputsOf(values: readonly unknown[], tensors: readonly Tensor[]): Exported["inputs"] {
  const names = named(values);
  const given = tensors.map((tensor) => ({ name: names.get(tensor)!, dtype: tensor.dtype, shape: tensor.shape }));
  const gradients = given.filter((_, i) => hasGrad(tensors[i]!)).map((of) => ({ ...of, name: `${of.name}.oldGrad` }));
  return [...given, ...gradients];
}

function outputsOf({ schedule: { graph }, output }: CachedPlan, values: readonly unknown[]): Exported["outputs"] {
  const names = [...tensorNames({ result: output.rebuild(output.tensors) }).values()];
  const inputs = [...named(values).values()];
  const results = graph.results.map((value, i) => ({ name: names[i]!, value, shape: output.tensors[i]!.shape }));
  const gradients = graph.argumentGrads.flatMap(({ argument, value }) =>
    value === undefined ? [] : [{ name: `${inputs[argument]!}.grad`, value, shape: value.shape }],
  );
  return [...results, ...gradients];
}
