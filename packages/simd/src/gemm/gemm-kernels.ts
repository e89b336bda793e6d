import { instantiate } from "../assembled/instantiate.ts";
import { detectFeatures } from "../features/detect-features.ts";
import { type KernelConfig, kernelConfigs } from "./kernel-config.ts";
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

let workspace: Workspace | undefined;
const instances = new Map<keyof typeof kernelConfigs, GemmKernels>();

/** The memory of the kernels, made on first use. */
export function gemmWorkspace(): Workspace {
  workspace ??= new Workspace();
  return workspace;
}

/** The kernels for one element type, compiled on first use; fused ones only where they are fast. */
export function gemmKernels(type: "f32" | "f64", deterministic: boolean): GemmKernels {
  const fused = !deterministic && detectFeatures().fusedMultiplyAdd;
  const name = fused ? (`${type}Fused` as const) : type;
  let kernels = instances.get(name);
  if (kernels === undefined) {
    const exports = instantiate<Omit<GemmKernels, "config">>(name, { gemm: { memory: gemmWorkspace().memory } });
    kernels = { config: kernelConfigs[name], ...exports };
    instances.set(name, kernels);
  }
  return kernels;
}
