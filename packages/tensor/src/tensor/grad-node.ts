import type { Tensor } from "./tensor.ts";

/** Gradients of a node's inputs from the cotangents of its outputs; used by custom functions. */
export type Pullback = (cotangents: readonly (Tensor | undefined)[], node: GradNode) => readonly (Tensor | undefined)[];

let created = 0;

/** What one differentiable application leaves behind: its inputs, its outputs, and how to go back. */
export class GradNode {
  /** Position in the order of creation: every input was made by a node with a smaller one. */
  readonly sequence: number = created++;
  /** A primitive's name, or that of a custom function, which then brings its own `pullback`. */
  readonly name: string;
  readonly attrs: unknown;
  pullback: Pullback | undefined;
  inputs: readonly Tensor[];
  outputs: readonly Tensor[];
  inputVersions: readonly number[];
  outputVersions: readonly number[];
  /** Set once the backward walk has released the saved tensors. */
  freed = false;
  /** Whether a walk has read what was saved; a sum or a reshape needs none of it. */
  readSaved = false;
  /** Where the forward operation was called, in anomaly mode. */
  stack: string | undefined = undefined;

  constructor(
    name: string,
    inputs: readonly Tensor[],
    outputs: readonly Tensor[],
    attrs: unknown,
    pullback?: Pullback,
  ) {
    this.name = name;
    this.inputs = inputs;
    this.outputs = outputs;
    this.attrs = attrs;
    this.pullback = pullback;
    this.inputVersions = inputs.map(versionOf);
    this.outputVersions = outputs.map(versionOf);
    if (gradMode.traceCalls) this.stack = new Error("forward call").stack;
  }

  /** Forgets the saved tensors. */
  free(): void {
    this.freed = true;
    this.inputs = [];
    this.outputs = [];
    this.pullback = undefined;
  }
}

function versionOf(tensor: Tensor): number {
  return tensor.storage.version;
}

/** Whether applications are recorded, and whether their call sites are. */
export const gradMode: { enabled: boolean; traceCalls: boolean } = { enabled: true, traceCalls: false };

/** Runs `fn` with recording switched on or off. */
export function withGradMode<T>(enabled: boolean, fn: () => T): T {
  const before = gradMode.enabled;
  gradMode.enabled = enabled;
  try {
    return fn();
  } finally {
    gradMode.enabled = before;
  }
}

/** Whether an application to `inputs` is to be recorded now. */
export function needsNode(inputs: readonly Tensor[]): boolean {
  if (!gradMode.enabled) return false;
  for (let i = 0; i < inputs.length; i++) if (inputs[i]!.requiresGrad) return true;
  return false;
}
