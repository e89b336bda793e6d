import { tensor, type Tensor } from "@tapegrad/tensor";

/** A new parameter of two rows. */
export const matrix = (): Tensor => tensor([1, -2, 3, 0.5]).reshape(2, 2).detach().requiresGrad_();
