// The calls that the page shows are run, and make the image that is on the screen.
import assert from 'node:assert/strict';
import { execFile as callback, spawnSync } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import tintype, { resize } from '../../packages/npm/src/node.js';
import { jpeg } from '../../packages/npm/test/photographs.js';
import { LANGUAGES } from '../calls.js';
import { LOGO, samples } from './samples.js';

const execFile = promisify(callback);
const photo = await jpeg(400, 300);

/** Options as the page hands them on: those that differ from the defaults, and always a quality for what is lossy. */
function* shown(count) {
  const defaults = {
    fit: 'contain',
    position: 'center',
    enlarge: false,
    rotate: 0,
    flipHorizontal: false,
    flipVertical: false,
  };
  for (const { fit, position, ...rest } of samples(count)) {
    const box = rest.width !== undefined && rest.height !== undefined;
    const all = {
      ...rest,
      ...(box && { fit, position }),
      quality: rest.format === 'png' ? undefined : (rest.quality ?? 80),
    };
    yield Object.fromEntries(
      Object.entries(all).filter(([name, value]) => value !== undefined && value !== defaults[name]),
    );
  }
}

const AsyncFunction = (async () => {}).constructor;
const run = (code) =>
  new AsyncFunction('photo', 'logo', 'resize', 'tintype', `${code.replace(/^import.*$/gm, '')}\nreturn image;`)(
    photo,
    LOGO,
    resize,
    tintype,
  );

test('the call in JavaScript makes the image', async () => {
  for (const options of shown(60)) {
    const { image } = await resize(photo, options);
    assert.deepEqual(await run(LANGUAGES.JavaScript(options)), image);
  }
});

test('the call like sharp makes the same image', async () => {
  let said = 0;
  for (const options of shown(120)) {
    const call = LANGUAGES['like sharp'](options);
    if (typeof call !== 'string') continue;
    said += 1;
    // As sharp does, it makes baseline JPEGs with halved chroma.
    const like = options.format === 'jpeg' ? { progressive: false, subsampling: 'half' } : {};
    const { image } = await resize(photo, { ...like, ...options });
    assert.deepEqual(new Uint8Array(await run(call)), image, `${JSON.stringify(options)}\n${call}`);
  }
  assert.ok(said > 60, `${said} calls`);
});

const PYTHON = process.env.PYTHON ?? 'python3';
const hasPython = spawnSync(PYTHON, ['-c', 'import tintype']).status === 0;

test(
  'the call in Python makes the image',
  { skip: !hasPython && 'there is no Python with the package; PYTHON names one' },
  async (t) => {
    const folder = await mkdtemp(join(tmpdir(), 'tintype-python-'));
    t.after(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'photo.jpg'), photo);
    await writeFile(join(folder, 'logo.png'), LOGO);
    const all = [...shown(12)];
    const calls = all.map(
      (options, index) => `${LANGUAGES.Python(options)}\nPath("${index}").write_bytes(rendition.image)\n`,
    );
    const program = ['from pathlib import Path', 'photo = Path("photo.jpg").read_bytes()', 'logo = Path("logo.png").read_bytes()', ...calls].join('\n');
    await writeFile(join(folder, 'calls.py'), program);
    await execFile(PYTHON, ['calls.py'], { cwd: folder });
    for (const [index, options] of all.entries()) {
      assert.deepEqual(
        new Uint8Array(await readFile(join(folder, String(index)))),
        (await resize(photo, options)).image,
      );
    }
  },
);

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const hasCargo = spawnSync('cargo', ['--version'], { cwd: ROOT }).status === 0;

test('the call in Rust is checked by its compiler', { skip: !hasCargo && 'there is no cargo' }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tintype-rust-'));
  t.after(() => rm(folder, { recursive: true }));
  const bodies = [...shown(60)].map(
    (options, index) =>
      `pub fn call_${index}(photo: Vec<u8>, logo: Vec<u8>) -> Result<Rendition, Failure> {\n${LANGUAGES.Rust(options)}\nOk(rendition)\n}`,
  );
  const lines = [
    '#![allow(dead_code, unused_imports, unused_variables)]',
    'use tintype_guest::resize::resize;',
    'use tintype_guest::types::*;',
    ...bodies,
  ];
  const manifest = [
    '[package]\nname = "calls"\nedition = "2024"\n[workspace]\n[dependencies]',
    `tintype-guest = { path = ${JSON.stringify(join(ROOT, 'crates/tintype-guest'))} }\n`,
  ];
  await mkdir(join(folder, 'src'));
  await writeFile(join(folder, 'src/lib.rs'), lines.join('\n'));
  await writeFile(join(folder, 'Cargo.toml'), manifest.join('\n'));
  // The versions that the project has already.
  await copyFile(join(ROOT, 'Cargo.lock'), join(folder, 'Cargo.lock'));
  await copyFile(join(ROOT, 'rust-toolchain.toml'), join(folder, 'rust-toolchain.toml'));
  await execFile('cargo', ['check', '--quiet', '--target-dir', join(ROOT, 'target/calls')], { cwd: folder });
});
