import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { directPackages } from "./external-packages.ts";
import { run, type RunOptions } from "./run.ts";
import { publicPackages, root } from "./workspace.ts";

/** The path on which pnpm is found: as it is, or with the pnpm that the README's commands bring. */
const pathWithPnpm: Promise<string> = (async () => {
  const path = process.env["PATH"] ?? "";
  if ((await run("pnpm", ["--version"], { cwd: root })).code === 0) return path;
  const { stdout } = await run("npx", ["--yes", "--package=pnpm@10", "--", "node", "-p", "process.env.PATH"], {
    cwd: root,
  });
  return stdout.trim();
})();

/** Runs pnpm in the root of the repository, or elsewhere; what it starts finds it too. */
export async function pnpm(args: readonly string[], { cwd, env }: RunOptions = { cwd: root }): Promise<void> {
  const { code, output } = await run("pnpm", args, { cwd, env: { PATH: await pathWithPnpm, ...env } });
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

/** Unpacks tarballs as a package manager would, into `node_modules/<name>`, beside the packages of others that they depend on. */
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
  for (const [name, { path }] of directPackages()) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(path, join(modules, name), "junction");
  }
}
