import { ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import type { KerasLayer } from "./keras-layer.ts";
import { bestOf, type Found, type KerasSource, type StoredVariable } from "./keras-source.ts";
import type { Place } from "./places.ts";

/** Where weights are in a file, by the name of a layer here or of a module that holds some; several for one of several layers. */
export type LayerPaths = Readonly<Record<string, string | readonly string[]>>;

/** Variables by the path of their layer, as Keras 3 has them: "layers/lstm_1/cell". */
export type Groups = ReadonlyMap<string, readonly StoredVariable[]>;

/**
 * Layers of Keras 3. Files name those of a list by their class, with a number from the second on: "dense", "dense_1". So
 * the first Dense here is the first dense there, whatever stands between them; what other names lead to is said by `layers`.
 */
export class LayerGroups implements KerasSource {
  readonly #fn: string;
  readonly #groups: Groups;
  /** Paths that are still to be taken, by the name here. */
  readonly #named: Map<string, string[]>;
  /** Paths of lists that are still to be taken, by their path and class. */
  readonly #lists = new Map<string, string[]>();
  readonly #taken = new Set<string>();

  /** @throws {ValueError} for a path in `layers` that is none of the file */
  constructor(fn: string, groups: Groups, layers: LayerPaths) {
    this.#fn = fn;
    this.#groups = groups;
    this.#named = new Map(Object.entries(layers).map(([name, paths]) => [name, [paths].flat()]));
    for (const path of [...this.#named.values()].flat()) {
      if (this.#inside(path).length === 0) throw this.#noSuch(path);
    }
    const named = new Set([...this.#named.values()].flat());
    const sorted = [...new Set([...groups.keys()].flatMap(listedPaths))].filter((path) => !named.has(path));
    for (const path of sorted.toSorted((a, b) => numberOf(a) - numberOf(b))) {
      const key = path.replace(/_\d+$/, "");
      const list = this.#lists.get(key);
      if (list === undefined) this.#lists.set(key, [path]);
      else list.push(path);
    }
  }

  take({ name, choices }: Place): Found | undefined {
    const named = this.#named.get(name);
    if (named !== undefined) {
      const path = named.shift();
      return path === undefined ? undefined : this.#found(choices.map((layer) => ({ layer, paths: [path] })));
    }
    const root = this.#rootOf(name);
    const lists = ["layers/", ""].map((list) => `${root === "" ? "" : `${root}/`}${list}`);
    return this.#found(
      choices.flatMap((layer) =>
        lists.map((list) => ({ layer, paths: this.#lists.get(`${list}${layer.kind}`) ?? [] })),
      ),
    );
  }

  /** Takes the first path of the list that fits best. */
  #found(candidates: readonly { readonly layer: KerasLayer; readonly paths: string[] }[]): Found | undefined {
    const found = candidates
      .filter(({ paths }) => paths.length > 0)
      .map(({ layer, paths }) => ({ layer, paths, ...this.#variables(layer, paths[0]!) }));
    const best = bestOf(found);
    best?.paths.shift();
    for (const path of best?.groups ?? []) this.#taken.add(path);
    return best;
  }

  /** The variables of a layer, in its order: inner layers are named, their variables numbered. */
  #variables(
    layer: KerasLayer,
    path: string,
  ): { readonly groups: readonly string[]; readonly variables: readonly StoredVariable[] } {
    const inner = new Set(
      Object.keys(layer.variables).map((name) => name.slice(0, Math.max(0, name.lastIndexOf("/")))),
    );
    const groups = [...inner].map((name) => (name === "" ? path : `${path}/${name}`));
    return { groups, variables: groups.flatMap((group) => this.#groups.get(group) ?? []) };
  }

  /** The path of the nearest module around that `layers` has one for. */
  #rootOf(name: string): string {
    const at = name.lastIndexOf(".");
    const outer = at === -1 ? "" : name.slice(0, at);
    const path = this.#named.get(outer)?.[0];
    return path ?? (outer === "" ? "" : this.#rootOf(outer));
  }

  #inside(path: string): readonly string[] {
    return [...this.#groups.keys()].filter((group) => group === path || group.startsWith(`${path}/`));
  }

  rest(): readonly string[] {
    return [...this.#groups.keys()].filter((path) => !this.#taken.has(path));
  }

  #noSuch(path: string): ValueError {
    return new ValueError(
      `${this.#fn}: expected layers to say paths of the file, got ${quoted(path)}. There are: ${[...this.#groups.keys()].join(", ")}.`,
    );
  }
}

/** The paths from the root down to `path`. */
function listedPaths(path: string): readonly string[] {
  const names = path.split("/");
  return names.map((_, i) => names.slice(0, i + 1).join("/"));
}

/** "dense" is the first, "dense_1" the second. */
function numberOf(path: string): number {
  return Number(/_(\d+)$/.exec(path)?.[1] ?? 0);
}
