import { type Expr, f64, type FunctionBuilder, i32, i32x4, i64, i64x2, type Local, select, v128 } from "@tapegrad/simd";
import { keepDimsShape, sizeOf, stridesOf } from "@tapegrad/tensor";
import { attrsOf, type Value } from "../../graph/graph.ts";
import { emitNest, joinAxes } from "./nest.ts";
import { elementBytes, fillElements } from "./rows.ts";
import { specialCode, type SpecialEmitter } from "./special-code.ts";

type Fold = "sum" | "prod" | "max" | "min";

/** Sums that leave int32 fail, as in the reference; bools are summed by "or" and multiplied by "and". */
export function integerReduction(fold: Fold): SpecialEmitter {
  return ({ operation, inputs }) => {
    const out = operation.outputs[0] as Value;
    const { shape, dtype } = operation.inputs[0] as Value;
    const { axes } = attrsOf(operation, fold);
    const start = { sum: 0, prod: 1, max: 0, min: 0 }[fold];
    if (sizeOf(shape) === 0) {
      return specialCode([
        { items: 1, emit: ({ f, addressOf }) => fillElements(f, addressOf(out), out.dtype, start, sizeOf(out.shape)) },
      ]);
    }
    if (dtype !== "int32" && dtype !== "bool") return undefined;
    const bytes = elementBytes(dtype);
    const own = stridesOf(shape).map((stride) => stride * bytes);
    const results = stridesOf(keepDimsShape(shape, axes)).map((stride) => stride * bytes);
    const pick = (reduced: boolean) => {
      const taken = shape.flatMap((_, axis) => (axes.includes(axis) === reduced ? [axis] : []));
      return joinAxes(
        taken.map((axis) => shape[axis] as number),
        [own, results].map((strides) => taken.map((axis) => strides[axis] as number)),
      );
    };
    const [kept, reduced] = [pick(false), pick(true)];
    const canFail = dtype === "int32" && (fold === "sum" || fold === "prod");
    return specialCode(
      [
        {
          items: canFail ? 1 : (kept.extents[0] ?? 1),
          emit: ({ f, addressOf, from, to, fail }) => {
            const isWrong = f.local("i32", 0);
            const source = {
              address: f.local("i32", addressOf(inputs[0] as Value)),
              strides: kept.strides[0] as number[],
            };
            const target = { address: f.local("i32", addressOf(out)), strides: kept.strides[1] as number[] };
            const range = !canFail && kept.extents.length > 0 ? { from, to } : undefined;
            emitNest(
              f,
              kept.extents,
              [source, target],
              () => {
                const walker = { address: f.local("i32", source.address), strides: reduced.strides[0] as number[] };
                const folder = folderOf(f, fold, dtype, walker.address);
                foldBox(f, reduced.extents, walker, folder, bytes);
                const { result, fits } = folder.finish();
                if (fits !== undefined) f.set(isWrong, i32.or(isWrong, i32.eqz(fits)));
                f.store(dtype === "bool" ? "i32.8" : "i32", target.address, result);
              },
              range,
            );
            if (canFail) f.if(isWrong, fail);
          },
        },
      ],
      { canFail },
    );
  };
}

interface Folder {
  /** Takes one element from where the address is. */
  readonly one: () => void;
  /** Takes four neighbours, if it can. */
  readonly four?: () => void;
  readonly finish: () => { readonly result: Expr<"i32">; readonly fits?: Expr<"i32"> };
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
    return { one: () => f.set(total, combine(total, i32.load8U(at))), finish: () => ({ result: total }) };
  }
  if (fold === "sum") return sumOf(f, at);
  if (fold === "prod") {
    // In float64 like the reference, so that the same products fail.
    const total = f.local("f64", 1);
    return {
      one: () => f.set(total, f64.mul(total, f64.convertI32S(i32.load(at)))),
      finish: () => {
        const result = f.let(i32.truncSatF64S(total));
        return { result, fits: f64.eq(f64.convertI32S(result), total) };
      },
    };
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
      return { result: total };
    },
  };
}

function sumOf(f: FunctionBuilder<"void">, at: Local<"i32">): Folder {
  const total = f.local("i64", 0);
  const lanes = f.local("v128", i32x4.const(0));
  return {
    one: () => f.set(total, i64.add(total, i64.extendI32S(i32.load(at)))),
    four: () => {
      const four = f.let(v128.load(at, { align: 4 }));
      const pairs = i64x2.add(i64x2.extendLowI32x4S(four), i64x2.extendHighI32x4S(four));
      f.set(lanes, i64x2.add(lanes, pairs));
    },
    finish: () => {
      const sum = f.let(i64.add(total, i64.add(i64x2.extractLane(lanes, 0), i64x2.extractLane(lanes, 1))));
      return { result: i32.wrapI64(sum), fits: i64.eq(i64.extend32S(sum), sum) };
    },
  };
}
