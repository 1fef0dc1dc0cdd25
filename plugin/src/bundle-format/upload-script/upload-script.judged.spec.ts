import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeWith } from '../../../../testing/lab/requirements';
import { composeUploadScript, uploadScript, uploadScriptSha256 } from './upload-script';

const file = join(__dirname, 'seq-upload.sh');

describe('seq-upload.sh', () => {
  it('is what its parts make when they are joined', async () => {
    expect(await uploadScript()).toBe(await composeUploadScript());
  });

  it('has the sha256 that is published', async () => {
    const sha256 = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    expect(await uploadScriptSha256()).toBe(sha256);
    expect(await readFile(`${file}.sha256`, 'utf8')).toBe(`${sha256}  seq-upload.sh\n`);
  });

  it('evaluates nothing', async () => {
    const commands = (await uploadScript()).replace(/^\s*#.*$/gm, '');
    expect(commands).not.toMatch(/\beval\b|^\s*source\b|^\s*\. |sh -c/m);
  });

  it('describes in its help every option that it knows', async () => {
    const text = await uploadScript();
    const help = execFileSync('sh', [file, '--help'], { encoding: 'utf8' });
    const options = [...text.matchAll(/^ {4}(--[a-z-]+)=?[^ ]*(?: \|.*)?\)/gm)].map(([, option]) => option as string);
    expect(options.length).toBeGreaterThan(15);
    expect(options.filter((option) => !help.includes(option))).toEqual([]);
    expect(help.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});

describe('seq-upload.sh explain', () => {
  const explain = (code: string) => execFileSync('sh', [file, 'explain', code], { encoding: 'utf8', stdio: 'pipe' });

  it('knows every exit code that the script stops with, which name it', async () => {
    const stops = [...(await uploadScript()).matchAll(/\bstop (\d+) /g)].map(([, code]) => code as string);
    const codes = [...new Set(stops)].filter((code) => Number(code) >= 2);
    expect(codes.length).toBeGreaterThan(5);
    for (const code of codes) expect(explain(code)).toMatch(new RegExp(`^Exit code ${code}: .+\n  Next:  .+\n`));
  });

  it('names the program that explains the codes of the uploader', () => {
    expect(explain('SEQ0641')).toContain('node seqmirror-upload.js --explain=SEQ0641');
  });

  it.each(['', '10', 'x', '$(id)'])('refuses %j', (code) => expect(() => explain(code)).toThrow('Stopped: '));
});

describeWith(['shellcheck'], 'shellcheck', () => {
  it('finds nothing in seq-upload.sh', () => {
    expect(() =>
      execFileSync('shellcheck', ['--shell=sh', '--severity=style', file], { encoding: 'utf8' }),
    ).not.toThrow();
  });
});
