import { cat, split } from "@tapegrad/tensor";
import { nat, record } from "fast-check";
import { permutation, seeds, shapes, source } from "./arbitraries.ts";
import { type CrossCheck, crossCheck } from "./cross-check.ts";
import { asExpected, at, expected } from "./naive.ts";

const inputs = record({ shape: shapes({ min: 0, minRank: 1 }), choice: nat(1000), seed: seeds });

/** Movements and what undoes them. */
export const movement: readonly CrossCheck[] = [
  crossCheck("reshape and back", inputs, ({ shape, choice, seed }, check) => {
    const x = source(seed)(...shape);
    const order = permutation(shape.length, choice).map((axis) => shape[axis]!);
    const y = x.reshape(order);
    check.same("elements", Array.from(y.data).join(), Array.from(x.data).join());
    check.tensor("round trip", y.flatten().reshape(shape), asExpected(x));
  }),
  crossCheck("permute against indices, and back", inputs, ({ shape, choice, seed }, check) => {
    const x = source(seed)(...shape);
    const axes = permutation(shape.length, choice);
    const y = x.permute(axes);
    const shuffled = axes.map((axis) => shape[axis]!);
    check.tensor(
      "permute",
      y,
      expected(shuffled, (index) =>
        at(
          x,
          axes.map((_, axis) => index[axes.indexOf(axis)]!),
        ),
      ),
    );
    check.tensor("round trip", y.permute(axes.map((_, axis) => axes.indexOf(axis))), asExpected(x));
  }),
  crossCheck("flip against indices, and back", inputs, ({ shape, choice, seed }, check) => {
    const x = source(seed)(...shape);
    const axes = shape.map((_, axis) => axis).filter((axis) => choice & (1 << axis));
    const y = x.flip(axes);
    const mirror = (index: readonly number[]): number[] =>
      index.map((i, axis) => (axes.includes(axis) ? shape[axis]! - 1 - i : i));
    check.tensor(
      "flip",
      y,
      expected(shape, (index) => at(x, mirror(index))),
    );
    check.tensor("round trip", y.flip(axes), asExpected(x));
  }),
  crossCheck("split and cat", inputs, ({ shape, choice, seed }, check) => {
    const x = source(seed)(...shape);
    const axis = choice % shape.length;
    const parts = split(x, 1 + (choice % 3), axis);
    check.tensor("round trip", cat(parts, axis), asExpected(x));
  }),
  crossCheck("pad and slice", inputs, ({ shape, choice, seed }, check) => {
    const x = source(seed)(...shape);
    const widths = shape.map((_, axis): [number, number] => [(choice >> axis) % 3, (choice >> (axis + 1)) % 3]);
    const y = x.pad(widths, { value: seed % 5 });
    const inside = shape.map((extent, axis): [number, number] => {
      const [before] = widths[axis]!;
      return [before, before + extent];
    });
    check.tensor("round trip", y.slice(...inside), asExpected(x));
    const outside = (y.size - x.size) * (seed % 5);
    check.number("sum of the frame", y.sum().item() - x.sum().item(), outside);
  }),
];
