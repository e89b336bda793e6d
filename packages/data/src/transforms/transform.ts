import type { Tensor } from "@tapegrad/tensor";

/** A mapping of whole tensors that can be undone. */
export interface Transform {
  /** Maps a tensor of samples, shape `[N, ...]`. */
  apply(x: Tensor): Tensor;
  /** Undoes `apply`, as far as it kept what is needed. */
  inverse(y: Tensor): Tensor;
}

/**
 * A transform that has to see data first. Fit it on the training part only: whatever it learns from test samples leaks
 * into the result.
 */
export interface Estimator<Fitted extends Transform = Transform> {
  /** Learns from samples of shape `[N, ...]`. */
  fit(train: Tensor): Fitted;
}
