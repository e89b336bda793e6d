import type { FunctionRef } from "../assembler/function-ref.ts";
import type { FunctionBody, ModuleBuilder } from "../assembler/module-builder.ts";
import { call } from "../assembler/ops/call.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { i64 } from "../assembler/ops/i64.ts";
import { definedOnce } from "../assembler/defined-once.ts";

// 2/π as an unsigned fraction, 64 bits a word, after one word of zeros.
const twoOverPi = [
  0x0n,
  0xa2f9836e4e441529n,
  0xfc2757d1f534ddc0n,
  0xdb6295993c439041n,
  0xfe5163abdebbc561n,
  0xb7246e3a424dd2e0n,
  0x06492eea09d1921cn,
  0xfe1deb1cb129a73en,
  0xe88235f52ebb4484n,
  0xe99c7026b45f7e41n,
  0x3991d639835339f4n,
  0x9c845f8bbdf9283bn,
  0x1ff897ffde05980fn,
  0xef2f118b5a0a6d1fn,
  0x6d367ecf27cb09b7n,
  0x4f463f669e5fea2dn,
  0x7527bac7ebe5f17bn,
  0x3d0739f78a5292ean,
  0x6bfb5fb11f8d5d08n,
  0x56033046fc7b6babn,
  0xf0cfbc209af4361dn,
];

/** A function that gives 64 bits of 2/π from any bit position on; position 64 is that of the first fractional bit. */
export function defineTwoOverPi(module: ModuleBuilder): FunctionRef<{ readonly bit: "i32" }, "i64"> {
  return definedOnce(module, "twoOverPi", { params: { bit: "i32" }, result: "i64" }, (own) => bitsFrom(own));
}

function bitsFrom(module: ModuleBuilder): FunctionBody<{ readonly bit: "i32" }, "i64"> {
  const word = definedOnce(
    module,
    "twoOverPiWord",
    { params: { index: "i32" }, result: "i64" },
    () =>
      (f, { index }) => {
        f.switch(
          index,
          twoOverPi.map((value) => () => f.return(i64.const(value))),
        );
        return i64.const(0n);
      },
  );
  return (f, { bit }) => {
    const index = f.let(i32.shrU(bit, 6));
    const shift = f.let(i64.extendI32U(i32.and(bit, 63)));
    // Shift counts are taken modulo 64, so the second part goes by one bit first.
    const second = i64.shrU(i64.shrU(call(word, { index: i32.add(index, 1) }), 1), i64.sub(63n, shift));
    return i64.or(i64.shl(call(word, { index }), shift), second);
  };
}
