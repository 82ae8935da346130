import { urls } from '../urls.js';
const source = 'https://images.example.com/photo.jpg';
const kebab = { flip: (o) => [o.flipHorizontal && 'h', o.flipVertical && 'v'].filter(Boolean).join('') };
let seed = 7; const pick = (list) => list[(seed = (Math.imul(seed, 1103515245) + 12345) >>> 0, (seed >>> 16) % list.length)];
const bad = {};
let n = 0;
for (let i = 0; i < 400; i++) {
  const o = { width: pick([undefined, 300, 300]), height: pick([undefined, 200, 200]), fit: pick(['contain','cover','crop','fill','stretch','outside','pad','auto']), enlarge: pick([false,true]), position: pick(['center','center','north','south','east','west','north-east','south-west','attention','entropy']), rotate: pick([0,0,90,180,270]), flipHorizontal: pick([false,false,true]), flipVertical: pick([false,false,true]), background: pick([undefined,undefined,'#ff8800']), format: pick(['webp','jpeg','png']), quality: pick([undefined, 70]) };
  if (o.fit === 'pad' && ['attention','entropy'].includes(o.position)) o.position = 'center';
  const ours = urls(source, o);
  const r = await (await fetch('http://127.0.0.1:4555/explain' + ours.query.url)).json();
  if (!r.urls) { console.log(ours.query.url, JSON.stringify(r)); continue; }
  for (const g of Object.keys(r.urls)) if (g !== 'nextjs') {
    const theirs = r.urls[g].cannot_say ? `cannot ${r.urls[g].cannot_say}` : r.urls[g];
    const mine = ours[g].cannotSay ? `cannot ${ours[g].cannotSay}` : ours[g].url;
    n++;
    if (theirs !== mine && !(theirs.startsWith('cannot') && mine.startsWith('cannot'))) (bad[g] ??= []).push([ours.query.url, theirs, mine]);
  }
}
for (const [g, list] of Object.entries(bad)) { console.log(g, list.length); for (const x of list.slice(0, Number(process.argv[2] ?? 4))) console.log('  ' + x.join('\n  ') + '\n'); }
console.log(n);
