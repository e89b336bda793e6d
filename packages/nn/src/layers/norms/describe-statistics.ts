import type { Tensor } from "@tapegrad/tensor";

/** What of a BatchNorm is looked at. */
export interface Inspected {
  readonly training: boolean;
  readonly runningMean: Tensor | undefined;
  readonly runningVar: Tensor | undefined;
  readonly numBatchesTracked: Tensor | undefined;
}

/** Whether every element equals `value`; values that are being traced do not. */
function holds(tensor: Tensor | undefined, value: number): boolean {
  const data = tensor?.storage.data;
  if (data === undefined) return false;
  for (let i = 0; i < data.length; i++) if (data[i] !== value) return false;
  return true;
}

function hasNaN(tensor: Tensor | undefined): boolean {
  const data = tensor?.storage.data;
  if (data === undefined) return false;
  for (let i = 0; i < data.length; i++) if (Number.isNaN(data[i])) return true;
  return false;
}

/** What is wrong with running statistics, or undefined. */
export function describeStatistics(norm: Inspected): string | undefined {
  if (hasNaN(norm.runningMean) || hasNaN(norm.runningVar)) {
    return "running statistics became NaN and will stay so. Look for NaN or infinite inputs, then load or reset them.";
  }
  const unused = holds(norm.numBatchesTracked, 0) && holds(norm.runningMean, 0) && holds(norm.runningVar, 1);
  if (!norm.training && unused) {
    return "evaluating with running statistics that no training batch has updated. Train first or load a state.";
  }
  return undefined;
}
