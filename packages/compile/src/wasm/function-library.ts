import { FunctionLibrary } from "@tapegrad/simd";

/** Some thousands of functions: those of the plans that a program builds while it goes from one shape to another. */
const mostBytes = 8 * 2 ** 20;

/** The functions of kernels that were assembled last, for all plans: one like another, as that of a smaller batch, has most of them. */
export const functionLibrary: FunctionLibrary = new FunctionLibrary(mostBytes);
