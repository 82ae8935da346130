import test from 'node:test';
import { bin, execFile, root } from './installed.js';

test('the types accept what is right and nothing else', async () => {
  await execFile(bin('tsc'), ['--project', 'test/types'], { cwd: root }).catch(({ stdout }) => {
    throw new Error(stdout);
  });
});
