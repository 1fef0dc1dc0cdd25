import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describeWith } from '../../../testing/lab/requirements';
import { aChain } from '../../../testing/worlds/chain';
import type { ProvableSequence } from '../bundle-format/acknowledgement';
import { provableChain } from '../bundle-format/provable-chain';
import type { Receipt } from '../bundle-format/receipt/receipt';
import { renderReceipt } from '../bundle-format/receipt/receipt';
import { receiptCode } from '../bundle-format/receipt/receipt';
import { openMirror } from '../mirror/mirror';
import type { Transfer } from '../mirror/sites/sites';
import { parseLedger, parseTransfer, renderTransfer } from '../mirror/sites/sites';
import { renderAcknowledgement } from '../report/text/acknowledgement';
import { renderExplanation } from '../system/errors';
import type { Answer } from './acknowledge';
import { acknowledge } from './acknowledge';
import { rollbackSite } from './site-rollback';

const chain = aChain()
  .baseline('baseline', { adds: 3 })
  .differential('logging', { adds: 2 })
  .differential('ubi9', { adds: 1 })
  .build();

let root: string;
let provable: ProvableSequence[];
let day = 1;
const now = () => new Date(Date.UTC(2026, 11, day, 12));
const write = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
const read = (path: string) => readFile(join(root, path), 'utf8');
const location = () => ({
  workspaceRoot: root,
  mirrorRoot: 'mirror',
  name: 'mirror',
  env: { HOME: dirname(root), PATH: process.env['PATH'] },
});
const receiptOf = (sequence: number, more: Partial<Receipt> = {}) => {
  const { entry, verified, images } = provable[sequence - 1]!;
  return renderReceipt({
    site: 'bravo',
    sequence,
    seal: entry.seal,
    bundle: '-',
    verified,
    images,
    held_in: 'both',
    when: '2026-12-01T10:00:00Z',
    tool: 'seq-upload.sh 0.1.0',
    ...more,
  });
};
const codeOf = (sequence: number, bundle = '-', site = 'bravo') => {
  const { entry, verified } = provable[sequence - 1]!;
  return receiptCode({ site, seal: entry.seal, bundle, verified, held_in: 'registry' });
};
const sent = (id: string, number: number, more: Partial<Transfer> = {}) => {
  const { folder, seal } = chain.sequences[number - 1]!;
  const transfer: Transfer = {
    schema: 'seqmirror/v1',
    id,
    sites: ['bravo'],
    kind: 'site',
    head: { number, folder, seal },
    needs: [],
    volumes: [],
    made: '2026-12-01T06:00:00Z',
    state: 'sent',
    ...more,
  };
  return write(`mirror/sites/bravo/transfers/${id}.yaml`, renderTransfer(transfer));
};
const site = (more = '') => write('mirror/sites/bravo/site.yaml', `schema: seqmirror/v1\nname: bravo\n${more}`);
const ledger = async () => parseLedger(await read('mirror/sites/bravo/ledger.yaml'), 'ledger.yaml');
const stateOf = async (id: string) =>
  parseTransfer(await read(`mirror/sites/bravo/transfers/${id}.yaml`), `${id}.yaml`).state;
const take = (answer: Answer, more: { dryRun?: boolean } = {}) =>
  acknowledge({ location: location(), site: 'bravo', answer, dryRun: false, now, ...more });
const takeReceipt = async (text: string) => {
  await write('receipt', text);
  return take({ kind: 'receipt', file: 'receipt' });
};
const named = { project: 'mirror-site-bravo', mirror: { name: 'mirror', mirrorRoot: 'mirror' } };
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing was refused',
    (error: Parameters<typeof renderExplanation>[0]) => renderExplanation(error),
  );

beforeEach(async () => {
  day = 1;
  root = join(await mkdtemp(join(tmpdir(), 'seqmirror-acknowledge-')), 'workspace');
  await write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\n');
  for (const [path, text] of Object.entries(chain.files)) await write(`mirror/content/${path}`, text);
  provable = await provableChain(await openMirror(location()));
  await site();
});
afterEach(() => rm(dirname(root), { recursive: true, force: true }));

describe('acknowledge a receipt', () => {
  it('moves the ledger on, acknowledges the transfer, and says so', async () => {
    await sent('T0001', 2);
    const outcome = await takeReceipt(receiptOf(2, { bundle: 'T0001' }));
    expect(renderAcknowledgement(outcome, named)).toMatchInlineSnapshot(`
      "bravo: has seq2, attested (registry and oc-mirror's cache); it had nothing before; T0001 is acknowledged
      Next: git add mirror/sites && git commit, then nx run mirror:status"
    `);
    expect((await ledger()).entries).toMatchObject([
      {
        sequence: 2,
        seal: chain.sequences[1]!.seal,
        confidence: 'attested',
        held_in: 'both',
        at: '2026-12-01T12:00:00Z',
      },
    ]);
    expect(await stateOf('T0001')).toBe('acknowledged');
  });

  it('changes nothing the second time, even after newer receipts', async () => {
    await takeReceipt(receiptOf(1));
    await takeReceipt(receiptOf(2));
    const before = await read('mirror/sites/bravo/ledger.yaml');
    const outcome = await takeReceipt(receiptOf(1));
    expect(renderAcknowledgement(outcome, named)).toBe('bravo: seq1 is already attested (2026-12-01); nothing to do');
    expect(await read('mirror/sites/bravo/ledger.yaml')).toBe(before);
  });

  it('accepts one over digests alone, of a bundle of an earlier version, and its code', async () => {
    const { verified, images } = provable[1]!.byDigest;
    expect(verified).not.toBe(provable[1]!.verified);
    const text = receiptOf(2, { verified, images });
    expect(await takeReceipt(text)).toMatchObject({ changed: true });
    await site();
    const code = /^code=(.*)$/m.exec(text)?.[1] as string;
    expect((await take({ kind: 'code', code })).entry).toMatchObject({ sequence: 2 });
  });

  it('refuses one over digests alone that counts images as tags do, and the reverse', async () => {
    const { verified } = provable[1]!.byDigest;
    await expect(takeReceipt(receiptOf(2, { verified, images: 99 }))).rejects.toMatchObject({ code: 'SEQ0618' });
  });

  it('says that there is no such file, and where a relative path starts', async () => {
    const file = join(root, 'bravo-seq2.receipt');
    await expect(take({ kind: 'receipt', file })).rejects.toMatchObject({
      code: 'SEQ0702',
      what: `There is no file ${file}`,
      why: 'A relative path starts from the folder in which you typed the command',
    });
  });

  it('writes nothing in a dry run', async () => {
    await write('receipt', receiptOf(1));
    expect(await take({ kind: 'receipt', file: 'receipt' }, { dryRun: true })).toMatchObject({
      changed: true,
      done: false,
    });
    await expect(ledger()).rejects.toThrow('ENOENT');
  });

  it.each([
    { name: 'of another site', change: { site: 'alpha' }, code: 'SEQ0616' },
    { name: 'for a seal that is not here', change: { seal: `sha256:${'f'.repeat(64)}` }, code: 'SEQ0617' },
    { name: 'for a seal under another number', change: { sequence: 3 }, code: 'SEQ0617' },
    { name: 'of a registry that lacks images', change: { verified: `sha256:${'0'.repeat(64)}` }, code: 'SEQ0618' },
  ])('refuses one $name', async ({ change, code }) => {
    await expect(takeReceipt(receiptOf(2, change as Partial<Receipt>))).rejects.toMatchObject({ code });
    await expect(ledger()).rejects.toThrow('ENOENT');
  });

  it.each([
    { name: 'that names a transfer that was never made', receipt: () => receiptOf(2, { bundle: 'T0009' }) },
    { name: 'that names a transfer to another site', receipt: () => receiptOf(1, { bundle: 'T0007' }) },
    { name: 'that names a transfer with another head', receipt: () => receiptOf(2, { bundle: 'T0001' }) },
    { name: 'for a sequence above everything that was sent', receipt: () => receiptOf(3) },
  ])('refuses one $name', async ({ receipt }) => {
    await sent('T0001', 1);
    await sent('T0002', 2);
    await rename(join(root, 'mirror/sites/bravo/transfers/T0002.yaml'), join(root, 'T0007.yaml'));
    await write('mirror/sites/charlie/transfers/T0007.yaml', await read('T0007.yaml'));
    await expect(takeReceipt(receipt())).rejects.toMatchObject({ code: 'SEQ0627' });
    await expect(ledger()).rejects.toThrow('ENOENT');
  });

  it('refuses a code above everything that was sent', async () => {
    await sent('T0001', 1);
    await expect(take({ kind: 'code', code: codeOf(3) })).rejects.toMatchObject({ code: 'SEQ0627' });
  });

  it('refuses an older one, and says how to go on', async () => {
    await takeReceipt(receiptOf(3));
    expect(await refusal(takeReceipt(receiptOf(2)))).toMatchInlineSnapshot(`
      "SEQ0619 This receipt is for seq2, but bravo has already acknowledged seq3
        Why:   If seqmirror recorded this receipt, the ledger would lose the later sequences
        Next:  If the receipt only came late, ignore the receipt. If bravo was really restored to an older state, run \`nx run mirror-site-bravo:rollback --to=seq2\`"
    `);
  });

  it('refuses one that was taken in before the site went back', async () => {
    await takeReceipt(receiptOf(1));
    await takeReceipt(receiptOf(3));
    day = 5;
    await rollbackSite({
      location: location(),
      site: 'bravo',
      setback: { kind: 'restored', to: 1 },
      dryRun: false,
      now,
    });
    expect(await refusal(takeReceipt(receiptOf(3)))).toMatchInlineSnapshot(`
      "SEQ0619 This receipt is for seq3, but bravo was set back to seq1 on 2026-12-05
        Why:   The receipt is older than the day on which bravo was set back, so the receipt does not say what the site has now
        Next:  Upload to the site again, and use the new receipt. Or send what the site lacks: \`nx run mirror-site-bravo:bundle --output=<folder>\`"
    `);
    await takeReceipt(receiptOf(3, { when: '2026-12-06T00:00:00Z' }));
    expect((await ledger()).entries.map(({ sequence }) => sequence)).toEqual([1, 3]);
  });

  it('trusts the transfer more than the clock of the site', async () => {
    await takeReceipt(receiptOf(1));
    day = 5;
    await rollbackSite({ location: location(), site: 'bravo', setback: { kind: 'wiped' }, dryRun: false, now });
    await sent('T0002', 3, { made: '2026-12-06T00:00:00Z' });
    await takeReceipt(receiptOf(3, { bundle: 'T0002', when: '2001-01-01T00:00:00Z' }));
    expect((await ledger()).entries).toMatchObject([{ sequence: 3 }]);
  });
});

describe('acknowledge a code', () => {
  it('attests, finds its transfer, and is idempotent', async () => {
    await sent('T0001', 2);
    await sent('T0002', 2);
    const code = codeOf(2, 'T0002').toLowerCase().replaceAll('-', ' ');
    await take({ kind: 'code', code });
    expect((await ledger()).entries).toMatchObject([{ sequence: 2, confidence: 'attested', held_in: 'registry' }]);
    expect([await stateOf('T0001'), await stateOf('T0002')]).toEqual(['sent', 'acknowledged']);
    expect(await take({ kind: 'code', code })).toMatchObject({ changed: false });
  });

  it('gives way to an unsigned receipt, which attests too and is for both places', async () => {
    await take({ kind: 'code', code: codeOf(2) });
    await takeReceipt(receiptOf(2));
    expect((await ledger()).entries).toMatchObject([{ confidence: 'attested', held_in: 'both' }]);
  });

  it('refuses one that is mistyped', async () => {
    const code = codeOf(2);
    const wrong = `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`;
    expect(await refusal(take({ kind: 'code', code: wrong }))).toContain('is not a valid receipt code');
  });

  it('refuses one of another site', async () => {
    expect(await refusal(take({ kind: 'code', code: codeOf(2, '-', 'alpha') }))).toContain('does not belong to any of');
  });

  it('refuses an older one, and one for a transfer before the site went back', async () => {
    await sent('T0001', 3);
    await take({ kind: 'code', code: codeOf(3, 'T0001') });
    await expect(take({ kind: 'code', code: codeOf(2) })).rejects.toMatchObject({ code: 'SEQ0619' });
    day = 5;
    await rollbackSite({ location: location(), site: 'bravo', setback: { kind: 'wiped' }, dryRun: false, now });
    await expect(take({ kind: 'code', code: codeOf(3, 'T0001') })).rejects.toMatchObject({ code: 'SEQ0619' });
  });
});

describe('acknowledge without an answer', () => {
  const assume = () => take({ kind: 'assume' });

  it('assumes what was sent often enough over a diode', async () => {
    await site('receipts: none\nassume_after: 2\n');
    await sent('T0001', 2);
    expect(await refusal(assume())).toMatchInlineSnapshot(`
      "SEQ0622 seq2 was sent to bravo once, but --assume requires 2 times
        Why:   No receipt comes back through a diode, so nobody would notice a lost disc
        Next:  Send it again: \`nx run mirror-site-bravo:bundle --output=<folder>\`. Or change assume_after in its site.yaml"
    `);
    await sent('T0002', 2);
    await assume();
    expect((await ledger()).entries).toMatchObject([{ sequence: 2, confidence: 'assumed' }]);
    expect(await assume()).toMatchObject({ changed: false });
    await sent('T0003', 3);
    await expect(assume()).rejects.toMatchObject({ code: 'SEQ0622' });
  });

  it('does not count a transfer that was lost', async () => {
    await site('receipts: none\n');
    await sent('T0001', 2);
    await sent('T0002', 2);
    expect(await take({ kind: 'lost', transfer: 'T0002' })).toMatchObject({
      transfers: [{ id: 'T0002', state: 'lost' }],
    });
    expect(await take({ kind: 'lost', transfer: 'T0002' })).toMatchObject({ changed: false });
    await expect(assume()).rejects.toMatchObject({ code: 'SEQ0622' });
    await expect(take({ kind: 'lost', transfer: 'T0009' })).rejects.toMatchObject({ code: 'SEQ0624' });
  });

  it('assumes nothing for a site that answers', async () => {
    await sent('T0001', 2);
    await sent('T0002', 2);
    expect(await refusal(assume())).toContain('bravo sends receipts, so --assume is not allowed');
  });
});

describeWith(['ssh-keygen'], 'acknowledge a signed receipt', () => {
  const run = (...args: string[]) => promisify(execFile)('ssh-keygen', args);
  const sign = async (key: string) => {
    await rm(join(root, 'receipt.sig'), { force: true });
    await run('-Y', 'sign', '-n', 'seqmirror-receipt', '-f', join(root, key), join(root, 'receipt'));
  };
  beforeEach(async () => {
    for (const key of ['site', 'stranger']) await run('-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', join(root, key));
    await write('mirror/sites/bravo/allowed_signers', `bravo@far-side ${await read('site.pub')}`);
    await write('receipt', receiptOf(2));
  });
  const receipt = () => take({ kind: 'receipt', file: 'receipt' });

  it('names its signer, and proves', async () => {
    await sign('site');
    expect(await receipt()).toMatchObject({ signedBy: 'bravo@far-side', changed: true });
    expect((await ledger()).entries).toMatchObject([{ sequence: 2, confidence: 'proven' }]);
  });

  it('is not weakened by a code that is typed afterwards', async () => {
    await sign('site');
    await receipt();
    expect(await take({ kind: 'code', code: codeOf(2) })).toMatchObject({ changed: false });
    expect((await ledger()).entries).toMatchObject([{ confidence: 'proven' }]);
  });

  it('proves more than a code that was typed before', async () => {
    await take({ kind: 'code', code: codeOf(2) });
    await sign('site');
    await receipt();
    expect((await ledger()).entries).toMatchObject([{ confidence: 'proven', held_in: 'both' }]);
  });

  it('proves what was attested before, when the signature comes later', async () => {
    await rename(join(root, 'mirror/sites/bravo/allowed_signers'), join(root, 'signers'));
    await receipt();
    expect((await ledger()).entries).toMatchObject([{ sequence: 2, confidence: 'attested' }]);
    await rename(join(root, 'signers'), join(root, 'mirror/sites/bravo/allowed_signers'));
    await sign('site');
    expect(await receipt()).toMatchObject({ changed: true });
    expect((await ledger()).entries).toMatchObject([{ sequence: 2, confidence: 'proven' }]);
    expect(await receipt()).toMatchObject({ changed: false });
  });

  it.each(['seqmirror-bundle', 'seqmirror-chain', 'seqmirror'])('refuses a signature for %s', async (purpose) => {
    await run('-Y', 'sign', '-n', purpose, '-f', join(root, 'site'), join(root, 'receipt'));
    await expect(receipt()).rejects.toMatchObject({ code: 'SEQ0626' });
  });

  it('refuses a signature with a revoked key', async () => {
    await sign('site');
    await write('mirror/revoked_signers', await read('site.pub'));
    expect(await refusal(receipt())).toContain('revoked_signers revokes');
  });

  it('refuses an unsigned receipt if signers are known', async () => {
    expect(await refusal(receipt())).toMatchInlineSnapshot(`
      "SEQ0626 receipt is not signed: the file receipt.sig is missing
        Why:   mirror/sites/bravo/allowed_signers lists the accepted keys, so every receipt must have a signature by one of these keys
        Next:  Copy the .sig file of the receipt beside it. If it does not exist, sign the receipt: \`ssh-keygen -Y sign -n seqmirror-receipt -f <key> <file>\`"
    `);
  });

  it('refuses the signature of a stranger', async () => {
    await sign('stranger');
    await expect(receipt()).rejects.toMatchObject({ code: 'SEQ0626' });
  });

  it('refuses a signature over something else', async () => {
    await sign('site');
    await write('receipt', receiptOf(3));
    await expect(receipt()).rejects.toMatchObject({ code: 'SEQ0626' });
  });

  it('accepts neither a link for a signature, nor a file that is too large for one', async () => {
    await sign('site');
    await rename(join(root, 'receipt.sig'), join(root, 'elsewhere.sig'));
    await symlink(join(root, 'elsewhere.sig'), join(root, 'receipt.sig'));
    expect(await refusal(receipt())).toContain('receipt is not signed: the file receipt.sig is missing');
    await rename(join(root, 'elsewhere.sig'), join(root, 'receipt.sig'));
    await truncate(join(root, 'receipt.sig'), 1024 ** 2 + 1);
    expect(await refusal(receipt())).toContain('receipt is not signed: the file receipt.sig is missing');
  });

  it('refuses a receipt if the link to its signers is broken', async () => {
    await sign('site');
    await rm(join(root, 'mirror/sites/bravo/allowed_signers'));
    await symlink(join(root, 'nowhere'), join(root, 'mirror/sites/bravo/allowed_signers'));
    await expect(receipt()).rejects.toMatchObject({ code: 'SEQ0626' });
  });

  it('refuses a receipt without known signers if signatures are required', async () => {
    await rm(join(root, 'mirror/sites/bravo/allowed_signers'));
    await write('mirror/seqmirror.yaml', 'schema: seqmirror/v1\nid: test\nrequireSignatures: true\n');
    await expect(receipt()).rejects.toMatchObject({ code: 'SEQ0626' });
  });
});
