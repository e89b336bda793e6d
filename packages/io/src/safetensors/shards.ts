import { builtin } from "@tapegrad/files";

/**
 * Paths of shards that are not among those that are there.
 *
 * @param stem the path of the whole without `.safetensors`
 * @param old as {@link oldShards} gives them
 */
export function shardPaths(stem: string, count: number, old: readonly string[]): string[] {
  const digits = (n: number): string => String(n).padStart(5, "0");
  for (let turn = 0; ; turn++) {
    const ending = `${turn === 0 ? "" : `.${turn}`}.safetensors`;
    const paths = Array.from({ length: count }, (_, i) => `${stem}-${digits(i + 1)}-of-${digits(count)}${ending}`);
    if (!paths.some((path) => old.includes(path))) return paths;
  }
}

/** The shards that are there: those of an index, and what was left of others. */
export function oldShards(fn: string, stem: string): string[] {
  const { existsSync, readdirSync } = builtin(fn, "fs");
  const { basename, dirname } = builtin(fn, "path");
  const [folder, base] = [dirname(stem), basename(stem)];
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names
    .filter((name) => name.startsWith(base))
    .map((name) => name.slice(base.length))
    .filter((ending) => /^-\d{5,}-of-\d{5,}(?:\.\d+)?\.safetensors$/.test(ending))
    .map((ending) => stem + ending);
}
