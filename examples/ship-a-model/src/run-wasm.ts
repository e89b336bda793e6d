// What runs a .wasm knows the loader alone.
import { type LoadedWasm, loadWasm } from "tapegrad/loader";

/** What the module says of each image. */
export async function predictByWasm(wasm: Uint8Array, images: readonly ArrayLike<number>[]): Promise<number[][]> {
  const { run } = await loadWasm(wasm);
  return images.map((image) => [...run(image)[0]!]);
}

/** What a step of training gives and leaves. */
export interface TrainedByWasm {
  readonly losses: readonly number[];
  readonly state: ReturnType<LoadedWasm["stateDict"]>;
}

/** Trains on with the module. */
export async function trainByWasm(
  wasm: Uint8Array,
  batches: readonly (readonly ArrayLike<number>[])[],
): Promise<TrainedByWasm> {
  const { run, stateDict } = await loadWasm(wasm);
  return { losses: batches.map((batch) => run(...batch)[0]![0]!), state: stateDict() };
}
