import { ValueError } from "@tapegrad/tensor";
import { sizeOf, type Storage } from "@tapegrad/tensor/internal";
import { attrsOf, type Value } from "../../graph/graph.ts";
import type { WasmDescription, WasmPlace } from "../../loader.ts";
import type { RoutineKernel } from "../../schedule/kernel.ts";
import type { ExportLayout, Placed } from "./export-layout.ts";

/** What has a name outside of a schedule. */
export interface Exported {
  /** All tensors among the arguments, then the gradients that some of them have. */
  readonly inputs: readonly Placed[];
  readonly outputs: readonly { readonly name: string; readonly value: Value; readonly shape: readonly number[] }[];
  /** Captured tensors that have a name; others get a number. */
  readonly state: ReadonlyMap<Storage, Omit<Placed, "dtype">>;
}

/** @param checks the kernels that can fail */
export function describeExport(
  layout: ExportLayout,
  { outputs, state }: Exported,
  checks: readonly RoutineKernel[],
): WasmDescription {
  return {
    version: 1,
    inputs: distinct(layout.inputs),
    outputs: distinct(
      outputs.map(({ value, ...rest }) => placeAt(layout.resultAddress(value), { ...rest, dtype: value.dtype })),
    ),
    state: distinct(placesOfState(layout, state)),
    errors: checks.map(expectedBy),
  };
}

function placeAt(address: number, { name, dtype, shape }: Placed): WasmPlace {
  return { name, dtype, shape, address, length: sizeOf(shape) };
}

/** Captured tensors, first those that have a name, then gradients. */
function placesOfState(layout: ExportLayout, named: Exported["state"]): WasmPlace[] {
  const { storages, leaves } = layout;
  const known = new Set([...named.keys(), ...storages.keys(), ...[...leaves].map(({ storage }) => storage)]);
  let next = 0;
  const names = new Map([...known].map((storage) => [storage, named.get(storage)?.name ?? `state${next++}`]));
  const captured = [...known].flatMap((storage) => {
    const shape = named.get(storage)?.shape ?? storages.get(storage);
    if (shape === undefined || !storages.has(storage)) return [];
    return [placeAt(layout.stateAddress(storage), { name: names.get(storage)!, dtype: storage.dtype, shape })];
  });
  const gradients = [...leaves].map((leaf) => {
    const { dtype, shape, storage } = leaf;
    return placeAt(layout.gradAddress(leaf), { name: `${names.get(storage)!}.grad`, dtype, shape });
  });
  return [...captured, ...gradients];
}

function distinct(places: readonly WasmPlace[]): readonly WasmPlace[] {
  const names = new Set<string>();
  for (const { name } of places) {
    if (names.has(name)) throw new ValueError(`exportWasm: expected names that differ, got two tensors named ${name}.`);
    names.add(name);
  }
  return places;
}

/** What a check expects, in the words of its error. */
function expectedBy({ operation }: RoutineKernel): string {
  return attrsOf(operation, "check")
    .error(NaN)
    .message.replace(/, got [^]*$/, ".");
}
