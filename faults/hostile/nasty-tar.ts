/** Tar files as no honest program writes them: headers out of any bytes, extensions in any order, and real archives damaged. */
import type { Dice } from '../../testing/lab/random';
import { nastyBytes, nastyText } from './nasty';
import type { Place } from './subject';

const block = 512;

/** @param real archives to damage */
export function hostileTar(dice: Dice, { outside }: Place, real: readonly Buffer[]): Buffer {
  switch (dice.number(8)) {
    case 0:
      return nastyBytes(dice, block * (1 + dice.number(8)) + (dice.once(8) ? dice.number(block) : 0));
    case 1:
    case 2:
    case 3:
      return damagedTar(dice.pick(real), dice);
    case 4:
      return Buffer.concat([damagedTar(dice.pick(real), dice), dice.pick(real)]);
    default:
      return composedTar(dice, outside);
  }
}

function composedTar(dice: Dice, outside: string): Buffer {
  const entries = Array.from({ length: 1 + dice.number(dice.once(200) ? 1_500 : 6) }, () =>
    hostileEntry(dice, outside),
  );
  return Buffer.concat([...entries.flat(), dice.pick(ends)]);
}

const ends: readonly Buffer[] = [
  Buffer.alloc(1024),
  Buffer.alloc(1024),
  Buffer.alloc(1024),
  Buffer.alloc(512),
  Buffer.alloc(0),
  Buffer.alloc(10_240),
  Buffer.concat([Buffer.alloc(1024), Buffer.from('more'.padEnd(512))]),
  Buffer.alloc(2 * 1024 * 1024),
];

const digest = '0123456789abcdef'.repeat(4);
const registry = 'docker/registry/v2';

function nastyName(dice: Dice, outside: string): Buffer {
  const names = [
    outside,
    '../escaped',
    `${'../'.repeat(20)}${outside}`,
    'working-dir/../../escaped',
    `${registry}/blobs/sha256/01/../../../../../../escaped`,
    `${registry}/blobs/sha256/01/${digest}/data`,
    `${registry}/blobs/sha256/02/${digest}/data`,
    `${registry}/blobs/sha256/01/${digest.toUpperCase()}/data`,
    `${registry}/repositories/a/_layers/sha256/${digest}/link`,
    `${registry}/repositories/${'a/'.repeat(80)}b/_manifests/revisions/sha256/${digest}/link`,
    `${registry}/repositories/a/_manifests/tags/${dice.once(2) ? 'v1' : '..'}/current/link`,
    `${registry}/repositories/a/_manifests/tags/v1/index/sha256/${digest}/link`,
    'working-dir/logs/a.log',
    'working-dir',
    'working-dir/',
    'isc_20260101',
    './working-dir//a',
    `x/working-dir/${registry}/a`,
    nastyText(dice),
    `working-dir/${nastyText(dice)}`,
    `${registry}/repositories/${nastyText(dice)}/_manifests/tags/${nastyText(dice)}/current/link`,
  ];
  return dice.once(8) ? nastyBytes(dice, 1 + dice.number(100)) : Buffer.from(dice.pick(names));
}

const sizes = ['', '77777777777', '-1', ' 12', '12 34', '0x10', '9', '00000001000', '1\u0000junk', '\u0000'];
const bodies = (dice: Dice): Buffer =>
  dice.pick([
    Buffer.alloc(0),
    Buffer.from(`sha256:${digest}`),
    Buffer.from(`sha256:${digest}\n`),
    Buffer.from(nastyText(dice)),
    Buffer.from(JSON.stringify({ schemaVersion: 2, layers: [], config: {} })),
    nastyBytes(dice, dice.number(2_000)),
  ]);

function hostileEntry(dice: Dice, outside: string): Buffer[] {
  const parts: Buffer[] = [];
  while (dice.once(3)) parts.push(...extension(dice, outside));
  const flag = dice.once(3) ? dice.pick([...'1234567DKLMNSVXxgA', '\0', '\u001b', '\u009b', '\n']) : '0';
  return [...parts, ...entry(dice, { name: nastyName(dice, outside), flag, body: bodies(dice) })];
}

function extension(dice: Dice, outside: string): Buffer[] {
  const flag = dice.pick(['x', 'x', 'g', 'L', 'K']);
  const name = Buffer.from('././@LongLink');
  if (flag === 'L' || flag === 'K') {
    const long = Buffer.concat([nastyName(dice, outside), Buffer.alloc(dice.number(3))]);
    return entry(dice, { name, flag, body: dice.once(20) ? Buffer.alloc(70_000, 'a') : long });
  }
  const records = Array.from({ length: dice.once(50) ? 300 : dice.number(4) }, () => paxRecord(dice, outside));
  return entry(dice, { name: Buffer.from('PaxHeader'), flag, body: Buffer.concat(records) });
}

function paxRecord(dice: Dice, outside: string): Buffer {
  const key = dice.once(8)
    ? nastyText(dice)
    : dice.pick([
        'path',
        'size',
        'linkpath',
        'mtime',
        'uid',
        'uname',
        'comment',
        'hdrcharset',
        'GNU.sparse.major',
        'GNU.sparse.map',
        'GNU.sparse.realsize',
        'SCHILY.xattr.a',
        'SCHILY.filetype',
        'LIBARCHIVE.creationtime',
        'a=b',
        '',
      ]);
  const value = dice.pick([
    nastyName(dice, outside),
    Buffer.from(dice.pick(['0', '5', '-5', '1e3', '99999999999999999999', '8589934592', '0x10', ' 7', '1.5'])),
    nastyBytes(dice, dice.number(30)),
  ]);
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  const right = String(rest.length + String(rest.length + 2).length);
  const length = dice.once(6) ? dice.pick(['0', '-1', '1', '999999', '99999999999', '', '1e2', `0${right}`]) : right;
  return Buffer.concat([Buffer.from(length), dice.once(30) ? rest.subarray(0, -1) : rest]);
}

/** A header with a checksum that fits, mostly, and its body, mostly padded. */
function entry(dice: Dice, { name, flag, body }: { name: Buffer; flag: string; body: Buffer }): Buffer[] {
  const header = Buffer.alloc(block);
  name.copy(header, 0, 0, 100);
  header.write('0000644\0' + '0000000\0'.repeat(2), 100, 'latin1');
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.write('00000000000\0', 136, 'latin1');
  header.write(flag, 156, 'latin1');
  header.write(dice.pick(['ustar\u000000', 'ustar\u000000', 'ustar  \0', '', 'USTAR']), 257, 'latin1');
  if (dice.once(6)) header.write(dice.pick(sizes).padEnd(12, '\0'), 124, 'latin1');
  if (dice.once(20)) header.set([dice.pick([0x80, 0xff, 0x81]), ...nastyBytes(dice, 11)], 124);
  if (dice.once(10)) nastyName(dice, '/x').copy(header, dice.pick([157, 265, 297, 345]), 0, 100);
  if (dice.once(10)) header[dice.number(block)] = dice.number(256);
  header.write('        ', 148, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, dice.once(30) ? 1 : 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  const padding = Buffer.alloc((block - (body.length % block)) % block, dice.once(20) ? 'x' : '\0');
  return [header, body, dice.once(60) ? padding.subarray(1) : padding];
}

function damagedTar(tar: Buffer, dice: Dice): Buffer {
  const result = Buffer.from(tar);
  const blocks = Math.floor(tar.length / block);
  const from = dice.number(blocks) * block;
  const to = Math.min(tar.length, from + (1 + dice.number(4)) * block);
  switch (dice.number(7)) {
    case 0:
      return result.subarray(0, dice.number(tar.length + 1));
    case 1:
      return result.subarray(0, from);
    case 2:
      return Buffer.concat([tar.subarray(0, from), tar.subarray(to)]);
    case 3:
      return Buffer.concat([tar.subarray(0, to), tar.subarray(from)]);
    case 4:
      return Buffer.concat([tar.subarray(0, from), nastyBytes(dice, block), tar.subarray(from)]);
    case 5:
      return result.fill(0, from, to);
    default:
      for (let flips = 1 + dice.number(8); flips > 0; flips -= 1) flip(result, dice);
      return result;
  }
}

/** Half of the time in a header, whose checksum may be made to fit again. */
function flip(tar: Buffer, dice: Dice): void {
  const headers = Array.from({ length: Math.floor(tar.length / block) }, (_, at) => at * block).filter(
    (at) => tar.toString('latin1', at + 257, at + 262) === 'ustar',
  );
  const header = headers.length > 0 && dice.once(2) ? dice.pick(headers) : undefined;
  const at = header === undefined ? dice.number(tar.length) : header + dice.number(block);
  tar[at] = (tar[at] ?? 0) ^ (1 << dice.number(8));
  if (header === undefined || dice.once(4)) return;
  tar.write('        ', header + 148, 'latin1');
  const sum = tar.subarray(header, header + block).reduce((total, byte) => total + byte, 0);
  tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, header + 148, 'latin1');
}
