import { ModuleBuilder } from "../assembler/module-builder.ts";
import { atomicI32 } from "../assembler/ops/atomic.ts";
import { f32x4 } from "../assembler/ops/float-vector.ts";
import { i32x4 } from "../assembler/ops/integer-vector.ts";

/** A module that is valid where fixed-width SIMD is. */
export function simdProbe(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function("probe", { params: {}, result: "v128" }, () => i32x4.splat(0));
  return module.toBytes();
}

/**
 * A module that is valid where relaxed SIMD is. Its `probe` gives `(1 + 2^-12)² − (1 + 2^-11)`:
 * 2^-24 where the multiply-add rounds once, 0 where it rounds twice.
 */
export function relaxedSimdProbe(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  const signature = { params: { x: "f32", y: "f32" }, result: "f32" } as const;
  const probe = module.function("probe", signature, (_, { x, y }) =>
    f32x4.extractLane(f32x4.relaxedMadd(f32x4.splat(x), f32x4.splat(x), f32x4.splat(y)), 0),
  );
  module.exportFunction(probe);
  return module.toBytes();
}

/** A module that is valid where memories can be shared and used atomically. */
export function threadsProbe(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.memory({ initial: 1, maximum: 1, shared: true });
  module.function("probe", { params: {}, result: "i32" }, () => atomicI32.load(0));
  return module.toBytes();
}
