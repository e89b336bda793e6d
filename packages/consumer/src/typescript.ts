import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { run } from "./run.ts";

const require = createRequire(import.meta.url);

/** The versions of TypeScript that users may have, by the name under which they are installed here. */
export const compilers: readonly string[] = [
  "typescript-5.4",
  "typescript-5.6",
  "typescript-5.9",
  "typescript-6.0",
  "typescript",
];

/** The strictest settings that a user may have, and no library but the language's. */
export const strictest: Readonly<Record<string, unknown>> = {
  target: "es2022",
  lib: ["es2022"],
  types: [],
  module: "nodenext",
  moduleResolution: "nodenext",
  moduleDetection: "force",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  noImplicitOverride: true,
  noImplicitReturns: true,
  isolatedModules: true,
  verbatimModuleSyntax: true,
  skipLibCheck: false,
};

/** What `tsc` prints for a project's `tsconfig.json`; nothing if all is well. */
export async function typeErrors(compiler: string, folder: string, args: readonly string[] = []): Promise<string> {
  const tsc = join(dirname(require.resolve(`${compiler}/package.json`)), "bin", "tsc");
  const { code, output } = await run(process.execPath, [tsc, "-p", folder, "--pretty", "false", ...args], {
    cwd: folder,
  });
  return code === 0 ? "" : output || `${compiler} ended with ${code}`;
}
