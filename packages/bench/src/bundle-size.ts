import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";

/** Bytes of a set of modules. */
export interface BundleSize {
  readonly files: number;
  readonly bytes: number;
  readonly gzip: number;
}

const imported = /(?<!")\b(?:from|import)\s*"([^"]+)"/g;
const sourceMap = /^\/\/# sourceMappingURL=.*$/m;

/**
 * Size of everything that importing some packages loads, as built, neither minified nor shaken: an upper bound of what a
 * bundler makes of it.
 *
 * @param entries specifiers of packages
 * @param importer file that imports them, by default this one
 */
export function bundleSize(entries: readonly string[], importer: string = fileURLToPath(import.meta.url)): BundleSize {
  const sources = new Map<string, string>();
  const visit = (file: string): void => {
    if (sources.has(file)) return;
    const source = readFileSync(file, "utf8").replace(sourceMap, "");
    sources.set(file, source);
    for (const [, specifier = ""] of source.matchAll(imported)) {
      if (specifier.startsWith("node:")) continue;
      visit(
        specifier.startsWith(".")
          ? fileURLToPath(new URL(specifier, `file://${file}`))
          : createRequire(file).resolve(specifier),
      );
    }
  };
  for (const entry of entries) visit(createRequire(importer).resolve(entry));
  const text = [...sources.values()].join("\n");
  return { files: sources.size, bytes: Buffer.byteLength(text), gzip: gzipSync(text, { level: 9 }).length };
}
