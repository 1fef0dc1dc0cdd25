import { PassThrough } from 'node:stream';
import { ask } from './ask';

const terminal = (env: NodeJS.ProcessEnv = {}) => ({
  input: Object.assign(new PassThrough(), { isTTY: true }),
  output: Object.assign(new PassThrough(), { isTTY: true }),
  env,
});

describe('ask', () => {
  it('returns the line that was typed', async () => {
    const { input, output, env } = terminal();
    const answer = ask('Which mirror?', { input, output, env });
    input.write('  platform \n');
    await expect(answer).resolves.toBe('platform');
    expect(String(output.read())).toContain('Which mirror? ');
  });

  it.each([
    { name: 'an empty line', typed: '\n' },
    { name: 'the end of the input', typed: undefined },
  ])('returns undefined for $name', async ({ typed }) => {
    const { input, output, env } = terminal();
    const answer = ask('Which mirror?', { input, output, env });
    if (typed === undefined) input.end();
    else input.write(typed);
    await expect(answer).resolves.toBeUndefined();
  });

  it.each([
    { name: 'in CI', given: terminal({ CI: 'true' }) },
    { name: 'if it must not', given: terminal({ NX_INTERACTIVE: 'false' }) },
    { name: 'without a terminal', given: { ...terminal(), input: new PassThrough() } },
  ])('asks nobody $name', async ({ given }) => {
    await expect(ask('Which mirror?', given)).resolves.toBeUndefined();
    expect(given.output.read()).toBeNull();
  });
});
