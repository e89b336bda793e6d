import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "./run.ts";
import { publicPackages, root } from "./workspace.ts";

/** Runs pnpm: the one that runs this process, or the one that the README's commands bring. */
async function pnpm(args: readonly string[]): Promise<void> {
  const own = process.env["npm_execpath"];
  const viaOwn = own !== undefined && /pnpm[^/\\]*$/.test(own);
  const [program, first] = viaOwn ? [process.execPath, [own]] : ["npx", ["--yes", "pnpm@10"]];
  const { code, output } = await run(program, [...first, ...args], { cwd: root });
  if (code !== 0) throw new Error(`pnpm ${args.join(" ")} ended with ${code}:\n${output}`);
}

/** Packs every public package as it would be published; the tarballs by the package's name. */
export async function pack(destination: string): Promise<Map<string, string>> {
  const filters = publicPackages.map(({ manifest }) => `--filter=${manifest.name}`);
  await pnpm(["--recursive", ...filters, "pack", "--pack-destination", destination]);
  const files = readdirSync(destination);
  return new Map(
    publicPackages.map(({ manifest: { name, version } }) => {
      const file = `${name.replace("@", "").replace("/", "-")}-${version}.tgz`;
      if (!files.includes(file)) throw new Error(`pack: expected ${file}, got ${files.join(", ")}`);
      return [name, join(destination, file)];
    }),
  );
}

/** Unpacks tarballs as a package manager would, into `node_modules/<name>`. */
export async function unpack(tarballs: ReadonlyMap<string, string>, modules: string): Promise<void> {
  for (const [name, tarball] of tarballs) {
    const target = join(modules, name);
    const temporary = `${target}-unpacked`;
    mkdirSync(temporary, { recursive: true });
    const { code, output } = await run("tar", ["-xzf", tarball, "-C", temporary], { cwd: modules });
    if (code !== 0) throw new Error(`unpack: ${basename(tarball)}: ${output}`);
    renameSync(join(temporary, "package"), target);
    rmSync(temporary, { recursive: true });
  }
}
