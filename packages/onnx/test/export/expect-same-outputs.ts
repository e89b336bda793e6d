import type { AnyModule, Module } from "@tapegrad/nn";
import type { Tensor } from "@tapegrad/tensor";
import { expectClose } from "@tapegrad/testing";
import { expect } from "vitest";
import { loadIntoRuntime } from "./onnx-runtime.ts";

/** The tensors in what a module gives, in order. */
export function tensorsIn(value: unknown): Tensor[] {
  return Array.isArray(value) ? value.flatMap(tensorsIn) : [value as Tensor];
}

/** Runs a module in evaluation mode. */
export function evaluated(module: AnyModule, inputs: readonly Tensor[]): Tensor[] {
  module.eval();
  return tensorsIn((module as unknown as Module<readonly Tensor[], unknown>).forward(...inputs));
}

/** Throws unless outputs have the same shapes and dtypes, and elements to 1e-5. */
export function expectSameOutputs(got: readonly Tensor[], want: readonly Tensor[]): void {
  expect(got.map(({ shape, dtype }) => ({ shape, dtype }))).toEqual(want.map(({ shape, dtype }) => ({ shape, dtype })));
  want.forEach((each, i) => expectClose(got[i]!, each, { rtol: 1e-5, atol: 1e-5, what: `output ${i}` }));
}

/** Throws unless ONNX Runtime gives for a model what the module gives, for each of some inputs. */
export async function expectSameInRuntime(
  bytes: Uint8Array,
  module: AnyModule,
  batches: readonly (readonly Tensor[])[],
): Promise<void> {
  const { run, release } = await loadIntoRuntime(bytes);
  for (const inputs of batches) expectSameOutputs(await run(inputs), evaluated(module, inputs));
  await release();
}
