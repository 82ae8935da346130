// One job in a process of its own: prints the times of the first rendition and of the fastest of the next 15,
// which other work on the machine disturbs least, and the memory above what the process had before.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [program, path, width, format] = process.argv.slice(2);
const source = readFileSync(path);

const programs = {
  async tintype() {
    const { resize } = await import('tintype');
    return () => resize(source, { width: Number(width), format, quality: format === 'png' ? undefined : 80 });
  },
  async sharp() {
    const { default: sharp } = await import('sharp');
    sharp.concurrency(1);
    sharp.cache(false);
    // A quality makes sharp reduce a PNG to a palette.
    return () => sharp(source).rotate().resize(Number(width)).toFormat(format, format === 'png' ? {} : { quality: 80 }).toBuffer();
  },
};

const status = (field) => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
const timed = async (run) => {
  const start = performance.now();
  await run();
  return performance.now() - start;
};

const before = status('VmRSS');
const run = await programs[program]();
const first = await timed(run);
const memory = status('VmHWM') - before;
let best = Infinity;
for (let count = 0; count < 15; count += 1) best = Math.min(best, await timed(run));
console.log(JSON.stringify({ first, best, memory }));
