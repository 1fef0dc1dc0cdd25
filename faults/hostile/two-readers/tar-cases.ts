/**
 * Archives that two programs may read differently, built byte by byte: entries as Go, GNU tar, and node-tar write them,
 * with any number of fields, records and blocks changed on purpose. Each case says in words what was done to it.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { blobEntryName, tagLinkName } from '../../../plugin/src/archive/names';
import { digestFromHex } from '../../../plugin/src/oci/digest';

export interface TarCase {
  readonly archive: Buffer;
  readonly words: readonly string[];
}

const block = 512;
const digest = digestFromHex(createHash('sha256').update('image B').digest('hex'));

interface Header {
  readonly name: Buffer;
  readonly prefix: Buffer;
  readonly type: string;
  readonly bytes: number;
  readonly format: 'ustar' | 'gnu';
}

/** Changes a header block before its checksum is made. */
interface Change {
  readonly words: string;
  readonly apply: (block: Buffer) => void;
}

type SumKind = 'unsigned' | 'signed' | 'wrong' | 'blank first' | 'seven digits' | 'no end';

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

function headerBlock({ name, prefix, type, bytes, format }: Header, changes: readonly Change[], sum: SumKind): Buffer {
  const header = Buffer.alloc(block);
  name.copy(header, 0, 0, 100);
  header.write('0000644\x000000000\x000000000\0', 100, 'latin1');
  header.write(octal(bytes, 12), 124, 'latin1');
  header.write(octal(315532800, 12), 136, 'latin1');
  header.write(type, 156, 'latin1');
  header.write(format === 'gnu' ? 'ustar  \0' : 'ustar\x0000', 257, 'latin1');
  if (format === 'ustar') header.write('0000000\x000000000\0', 329, 'latin1');
  prefix.copy(header, 345, 0, 155);
  for (const { apply } of changes) apply(header);
  return withSum(header, sum);
}

function withSum(header: Buffer, kind: SumKind): Buffer {
  header.write('        ', 148, 'latin1');
  const value = header.reduce((sum, byte) => sum + (kind === 'signed' && byte > 127 ? byte - 256 : byte), 0);
  const digits = (kind === 'wrong' ? value + 1 : value).toString(8);
  const text =
    kind === 'blank first'
      ? `${digits.padStart(6, ' ')}\0 `
      : kind === 'seven digits'
        ? `${digits.padStart(7, '0')}\0`
        : kind === 'no end'
          ? digits.padStart(8, '0')
          : `${digits.padStart(6, '0')}\0 `;
  header.write(text, 148, 'latin1');
  return header;
}

function padded(body: Buffer, fill = 0): Buffer {
  return Buffer.concat([body, Buffer.alloc((block - (body.length % block)) % block, fill)]);
}

/** What comes with even odds most of the time, so that about half of all archives are taken. */
function rarely<T>(usual: T, other: fc.Arbitrary<T>, odds = 12): fc.Arbitrary<T> {
  return fc.oneof({ weight: odds, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
}

const honestNames = fc.oneof(
  fc.constantFrom(
    blobEntryName(digest),
    tagLinkName('lab/app', 'v1'),
    'isc_2026-11-24T00:00:00Z',
    'working-dir/signatures/b',
    'working-dir/a b',
  ),
  fc.stringMatching(/^[a-z]{1,8}$/).map((name) => `working-dir/${name}`),
  fc.stringMatching(/^[a-z]{40,99}$/).map((name) => `working-dir/${name}/${name}`),
);

const otherNames = fc.constantFrom(
  '../escaped',
  '/etc/passwd',
  'working-dir/../x',
  'working-dir/x/',
  'working-dir//x',
  './working-dir/x',
  'working-dir\\..\\x',
  'working-dir/é',
  'working-dir/e\u0301',
  'working-dir/\u202ex',
  'working-dir/a\nb',
  'working-dir/a\tb',
  '',
  '.',
  '..',
  `docker/registry/v2/blobs/sha256/01/../../x`,
  `${blobEntryName(digest)}/`,
  `${'a'.repeat(99)}/b`,
  `${'a'.repeat(98)}/é`,
  `working-dir/${'n'.repeat(300)}`,
);
const names = rarely('', otherNames, 12).chain((name) => (name === '' ? honestNames : fc.constant(name)));

/** The parts of a USTAR name: the prefix takes what is in front of a slash. */
function split(name: string): Pick<Header, 'name' | 'prefix'> {
  const bytes = Buffer.from(name);
  if (bytes.length <= 100) return { name: bytes, prefix: Buffer.alloc(0) };
  const slash = bytes.lastIndexOf('/', 155);
  if (slash <= 0 || bytes.length - slash - 1 > 100) return { name: bytes.subarray(0, 100), prefix: Buffer.alloc(0) };
  return { name: bytes.subarray(slash + 1), prefix: bytes.subarray(0, slash) };
}

const write = (words: string, text: string | Buffer, offset: number): Change => ({
  words,
  apply: (header) => void Buffer.from(text as string, 'latin1').copy(header, offset),
});

const base256 = (bytes: readonly number[]): Buffer => {
  const field = Buffer.alloc(12);
  field[0] = bytes[0] ?? 0x80;
  Buffer.from(bytes.slice(1)).copy(field, 13 - bytes.length);
  return field;
};

const sizes: readonly (readonly [string, string | Buffer])[] = [
  ['size 0', octal(0, 12)],
  ['size one more', octal(513, 12)],
  ['size of a block', octal(512, 12)],
  ['size with blanks in front', '       1000\0'],
  ['size with blanks behind', '1000        '],
  ['size with blank and zero', '0000001000 \0'],
  ['size of twelve digits', '000000001000'],
  ['size with a nine', '00000001009\0'],
  ['size with a sign', '-0000001000\0'],
  ['size with a plus', '+0000001000\0'],
  ['size with junk behind zero', '1000\x00777777\0'],
  ['size with an underscore', '0000_001000\0'],
  ['size with 0o', '0o000001000\0'],
  ['size of zeros', Buffer.alloc(12)],
  ['size of blanks', ' '.repeat(12)],
  ['size in base 256', base256([0x80, 0x02, 0x00])],
  ['size in base 256 of 0', base256([0x80])],
  ['size in base 256, large', base256([0x80, 2, 0, 0, 0, 0])],
  ['size in base 256, negative', Buffer.alloc(12, 0xff)],
  ['size in base 256, other mark', base256([0x81, 0x02, 0x00])],
  ['size in base 256, huge', Buffer.concat([Buffer.from([0x80]), Buffer.alloc(11, 0x7f)])],
];

const fieldChanges: readonly Change[] = [
  ...sizes.map(([words, text]) => write(words, text, 124)),
  write('no magic', Buffer.alloc(8), 257),
  write('magic of GNU', 'ustar  \0', 257),
  write('magic of USTAR', 'ustar\x0000', 257),
  write('another version', 'ustar\x0099', 257),
  write('half a magic', 'ustar ', 257),
  write('the trailer of star', 'tar\0', 508),
  write('something in the last bytes', 'x', 505),
  write('times of star', '00000000000 00000000000 ', 476),
  write('times of GNU', '00000000000\x0000000000000\0', 345),
  write('an offset of GNU', '00000000001\0', 369),
  write('a map of GNU', '00000000000\x0000000001000\0', 386),
  write('a map that goes on', '\x01', 482),
  write('a real size of GNU', '00000002000\0', 483),
  write('a prefix', '../up', 345),
  write('a prefix with a zero in it', 'working-dir/a\0b', 345),
  write('a long prefix', 'p'.repeat(155), 345),
  write('a slash at the end of the field', '/', 99),
  write('something behind the name', 'x', 99),
  write('the name of a link', 'working-dir/other', 157),
  write('the mode of a folder', '0040755\0', 100),
  write('the mode of a link', '0120777\0', 100),
  write('a mode with its type', '0100644\0', 100),
  write('no mode', Buffer.alloc(8), 100),
  write('something that is not a mode', 'rw-r--r-', 100),
  write('something that is not an owner', 'root\0\0\0\0', 108),
  write('an owner in base 256', Buffer.from([0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xfe]), 108),
  write('a negative group', '-000001\0', 116),
  write('something that is not a time', 'today', 136),
  write('a time before 1970', Buffer.alloc(12, 0xff), 136),
  write('no time', Buffer.alloc(12), 136),
  write('a late time', '77777777777\0', 136),
  write('something that is not a device', 'sda', 329),
  write('a device', '0000010\x000000001\0', 329),
  write('users that are not UTF-8', Buffer.from([0xff, 0xfe]), 265),
  write('users with names', 'jenkins\0'.padEnd(32, '\0') + 'docker', 265),
  write('a name that is not UTF-8', Buffer.from([0xff]), 1),
];

const randomChange: fc.Arbitrary<Change> = fc
  .tuple(fc.nat(block - 1), fc.oneof(fc.nat(255), fc.constantFrom(0, 0x20, 0x2f, 0x30, 0x37, 0x80, 0xff)))
  .map(([at, byte]) => write(`byte ${at} is ${byte}`, Buffer.from([byte]), at));

const changes = rarely<readonly Change[]>(
  [],
  fc.array(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...fieldChanges) }, { weight: 1, arbitrary: randomChange }),
    {
      minLength: 1,
      maxLength: 2,
    },
  ),
  6,
);

const sums = rarely<SumKind>(
  'unsigned',
  fc.constantFrom<SumKind>('signed', 'wrong', 'blank first', 'seven digits', 'no end'),
  30,
);

const types = rarely('0', fc.constantFrom(...'\x001234567DKLMNSVXAgx', 'a', '\xff'), 25);

/** Another archive as the content, which whoever mistakes the size reads on in. */
const nested = Buffer.concat([
  headerBlock({ ...split('working-dir/hidden'), type: '0', bytes: 6, format: 'ustar' }, [], 'unsigned'),
  padded(Buffer.from('hidden')),
]);
const bodies = fc.oneof(
  fc.constantFrom(
    Buffer.alloc(0),
    Buffer.from('image B'),
    Buffer.from(digest),
    nested,
    Buffer.alloc(1024),
    Buffer.alloc(513, 'x'),
  ),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
);

interface Extension {
  readonly words: string;
  readonly blocks: (facts: { name: string; bytes: number }) => Buffer;
}

function record(key: string, value: string | Buffer, length?: string): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value as string), Buffer.from('\n')]);
  const digits = String(rest.length + String(rest.length + 2).length);
  return Buffer.concat([Buffer.from(length ?? digits), rest]);
}

type RecordPart = (facts: { name: string; bytes: number }) => Buffer;

const recordParts: fc.Arbitrary<RecordPart> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<RecordPart>(({ name }) => record('path', name)) },
  { weight: 2, arbitrary: fc.constant<RecordPart>(({ bytes }) => record('size', String(bytes))) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom<readonly [string, string]>(
        ['mtime', '1700000000.5'],
        ['mtime', '-1'],
        ['mtime', 'never'],
        ['atime', '1700000000'],
        ['uid', '4294967294'],
        ['uid', 'x'],
        ['gid', '-1'],
        ['uname', 'jürgen'],
        ['gname', ''],
        ['comment', 'a remark'],
        ['comment', '9 path=x\n'],
        ['path', ''],
        ['path', 'working-dir/other'],
        ['path', 'working-dir/other/'],
        ['path', '../other'],
        ['path', 'working-dir/a\n11 path=b'],
        ['path', 'working-dir/a\0b'],
        ['path', 'working-dir/é'],
        ['size', '0'],
        ['size', '007'],
        ['size', '+7'],
        ['size', '7 '],
        ['size', '512'],
        ['size', '-1'],
        ['size', ''],
        ['size', '0x7'],
        ['size', '99999999999999999999'],
        ['linkpath', 'x'],
        ['hdrcharset', 'BINARY'],
        ['charset', 'ISO-IR 8859 1 1998'],
        ['typeflag', '5'],
        ['GNU.sparse.major', '1'],
        ['GNU.sparse.minor', '0'],
        ['GNU.sparse.name', 'working-dir/sparse'],
        ['GNU.sparse.realsize', '7'],
        ['GNU.sparse.size', '7'],
        ['GNU.sparse.map', '0,7'],
        ['GNU.sparse.numblocks', '1'],
        ['GNU.sparse.offset', '0'],
        ['SCHILY.realsize', '7'],
        ['SCHILY.filetype', 'sparse'],
        ['SCHILY.xattr.user.a', 'b'],
        ['SCHILY.dev', '7'],
        ['LIBARCHIVE.creationtime', '1'],
        ['RHT.security.selinux', 'a'],
        ['Path', 'working-dir/other'],
        ['a=b', 'c'],
        ['', 'x'],
      )
      .map(
        ([key, value]) =>
          () =>
            record(key, value),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('0', '1', '5', '-1', '99', '011', '+11', ' 11', '9999999999999999999999', '', '1e1')
      .map((length) => () => record('path', 'ab', length)),
  },
);

const extensions: fc.Arbitrary<Extension> = fc
  .record({
    type: fc.constantFrom('x', 'x', 'x', 'x', 'L', 'L', 'g', 'K', 'X'),
    records: fc.array(recordParts, { minLength: 1, maxLength: 3 }),
    tail: rarely('\0', fc.constantFrom('', '\0\0', '\0x\0', '/\0', '\n\0')),
    changes: rarely<readonly Change[]>(
      [],
      fc.constantFrom(...fieldChanges).map((change) => [change]),
    ),
    otherFormat: fc.nat(12).map((number) => number === 0),
    otherName: rarely<string | undefined>(undefined, names, 8),
  })
  .map(({ type, records, tail, changes: spoiled, otherFormat, otherName }) => ({
    words: `${type} header${otherFormat ? ' of the other format' : ''}${spoiled.map(({ words }) => `, ${words}`).join('')}`,
    blocks: (facts) => {
      const isLong = type === 'L' || type === 'K';
      const body = isLong
        ? Buffer.from((otherName ?? facts.name) + tail)
        : Buffer.concat(records.map((part) => part(facts)));
      const format = isLong !== otherFormat ? 'gnu' : 'ustar';
      const name = Buffer.from(isLong ? '././@LongLink' : 'PaxHeaders.0/x');
      const header: Header = { name, prefix: Buffer.alloc(0), type, bytes: body.length, format };
      return Buffer.concat([headerBlock(header, spoiled, 'unsigned'), padded(body)]);
    },
  }));

const extensionLists: fc.Arbitrary<readonly Extension[]> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<readonly Extension[]>([]) },
  { weight: 4, arbitrary: extensions.map((extension) => [extension]) },
  { weight: 1, arbitrary: fc.array(extensions, { minLength: 2, maxLength: 3 }) },
);

interface Entry {
  readonly words: readonly string[];
  readonly blocks: Buffer;
}

const entries: fc.Arbitrary<Entry> = fc
  .record({
    name: names,
    shown: rarely<string | undefined>(undefined, fc.constantFrom('cut', 'working-dir/', 'cut/', ''), 10),
    type: types,
    body: bodies,
    changes,
    sum: sums,
    before: extensionLists,
    isGnu: fc.nat(6).map((number) => number === 0),
    fill: rarely(0, fc.constant(0x78), 20),
  })
  .map(({ name, shown, type, body, changes: spoiled, sum, before, isGnu, fill }) => {
    const facts = { name, bytes: body.length };
    const hasLong = before.some(({ words }) => words.startsWith('L'));
    const parts =
      isGnu || hasLong ? { name: Buffer.from(name).subarray(0, 100), prefix: Buffer.alloc(0) } : split(name);
    const own = shown === undefined ? parts : { name: Buffer.from(shown), prefix: Buffer.alloc(0) };
    const format = isGnu || hasLong ? 'gnu' : 'ustar';
    const header = headerBlock({ ...own, type, bytes: body.length, format }, spoiled, sum);
    return {
      words: [
        ...before.map(({ words }) => words),
        `${JSON.stringify(name)}${shown === undefined ? '' : ` as ${JSON.stringify(shown)}`}, type ${JSON.stringify(type)}`,
        ...spoiled.map(({ words }) => words),
        ...(sum === 'unsigned' ? [] : [`checksum: ${sum}`]),
      ],
      blocks: Buffer.concat([...before.map(({ blocks }) => blocks(facts)), header, padded(body, fill)]),
    };
  });

const ends = rarely<readonly [string, Buffer]>(
  ['', Buffer.alloc(2 * block)],
  fc.constantFrom<readonly [string, Buffer]>(
    ['filled to ten blocks', Buffer.alloc(20 * block)],
    ['one zero block', Buffer.alloc(block)],
    ['no end', Buffer.alloc(0)],
    ['another archive behind one zero block', Buffer.concat([Buffer.alloc(block), nested, Buffer.alloc(2 * block)])],
    ['another archive behind the end', Buffer.concat([Buffer.alloc(2 * block), nested, Buffer.alloc(2 * block)])],
    ['text behind the end', Buffer.concat([Buffer.alloc(2 * block), padded(Buffer.from('more'))])],
    ['half a block behind the end', Buffer.alloc(2 * block + 100)],
  ),
  12,
);

export const tarCases: fc.Arbitrary<TarCase> = fc
  .tuple(fc.array(entries, { minLength: 1, maxLength: 2 }), ends)
  .map(([list, [endWords, end]]) => ({
    archive: Buffer.concat([...list.map(({ blocks }) => blocks), end]),
    words: [...list.flatMap(({ words }) => words), ...(endWords === '' ? [] : [endWords])],
  }));

const behindDevices = [
  'times',
  'a map',
  'an offset',
  'a real size',
  'a prefix',
  'a long prefix',
  'the trailer',
  'something in',
];

/** A change of what lies behind the devices, and any other of the same header, with an extension header in front of it that has a name, in both formats. */
export function pairedChanges(): TarCase[] {
  const [name, body] = ['working-dir/paired', Buffer.from('image B')];
  const extension = (type: 'x' | 'L'): Buffer => {
    const content = type === 'x' ? record('path', name) : Buffer.from(`${name}\0`);
    const long = Buffer.from(type === 'x' ? 'PaxHeaders.0/x' : '././@LongLink');
    const format = type === 'x' ? 'ustar' : 'gnu';
    const header: Header = { name: long, prefix: Buffer.alloc(0), type, bytes: content.length, format };
    return Buffer.concat([headerBlock(header, [], 'unsigned'), padded(content)]);
  };
  return (['x', 'L'] as const).flatMap((type) =>
    (['ustar', 'gnu'] as const).flatMap((format) =>
      fieldChanges
        .filter(({ words }) => behindDevices.some((each) => words.startsWith(each)))
        .flatMap((first) =>
          fieldChanges.map((second) => {
            const own: Header = {
              name: Buffer.from('cut'),
              prefix: Buffer.alloc(0),
              type: '0',
              bytes: body.length,
              format,
            };
            const blocks = [extension(type), headerBlock(own, [first, second], 'unsigned'), padded(body)];
            return {
              archive: Buffer.concat([...blocks, Buffer.alloc(2 * block)]),
              words: [`${type} header`, format, first.words, second.words],
            };
          }),
        ),
    ),
  );
}

/** A file as oc-mirror hands it to Go's archive/tar. */
export interface GoFile {
  readonly name: string;
  readonly body: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly uname: string;
  readonly gname: string;
  readonly mtime: number;
}

const components = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9_.-]{0,20}[a-z0-9]$/),
  fc.stringMatching(/^[a-z0-9]{40,120}$/),
  fc.constantFrom('é', 'a b', '日本', 'sha256:0', '~', '=+,'),
);

/** Archives as oc-mirror makes them of whatever files and owners there are: any name, long ones and other scripts too. */
export const goArchives: fc.Arbitrary<readonly GoFile[]> = fc.uniqueArray(
  fc.record({
    name: fc.array(components, { minLength: 1, maxLength: 6 }).map((parts) => `working-dir/${parts.join('/')}`),
    body: fc.string({ maxLength: 1200, unit: 'binary-ascii' }),
    mode: fc.nat(0o7777),
    uid: fc.oneof(fc.nat(2000), fc.nat(2 ** 32 - 2)),
    gid: fc.oneof(fc.nat(2000), fc.nat(2 ** 32 - 2)),
    uname: fc.oneof(fc.constantFrom('', 'root', 'jürgen', 'u'.repeat(40)), fc.stringMatching(/^[a-z]{1,32}$/)),
    gname: fc.oneof(fc.constantFrom('', 'wheel'), fc.stringMatching(/^[a-z]{1,32}$/)),
    mtime: fc.oneof(fc.nat(2 ** 31 - 1), fc.integer({ min: -(2 ** 31), max: 2 ** 35 })),
  }),
  { minLength: 1, maxLength: 4, selector: ({ name }) => name },
);
