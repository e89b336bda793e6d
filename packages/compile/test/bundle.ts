import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Bundler {
  readonly build: (config: object) => Promise<unknown>;
}

interface Output {
  readonly output: readonly [{ readonly code: string }];
}

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Makes one file of a program and all that it imports, packages read from their sources. The bundler is the one that
 * the test runner brings.
 */
export async function bundle(program: string): Promise<string> {
  const fromTest = createRequire(import.meta.url);
  const { build } = (await import(createRequire(fromTest.resolve("vitest")).resolve("vite"))) as Bundler;
  const entry = join(root, "program.js");
  const result = await build({
    configFile: false,
    logLevel: "silent",
    root,
    resolve: { conditions: ["@tapegrad/source", "module"] },
    build: { write: false, minify: false, target: "es2023", lib: { entry, formats: ["es"], fileName: "program" } },
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
