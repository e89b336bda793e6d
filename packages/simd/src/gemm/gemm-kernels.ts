import { detectFeatures } from "../features/detect-features.ts";
import { assembleGemm } from "./gemm-module.ts";
import type { KernelConfig } from "./kernel-config.ts";
import { Workspace } from "./workspace.ts";

/** The instantiated kernels of one variant; addresses and strides are in bytes. */
export interface GemmKernels {
  readonly config: KernelConfig;
  readonly packA: Pack;
  readonly packB: Pack;
  readonly multiply: (
    m: number,
    n: number,
    k: number,
    packedA: number,
    packedB: number,
    panelA: number,
    panelB: number,
    out: number,
    scratch: number,
    totals: number,
    isFirst: number,
    isLast: number,
  ) => void;
}

type Pack = (
  source: number,
  stride: number,
  packed: number,
  lines: number,
  k: number,
  acrossK: number,
  panelBytes: number,
) => void;

// The fastest tiles measured on V8 11 and 13. Larger ones spill registers, smaller ones load more for each sum.
const configs: Readonly<Record<"f32" | "f64" | "f32Fused" | "f64Fused", KernelConfig>> = {
  f32: { type: "f32", rows: 4, vectors: 2, fused: false },
  f64: { type: "f64", rows: 4, vectors: 2, fused: false },
  f32Fused: { type: "f32", rows: 6, vectors: 2, fused: true },
  f64Fused: { type: "f64", rows: 6, vectors: 2, fused: true },
};

let workspace: Workspace | undefined;
const instances = new Map<KernelConfig, GemmKernels>();

/** The memory of the kernels, made on first use. */
export function gemmWorkspace(): Workspace {
  workspace ??= new Workspace();
  return workspace;
}

/** The kernels for one element type, assembled and compiled on first use; fused ones only where they are fast. */
export function gemmKernels(type: "f32" | "f64", deterministic: boolean): GemmKernels {
  const fused = !deterministic && detectFeatures().fusedMultiplyAdd;
  return instantiate(configs[fused ? (`${type}Fused` as const) : type]);
}

/** The kernels of any configuration. */
export function instantiate(config: KernelConfig): GemmKernels {
  let kernels = instances.get(config);
  if (kernels === undefined) {
    const { memory } = gemmWorkspace();
    const instance = new WebAssembly.Instance(new WebAssembly.Module(assembleGemm(config)), { gemm: { memory } });
    kernels = { config, ...(instance.exports as Omit<GemmKernels, "config"> & WebAssembly.Exports) };
    instances.set(config, kernels);
  }
  return kernels;
}
