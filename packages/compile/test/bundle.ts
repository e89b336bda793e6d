import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Bundler {
  readonly build: (config: object) => Promise<unknown>;
}

interface Output {
  readonly output: readonly [{ readonly code: string }];
}

/** What comes out: a module or a script, as it reads or as short as it gets. */
export interface BundleOptions {
  readonly format?: "es" | "iife";
  readonly minify?: boolean;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Makes one file of a program and all that it imports, packages read from their sources. The bundler is the one that
 * the test runner brings.
 */
export async function bundle(program: string, { format = "es", minify = false }: BundleOptions = {}): Promise<string> {
  const fromTest = createRequire(import.meta.url);
  const { build } = (await import(createRequire(fromTest.resolve("vitest")).resolve("vite"))) as Bundler;
  const entry = join(root, "program.js");
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root,
    resolve: { conditions: ["@tapegrad/source", "module"] },
    build: {
      write: false,
      minify,
      target: "es2023",
      lib: { entry, formats: [format], fileName: "program", name: "program" },
    },
    plugins: [
      {
        name: "program",
        resolveId: (id: string) => (id === entry ? id : null),
        load: (id: string) => (id === entry ? program : null),
      },
    ],
  });
  return (result as readonly [Output])[0].output[0].code;
}
