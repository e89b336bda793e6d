import { builtin } from "@tapegrad/files";
import { ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import { checkpointKey } from "./content.ts";
import { readFile } from "./read-file.ts";

/** What stands for the number of a step in the name of a file. */
const placeholder = "{step}";

/** Names of files that differ in the number of a step. */
interface Numbered {
  readonly folder: string;
  readonly before: string;
  readonly after: string;
}

/** How a path with `{step}` is numbered; undefined without. */
function numbered(fn: string, path: string): Numbered | undefined {
  if (!path.includes(placeholder)) return undefined;
  const { basename, dirname } = builtin(fn, "path");
  const [before, after, ...more] = basename(path).split(placeholder);
  const folder = dirname(path);
  if (after === undefined || more.length > 0 || folder.includes(placeholder))
    throw new ValueError(`${fn}: expected ${placeholder} once, in the name of the file, got ${quoted(path)}.`);
  return { folder, before: before!, after };
}

/** The files that a path with `{step}` stands for, from the latest step to the first. */
function filesOf(fn: string, { folder, before, after }: Numbered): { readonly path: string; readonly step: number }[] {
  const fs = builtin(fn, "fs");
  const { join } = builtin(fn, "path");
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .map((name) => ({ path: join(folder, name), digits: name.slice(before.length, name.length - after.length) }))
    .filter(({ digits }) => /^(?:0|[1-9]\d{0,15})$/.test(digits))
    .map(({ path, digits }) => ({ path, step: Number(digits) }))
    .sort((a, b) => b.step - a.step);
}

/**
 * The path of a step.
 *
 * @throws {ValueError} for `{step}` without a step, and for a step without `{step}`
 */
export function pathOfStep(fn: string, path: string, step: number | undefined): string {
  const { before, after, folder } = numbered(fn, path) ?? {};
  if (folder === undefined && step === undefined) return path;
  if (folder === undefined)
    throw new ValueError(`${fn}: expected ${placeholder} in the path for step ${step}, got ${quoted(path)}.`);
  if (step === undefined)
    throw new ValueError(`${fn}: expected option step for the ${placeholder} of ${quoted(path)}, got none.`);
  return builtin(fn, "path").join(folder, `${before}${step}${after}`);
}

/**
 * The path of the latest step, or the path itself if it is not numbered.
 *
 * @throws {ValueError} if there is none
 */
export function latestPath(fn: string, path: string): string {
  const names = numbered(fn, path);
  if (names === undefined) return path;
  const [latest] = filesOf(fn, names);
  if (latest === undefined) throw new ValueError(`${fn}: expected a file ${quoted(path)}, got none.`);
  return latest.path;
}

/**
 * Removes checkpoints of steps before `step`, but for the last `count` of them. Whatever else has such a name stays, and what
 * cannot be removed.
 */
export async function removeOlder(fn: string, path: string, step: number, count: number): Promise<void> {
  const { rmSync } = builtin(fn, "fs");
  const older = filesOf(fn, numbered(fn, path)!).filter((file) => file.step < step);
  for (const file of older.slice(count)) {
    try {
      const { metadata } = await readFile(fn, file.path, async (reader) => Promise.resolve(reader));
      if (Object.hasOwn(metadata, checkpointKey)) rmSync(file.path);
    } catch {
      // No safetensors file, or not ours to remove.
    }
  }
}
