import { cat, type PadMode, stack, type Tensor, tril, triu } from "@tapegrad/tensor";
import type { Adapter } from "../subject.ts";
import { operation } from "./arguments.ts";

/** PyTorch lists widths from the last axis to the first, before and after in turn. */
function widths(x: Tensor, pads: readonly number[]): [number, number][] {
  return x.shape.map((_, axis) => {
    const at = 2 * (x.ndim - 1 - axis);
    return [pads[at] ?? 0, pads[at + 1] ?? 0];
  });
}

/** The shape to expand to, in which −1 keeps an extent. */
function expanded(x: Tensor, size: readonly number[]): number[] {
  return size.map((extent, i) => (extent === -1 ? (x.shape[i - size.length + x.ndim] ?? -1) : extent));
}

/** Joining, cutting and moving. */
export const shapes: Readonly<Record<string, Adapter>> = {
  cat: operation(["tensors", "dim"], (a) => cat(a.tensors("tensors"), a.number("dim", 0))),
  stack: operation(["tensors", "dim"], (a) => stack(a.tensors("tensors"), a.number("dim", 0))),
  permute: operation(["input", "dims"], (a) => a.tensor("input").permute(a.numbers("dims"))),
  reshape: operation(["input", "shape"], (a) => a.tensor("input").reshape(a.numbers("shape"))),
  expand: operation(["input", "size"], (a) => {
    const x = a.tensor("input");
    return x.broadcastTo(expanded(x, a.numbers("size")));
  }),
  flip: operation(["input", "dims"], (a) => a.tensor("input").flip(a.numbers("dims"))),
  roll: operation(["input", "shifts", "dims"], (a) =>
    a.tensor("input").roll(a.oneOrMore("shifts") ?? [], a.oneOrMore("dims")),
  ),
  tril: operation(["input", "diagonal"], (a) => tril(a.tensor("input"), a.number("diagonal", 0))),
  triu: operation(["input", "diagonal"], (a) => triu(a.tensor("input"), a.number("diagonal", 0))),
  pad: operation(["input", "pad", "mode", "value"], (a) => {
    const x = a.tensor("input");
    const mode = (a.raw("mode") ?? "constant") as PadMode;
    return x.pad(widths(x, a.numbers("pad")), { mode, value: a.number("value", 0) });
  }),
};
