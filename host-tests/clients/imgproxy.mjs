// Prints one line for each URL that imgproxy's own URL builders make: "path format widthxheight".
// The first argument is the source's URL; the second and third are key and salt, which sign the URLs of the second library.
import { createRequire } from "node:module";
import { generateUrl } from "@imgproxy/imgproxy-js-core";

const require = createRequire(import.meta.url);
const library = require("imgproxy");
const Imgproxy = library.default ?? library;
const [source, key, salt] = process.argv.slice(2);

const core = [
  [{ width: 150, height: 150, format: "webp", quality: 80 }, "webp 150x113"],
  [{ resize: { resizing_type: "fill", width: 100, height: 80, enlarge: 1 }, gravity: { type: "no" } }, "jpeg 100x80"],
  [{ size: { width: 90, height: 90 }, resizing_type: "force", format: "png" }, "png 90x90"],
  [{ width: 100, dpr: 2, background: "ff8800", rotate: 90 }, "jpeg 200x267"],
  [{ crop: { width: 200, height: 100, gravity: { type: "nowe" } }, width: 50 }, "jpeg 50x25"],
  [{ zoom: 0.5, auto_rotate: true, cache_buster: "v1" }, "jpeg 320x240"],
];
const encoded = Buffer.from(source).toString("base64url");
for (const url of [{ value: source, type: "plain" }, { value: encoded, type: "base64" }]) {
  for (const [options, expected] of core) {
    console.log(`/unsafe${generateUrl(url, options)} ${expected}`);
  }
}

for (const encode of [false, true]) {
  const url = (build, expected) => {
    const imgproxy = new Imgproxy({ baseUrl: "http://tintype.test", key, salt, encode });
    console.log(`${new URL(build(imgproxy.builder()).generateUrl(source)).pathname} ${expected}`);
  };
  url((b) => b.resize("fill", 300, 200, 0).dpr(1), "jpeg 300x200");
  url((b) => b.resize("fit", 64, 64).format("png"), "png 64x48");
  url((b) => b.quality(50).width(64).format("webp"), "webp 64x48");
}
