/**
 * Compares ours with golang.org/x/net/http/httpproxy itself, from Go's own sources (GOROOT/src/vendor): over the table,
 * and over random cases. Nothing is downloaded.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dice } from '../../../testing/lab/random';
import { diceFrom } from '../../../testing/lab/random';
import { describeWith } from '../../../testing/lab/requirements';
import { proxyFor } from './proxy';
import type { ProxyCase } from './proxy-cases.fixture';
import { proxyCases } from './proxy-cases.fixture';

jest.setTimeout(300_000);

const judge = `package main

import (
	"bufio"
	"encoding/json"
	"net/url"
	"os"

	"golang.org/x/net/http/httpproxy"
)

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for in.Scan() {
		var asked struct {
			Env map[string]string
			URL string
		}
		if err := json.Unmarshal(in.Bytes(), &asked); err != nil {
			panic(err)
		}
		os.Clearenv()
		for name, value := range asked.Env {
			os.Setenv(name, value)
		}
		address, err := url.Parse(asked.URL)
		if err != nil {
			panic(err)
		}
		proxy, err := httpproxy.FromEnvironment().ProxyFunc()(address)
		switch {
		case err != nil:
			out.Encode("refused")
		case proxy == nil:
			out.Encode("direct")
		default:
			out.Encode(proxy.String())
		}
	}
}
`;

describeWith(['go'], 'Go and proxyFor', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'seqmirror-proxy-'));
    const env = { ...process.env, GO111MODULE: 'off', GOPATH: folder, GOFLAGS: '', GOTOOLCHAIN: 'local' };
    const goRoot = execFileSync('go', ['env', 'GOROOT'], { env, encoding: 'utf8' }).trim();
    const source = join(goRoot, 'src/vendor/golang.org');
    if (!existsSync(source)) throw new Error(`${source} is missing: this Go came without its sources`);
    cpSync(source, join(folder, 'src/golang.org'), { recursive: true });
    mkdirSync(join(folder, 'src/judge'));
    writeFileSync(join(folder, 'src/judge/main.go'), judge);
    execFileSync('go', ['build', '-o', join(folder, 'judge.bin'), '.'], { cwd: join(folder, 'src/judge'), env });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const judged = (cases: readonly Pick<ProxyCase, 'env' | 'url'>[]): string[] =>
    execFileSync(join(folder, 'judge.bin'), { input: cases.map((each) => `${JSON.stringify(each)}\n`).join('') })
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as string);
  // Go ignores the case of a scheme's letters, and writes no slash after the host.
  const ours = ({ env, url }: Pick<ProxyCase, 'env' | 'url'>): string => {
    try {
      return proxyFor(new URL(url), env)?.url.href.replace(/\/$/, '') ?? 'direct';
    } catch {
      return 'refused';
    }
  };

  it('agree about every case of the table', () => {
    const answers = judged(proxyCases);
    expect(proxyCases.map((each, at) => ({ ...each, goes: answers[at] }))).toEqual(proxyCases);
  });

  it('agree about thousands of random cases', () => {
    const seed = process.env['SEQMIRROR_SEED'] ?? 'proxies';
    const dice = diceFrom(seed);
    const cases = Array.from({ length: 20_000 }, () => caseFrom(dice));
    const answers = judged(cases);
    const different = cases.flatMap((each, at) =>
      answers[at] === ours(each) ? [] : [{ ...each, go: answers[at], ours: ours(each) }],
    );
    expect({ seed, different: different.slice(0, 10) }).toEqual({ seed, different: [] });
    expect(new Set(answers).size).toBeGreaterThan(3);
  });
});

const values = [
  '',
  'http://one.example:3128',
  'two.example:3129',
  'https://me:pw@three.example',
  '10.9.8.7:1',
  '[fd00::9]:8',
];
const hosts = [
  'quay.io',
  'cdn.quay.io',
  'a.b.c.example',
  'localhost',
  'b\u00fccher.example',
  'xn--bcher-kva.example',
  'quay.io.',
];
const addresses = [
  '10.2.3.4',
  '127.0.0.1',
  '192.168.0.1',
  '[fd00::1]',
  '[::1]',
  '[::ffff:10.2.3.4]',
  '[2001:db8::ff00:42]',
];
const ports = ['', ':443', ':80', ':5000', ':0443', ':'];
const prefixes = ['', '', '', '.', '*.', '*', '..'];
const spaces = ['', '', '', ' ', '\t', '\u0085', '\ufeff'];

function caseFrom(dice: Dice): Pick<ProxyCase, 'env' | 'url'> {
  const env: Record<string, string> = {};
  for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy'])
    if (!dice.once(3)) env[name] = dice.pick(values);
  const entries = Array.from({ length: dice.number(4) }, () => entryFrom(dice));
  if (!dice.once(8))
    env[dice.pick(['NO_PROXY', 'NO_PROXY', 'no_proxy'])] = entries.join(dice.pick([',', ',', ', ', ' ', ';']));
  if (dice.once(20)) env['REQUEST_METHOD'] = dice.pick(['', 'GET']);
  const port = dice.pick(['', '', ':443', ':80', ':5000']);
  return { env, url: `${dice.pick(['http', 'https'])}://${dice.pick([...hosts, ...addresses])}${port}/v2/` };
}

function entryFrom(dice: Dice): string {
  const kind = dice.number(10);
  const space = (): string => dice.pick(spaces);
  if (kind === 0) return dice.pick(['*', ' * ', '', ' ', ':', ':443', '/8', '[]', '[]:443', '.', '*.']);
  if (kind < 4) {
    const address = dice.pick(addresses);
    const bare = dice.once(2) ? address : address.replace(/[[\]]/g, '');
    const bits = dice.pick([
      '',
      '',
      '/0',
      '/8',
      '/12',
      '/31',
      '/32',
      '/33',
      '/64',
      '/96',
      '/104',
      '/128',
      '/129',
      '/08',
      '/-1',
      '/',
    ]);
    return `${space()}${bare}${bits}${dice.pick(ports)}${space()}`;
  }
  const host = dice.pick([...hosts, ...addresses]);
  const cut = dice.once(3) ? host.slice(dice.number(host.length)) : host;
  const cased = dice.once(4) ? cut.toUpperCase() : cut;
  return `${space()}${dice.pick(prefixes)}${cased}${dice.pick(ports)}${space()}`;
}
