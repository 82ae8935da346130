// The recorded renditions (conformance/vectors.json), and their sources, which `./x` draws.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** The folder of `sources`, and of `results`, of which `./x vectors` makes a table. */
export const folder = process.env.TINTYPE_VECTORS ?? join(root, 'target/vectors');

export const { sources, vectors } = JSON.parse(await readFile(join(root, 'conformance/vectors.json'), 'utf8'));

/** Why there is nothing to compare, if so. */
export const skip =
  !existsSync(join(folder, 'sources')) &&
  `${folder}/sources is missing: cargo run --package conformance --bin sources -- ${folder}/sources`;

export const source = (name) => readFile(join(folder, 'sources', name));

/** The options of a vector, with overlays as images in place of their names. */
export async function optionsOf({ options }, read = source) {
  if (!options.overlay) return options;
  const overlay = await Promise.all(options.overlay.map(async ({ image, ...rest }) => ({ image: await read(image), ...rest })));
  return { ...options, overlay };
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Keeps what an engine made, a hash or the code of a failure for each vector, and returns the first few that differ. */
export async function differences(engine, outcomes) {
  await mkdir(join(folder, 'results'), { recursive: true });
  await writeFile(join(folder, 'results', `${engine}.txt`), `${outcomes.join('\n')}\n`);
  return vectors
    .map((vector, index) => ({ ...vector, made: outcomes[index] }))
    .filter(({ sha256, error, made }) => made !== (sha256 ?? error))
    .slice(0, 5);
}
