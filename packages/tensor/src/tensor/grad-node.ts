import type { Tensor } from "./tensor.ts";

/** Gradients of a node's inputs from the cotangents of its outputs; used by custom functions. */
export type Pullback = (cotangents: readonly (Tensor | undefined)[], node: GradNode) => readonly (Tensor | undefined)[];

/** Gives the input or output of a node that was saved in another form. */
export type Unpack = (role: "input" | "output", index: number) => Tensor;

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
  /** Gives the tensors that were saved in another form; without it they are the inputs and outputs themselves. */
  unpack: Unpack | undefined;
  /** Set once the backward walk has released the saved tensors. */
  freed = false;
  /** Whether a walk has read what was saved; a sum or a reshape needs none of it. */
  readSaved = false;
  /** An error that was made where the operation was called, while NaN is searched for. */
  readonly call: Error | undefined = gradMode.detector?.callHere();

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
  }

  /** Forgets the saved tensors. */
  free(): void {
    this.freed = true;
    this.inputs = [];
    this.outputs = [];
    this.pullback = undefined;
    this.unpack = undefined;
  }
}

function versionOf(tensor: Tensor): number {
  return tensor.storage.version;
}

/** What looks for NaN where a function asks for it. */
export interface AnomalyDetector {
  /** An error whose stack says where an operation is called. */
  readonly callHere: () => Error;
  /** Before a walk back from outputs. */
  readonly checkOutputs: (outputs: readonly Tensor[]) => void;
  /** After an input's gradient was computed. */
  readonly checkGradient: (node: GradNode, index: number, gradient: Tensor) => void;
}

/** What brings saved tensors into another form. */
export interface Packer {
  /** After a node was made. */
  readonly pack: (node: GradNode) => void;
  /** Takes a tensor that `by` saves; gives what makes it again. */
  readonly save: (by: string, tensor: Tensor) => () => Tensor;
}

/** Whether applications are recorded, what looks for NaN among them, and what brings what they save into another form. */
export const gradMode: {
  enabled: boolean;
  detector: AnomalyDetector | undefined;
  packer: Packer | undefined;
} = { enabled: true, detector: undefined, packer: undefined };

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
