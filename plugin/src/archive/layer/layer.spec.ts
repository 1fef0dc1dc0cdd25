import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { Header, Pax } from 'tar';
import { digestFromHex } from '../../oci/digest';
import { filesInLayers, readFilesInLayers } from './layer';

const { signal } = new AbortController();
const folder = 'release-manifests';
type Entry = { path: string; body?: string; type?: 'File' | 'Directory' | 'SymbolicLink' | 'Link'; linkpath?: string };

function entry({ path, body = '', type = 'File', linkpath = '' }: Entry): Buffer {
  const block = Buffer.alloc(512);
  const bytes = Buffer.from(body);
  const size = bytes.length;
  new Header({ path, size, mode: 0o644, type, linkpath, mtime: new Date(0), uid: 0, gid: 0 }).encode(block);
  return Buffer.concat([block, bytes, Buffer.alloc((512 - (size % 512)) % 512)]);
}
const tarOf = (...entries: (Entry | Buffer)[]) =>
  Buffer.concat([...entries.map((each) => (Buffer.isBuffer(each) ? each : entry(each))), Buffer.alloc(1024)]);

function layer(archive: Buffer, { packed = gzipSync(archive), piece = 700 } = {}) {
  const opened = { times: 0, isRead: false };
  const open = async function* (): AsyncGenerator<Buffer, void, undefined> {
    opened.times += 1;
    for (let at = 0; at < packed.length; at += piece) yield packed.subarray(at, at + piece);
    opened.isRead = true;
  };
  return { digest: digestFromHex(createHash('sha256').update(packed).digest('hex')), open, opened };
}

async function read(layers: readonly (Buffer | ReturnType<typeof layer>)[], paths?: readonly string[]) {
  const found: Record<string, string> = {};
  const given = layers.map((each) => (Buffer.isBuffer(each) ? layer(each) : each));
  for await (const { path, pieces } of filesInLayers(given, { image: 'quay.io/ocp', folder, paths, signal })) {
    const content: Buffer[] = [];
    for await (const piece of pieces()) content.push(piece);
    found[path] = Buffer.concat(content).toString();
  }
  return found;
}

describe('filesInLayers', () => {
  it('returns the files of a folder, whatever their names begin with', async () => {
    const archive = tarOf(
      { path: './', type: 'Directory' },
      { path: 'usr/bin/oc', body: 'x'.repeat(5000) },
      { path: './release-manifests/', type: 'Directory' },
      { path: './release-manifests/a', body: 'A' },
      { path: '/release-manifests//b', body: 'B'.repeat(3000) },
      { path: 'release-manifests-of-others/c', body: 'C' },
    );
    expect(await read([archive])).toEqual({ 'release-manifests/a': 'A', 'release-manifests/b': 'B'.repeat(3000) });
  });

  it('returns what the last of several layers has', async () => {
    const lower = tarOf(
      { path: 'release-manifests/a', body: 'old' },
      { path: 'release-manifests/gone', body: 'old' },
      { path: 'release-manifests/in/deep', body: 'old' },
      { path: 'release-manifests/kept', body: 'old' },
      { path: 'release-manifests/file-now/x', body: 'old' },
    );
    const upper = tarOf(
      { path: 'release-manifests/.wh.gone' },
      { path: 'release-manifests/in/.wh..wh..opq' },
      { path: 'release-manifests/in/other', body: 'new' },
      { path: 'release-manifests/a', body: 'new' },
      { path: 'release-manifests/file-now', body: 'new' },
    );
    expect(await read([lower, upper])).toEqual({
      'release-manifests/a': 'new',
      'release-manifests/in/other': 'new',
      'release-manifests/file-now': 'new',
      'release-manifests/kept': 'old',
    });
  });

  it('ignores a folder that a later layer removes, and sees it when a still later layer makes it again', async () => {
    const layers = [
      tarOf({ path: 'release-manifests/a', body: '1' }, { path: 'release-manifests/b', body: '1' }),
      tarOf({ path: '.wh.release-manifests' }),
      tarOf({ path: 'release-manifests/a', body: '3' }),
    ];
    expect(await read(layers)).toEqual({ 'release-manifests/a': '3' });
  });

  it('reads no layer below the one that has everything that is asked for, and reads that one to its end', async () => {
    const lower = layer(tarOf({ path: 'release-manifests/a', body: 'old' }));
    const upper = layer(tarOf({ path: 'release-manifests/a', body: 'new' }, { path: 'usr/x', body: 'x'.repeat(9000) }));
    expect(await read([lower, upper], ['release-manifests/a'])).toEqual({ 'release-manifests/a': 'new' });
    expect(lower.opened).toEqual({ times: 0, isRead: false });
    expect(upper.opened).toEqual({ times: 1, isRead: true });
  });

  it('reads names and sizes that only PAX and GNU headers hold, attributes of file systems, and unpacked layers', async () => {
    const long = `release-manifests/${'long/'.repeat(60)}name`;
    const mark = Buffer.from('\u0001\u0000\u0002', 'latin1');
    const record = Buffer.concat([Buffer.from('SCHILY.xattr.security.capability='), mark, Buffer.from([0x80, 0x0a])]);
    const body = Buffer.concat([Buffer.from(`${record.length + 3} `), record]);
    const pax = Buffer.alloc(512);
    new Header({ path: 'PaxHeader', size: body.length, type: 'ExtendedHeader', mode: 0o644 }).encode(pax);
    const archive = tarOf(
      Buffer.concat([pax, body, Buffer.alloc(512 - (body.length % 512))]),
      { path: 'usr/bin/newuidmap', body: 'x' },
      Buffer.from(new Pax({ path: long }).encode()),
      { path: 'release-manifests/cut', body: 'long' },
      { path: 'usr/lib/link', type: 'SymbolicLink', linkpath: '../x' },
    );
    expect(await read([layer(archive, { packed: archive, piece: 3 })])).toEqual({ [long]: 'long' });
  });

  it("accepts modes that contain the file's type, as Docker wrote them until 2023", async () => {
    const header = Buffer.alloc(512);
    new Header({ path: `${folder}/a`, size: 1, mode: 0o644, type: 'File', mtime: new Date(0) }).encode(header);
    header.write('0100644\0', 100, 'latin1');
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    const archive = tarOf(Buffer.concat([header, Buffer.from('A'), Buffer.alloc(511)]));
    expect(await read([archive])).toEqual({ 'release-manifests/a': 'A' });
  });

  it('accepts a layer without an end mark', async () => {
    expect(await read([entry({ path: 'release-manifests/a', body: 'A' })])).toEqual({ 'release-manifests/a': 'A' });
    expect(await read([layer(Buffer.alloc(0))])).toEqual({});
  });

  const file = { path: 'release-manifests/a', body: 'A' };
  const whole = tarOf(file);
  it.each([
    {
      name: 'a file that is there twice in a layer, of which programs show one or the other',
      archive: tarOf(file, file),
    },
    { name: 'a name that leads out of the image', archive: tarOf({ path: '../../release-manifests/a', body: 'A' }) },
    { name: 'a name that leads out and back in', archive: tarOf({ path: 'usr/../release-manifests/a', body: 'A' }) },
    { name: 'a folder that is a link', archive: tarOf({ path: folder, type: 'SymbolicLink', linkpath: 'etc' }) },
    {
      name: 'a file that is a link',
      archive: tarOf({ ...file, body: '', type: 'SymbolicLink', linkpath: '/etc/passwd' }),
    },
    {
      name: 'a file that is a hard link to another one',
      archive: tarOf({ ...file, body: '', type: 'Link', linkpath: 'etc/passwd' }),
    },
    { name: 'entries behind half an end mark', archive: Buffer.concat([entry(file), Buffer.alloc(512), entry(file)]) },
    { name: 'an entry that is cut', archive: whole.subarray(0, 700) },
    { name: 'a header that is cut', archive: whole.subarray(0, 100) },
    { name: 'a block that is not a header', archive: Buffer.alloc(1024, 'x') },
    { name: 'two sizes', archive: tarOf(Buffer.from(new Pax({ size: 5 }).encode()), file) },
    { name: 'a page', archive: Buffer.from('<html>not a layer</html>') },
  ])('refuses $name', async ({ archive }) => {
    await expect(read([archive], [file.path])).rejects.toThrow('SEQ0340');
  });

  it('refuses packing that is cut or damaged', async () => {
    const packed = gzipSync(tarOf({ path: 'release-manifests/a', body: 'A'.repeat(100) }));
    const damaged = Buffer.from(packed);
    damaged.writeUInt8(damaged.readUInt8(40) ^ 0xff, 40);
    for (const bad of [packed.subarray(0, packed.length - 10), damaged])
      await expect(read([layer(whole, { packed: bad })])).rejects.toThrow('SEQ0340');
  });

  it('refuses a layer that unpacks to endless zeros', async () => {
    const header = Buffer.alloc(512);
    new Header({ path: 'usr/zeros', size: 8 * 1024 ** 3 - 512, type: 'File', mode: 0o644 }).encode(header);
    const zeros = gzipSync(Buffer.alloc(16 * 1024 ** 2));
    const open = async function* (): AsyncGenerator<Buffer, void, undefined> {
      yield gzipSync(header);
      for (let times = 0; times < 512; times += 1) yield zeros;
    };
    await expect(read([{ ...layer(whole), open }])).rejects.toMatchObject({
      what: expect.stringContaining('its uncompressed content is more than 200 times as large as the layer'),
    });
  });

  it('passes on errors of the source of the bytes', async () => {
    const { digest } = layer(whole);
    const open = async function* (): AsyncGenerator<Buffer, void, undefined> {
      yield gzipSync(whole).subarray(0, 20);
      throw new Error('the registry is gone');
    };
    await expect(read([{ ...layer(whole), digest, open }])).rejects.toThrow('the registry is gone');
  });

  it('closes its source when nobody reads on', async () => {
    let closed = false;
    const open = async function* () {
      try {
        for (;;) yield gzipSync(tarOf(file, { path: 'usr/x', body: 'x'.repeat(100_000) }));
      } finally {
        closed = true;
      }
    };
    for await (const { path } of filesInLayers([{ ...layer(whole), open }], { image: 'i', folder, signal })) {
      expect(path).toBe(file.path);
      break;
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(true);
  });
});

describe('readFilesInLayers', () => {
  it('refuses a file that is larger than it may be, before it is read', async () => {
    const asked = { image: 'quay.io/ocp', folder, paths: ['release-manifests/a'], limit: 10, signal };
    const large = layer(tarOf({ path: 'release-manifests/a', body: 'x'.repeat(11) }));
    await expect(readFilesInLayers([large], asked)).rejects.toMatchObject({
      code: 'SEQ0340',
      what: 'A layer of quay.io/ocp cannot be read: its file release-manifests/a has 11 bytes; the limit is 10',
    });
  });
});
