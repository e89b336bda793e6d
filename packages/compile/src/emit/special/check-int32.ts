import { f64, i32 } from "@tapegrad/simd";
import { sizeOf } from "@tapegrad/tensor/internal";
import { specialCode, type SpecialEmitter } from "./special-code.ts";

/** Looks at every float64 total: whether it is a whole number within int32. */
export const checkInt32: SpecialEmitter = ({ operation, inputs }) => {
  const count = sizeOf(operation.inputs[0]!.shape);
  return specialCode(
    [
      {
        items: 1,
        emit: ({ f, addressOf, fail }) => {
          const isWrong = f.local("i32", 0);
          f.for({ to: count }, (i) => {
            const total = f.let(f64.load(i32.add(i32.shl(i, 3), addressOf(inputs[0]!))));
            f.set(isWrong, i32.or(isWrong, f64.ne(f64.convertI32S(i32.truncSatF64S(total)), total)));
          });
          f.if(isWrong, fail);
        },
      },
    ],
    { canFail: true },
  );
};
