import { einsum } from "@tapegrad/tensor";
import type { Operators } from "./node-call.ts";

/** Products of matrices. */
export const products: Operators = {
  MatMul: (call) => call.input(0).matmul(call.input(1)),
  MatMulInteger: (call) => {
    const [a, b] = [call.input(0), call.input(1)];
    const [zeroA, zeroB] = [call.inputs[2], call.inputs[3]];
    return (zeroA ? a.sub(zeroA) : a).matmul(zeroB ? b.sub(zeroB) : b);
  },
  Gemm: (call) => {
    const [a, b, c] = [call.input(0), call.input(1), call.inputs[2]];
    const left = call.flag("transA", false) ? a.transpose() : a;
    const right = call.flag("transB", false) ? b.transpose() : b;
    const product = left.matmul(right).mul(call.float("alpha", 1));
    return c === undefined ? product : product.add(c.mul(call.float("beta", 1)));
  },
  Einsum: (call) => einsum(call.string("equation"), ...call.all()),
};
