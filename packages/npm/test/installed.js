// The package as npm would install it, in a folder of its own.
import { execFile as callback } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const execFile = promisify(callback);
export const root = fileURLToPath(new URL('..', import.meta.url));
export const bin = (name) => join(root, 'node_modules/.bin', name);

/** Bun itself: what its package has under this name works only after a script, and scripts of packages are not run. */
export const bun = join(root, `node_modules/@oven/bun-${process.platform}-${process.arch}/bin/bun`);

/** A folder with `node_modules/tintype` and these files. */
export async function installed(t, files = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-'));
  t.after(() => rm(folder, { recursive: true }));
  const { stdout } = await execFile('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  const unpacked = join(folder, 'node_modules/tintype');
  await mkdir(unpacked, { recursive: true });
  await execFile('tar', ['-xzf', join(folder, stdout.trim()), '-C', unpacked, '--strip-components=1']);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

export const read = (folder, name) => readFile(join(folder, name));
