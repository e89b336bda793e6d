import { type Saved, vjps } from "@tapegrad/autograd/internal";
import { type Tensor, tensor } from "@tapegrad/tensor";
import { type AttrsOf, keepDimsShape, type Primitive, type PrimitiveName, primitives } from "@tapegrad/tensor/internal";

/** A bug in what norms are made of. */
export interface Mutant {
  readonly name: string;
  /** Which check has to notice it. */
  readonly spoils: "values" | "gradients";
  /** Puts it in the place of what is right. */
  readonly plant: () => Planted;
}

/** A bug that is there until it is undone, and whether it has changed any number meanwhile. */
interface Planted {
  readonly undo: () => void;
  readonly madeDifference: () => boolean;
}

type Attrs = AttrsOf<"standardize">;
type Pullback = (cotangent: unknown, saved: Saved, attrs: unknown) => Tensor;

/** Replaces an entry of a table of the engine. */
function replace(table: object, key: PrimitiveName, value: unknown): () => void {
  const before: unknown = Reflect.get(table, key);
  Reflect.set(table, key, value);
  return () => void Reflect.set(table, key, before);
}

const differ = (a: number, b: number): boolean => Math.abs(a - b) > 1e-9 * Math.max(Math.abs(a), Math.abs(b));

/** A `standardize` that computes x̂ with other attributes, times a factor; undefined where there is nothing to change. */
function wrongValues(
  name: string,
  change: (attrs: Attrs, shape: readonly number[]) => { attrs: Attrs; factor?: number } | undefined,
): Mutant {
  const plant = (): Planted => {
    const right: Primitive<Attrs> = primitives.standardize;
    let differs = false;
    const evaluate: typeof right.evaluate = (inputs, attrs, outputs) => {
      const [xhat, rstd] = right.evaluate(inputs, attrs, outputs);
      const { shape } = inputs[0]!;
      const wrong = change(attrs, shape);
      if (wrong === undefined) return [xhat!, rstd!];
      const statistics = { ...outputs[1]!, shape: keepDimsShape(shape, wrong.attrs.axes) };
      const { attrs: others, factor = 1 } = wrong;
      const changed = right.evaluate(inputs, others, [outputs[0]!, statistics]);
      // There may be fewer or more statistics than there should be: wrong they are all the same.
      const [x, r] = [xhat!.map((_, i) => changed[0]![i]! * factor), rstd!.map((_, i) => changed[1]![i % changed[1]!.length]! * factor)]; // prettier-ignore
      differs ||= x.some((value, i) => differ(value, xhat![i]!));
      return [x, r];
    };
    return { undo: replace(primitives, "standardize", { ...right, evaluate }), madeDifference: () => differs };
  };
  return { name, spoils: "values", plant };
}

/** A primitive whose pullback to one of its inputs gives something else. */
function wrongGradient(
  name: string,
  primitive: PrimitiveName,
  input: number,
  change: (right: Tensor, cotangent: unknown, saved: Saved, attrs: unknown) => Tensor,
): Mutant {
  const plant = (): Planted => {
    const right = vjps[primitive] as unknown as readonly Pullback[];
    let differs = false;
    const wrong: Pullback = (...given) => {
      const gradient = right[input]!(...given);
      const changed = change(gradient, ...given);
      differs ||= changed.data.some((value, i) => differ(value, gradient.data[i]!));
      return changed;
    };
    return { undo: replace(vjps, primitive, right.with(input, wrong)), madeDifference: () => differs };
  };
  return { name, spoils: "gradients", plant };
}

/** What stands in the closed backward `dx = r · (g − ⟨g⟩ − x̂·⟨g·x̂⟩)`. */
interface Terms {
  readonly g: Tensor;
  readonly xhat: Tensor;
  readonly rstd: Tensor;
  readonly mean: (t: Tensor) => Tensor;
}

/** A closed backward of `standardize` with something added. */
function added(name: string, what: (terms: Terms, attrs: Attrs) => Tensor | undefined): Mutant {
  return wrongGradient(name, "standardize", 0, (right, cotangents, saved, attrs) => {
    const [g] = cotangents as readonly (Tensor | undefined)[];
    const { axes } = attrs as Attrs;
    const mean = (t: Tensor): Tensor => t.mean({ axis: axes, keepDims: true });
    if (g === undefined) return right;
    const more = what({ g, xhat: saved.output(0), rstd: saved.output(1), mean }, attrs as Attrs);
    return more === undefined ? right : right.add(more);
  });
}

/** What the gradient is too large by with another r. */
function another({ g, xhat, rstd, mean }: Terms, { center }: Attrs, r: Tensor): Tensor {
  return (center ? g.sub(mean(g)) : g).sub(xhat.mul(mean(g.mul(xhat)))).mul(r.sub(rstd));
}

/** 1 for the first sample, 0 for the others. */
function firstSample({ shape: [samples = 1, ...rest], dtype }: Tensor): Tensor {
  return tensor([1, ...Array<number>(samples - 1).fill(0)], { shape: [samples, ...rest.map(() => 1)], dtype });
}

const lengthOf = ({ axes }: Attrs, shape: readonly number[]): number => axes.reduce((n, axis) => n * shape[axis]!, 1);

/** Bugs in the primitive under the norms that standardize: those that writers of norms make. */
const ofStandardize: readonly Mutant[] = [
  // √(n/(n − 1)·σ² + ε) is √(n/(n − 1)) times √(σ² + (n − 1)/n·ε).
  wrongValues("unbiased variance", (attrs, shape) => {
    const rest = 1 - 1 / lengthOf(attrs, shape);
    return rest === 0 ? undefined : { attrs: { ...attrs, eps: attrs.eps * rest }, factor: Math.sqrt(rest) };
  }),
  wrongValues("a wrong axis", (attrs, shape) => ({
    attrs: { ...attrs, axes: attrs.axes.map((axis) => (axis + 1) % shape.length).toSorted((a, b) => a - b) },
  })),
  wrongValues("statistics of too few axes", (attrs) =>
    attrs.axes.length > 1 ? { attrs: { ...attrs, axes: attrs.axes.slice(1) } } : undefined,
  ),
  wrongValues("another ε", (attrs) => ({ attrs: { ...attrs, eps: attrs.eps * 1.01 } })),
  added("μ detached", ({ g, rstd, mean }, { center }) => (center ? mean(g).mul(rstd) : undefined)),
  added("⟨g⟩ counted twice", ({ g, rstd, mean }, { center }) => (center ? mean(g).mul(rstd).neg() : undefined)),
  added("σ detached", ({ g, xhat, rstd, mean }) => xhat.mul(mean(g.mul(xhat))).mul(rstd)),
  added("⟨g·x̂⟩ by a wrong count", ({ g, xhat, rstd, mean }) =>
    xhat
      .mul(mean(g.mul(xhat)))
      .mul(rstd)
      .mul(-0.5),
  ),
  added("ε missing in r of the backward", (terms, attrs) =>
    another(terms, attrs, terms.rstd.square().reciprocal().sub(attrs.eps).rsqrt()),
  ),
  added("r rounded to float32", (terms, attrs) => another(terms, attrs, terms.rstd.to("float32").to("float64"))),
];

/** Bugs anywhere in the tape: the gradient of one input of one primitive is lost. */
const ofTheTape: readonly Mutant[] = Object.entries(vjps).flatMap(([primitive, row]) =>
  Array.isArray(row)
    ? row.flatMap((pullback, input) =>
        pullback === null
          ? []
          : [
              wrongGradient(
                `no gradient to input ${input} of ${primitive}`,
                primitive as PrimitiveName,
                input,
                (right) => right.mul(0),
              ),
            ],
      )
    : [],
);

/** All bugs. */
export const mutants: readonly Mutant[] = [
  ...ofStandardize,
  wrongGradient("dγ of the first sample only", "mul", 1, (right, _, saved) =>
    saved.input(1).size < right.size ? right.mul(firstSample(right)) : right,
  ),
  wrongGradient("dγ averaged over the samples", "mul", 1, (right, _, saved) =>
    saved.input(1).size < right.size ? right.div(right.shape[0]!) : right,
  ),
  ...ofTheTape,
];
