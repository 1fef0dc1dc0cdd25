import { isCI, requireCommandAllowed } from './repository-commands';

const run = (env: NodeJS.ProcessEnv) => () =>
  requireCommandAllowed('./tools/verify', { setting: 'signing.verify', env });

describe('a command that the repository names', () => {
  it.each([{}, { CI: '' }, { CI: 'false' }, { CI: '0' }])("runs on a person's machine: %j", (env) => {
    expect(isCI(env)).toBe(false);
    expect(run(env)).not.toThrow();
  });

  it.each([{ CI: 'true' }, { CI: '1' }, { CI: 'woodpecker' }, { CI: 'true', SEQMIRROR_ALLOW_COMMANDS: 'yes' }])(
    'does not run in CI because a pull request says so: %j',
    (env) => {
      expect(run(env)).toThrow(expect.objectContaining({ code: 'SEQ0705' }));
    },
  );

  it('runs in CI if the environment allows it', () => {
    expect(run({ CI: 'true', SEQMIRROR_ALLOW_COMMANDS: '1' })).not.toThrow();
  });
});
