import { type Expr, type FunctionBuilder, i32, i32x4, type Local, select, v128 } from "@tapegrad/simd";
import { keepDimsShape, sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { emitNest, joinAxes } from "./nest.ts";
import { elementBytes, fillElements } from "./rows.ts";
import { specialCode, type SpecialEmitter } from "./special-code.ts";

type Fold = "sum" | "prod" | "max" | "min";

/** Extremes of int32; bools are summed by "or" and multiplied by "and". Sums and products of nothing are 0 and 1. */
export function integerReduction(fold: Fold): SpecialEmitter {
  return ({ operation, inputs }) => {
    const out = operation.outputs[0]!;
    const { shape, dtype } = operation.inputs[0]!;
    const { axes } = attrsOf(operation, fold);
    const start = { sum: 0, prod: 1, max: 0, min: 0 }[fold];
    if (sizeOf(shape) === 0) {
      return specialCode([
        { items: 1, emit: ({ f, addressOf }) => fillElements(f, addressOf(out), out.dtype, start, sizeOf(out.shape)) },
      ]);
    }
    // Sums and products of int32 are made of those of float64.
    const isExtreme = fold === "max" || fold === "min";
    if (dtype !== "bool" && !(dtype === "int32" && isExtreme)) return undefined;
    const bytes = elementBytes(dtype);
    const own = stridesOf(shape).map((stride) => stride * bytes);
    const results = stridesOf(keepDimsShape(shape, axes)).map((stride) => stride * bytes);
    const pick = (reduced: boolean) => {
      const taken = shape.flatMap((_, axis) => (axes.includes(axis) === reduced ? [axis] : []));
      return joinAxes(
        taken.map((axis) => shape[axis]!),
        [own, results].map((strides) => taken.map((axis) => strides[axis]!)),
      );
    };
    const [kept, reduced] = [pick(false), pick(true)];
    return specialCode([
      {
        items: kept.extents[0] ?? 1,
        emit: ({ f, addressOf, from, to }) => {
          const source = {
            address: f.local("i32", addressOf(inputs[0]!)),
            strides: kept.strides[0]!,
          };
          const target = { address: f.local("i32", addressOf(out)), strides: kept.strides[1]! };
          const range = kept.extents.length > 0 ? { from, to } : undefined;
          const foldOne = (): void => {
            const walker = { address: f.local("i32", source.address), strides: reduced.strides[0]! };
            const folder = folderOf(f, fold, dtype, walker.address);
            foldBox(f, reduced.extents, walker, folder, bytes);
            f.store(dtype === "bool" ? "i32.8" : "i32", target.address, folder.finish());
          };
          emitNest(f, kept.extents, [source, target], foldOne, range);
        },
      },
    ]);
  };
}

interface Folder {
  /** Takes one element from where the address is. */
  readonly one: () => void;
  /** Takes four neighbours, if it can. */
  readonly four?: () => void;
  readonly finish: () => Expr<"i32">;
}

function foldBox(
  f: FunctionBuilder<"void">,
  extents: readonly number[],
  walker: { readonly address: Local<"i32">; readonly strides: readonly number[] },
  { one, four }: Folder,
  bytes: number,
): void {
  const last = extents.length - 1;
  const n = extents[last];
  if (four === undefined || n === undefined || n < 4 || walker.strides[last] !== bytes) {
    emitNest(f, extents, [walker], one);
    return;
  }
  emitNest(f, extents.slice(0, last), [walker], () => {
    const advance = (by: number): void => f.set(walker.address, i32.add(walker.address, by));
    f.for({ to: Math.floor(n / 4) }, () => {
      four();
      advance(4 * bytes);
    });
    for (let i = 0; i < n % 4; i++) {
      one();
      advance(bytes);
    }
    advance(-n * bytes);
  });
}

function folderOf(f: FunctionBuilder<"void">, fold: Fold, dtype: "int32" | "bool", at: Local<"i32">): Folder {
  if (dtype === "bool") {
    const isOr = fold === "sum" || fold === "max";
    const total = f.local("i32", isOr ? 0 : 1);
    const combine = isOr ? i32.or : i32.and;
    return { one: () => f.set(total, combine(total, i32.load8U(at))), finish: () => total };
  }
  const isMax = fold === "max";
  const total = f.local("i32", isMax ? -(2 ** 31) : 2 ** 31 - 1);
  const lanes = f.local("v128", i32x4.splat(total));
  const better = (a: Expr<"i32">, b: Expr<"i32">): Expr<"i32"> => select(isMax ? i32.gtS(a, b) : i32.ltS(a, b), a, b);
  return {
    one: () => f.set(total, better(f.let(i32.load(at)), total)),
    four: () => f.set(lanes, (isMax ? i32x4.maxS : i32x4.minS)(lanes, v128.load(at, { align: 4 }))),
    finish: () => {
      for (let lane = 0; lane < 4; lane++) f.set(total, better(f.let(i32x4.extractLane(lanes, lane)), total));
      return total;
    },
  };
}
