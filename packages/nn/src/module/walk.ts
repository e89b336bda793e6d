import { ValueError } from "@tapegrad/tensor";
import { notePlace } from "@tapegrad/tensor/internal";
import { Buffer } from "./buffer.ts";
import { pendingOf } from "./lazy-size.ts";
import { Parameter } from "./parameter.ts";
import { type Member, ModuleNode } from "./module-node.ts";
import { watchFields } from "./watch-fields.ts";

/** One module or collection on a walk through a module tree. */
export interface Visit {
  /** Names from the root down to here; empty at the root. */
  readonly path: readonly string[];
  readonly node: object;
  /** The visit that led here. */
  readonly parent: Visit | undefined;
  /** Parameters, then buffers, of this very node; a lazy layer throws. */
  readonly tensors: readonly (readonly [name: string, value: Parameter | Buffer])[];
}

/** Elements of an array, a Map, a Set or a plain object; undefined for anything else. */
export function collectionMembers(value: unknown): Member[] | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) return value.map((element: unknown, i): Member => [String(i), element]);
  if (value instanceof Set) return Array.from(value, (element, i): Member => [String(i), element]);
  if (value instanceof Map) return Array.from(value, ([key, element]): Member => [String(key), element]);
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null ? Object.entries(value) : undefined;
}

function membersOf(node: object): Iterable<Member> {
  return node instanceof ModuleNode ? node.members() : (collectionMembers(node) ?? []);
}

/** Whether `node` encloses `visit`, so that entering it again would never end. */
function encloses(visit: Visit, node: object): boolean {
  for (let at: Visit | undefined = visit; at !== undefined; at = at.parent) if (at.node === node) return true;
  return false;
}

/** How {@link walk} goes. */
export interface WalkOptions {
  /** Whether a node that is reachable on several paths is visited on each of them. */
  readonly repeat: boolean;
  /** Whether to stop at the modules directly inside. */
  readonly shallow?: boolean;
}

/**
 * Visits a module and everything in its fields, arrays, Maps, Sets and plain objects: parents before
 * children, children in the order of declaration, without recursion.
 */
export function* walk(root: ModuleNode, { repeat, shallow = false }: WalkOptions): Generator<Visit> {
  const seen = new Set<object>();
  const stack: { node: object; name: string; parent: Visit | undefined }[] = [
    { node: root, name: "", parent: undefined },
  ];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, name, parent } = top;
    if (!repeat && seen.has(node)) continue;
    seen.add(node);
    watchFields(node);
    const parameters: (readonly [string, Parameter])[] = [];
    const buffers: (readonly [string, Buffer])[] = [];
    const inner: (readonly [string, object])[] = [];
    const isKnown = pendingOf(node) === undefined;
    for (const [key, value] of isKnown ? membersOf(node) : []) {
      if (typeof value !== "object" || value === null) continue;
      if (value instanceof Parameter) parameters.push([key, value]);
      else if (value instanceof Buffer) buffers.push([key, value]);
      else if (value instanceof ModuleNode || collectionMembers(value) !== undefined) inner.push([key, value]);
      else continue;
      notePlace(value, node, key);
    }
    const path = parent === undefined ? [] : [...parent.path, name];
    const tensors = [...parameters, ...buffers];
    const visit: Visit = isKnown ? { path, node, parent, tensors } : lazyVisit(path, node, parent);
    yield visit;
    if (shallow && parent !== undefined && node instanceof ModuleNode) continue;
    for (let i = inner.length - 1; i >= 0; i--) {
      const [key, value] = inner[i]!;
      if (!encloses(visit, value)) stack.push({ node: value, name: key, parent: visit });
    }
  }
}

/** A visit of a layer whose parameters are not known yet. */
function lazyVisit(path: readonly string[], node: object, parent: Visit | undefined): Visit {
  return {
    path,
    node,
    parent,
    get tensors(): never {
      throw new ValueError(
        `${node.constructor.name}: expected parameters of known sizes, got lazy ones${path.length === 0 ? "" : ` at ${path.join(".")}`}. ` +
          "Call the module once before, or load a state.",
      );
    },
  };
}

/** The visits of a walk twice each: when it comes to a node, and once it is done with all inside. */
export function* nested(visits: Iterable<Visit>): Generator<readonly [visit: Visit, isDone: boolean]> {
  const open: Visit[] = [];
  for (const visit of visits) {
    for (let top = open.at(-1); top !== undefined && top !== visit.parent; top = open.at(-1)) {
      open.pop();
      yield [top, true];
    }
    open.push(visit);
    yield [visit, false];
  }
  for (const visit of open.toReversed()) yield [visit, true];
}
