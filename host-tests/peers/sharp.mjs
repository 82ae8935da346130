// Runs jobs with sharp for `cargo xtask bench`: one line in (width, format, path), one line out (milliseconds). The format
// `lossless` is WebP.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const sharp = createRequire(`${process.argv[2]}/`)("sharp");
sharp.concurrency(1);
sharp.cache(false);

for await (const line of createInterface({ input: process.stdin })) {
  const [width, format, ...path] = line.split(" ");
  const source = readFileSync(path.join(" "));
  const start = performance.now();
  await sharp(source, { limitInputPixels: false })
    .rotate()
    .resize({ width: Number(width) })
    // A quality makes sharp reduce a PNG to a palette.
    .toFormat(...(format === "png" ? ["png"] : format === "lossless" ? ["webp", { lossless: true }] : [format, { quality: 80 }]))
    .toBuffer();
  console.log(performance.now() - start);
}
