import { type AnyModule, countParameters, Module } from "@tapegrad/nn";
import type { DType } from "@tapegrad/tensor";
import {
  expectValue,
  isFloat,
  option,
  optional,
  type OptionTable,
  ranges,
  settleOptions,
  type ValueRange,
} from "@tapegrad/tensor/internal";
import { ModuleSummary, type SummaryRow } from "./module-summary.ts";
import { bytesOf, type InputSpec, type ModuleTrace, traceModules } from "./trace-modules.ts";

/** Options of {@link summary}. */
export interface SummaryOptions {
  /** Samples in the batch, which stands before the shapes; null where these are whole. */
  readonly batchSize?: number | null;
  /** dtype of the inputs, or of each of them; that of the parameters unless given. */
  readonly dtype?: DType | readonly DType[] | undefined;
}

/** Range and standard of each option. */
export const summaryTable: OptionTable<SummaryOptions> = {
  batchSize: option(ranges.orNull(ranges.count), 1),
  dtype: optional(ranges.orListOf(ranges.anyDType)),
};

const shape: ValueRange<readonly number[]> = ranges.listOf(ranges.extent);
/** Shapes of samples. */
export const shapesRange: ValueRange<readonly number[] | readonly (readonly number[])[]> = {
  ...ranges.either(shape, ranges.listOf(shape)),
  text: "to be the shape of a sample, such as [28, 28], or a list of shapes for several inputs",
};

/**
 * What is in a network: the tree of its modules, the shapes that they give, parameters, floating-point operations and
 * memory. The network runs once in evaluation mode without computing, whatever its graph looks like; mode, buffers and
 * generators stay as they are.
 *
 * A row counts what is inside it, with shared parameters once. Running statistics count as not trainable, as in Keras. A
 * product of matrices has 2mnk floating-point operations.
 *
 * @param inputShape that of one sample, without the batch axis, or a list of them for several inputs; undefined leaves
 * out what depends on it
 * @throws {ValueError} for what is no module, no shape or no dtype
 * @throws {ShapeError} when a layer does not fit the shape
 * @throws {CompileError} when `forward` looks at values, which do not exist
 * @example
 * const net = new Sequential(new Dense(784, 64), new BatchNorm(64), new ReLU(), new Dense(64, 10));
 * const { parameters, rows } = summary(net, [784]);
 * parameters; // => { total: 51146, trainable: 51018, nonTrainable: 128 }
 * rows.map(({ className, outputShapes }) => `${className} ${outputShapes}`)[1]; // => "Dense 1,64"
 * summary(new Embedding(1000, 16), [12], { dtype: "int32" }).rows[0].outputShapes; // => [[1, 12, 16]]
 */
export function summary(
  net: AnyModule,
  inputShape?: readonly number[] | readonly (readonly number[])[],
  options: SummaryOptions = {},
): ModuleSummary {
  expectValue("summary", "net", net, ranges.instanceOf<AnyModule>(Module));
  const settled = settleOptions("summary", options, summaryTable);
  if (inputShape !== undefined) expectValue("summary", "inputShape", inputShape, shapesRange);
  const named = net.namedModules();
  const modules = named.map(([, module]) => module);
  const traces =
    inputShape === undefined ? undefined : traceModules(net, modules, inputSpecs(net, inputShape, settled));
  const paths = new Set(named.map(([path]) => path));
  const rows = named.map(([path, module]) => rowOf(path, paths, module, traces?.get(module)));
  return new ModuleSummary(rows, {
    parameters: rows[0]!.parameters,
    parameterBytes: floatsOf(net).reduce((sum, tensor) => sum + bytesOf(tensor), 0),
    flops: traces?.get(net)?.flops,
    activationBytes: traces?.get(net)?.bytes,
  });
}

const notRun: ModuleTrace = { calls: 0, outputShapes: [], flops: 0, bytes: 0 };

function rowOf(path: string, paths: ReadonlySet<string>, module: AnyModule, trace: ModuleTrace = notRun): SummaryRow {
  const enclosing = enclosingPaths(path, paths);
  const depth = path === "" ? 0 : enclosing.length + 1;
  const parent = enclosing.at(-1);
  const name = parent === undefined ? path : path.slice(parent.length + 1);
  return { path, name, depth, className: module.constructor.name, parameters: countParameters(module), ...trace };
}

/** Paths of the modules between the network and the one at `path`; other parts of it are names of lists and objects. */
function enclosingPaths(path: string, paths: ReadonlySet<string>): string[] {
  const parts = path.split(".");
  return parts.map((_, i) => parts.slice(0, i).join(".")).filter((outer) => outer !== "" && paths.has(outer));
}

function inputSpecs(
  net: AnyModule,
  inputShape: readonly number[] | readonly (readonly number[])[],
  { batchSize, dtype }: Required<SummaryOptions>,
): InputSpec[] {
  const single = shape.has(inputShape);
  const samples = single ? [inputShape] : inputShape;
  const standard = floatsOf(net)[0]?.dtype ?? "float32";
  return samples.map((sample, i) => ({
    shape: batchSize === null ? sample : [batchSize, ...sample],
    dtype: (Array.isArray(dtype) ? (dtype as readonly DType[])[i] : (dtype as DType | undefined)) ?? standard,
  }));
}

function floatsOf(net: AnyModule): readonly { readonly shape: readonly number[]; readonly dtype: DType }[] {
  return [...net.parameters(), ...net.buffers()].filter((tensor) => isFloat(tensor.dtype));
}
