import { TapegradError } from "@tapegrad/tensor";

/**
 * A worker of a loader has failed: its data set has thrown, could not be had, or the worker has ended. `cause` is the
 * error of the worker, with its message and stack there.
 */
export class WorkerError extends TapegradError {
  static override readonly name: string = "WorkerError";
  /** Which worker, from 0. */
  readonly worker: number;
  /** Which sample was being read; undefined if it was none, or nobody knows. */
  readonly index: number | undefined;

  constructor(
    message: string,
    { worker, index, cause }: { readonly worker: number; readonly index: number | undefined; readonly cause?: unknown },
  ) {
    super(message);
    this.worker = worker;
    this.index = index;
    if (cause !== undefined) this.cause = cause;
  }
}
