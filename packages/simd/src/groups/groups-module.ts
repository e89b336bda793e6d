import type { Expr } from "../assembler/expr.ts";
import type { FunctionBuilder } from "../assembler/function-builder.ts";
import type { Local } from "../assembler/local.ts";
import { ModuleBuilder } from "../assembler/module-builder.ts";
import { f32x4, f64x2 } from "../assembler/ops/float-vector.ts";
import { i32 } from "../assembler/ops/i32.ts";
import { v128 } from "../assembler/ops/v128.ts";
import { type FoldFormula, foldFormulas, type MapFormula, mapFormulas, type Pair } from "./group-formulas.ts";
import { places, type Statistic, statistics } from "./group-memory.ts";

type Vector = Expr<"v128">;
type Function = FunctionBuilder<"void">;

/** `lines` runs of `length` neighbours that are a group each, or rows of which each has an element of `length` groups. */
const kernelSignature = { params: { lines: "i32", length: "i32" }, result: "void" } as const;

/** Assembles the module of the kernels over groups. Each formula is there inward and across: `sumInward`, `sumAcross`. */
export function assembleGroups(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.importMemory("kernels", "memory", { initial: 1 });
  for (const [name, formula] of Object.entries(foldFormulas)) {
    defineKernel(module, `${name}Inward`, (f, lines, length) => foldInward(f, formula, lines, length));
    defineKernel(module, `${name}Across`, (f, lines, length) => foldAcross(f, formula, lines, length));
  }
  for (const [name, formula] of Object.entries(mapFormulas)) {
    defineKernel(module, `${name}Inward`, (f, lines, length) => mapInward(f, formula, lines, length));
    defineKernel(module, `${name}Across`, (f, lines, length) => mapAcross(f, formula, lines, length));
  }
  return module.toBytes();
}

function defineKernel(
  module: ModuleBuilder,
  name: string,
  emit: (f: Function, lines: Local<"i32">, length: Local<"i32">) => void,
): void {
  module.exportFunction(module.function(name, kernelSignature, (f, { lines, length }) => emit(f, lines, length)));
}

/** Rows that folds follow a column through. Maps go row by row, as what is written behind a row belongs to the next one. */
const bandRows = 8;

type Uses = readonly ("g" | Statistic)[];

/** Four elements as two pairs of float64, those of g too if they are used. */
function pairs(f: Function, at: Expr<"i32">, uses: Uses, statistic: (name: Statistic, half: 0 | 1) => Vector): Pair[] {
  const xs = halves(f, f.let(v128.load(at, { offset: places.x, align: 4 })));
  const gs = uses.includes("g") ? halves(f, f.let(v128.load(at, { offset: places.g, align: 4 }))) : xs;
  return ([0, 1] as const).map((half) => ({ x: xs[half]!, g: gs[half]!, statistic: (name) => statistic(name, half) }));
}

function halves(f: Function, vector: Local<"v128">): readonly Local<"v128">[] {
  const high = f32x4.shuffle(vector, vector, [2, 3, 2, 3]);
  return [f.let(f64x2.promoteLowF32x4(vector)), f.let(f64x2.promoteLowF32x4(high))];
}

/** The statistics of a group in all lanes. `group` is its number times 8. */
function splatted(f: Function, uses: Uses, group: Local<"i32">): (name: Statistic) => Vector {
  const locals = new Map<Statistic, Local<"v128">>();
  for (const name of uses) {
    if (name !== "g") locals.set(name, f.let(v128.load64Splat(group, { offset: statistics[name] })));
  }
  return (name) => locals.get(name)!;
}

function foldInward(f: Function, formula: FoldFormula, lines: Local<"i32">, length: Local<"i32">): void {
  const { uses, terms, combine, vectors } = formula;
  const bytes = f.let(i32.shl(length, 2));
  const whole = f.let(i32.and(bytes, -16 * vectors));
  const at = f.local("i32", 0);
  f.for({ to: i32.shl(lines, 3), step: 8 }, (group) => {
    const statistic = splatted(f, uses, group);
    const accumulators = terms.map(() => Array.from({ length: 2 * vectors }, () => f.let(f64x2.const(formula.start))));
    const take = (term: number, k: number, value: Vector): void => {
      const accumulator = accumulators[term]![k]!;
      f.set(accumulator, combine(accumulator, value));
    };
    const stop = f.let(i32.add(at, whole));
    const end = f.let(i32.add(at, bytes));
    f.while(i32.ltU(at, stop), () => {
      for (let k = 0; k < vectors; k++) {
        pairs(f, k === 0 ? at : i32.add(at, 16 * k), uses, statistic).forEach((pair, half) =>
          terms.forEach((term, i) => take(i, 2 * k + half, term(pair))),
        );
      }
      f.set(at, i32.add(at, 16 * vectors));
    });
    // The others one by one, in the first lane.
    f.while(i32.ltU(at, end), () => {
      const x = f.let(f64x2.promoteLowF32x4(v128.load32Zero(at, { offset: places.x })));
      const g = uses.includes("g") ? f.let(f64x2.promoteLowF32x4(v128.load32Zero(at, { offset: places.g }))) : x;
      const first = v128.const([255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
      terms.forEach((term, i) => {
        take(i, 0, v128.bitselect(term({ x, g, statistic }), f64x2.const(formula.start), first));
      });
      f.set(at, i32.add(at, 4));
    });
    accumulators.forEach((list, i) => {
      let total: Vector = list.slice(1).reduce((sum: Vector, one) => combine(sum, one), list[0]!);
      total = f.let(total);
      const folded = combine(total, f64x2.shuffle(total, total, [1, 0]));
      f.storeLane(64, group, folded, 0, { offset: i === 0 ? statistics.first : statistics.second });
    });
  });
}

function foldAcross(f: Function, formula: FoldFormula, lines: Local<"i32">, length: Local<"i32">): void {
  const { uses, terms, combine } = formula;
  forEachColumn(f, lines, length, bandRows, uses, (column, eachRow) => {
    const places = terms.flatMap((term, i) =>
      ([0, 1] as const).map((half) => ({ term, half, offset: statistics[i === 0 ? "first" : "second"] + 16 * half })),
    );
    const totals = places.map(({ offset }) => f.let(v128.load(column, { offset, align: 8 })));
    eachRow((_, pair) => {
      places.forEach(({ term, half }, i) => f.set(totals[i]!, combine(totals[i]!, term(pair[half]))));
    });
    places.forEach(({ offset }, i) => f.store("v128", column, totals[i]!, { offset, align: 8 }));
  });
}

function mapAcross(f: Function, formula: MapFormula, lines: Local<"i32">, length: Local<"i32">): void {
  forEachColumn(f, lines, length, 1, formula.uses, (_, eachRow) => {
    eachRow((at, [low, high]) => storeHalves(f, at, f.let(formula.value(low)), formula.value(high)));
  });
}

function mapInward(f: Function, formula: MapFormula, lines: Local<"i32">, length: Local<"i32">): void {
  const bytes = f.let(i32.shl(length, 2));
  const start = f.local("i32", 0);
  f.for({ to: i32.shl(lines, 3), step: 8 }, (group) => {
    const statistic = splatted(f, formula.uses, group);
    const end = f.let(i32.add(start, bytes));
    f.for({ from: start, to: end, step: 16 }, (at) => {
      const [low, high] = pairs(f, at, formula.uses, statistic) as [Pair, Pair];
      storeHalves(f, at, f.let(formula.value(low)), formula.value(high));
    });
    f.set(start, end);
  });
}

/** Visits four columns at a time of some rows, and then the next rows: what is known of a column is loaded once for them. */
function forEachColumn(
  f: Function,
  lines: Local<"i32">,
  length: Local<"i32">,
  rows: number,
  uses: Uses,
  visit: (
    column: Local<"i32">,
    eachRow: (body: (at: Local<"i32">, pairs: readonly [Pair, Pair]) => void) => void,
  ) => void,
): void {
  const bytes = f.let(i32.shl(length, 2));
  const stop = f.let(i32.mul(bytes, lines));
  const band = f.let(i32.mul(bytes, rows));
  f.for({ to: stop, step: band }, (first) => {
    const end = f.let(i32.add(first, band));
    f.if(i32.gtU(end, stop), () => f.set(end, stop));
    f.for({ to: i32.shl(length, 3), step: 32 }, (column) => {
      const locals = new Map<string, Local<"v128">>();
      for (const name of uses) {
        if (name === "g") continue;
        for (const half of [0, 1]) {
          const options = { offset: statistics[name] + 16 * half, align: 8 };
          locals.set(`${name}${half}`, f.let(v128.load(column, options)));
        }
      }
      const statistic = (name: Statistic, half: 0 | 1): Vector => locals.get(`${name}${half}`)!;
      visit(column, (body) => {
        f.for({ from: i32.add(first, i32.shrU(column, 1)), to: end, step: bytes }, (at) => {
          body(at, pairs(f, at, uses, statistic) as [Pair, Pair]);
        });
      });
    });
  });
}

function storeHalves(f: Function, at: Expr<"i32">, low: Vector, high: Vector): void {
  const vector = f32x4.shuffle(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5]);
  f.store("v128", at, vector, { offset: places.out, align: 4 });
}
