import { type AnyModule, Module } from "@tapegrad/nn";
import { Tensor } from "@tapegrad/tensor";
import { activeTracer } from "@tapegrad/tensor/internal";
import { layerRows } from "./layer-rows.ts";
import { NotingRecorder } from "./noting-recorder.ts";

/** Runs `run` while recorders note the calls of layers among `modules`. */
export function withLayersNoted<T>(modules: readonly AnyModule[], run: () => T): T {
  const hooks = modules.flatMap((module) => {
    const row = layerRows.get(module.constructor);
    // With hooks, or a forward of its own, it may give anything: it is what it is made of.
    if (row === undefined || Object.hasOwn(module, "forward") || Module["areHooked"]) return [];
    return [
      module.registerForwardHook((layer, given, output) => {
        const recorder = activeTracer();
        const call = row(layer, given);
        if (!(recorder instanceof NotingRecorder) || call === undefined) return;
        recorder.composite(call.name, call.inputs, call.attrs, () => tensorsIn(output));
      }),
    ];
  });
  try {
    return run();
  } finally {
    for (const hook of hooks) hook.remove();
  }
}

/** The tensors in what a layer gives, in order. */
function tensorsIn(output: unknown): readonly Tensor[] {
  if (output instanceof Tensor) return [output];
  return Array.isArray(output) ? output.flatMap(tensorsIn) : [];
}
