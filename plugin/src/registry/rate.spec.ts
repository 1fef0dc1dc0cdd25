import { createHash, randomBytes } from 'node:crypto';
import { createHttp, defaultTimeouts } from './http';
import { rateAt, ratesInWords } from './rate';
import type { ScriptedServer } from './scripted-registry.fixture';
import { createLab } from './scripted-registry.fixture';
import { RegistryHostSettings } from './settings';

const { signal } = new AbortController();
const rate = 64 * 1024;
const content = randomBytes(16 * rate);
const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
let lab: ReturnType<typeof createLab>;
beforeEach(() => {
  lab = createLab();
});
afterEach(() => lab.close());

/** Sends the content, or takes what is put and answers with its hash. */
const serve = () =>
  lab.serve(async (request, response) => {
    if (request.method === 'GET') return void response.end(content);
    const pieces: Buffer[] = [];
    for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
    response.end(sha256Of(Buffer.concat(pieces)));
  });

/** Asks with a clock that only waiting moves on. */
function client(limited: ScriptedServer, settings: RegistryHostSettings, waitToo = () => Promise.resolve()) {
  let ms = new Date(2026, 10, 29, 12, 0).getTime();
  const begin = ms;
  const http = createHttp({
    settings: { hosts: { [limited.host]: settings } },
    env: lab.env,
    timeouts: defaultTimeouts,
    now: () => new Date(ms),
    sleep: async (wait) => {
      await waitToo();
      ms += wait;
    },
  });
  const ask = async ({ host }: ScriptedServer, method: 'GET' | 'PUT', body?: AsyncIterable<Buffer>) => {
    const { body: answer } = await http.exchange({
      method,
      url: new URL(`http://${host}/blob`),
      registry: { host, insecure: true },
      ...(body === undefined ? {} : { body: () => body }),
      signal,
    });
    const pieces: Buffer[] = [];
    for await (const piece of answer as AsyncIterable<Buffer>) pieces.push(piece);
    return Buffer.concat(pieces);
  };
  return { ask, seconds: () => (ms - begin) / 1000, close: () => http.close() };
}

/** As archives are read: pieces whose memory is used again. */
async function* reused(): AsyncGenerator<Buffer> {
  const memory = Buffer.alloc(100_000);
  for (let at = 0; at < content.length; at += memory.length) {
    const bytes = content.copy(memory, 0, at);
    yield memory.subarray(0, bytes);
  }
}

describe('the rate of a host', () => {
  it('holds for what arrives and what leaves, together', async () => {
    const server = await serve();
    const { ask, seconds, close } = client(server, { rate });
    expect((await ask(server, 'GET')).equals(content)).toBe(true);
    // 16 seconds for the content, less one piece, which passes at once.
    expect(seconds()).toBeGreaterThan(14.9);
    expect(seconds()).toBeLessThan(16.1);
    expect((await ask(server, 'PUT', reused())).toString()).toBe(sha256Of(content));
    expect(seconds()).toBeGreaterThan(31);
    expect(seconds()).toBeLessThan(32.1);
    await close();
  });

  it('holds back no other host', async () => {
    const [slow, fast] = [await serve(), await serve()];
    const ended: string[] = [];
    let release: () => void = () => undefined;
    const fastHasEnded = new Promise<void>((resolve) => (release = resolve));
    const { ask, close } = client(slow, { rate }, () => fastHasEnded);
    const first = ask(slow, 'GET').then((bytes) => ended.push(`slow ${bytes.length}`));
    await ask(fast, 'GET').then((bytes) => ended.push(`fast ${bytes.length}`));
    release();
    await first;
    expect(ended).toEqual([`fast ${content.length}`, `slow ${content.length}`]);
    await close();
  });

  it('holds only in its hours', async () => {
    const server = await serve();
    const { ask, seconds, close } = client(server, { rate, rateHours: '13:00-11:00' });
    await ask(server, 'GET');
    expect(seconds()).toBe(0);
    await close();
  });

  it.each([
    { rateHours: '08:00-18:00', within: ['08:00', '17:59'], outside: ['07:59', '18:00', '00:00'] },
    { rateHours: '22:30-06:00', within: ['22:30', '23:59', '00:00', '05:59'], outside: ['06:00', '22:29'] },
  ])('knows the hours $rateHours', ({ rateHours, within, outside }) => {
    const at = (time: string) => rateAt({ rate, rateHours }, new Date(`2026-11-29T${time}:00`));
    expect(within.map(at)).toEqual(within.map(() => rate));
    expect(outside.map(at)).toEqual(outside.map(() => undefined));
  });

  it('stops waiting when the work is stopped', async () => {
    const server = await serve();
    const abort = new AbortController();
    const http = createHttp({
      settings: { hosts: { [server.host]: { rate } } },
      env: lab.env,
      timeouts: defaultTimeouts,
    });
    const registry = { host: server.host, insecure: true };
    const url = new URL(`http://${server.host}/blob`);
    const { body } = await http.exchange({ method: 'GET', url, registry, signal: abort.signal });
    const read = async () => {
      for await (const piece of body as AsyncIterable<Buffer>) if (piece.length > 0) abort.abort(new Error('stopped'));
    };
    await expect(read()).rejects.toThrow('stopped');
    await http.close();
  });

  it('is told in words, and refused if it is no rate', () => {
    const hosts = {
      'quay.io': { rate: 2 * 1024 ** 2, rateHours: '08:00-18:00' },
      'registry.test': { rate },
      other: {},
    };
    expect(ratesInWords({ hosts })).toEqual([
      'quay.io: at most 2.0 MiB per second, 08:00-18:00',
      'registry.test: at most 64.0 KiB per second',
    ]);
    for (const bad of [{ rate: 100 }, { rate, rateHours: '8-18' }, { rate, rateHours: '08:00-08:00' }])
      expect(RegistryHostSettings.safeParse(bad).success).toBe(false);
  });
});
