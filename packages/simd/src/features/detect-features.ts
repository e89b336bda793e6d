import { bytesOf } from "../assembled/bytes-of.ts";

/** What the WebAssembly engine of this process can do. */
export interface Features {
  /** WebAssembly exists and may compile code. */
  readonly webAssembly: boolean;
  /** Fixed-width 128-bit SIMD. */
  readonly simd: boolean;
  /** Relaxed SIMD instructions. */
  readonly relaxedSimd: boolean;
  /** Relaxed multiply-add rounds once on this machine: it is a fused, fast FMA. */
  readonly fusedMultiplyAdd: boolean;
  /** Shared memories with atomics, and a context that may share them (in browsers: cross-origin isolated). */
  readonly threads: boolean;
}

let detected: Features | undefined;

/** What the engine can do, found by compiling small modules on the first call. */
export function detectFeatures(): Features {
  detected ??= probeFeatures();
  return detected;
}

/** Probes the engine anew; `detectFeatures` remembers the answer. */
export function probeFeatures(): Features {
  const webAssembly = canCompile();
  const simd = webAssembly && WebAssembly.validate(bytesOf("simd"));
  const relaxedSimd = simd && WebAssembly.validate(bytesOf("relaxedSimd"));
  return {
    webAssembly,
    simd,
    relaxedSimd,
    fusedMultiplyAdd: relaxedSimd && fuses(),
    threads: webAssembly && canShareMemory() && WebAssembly.validate(bytesOf("threads")),
  };
}

// A content security policy may forbid compilation though the object exists.
function canCompile(): boolean {
  if (typeof WebAssembly !== "object") return false;
  try {
    return new WebAssembly.Module(bytesOf("nothing")) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

function canShareMemory(): boolean {
  const isolated: unknown = Reflect.get(globalThis, "crossOriginIsolated");
  return typeof SharedArrayBuffer === "function" && isolated !== false;
}

function fuses(): boolean {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytesOf("relaxedSimd")));
  const probe = exports["probe"] as (x: number, y: number) => number;
  return probe(1 + 2 ** -12, -(1 + 2 ** -11)) === 2 ** -24;
}
