import { TapegradError } from "@tapegrad/tensor";
import type { PrimitiveName } from "@tapegrad/tensor/internal";
import { isFixed, sameExtent } from "../graph/extent.ts";
import type { Aligned, AlignedCall, Alignment } from "./alignment.ts";
import { attributesOf } from "./attributes.ts";
import type { CallName, Calls } from "./calls.ts";

/** What was found in a graph, by the names that patterns give it. */
type Found = Map<string, Aligned>;
/** Whether a value is made in a certain way. */
type Pattern = (value: Aligned, found: Found, alignment: Alignment) => boolean;

/** Any value; the same one, where the name is used again. */
const any =
  (name: string): Pattern =>
  (value, found) => {
    const known = found.get(name);
    found.set(name, value);
    return known === undefined || known === value;
  };

/** What an operation makes of values of some kinds, under a name of its own if it has one. */
const made =
  (name: PrimitiveName, inputs: readonly Pattern[], as: string = name): Pattern =>
  (value, found, alignment) => {
    const operation = alignment.operation(value);
    if (operation?.name !== name || operation.inputs.length !== inputs.length) return false;
    return any(as)(value, found, alignment) && inputs.every((each, i) => each(operation.inputs[i]!, found, alignment));
  };

/** A value, or the same elements under another shape; that one is found as `${name} shaped`. */
const shaped =
  (pattern: Pattern, name: string): Pattern =>
  (value, found, alignment) => {
    found.set(`${name} shaped`, value);
    const operation = alignment.operation(value);
    return pattern(operation?.name === "reshape" ? operation.inputs[0]! : value, found, alignment);
  };

const either =
  (...patterns: readonly Pattern[]): Pattern =>
  (value, found, alignment) =>
    patterns.some((pattern) => {
      const before = new Map(found);
      if (pattern(value, found, alignment)) return true;
      found.clear();
      for (const [name, known] of before) found.set(name, known);
      return false;
    });

/** A pattern with a factor behind it, a summand, both, or none. */
function scaled(pattern: Pattern, weight: Pattern, bias: Pattern): Pattern {
  const product = either(made("mul", [pattern, weight], "scaled"), pattern);
  return either(made("add", [product, bias], "shifted"), product);
}

/** What of a graph is a call, and what has to be so beside its structure. */
interface Recognised<C extends CallName> {
  readonly name: C;
  readonly pattern: Pattern;
  /** Inputs and attributes from what was found; undefined where something does not fit. */
  readonly call: (found: Finds, value: Aligned) => readonly [(Aligned | undefined)[], Calls[C]] | undefined;
}

/** Looks at what was found. */
class Finds {
  readonly #found: Found;
  readonly #alignment: Alignment;

  constructor(found: Found, alignment: Alignment) {
    this.#found = found;
    this.#alignment = alignment;
  }

  value(name: string): Aligned {
    return this.#found.get(name)!;
  }

  optional(name: string): Aligned | undefined {
    return this.#found.get(name);
  }

  /** The attributes of the operation of a name. */
  attrs(name: string): { readonly [name: string]: unknown } {
    return attributesOf(this.#alignment, this.#alignment.operation(this.value(name))!);
  }

  axes(name: string): readonly number[] {
    return this.attrs(name)["axes"] as readonly number[];
  }

  /** The number that is a constant, for each batch. */
  numbers(name: string): readonly number[] | undefined {
    const data = this.value(name).at.map(({ from, shape }) =>
      from.kind === "constant" && shape.length === 0 ? from.data[0] : undefined,
    );
    return data.includes(undefined) ? undefined : (data as readonly number[]);
  }
}

const softmax: Recognised<"softmax"> = {
  name: "softmax",
  pattern: made("div", [made("exp", [made("sub", [any("x"), made("max", [any("x")])])]), made("sum", [any("exp")])]),
  call: (found) => {
    const [axis, ...others] = found.axes("max");
    if (axis === undefined || others.length > 0 || found.axes("sum").join() !== String(axis)) return undefined;
    return [[found.value("x")], { axis }];
  },
};

const logSoftmax: Recognised<"logSoftmax"> = {
  name: "logSoftmax",
  pattern: made(
    "sub",
    [
      made("sub", [any("x"), made("max", [any("x")])], "shifted"),
      made("log", [made("sum", [made("exp", [any("shifted")])])]),
    ],
    "result",
  ),
  call: softmax.call as Recognised<"logSoftmax">["call"],
};

/** In float64, divided by how many there are. */
const mean: Recognised<"mean"> = {
  name: "mean",
  pattern: made(
    "cast",
    [made("div", [shaped(made("sum", [made("cast", [any("x")], "wide")]), "sum"), any("count")])],
    "result",
  ),
  call: (found, { shape, dtype }) => {
    const [x, axes, counts] = [found.value("x"), found.axes("sum"), found.numbers("count")];
    const isMean = counts?.every((count, i) => {
      return count === axes.reduce((product, axis) => product * x.at[i]!.shape[axis]!, 1);
    });
    const isKept = shape.length === x.shape.length;
    const isPlain = isKept || shape.length === x.shape.length - axes.length;
    if (isMean !== true || !isPlain || dtype !== "float32" || found.value("wide").dtype !== "float64") return undefined;
    return [[x], { axes, keepDims: isKept }];
  },
};

const indexSelect: Recognised<"indexSelect"> = {
  name: "indexSelect",
  pattern: made("gather", [any("x"), made("broadcastTo", [shaped(any("index"), "index")])]),
  call: (found) => {
    const [x, index, along] = [found.value("x"), found.value("index"), found.value("index shaped")];
    const axis = found.attrs("gather")["axis"] as number;
    const full = found.value("broadcastTo").shape;
    const isLine =
      index.shape.length === 1 &&
      along.shape.every((extent, a) => a === axis || extent === 1) &&
      full.every((extent, a) => a === axis || sameExtent(extent, x.shape[a]!)) &&
      sameExtent(full[axis]!, index.shape[0]!);
    return isLine ? [[x, index], { axis }] : undefined;
  },
};

const perChannel = (name: string): Pattern => shaped(any(name), name);

const batchNorm: Recognised<"batchNorm"> = {
  name: "batchNorm",
  pattern: scaled(
    made("mul", [
      made("sub", [any("x"), perChannel("mean")]),
      shaped(made("rsqrt", [made("add", [any("variance"), any("eps")], "sum")]), "variance"),
    ]),
    perChannel("weight"),
    perChannel("bias"),
  ),
  call: (found) => {
    const [x, eps] = [found.value("x"), found.numbers("eps")?.[0]];
    const channels = x.shape[1];
    const names = ["mean", "variance", "weight", "bias"] as const;
    const areAlong = names.every((name) => {
      const [vector, along] = [found.optional(name), found.optional(`${name} shaped`)];
      if (vector === undefined || along === undefined || channels === undefined)
        return name !== "mean" && vector === along;
      const isVector = vector.shape.every((extent, axis) => sameExtent(extent, axis === 0 ? channels : 1));
      return isVector && along.shape.length === x.shape.length - 1 && sameExtent(along.shape[0]!, channels);
    });
    return areAlong && eps !== undefined ? [[x, ...names.map((name) => found.optional(name))], { eps }] : undefined;
  },
};

const norm = <C extends "layerNorm" | "rmsNorm">(name: C, centred: boolean): Recognised<C> => ({
  name,
  pattern: scaled(made("standardize", [any("x")]), any("weight"), any("bias")),
  call: (found, value) => {
    const [x, standardized] = [found.value("x"), found.value("standardize")];
    const { axes, eps, center } = found.attrs("standardize") as { axes: number[]; eps: number; center: boolean };
    const rank = x.shape.length;
    const isTrailing = axes.every((axis, i) => axis === rank - axes.length + i);
    const [weight, bias] = [found.optional("weight"), found.optional("bias")];
    const fits = (each: Aligned | undefined): boolean =>
      each === undefined ||
      (each.shape.length === axes.length &&
        each.shape.every((extent, i) => isFixed(extent) && extent === x.shape[axes[i]!]));
    const isNorm = center === centred && axes.length > 0 && isTrailing && fits(weight) && fits(bias);
    if (!isNorm || standardized.at[0]!.index !== 0 || value.shape.length !== rank) return undefined;
    return [[x, weight, bias], { axes, eps }] as [Aligned[], Calls[C]];
  },
});

/** A product of matrices, and a row that is added to each of its own. */
const gemm: Recognised<"gemm"> = {
  name: "gemm",
  pattern: either(made("add", [made("matmul", [any("a"), any("b")]), any("c")]), made("matmul", [any("a"), any("b")])),
  call: (found) => {
    const [a, b, c] = [found.value("a"), found.value("b"), found.optional("c")];
    const { transposeA, transposeB } = found.attrs("matmul") as { transposeA: boolean; transposeB: boolean };
    const isRow = c === undefined || (c.shape.length === 1 && sameExtent(c.shape[0]!, found.value("matmul").shape[1]!));
    const isMatrix = a.shape.length === 2 && b.shape.length === 2 && a.dtype !== "int32" && isRow;
    return isMatrix && (c !== undefined || transposeA || transposeB)
      ? [[a, b, c], { transposeA, transposeB }]
      : undefined;
  },
};

const all = [softmax, logSoftmax, mean, indexSelect, batchNorm, norm("layerNorm", true), norm("rmsNorm", false), gemm];

/** What a value is, if its primitives are one operator elsewhere. */
export function recognise(alignment: Alignment, value: Aligned): AlignedCall[] {
  return all.flatMap(({ name, pattern, call }) => {
    try {
      const found: Found = new Map();
      const known = pattern(value, found, alignment) ? call(new Finds(found, alignment), value) : undefined;
      if (known === undefined) return [];
      const [inputs, attrs] = known;
      return [{ name, inputs, attrs, outputs: [value] }];
    } catch (error) {
      // What follows the batch otherwise is told when it is written.
      if (error instanceof TapegradError) return [];
      throw error;
    }
  });
}
