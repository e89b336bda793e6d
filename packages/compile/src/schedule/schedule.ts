import type { Storage } from "@tapegrad/tensor";
import { attrsOf, type Graph, type Value } from "../graph/graph.ts";
import { categoryOf } from "./classify.ts";
import { fuse } from "./fuse.ts";
import type { Kernel } from "./kernel.ts";
import { nodesOf } from "./loop-kernel.ts";
import { lowerGroup } from "./lower-group.ts";
import { type MatrixOperand, matrixOperand } from "./matrix-operand.ts";
import { prepare } from "./prepare.ts";
import { realizedValues } from "./realize.ts";
import type { Single, Unit } from "./unit.ts";
import { Views } from "./view.ts";

/** The kernels of a graph in the order in which they run. */
export interface Schedule {
  readonly graph: Graph;
  readonly views: Views;
  readonly kernels: readonly Kernel[];
}

/** Cuts a graph into kernels and puts them in order: those that overwrite captured tensors as late as possible. */
export function schedule(traced: Graph): Schedule {
  const views = new Views();
  const graph = prepare(traced, views);
  const units = fuse(graph, views);
  const realized = realizedValues(units, graph, views);
  const kernels = units.flatMap((unit) => lower(unit, realized, views) ?? []);
  return { graph, views, kernels: inOrder(kernels, graph.updates, views) };
}

function lower(unit: Unit, realized: ReadonlySet<Value>, views: Views): Kernel | undefined {
  if (unit.kind === "group") return lowerGroup(unit, { realized, views });
  return categoryOf(unit.operation) === "matmul" ? lowerMatmul(unit, views) : lowerSpecial(unit, views);
}

function lowerSpecial({ operation, bases }: Single, views: Views): Kernel {
  return { kind: "special", operation, inputs: bases, views: operation.inputs.map((input) => views.of(input)) };
}

function lowerMatmul({ operation }: Single, views: Views): Kernel | undefined {
  const { transposeA, transposeB } = attrsOf(operation, "matmul");
  const [a, b] = operation.inputs.map((input) => matrixOperand(views, input));
  if (a === undefined || b === undefined) return undefined;
  const to = operation.outputs[0] as Value;
  const [left, right] = [transposeA ? transposed(a) : a, transposeB ? transposed(b) : b];
  if (operation.name === "matmul") return { kind: "matmul", operation, a: left, b: right, to };
  const { axes } = attrsOf(operation, "matmulSum");
  // The summed axes of the stack become the first digits of the contracted index.
  const sizes = axes.map((axis) =>
    Math.max(...[left, right].map((operand) => stackExtent(operand, axis - to.shape.length))),
  );
  return {
    kind: "matmul",
    operation,
    a: contracted(
      left,
      axes.map((axis) => axis - to.shape.length),
      sizes,
      -1,
    ),
    b: contracted(
      right,
      axes.map((axis) => axis - to.shape.length),
      sizes,
      -2,
    ),
    to,
  };
}

/** The extent of an axis counted from the end; 1 if there is none. */
function stackExtent({ axes }: MatrixOperand, axis: number): number {
  return axes.at(axis)?.reduce((product, { size }) => product * size, 1) ?? 1;
}

/** Moves axes of the stack, counted from the end, in front of the axis that is contracted. */
function contracted(
  operand: MatrixOperand,
  from: readonly number[],
  sizes: readonly number[],
  to: number,
): MatrixOperand {
  const axes = operand.axes.map((digits) => [...digits]);
  const moved = from.flatMap((axis, i) => {
    const size = sizes[i] as number;
    const digits = stackExtent(operand, axis) === size ? axes.at(axis) : undefined;
    if (axes.at(axis) !== undefined && axes.length + axis >= 0) axes[axes.length + axis] = [{ size: 1, stride: 0 }];
    return digits ?? [{ size, stride: 0 }];
  });
  axes[axes.length + to] = [...moved, ...(axes.at(to) ?? [])];
  return { ...operand, axes };
}

function transposed(operand: MatrixOperand): MatrixOperand {
  const axes = [...operand.axes];
  const [rows, columns] = axes.splice(-2);
  return { ...operand, axes: [...axes, columns ?? [], rows ?? []] };
}

/** The values that a kernel reads from memory. */
export function readsOf(kernel: Kernel): Value[] {
  if (kernel.kind === "matmul") return [kernel.a.base, kernel.b.base];
  if (kernel.kind === "special") return [...kernel.inputs];
  const roots = [...kernel.stores, ...kernel.accumulations].map(({ node }) => node);
  return [...new Set(nodesOf(roots).flatMap((node) => (node.kind === "load" ? [node.from] : [])))];
}

/** The values that a kernel writes to memory. */
export function writesOf(kernel: Kernel): Value[] {
  if (kernel.kind === "matmul") return [kernel.to];
  if (kernel.kind === "special") return [...kernel.operation.outputs];
  return [...kernel.stores, ...kernel.accumulations].map(({ to }) => to);
}

function inOrder(kernels: readonly Kernel[], updates: ReadonlyMap<Storage, Value>, views: Views): Kernel[] {
  const written = new Set([...updates.values()].map((value) => views.of(value).base));
  const makers = new Map<Value, number>();
  kernels.forEach((kernel, i) => {
    for (const value of writesOf(kernel)) makers.set(value, i);
  });
  const needs = kernels.map((kernel) => new Set(readsOf(kernel).flatMap((value) => makers.get(value) ?? [])));
  const users: number[][] = kernels.map(() => []);
  needs.forEach((from, i) => {
    for (const j of from) users[j]?.push(i);
  });
  const isLate = kernels.map((kernel) => writesOf(kernel).some((value) => written.has(value)));
  // Every kernel comes as early as its inputs allow; of those that are ready, the first recorded.
  const early: number[] = [];
  const late: number[] = [];
  const add = (i: number): void => {
    const list = isLate[i] === true ? late : early;
    list.push(i);
    list.sort((a, b) => b - a);
  };
  needs.forEach((from, i) => from.size === 0 && add(i));
  const order: Kernel[] = [];
  for (let i = early.pop() ?? late.pop(); i !== undefined; i = early.pop() ?? late.pop()) {
    order.push(kernels[i] as Kernel);
    for (const user of users[i] ?? []) {
      const left = needs[user] as Set<number>;
      left.delete(i);
      if (left.size === 0) add(user);
    }
  }
  if (order.length !== kernels.length) throw new Error("schedule: kernels wait for each other.");
  return order;
}
